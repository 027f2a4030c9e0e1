"""The API beside its peers, four operations: `python -m bench.graphql`.

Equal answers are asserted first. Then the engines take turns, round after round, for a fixed time each: one connection
at a time (elapsed, CPU of the engine's process and of Neo4j), then sixteen (requests per second). Every figure is the
median of the rounds, every ratio the median of the rounds' own ratios. On a busy machine only CPU tells something.
"""

from __future__ import annotations

import statistics
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field

from bench.graphql.engines import Engine, caller, cpu_seconds, quiet, served
from bench.graphql.load import answer, one_at_a_time, side_by_side
from bench.graphql.operations import Operation, operations
from bench.graphql.world import loaded, options, own_npi, territories
from bench.machine import described
from graph.server.local import LocalServer

UNHURRIED = {("strawberry", "1,000 x 5")}
"""Sixteen of these at once take half a minute, and no goal asks for it."""
ENGINES = ("api", "peer", "strawberry", "floor")


@dataclass(slots=True)
class Figures:
    """One engine on one operation, a number per round."""

    wall: list[float] = field(default_factory=list)
    cpu: list[float] = field(default_factory=list)
    neo4j: list[float] = field(default_factory=list)
    rate: list[float] = field(default_factory=list)
    failed: list[float] = field(default_factory=list)


Table = dict[tuple[str, str], Figures]


def main() -> None:
    parser = options(__doc__)
    parser.add_argument("--rounds", type=int, default=9)
    parser.add_argument("--seconds", type=float, default=1.0, help="of every turn")
    parser.add_argument("--engines", nargs="+", choices=ENGINES, default=ENGINES)
    chosen = parser.parse_args()
    print(described())  # noqa: T201
    with loaded(chosen) as (settings, store), ExitStack() as stack:
        names = territories(store)
        asked = operations(own_npi(store, names))
        engines = [stack.enter_context(served(name, settings, caller(names))) for name in chosen.engines]
        server = LocalServer(settings).status().pid
        assert server is not None  # noqa: S101 - it runs
        quiet(server)  # the API has asked itself the commonest questions
        check_equal(asked, engines)
        print("\n".join(report(measured(asked, engines, server, chosen.rounds, chosen.seconds), asked, chosen.engines)))  # noqa: T201
        print(described())  # noqa: T201


def leaves(value: object) -> int:
    """Values that are neither lists nor objects."""
    if isinstance(value, dict):
        return sum(leaves(one) for one in value.values())
    return sum(leaves(one) for one in value) if isinstance(value, list) else 1


def check_equal(asked: Sequence[Operation], engines: Sequence[Engine]) -> None:
    """All engines say the same, in lists of the same order; the API alone also has the keys in the order asked for."""
    for operation in asked:
        found = {engine.name: answer(engine.call(operation)) for engine in engines}
        first, *others = found.items()
        if leaves(first[1]["data"]) != operation.leaves:
            raise SystemExit(f"{operation.name}: {leaves(first[1]['data'])} leaves instead of {operation.leaves}")
        for name, other in others:
            if other["data"] != first[1]["data"] or "errors" in other:
                raise SystemExit(f"{operation.name}: {name} and {first[0]} differ")


def measured(asked: Sequence[Operation], engines: Sequence[Engine], server: int, rounds: int, seconds: float) -> Table:
    """Every engine in turn, round after round, after one round that does not count."""
    table: Table = {(operation.name, engine.name): Figures() for operation in asked for engine in engines}
    for number in range(rounds + 1):
        for operation in asked:
            at = number % len(engines)  # another one begins each round: what went before is felt by who comes next
            for engine in [*engines[at:], *engines[:at]]:
                figures = turn(engine, operation, server, seconds if number else seconds / 2)
                if number:
                    kept = table[operation.name, engine.name]
                    for name, value in figures.items():
                        getattr(kept, name).append(value)
    return table


