"""CPU to accept (parse, validate, cost, compile) or refuse a document of at most 15 KB, worst cases first.

    .venv/bin/python -m bench.documents [--random N] [--seed N]

Milliseconds are the best of three; a unit is a loop of 100,000 additions, to compare machines and moments by.
Goal: 20 ms.
"""

from __future__ import annotations

import argparse
import gc
import time
from collections.abc import Callable, Iterator
from functools import partial

from api.documents import Documents, coerce_variables
from api.errors import RequestError
from api.limits import check_cost
from api.permissions import PermissionSet
from bench.document_corpus import families, mutated, of_family
from bench.machine import described
from graph.governance import load_policy

GOAL = 20.0
SHOWN = 15


def settle(permissions: PermissionSet, text: str) -> str:
    """What the API does with a document that it has never seen, up to the finished statement; how it ended."""
    documents = Documents()
    try:
        accepted = documents.accept(permissions, text)
        name = next(iter(accepted.operations))
        operation = accepted.operation(name or None)
        variables = coerce_variables(permissions, operation, {})
        assert accepted.document is not None  # noqa: S101 - accept raises otherwise
        check_cost(permissions.schema, accepted.document, operation, variables)
        documents.plan(permissions, accepted, operation, variables)
    except RequestError as error:
        return error.code
    return "accepted"


def milliseconds(work: Callable[[], object], times: int = 3) -> float:
    """CPU of the best of some runs."""
    best = float("inf")
    for _ in range(times):
        started = time.process_time()
        work()
        best = min(best, time.process_time() - started)
    return best * 1000


def unit() -> float:
    """CPU milliseconds of a fixed piece of work, to compare machines and moments by."""

    def add() -> int:
        total = 0
        for number in range(100_000):
            total += number
        return total

    return milliseconds(add, 9)


def corpus(permissions: PermissionSet, seed: int, number: int) -> Iterator[tuple[str, str]]:
    """Every family in all its sizes, and ``number`` random documents."""
    for name, build in families(permissions.schema).items():
        for text in of_family(build):
            yield name, text
    for text in mutated(permissions.schema, seed, number):
        yield "random", text


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--random", type=int, default=500)
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args()
    policy = load_policy()
    print(described())  # noqa: T201
    for role in policy.roles.values():
        permissions = PermissionSet(policy, role.name, role.purposes[0])
        _ = permissions.schema
        settle(permissions, "{ hcps { totalCount } }")
        gc.collect()
        gc.freeze()
        gc.set_threshold(50_000, 20, 20)  # as api.serving does
        found = []
        for name, text in corpus(permissions, given.seed, given.random):
            ended = settle(permissions, text)
            found.append((milliseconds(partial(settle, permissions, text)), name, len(text.encode()), ended))
        found.sort(reverse=True)
        one = unit()
        late = sum(taken > GOAL for taken, *_ in found)
        print(f"\n{role.name}: {len(found)} documents, {late} above {GOAL:.0f} ms; one unit is {one:.1f} ms")  # noqa: T201
        print(f"{'ms':>7} {'units':>6} {'bytes':>6}  family, how it ended")  # noqa: T201
        for taken, name, size, ended in found[:SHOWN]:
            print(f"{taken:7.1f} {taken / one:6.1f} {size:6}  {name}, {ended}")  # noqa: T201


if __name__ == "__main__":
    main()
