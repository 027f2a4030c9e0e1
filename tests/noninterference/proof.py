"""The proof for one role: two graphs that are the same to it are asked the same, and answer the same."""

import datetime
import itertools
import shutil
from collections import Counter
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import strawberry
from graphql import GraphQLError, GraphQLSchema
from starlette.testclient import TestClient

from api.app import build_app
from api.permissions import PermissionSet
from api.tokens import Caller as Bearer
from api.tokens import development_key, sign
from api.types.query import Query
from graph.governance import Policy, load_policy
from graph.schema.derive import constraint_statements
from graph.settings import Settings
from graph.store import Store, open_store
from tests.noninterference.asking import Difference, Pair, has_rows, shrunk
from tests.noninterference.base import base_world
from tests.noninterference.graphs import World, write
from tests.noninterference.oracle import Caller, Oracle
from tests.noninterference.other import Other, check_equal, oracle_for, other_world
from tests.noninterference.pools import Pools
from tests.noninterference.stream import FULL, OWN, Stream
from tests.noninterference.surface import shown_properties
from tests.noninterference.units import Unit, occurring

WORKERS = 2
CLAIMS = {"territories": ("T-1", "T-2"), "subject": ("user-1",)}
SMALLEST_SHARE = 0.6


@dataclass(slots=True)
class Report:
    """What was asked for one role, and what came of it."""

    role: str
    asked: Counter[str] = field(default_factory=Counter)
    answered: Counter[str] = field(default_factory=Counter)
    rows: int = 0
    units: int = 0
    missing: list[Unit] = field(default_factory=list)
    differences: list[tuple[int, Difference]] = field(default_factory=list)
    hidden: int = 0

    @property
    def share(self) -> float:
        """Of the operations from the role's schema, how many returned rows."""
        return self.rows / max(1, self.asked[OWN])

    def line(self) -> str:
        kinds = ", ".join(f"{count} {kind}" for kind, count in sorted(self.asked.items()))
        return (
            f"{self.role}: {sum(self.asked.values())} operations ({kinds}); {self.share:.0%} of its own return rows; "
            f"{self.units - len(self.missing)} of {self.units} fields, operators and sort keys occur; "
            f"{self.hidden} hidden differences between the graphs; {len(self.differences)} differing answers"
        )


class Twins:
    """Two servers and the API over each; the left graph stays, the right one is made anew for each role."""

    def __init__(self, left: Store, right: Store, clients: tuple[TestClient, TestClient], settings: Settings) -> None:
        self.policy: Policy = load_policy()
        self.full: GraphQLSchema = strawberry.Schema(query=Query)._schema
        self._right, self._clients, self._settings = right, clients, settings
        self.base = base_world()
        write(self.base, left)

    def prove(self, role: str, purpose: str, numbers: Iterable[int], seed: int) -> Report:
        """Ask the operations of these numbers; differences are shrunk before they are reported."""
        schema = PermissionSet(self.policy, role, purpose).schema
        oracle = Oracle(
            self.policy,
            Caller((role,), purpose, CLAIMS),
            self.base,
            shown_properties(schema),
            datetime.datetime.now(datetime.UTC).date(),
        )
        other = self._second(oracle, seed)
        stream = Stream(seed, role, schema, self.full, Pools(oracle, (self.base, other.world)))
        bearer = Bearer(CLAIMS["subject"][0], role, purpose, CLAIMS["territories"])
        pair = Pair(*self._clients, sign(development_key(self._settings), bearer))
        report = Report(role, units=len(stream.units))
        report.hidden = sum(sum(counter.values()) for counter in (other.changed, other.removed, other.added))
        self._ask(pair, stream, numbers, report, schema)
        report.differences = [(number, shrunk(pair, found)) for number, found in report.differences[:3]]
        return report

    def _second(self, oracle: Oracle, seed: int) -> Other:
        """Make the second graph, check that the caller cannot tell it, and write it in an order of its own."""
        other = other_world(oracle, seed)
        check_equal(oracle, oracle_for(self.policy, oracle, other.world))
        write(other.world, self._right)
        return other

    def _ask(
        self, pair: Pair, stream: Stream, numbers: Iterable[int], report: Report, schema: GraphQLSchema
    ) -> None:
        occurred: set[Unit] = set()

        def one(number: int) -> tuple[int, str, bool, int, set[Unit], Difference | None]:
            asked = stream.operation(number)
            found: Difference | None = None
            rows, status = False, 0
            for left, right in pair.answers(asked.operation):
                rows, status = rows or has_rows(left.data), left.status
                if left != right and found is None:
                    found = Difference(asked.operation, left.text, right.text)
            seen = occurring(schema, asked.operation.query, asked.operation.variables) if asked.kind == OWN else set()
            return number, asked.kind, rows, status, seen, found

        with ThreadPoolExecutor(WORKERS) as pool:
            for number, kind, rows, status, seen, found in pool.map(one, numbers):
                report.asked[kind] += 1
                report.answered[f"{kind} {status}"] += 1
                report.rows += rows and kind == OWN
                occurred |= seen
                if found is not None:
                    report.differences.append((number, found))
        report.missing = sorted(set(stream.units) - occurred)


@contextmanager
def twins(left: Settings, right: Settings) -> Iterator[Twins]:
    """The API over two running servers; both seal cursors and sign tokens with the keys of the first."""
    with ExitStack() as stack:
        stores = [stack.enter_context(open_store(settings)) for settings in (left, right)]
        for store in stores:
            for text in constraint_statements():
                store.run_schema(text)
        first = stack.enter_context(TestClient(build_app(left)))
        development_key(left)
        shutil.copytree(left.home / "keys", right.home / "keys", dirs_exist_ok=True)
        second = stack.enter_context(TestClient(build_app(right)))
        yield Twins(stores[0], stores[1], (first, second), left)


def callers(policy: Policy) -> list[tuple[str, str]]:
    """Every role with each of its purposes."""
    return [(role.name, purpose) for role in policy.roles.values() for purpose in role.purposes]