def turn(engine: Engine, operation: Operation, server: int, seconds: float) -> dict[str, float]:
    """One turn of an engine: milliseconds of one request, CPU milliseconds of its process and of Neo4j, rate."""
    call = engine.call(operation)
    before, server_before = cpu_seconds(engine.pid), cpu_seconds(server)
    times = one_at_a_time(call, seconds)
    spent, server_spent = cpu_seconds(engine.pid) - before, cpu_seconds(server) - server_before
    found = {
        "wall": 1000 * statistics.median(times),
        "cpu": 1000 * spent / len(times),
        "neo4j": 1000 * server_spent / len(times),
    }
    if (engine.name, operation.name) not in UNHURRIED:
        answered, failed, took = side_by_side(call, seconds)
        found |= {"rate": answered / took, "failed": failed}
    return found


def report(table: Table, asked: Sequence[Operation], engines: Sequence[str]) -> list[str]:
    """The measured values, then the ratios beside their goals."""
    lines = ["| operation | engine | c=1 p50 ms | CPU ms | Neo4j CPU ms | req/s at c=16 |", "|---|---|---|---|---|---|"]
    for operation in asked:
        for name in engines:
            figures = table[operation.name, name]
            values = [statistics.median(getattr(figures, column)) for column in ("wall", "cpu", "neo4j")]
            rate = f"{statistics.median(figures.rate):,.1f}" if figures.rate else "not measured"
            if failed := sum(figures.failed):
                rate += f" ({failed:,.0f} failed)"
            numbers = " | ".join([*(f"{value:.2f}" for value in values), rate])
            lines.append(f"| {operation.name} | {name} | {numbers} |")
    lines += ["", "| work | measured (least to most) | goal |", "|---|---|---|"]
    for what, operation, other, column, goal in GOALS:
        if other in engines:
            lines.append(f"| {what}, {operation} | {compared(table, operation, other, column)} | {goal} |")
    return lines


GOALS = [
    *(
        (what, name, "peer", column, f"at least {goal} x")
        for name, goals in (("tiny", (2, 2, 2)), ("100 x 5", (3.5, 1.6, 2.5)), ("1,000 x 5", (3.5, 1.6, 2.5)))
        for what, column, goal in zip(
            ("CPU of the peer / ours", "elapsed of the peer / ours", "rate of ours / the peer"),
            ("cpu", "wall", "rate"),
            goals,
            strict=True,
        )
    ),
    ("CPU of Strawberry / ours", "100 x 5", "strawberry", "cpu", "at least 20 x"),
    ("CPU of Strawberry / ours", "1,000 x 5", "strawberry", "cpu", "at least 35 x"),
    ("elapsed over the floor", "tiny", "floor", "over", "at most 0.45 ms"),
    *(
        ("elapsed of ours / the floor", name, "floor", "floor wall", "at most 1.15 x")
        for name in ("100 x 5", "1,000 x 5")
    ),
    *(
        ("CPU of ours / the floor", name, "floor", "floor cpu", "at most 1.3 x")
        for name in ("tiny", "50 x 6", "100 x 5", "1,000 x 5")
    ),
]


def compared(table: Table, operation: str, other: str, column: str) -> str:
    """The median of the rounds' ratios with the least and the most of them, or of their differences in ms."""
    ours, theirs = table[operation, "api"], table[operation, other]
    if column == "over":
        values = [one - two for one, two in zip(ours.wall, theirs.wall, strict=True)]
        return f"{statistics.median(values):+.2f} ms ({min(values):+.2f} to {max(values):+.2f})"
    name = column.removeprefix("floor ")
    if len(getattr(ours, name)) != len(getattr(theirs, name)):
        return "not measured in every round"
    pairs = [(one, two) for one, two in zip(getattr(ours, name), getattr(theirs, name), strict=True) if one and two]
    if not pairs:
        return "no answer without an error"
    larger_is_ours = column == "rate" or column.startswith("floor ")
    values = [one / two if larger_is_ours else two / one for one, two in pairs]
    return f"{statistics.median(values):.2f} x ({min(values):.2f} to {max(values):.2f})"


if __name__ == "__main__":
    main()
