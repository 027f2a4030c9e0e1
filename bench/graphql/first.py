"""The first request of each warmed question after a start: `python -m bench.graphql.first`.

Restarts Neo4j, starts the API, waits until the warm-up is through (Neo4j has nothing to do), then asks every question
of `api/questions.graphql` once, as every role that may: the time of that one request is the figure.
"""

from __future__ import annotations

import statistics

from graphql import parse, validate

from api.permissions import PermissionSet
from api.tokens import Caller, development_key, sign
from api.warmup import questions
from bench.graphql.engines import quiet, served
from bench.graphql.load import Call, one_at_a_time
from bench.graphql.world import loaded, options, own_npi, territories
from bench.machine import described
from graph.governance import load_policy
from graph.server.local import LocalServer

GOAL = 50.0


def main() -> None:
    chosen = options(__doc__).parse_args()
    print(described())  # noqa: T201
    policy = load_policy()
    with loaded(chosen) as (settings, store):
        names = territories(store)[:1]
        npi = own_npi(store, names)
        product = store.read("MATCH (p:Product) WHERE p.own RETURN p.productId AS id ORDER BY id LIMIT 1")[0]["id"]
        ids = store.read(
            "MATCH (a:Account) WITH a ORDER BY a.id LIMIT 1 MATCH (p:Plan) RETURN a.id AS account, p.id AS plan LIMIT 1"
        )[0]
    server = LocalServer(settings)
    ran = server.stop()
    if ran:
        server.start()
    values = {"npi": npi, "product": product, **ids}
    of_type = {"Account": ids["account"], "Plan": ids["plan"], "PayerOfPlan": ids["plan"], "Product": product}
    times: dict[str, float] = {}
    again: dict[str, float] = {}
    with loaded(chosen), served("api", settings, Caller("b", "field_rep", "field_engagement", tuple(names))) as engine:
        pid = server.status().pid
        assert pid is not None  # noqa: S101 - it was started
        print(f"warm-up: {quiet(pid):.0f} s")  # noqa: T201
        for role in policy.roles.values():
            for purpose in role.purposes:
                permissions = PermissionSet(policy, role.name, purpose)
                token = sign(
                    development_key(settings), Caller(f"{role.name}@example.org", role.name, purpose, tuple(names))
                )
                for text in questions():
                    document = parse(text)
                    if validate(permissions.schema, document):
                        continue
                    operation = document.definitions[0]
                    defined = {one.variable.name.value for one in operation.variable_definitions or ()}  # type: ignore[attr-defined]
                    given = {name: value for name, value in values.items() if name in defined}
                    if "id" in defined:
                        kind = operation.name.value.removesuffix("Changes").removesuffix("Lineage")  # type: ignore[attr-defined]
                        given["id"] = of_type[kind.removesuffix("Policies")]
                    call = Call.of(f"{engine.address}/graphql", text, given, token)
                    name = f"{operation.name.value} as {role.name}"  # type: ignore[attr-defined]
                    times[name] = 1000 * one_at_a_time(call, 0)[0]
                    again[name] = 1000 * one_at_a_time(call, 0)[0]
    slow = {name: found for name, found in times.items() if found > GOAL}
    print(  # noqa: T201
        f"{len(times)} first requests: median {statistics.median(times.values()):.1f} ms, "
        f"longest {max(times.values()):.1f} ms; {len(slow)} over {GOAL:.0f} ms (goal none)"
    )
    for name, found in sorted(slow.items(), key=lambda pair: -pair[1]):
        print(f"  {found:.1f} ms, then {again[name]:.1f} ms {name}")  # noqa: T201


if __name__ == "__main__":
    main()
