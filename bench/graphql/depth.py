"""Page 1,000 beside page 1 on indexed sort keys: `python -m bench.graphql.depth`.

Pages of nine HCPs, so that 10,000 HCPs have page 1,000. The cursor of page 999 is found by walking there; then the two
are asked in turn, through HTTP. Prints the medians of elapsed time and of the pairs' ratios, of elapsed time and of CPU
of Neo4j, and the database hits of both, which no other work on the machine changes.
"""

from __future__ import annotations

import statistics

from api.cursors import CursorKey
from api.demo.client import Client
from api.tokens import Caller
from bench.graphql.engines import cpu_seconds, served
from bench.graphql.hits import compiled, profiled
from bench.graphql.load import Call, one_at_a_time
from bench.graphql.world import loaded, options
from bench.machine import described
from graph.server.local import LocalServer

SIZE = 9
SORTS = {
    "id": [],
    "npi": [{"npi": "ASC"}],
    "npi, descending": [{"npi": "DESC"}],
    "lastName": [{"lastName": "ASC"}],
    "lastName, descending": [{"lastName": "DESC"}],
    "lastName, firstName": [{"lastName": "ASC"}, {"firstName": "ASC"}],
}
PAGE = """query ($sort: [HcpSort!], $first: Int!, $after: String) {
  hcps(sort: $sort, first: $first, after: $after) {
    edges { node { id npi lastName firstName city state } } pageInfo { hasNextPage endCursor } } }"""


def main() -> None:
    parser = options(__doc__)
    parser.add_argument("--page", type=int, default=1_000)
    parser.add_argument("--rounds", type=int, default=9)
    parser.add_argument("--seconds", type=float, default=0.5)
    chosen = parser.parse_args()
    print(described())  # noqa: T201
    who = Caller("bench", "market_access", "access_strategy")
    with loaded(chosen) as (settings, store), served("api", settings, who) as engine:
        server = LocalServer(settings).status().pid
        assert server is not None  # noqa: S101 - it runs
        client = Client(engine.address, engine.token)
        cursors = CursorKey.at(settings.home / "keys")
        print("| sort | page 1 | page N | elapsed N / 1 | CPU of Neo4j N / 1 | hits 1, N |\n|---|---|---|---|---|---|")  # noqa: T201
        for name, sort in SORTS.items():
            after = cursor_before(client, sort, chosen.page)
            calls = [
                Call.of(f"{engine.address}/graphql", PAGE, {"sort": sort, "first": SIZE, "after": at}, engine.token)
                for at in (None, after)
            ]
            pairs = [[turn(call, server, chosen.seconds) for call in calls] for _ in range(chosen.rounds + 1)][1:]
            walls = [[figures[0] for figures in pair] for pair in pairs]
            cpus = [[figures[1] for figures in pair] for pair in pairs]
            hits = []
            for at in (None, after):
                variables = {"sort": sort, "first": SIZE, "after": at}
                hits.append(profiled(store.connection, *compiled(who.role, [], PAGE, variables, cursors))[0])
            print(  # noqa: T201
                f"| {name} | {statistics.median(one for one, _ in walls):.2f} ms "
                f"| {statistics.median(far for _, far in walls):.2f} ms | {ratio(walls)} | {ratio(cpus)} "
                f"| {hits[0]}, {hits[1]} |"
            )


def cursor_before(client: Client, sort: list[dict[str, str]], page: int) -> str:
    """The cursor with which a page is asked for, walking there in long steps."""
    missing, after = (page - 1) * SIZE, None
    while missing:
        step = min(missing, 900)
        found = client.ask(PAGE, {"sort": sort, "first": step, "after": after})["hcps"]
        if len(found["edges"]) < step:
            raise SystemExit(f"there is no page {page}: the world has too few HCPs, build one with more (--hcps)")
        missing, after = missing - step, found["pageInfo"]["endCursor"]
    return str(after)


def turn(call: Call, server: int, seconds: float) -> tuple[float, float]:
    """Milliseconds of one request, elapsed and CPU of Neo4j."""
    before = cpu_seconds(server)
    times = one_at_a_time(call, seconds)
    return 1000 * statistics.median(times), 1000 * (cpu_seconds(server) - before) / len(times)


def ratio(pairs: list[list[float]]) -> str:
    values = [far / near for near, far in pairs]
    return f"{statistics.median(values):.2f} ({min(values):.2f} to {max(values):.2f})"


if __name__ == "__main__":
    main()
