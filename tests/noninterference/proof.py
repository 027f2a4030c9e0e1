"""The proof for one role: two graphs that are the same to it are asked the same, and answer the same."""

import datetime
import itertools
import shutil
from collections import Counter
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field, replace

import strawberry
from graphql import GraphQLSchema
from starlette.testclient import TestClient

from api.app import build_app
from api.engine import Engine
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
from tests.noninterference.stream import OWN, Stream
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

    def prove(self, who: Bearer, numbers: Iterable[int], seed: int, *, until_different: bool = False) -> Report:
        """Ask the operations of these numbers, or until one differs; differences are reported as short as possible."""
        schema, oracle = judged(self.policy, who, self.base)
        other = self._second(oracle, seed)
        name = named(who)
        stream = Stream(seed, name, schema, self.full, Pools(oracle, (self.base, other.world)))
        pair = Pair(*self._clients, sign(development_key(self._settings), who))
        report = Report(name, units=len(stream.units))
        report.hidden = sum(sum(counter.values()) for counter in (other.changed, other.removed, other.added))
        self._ask(pair, stream, numbers, report, schema, until_different=until_different)
        report.differences = [(number, shrunk(pair, found)) for number, found in report.differences[:3]]
        return report

    def _second(self, oracle: Oracle, seed: int) -> Other:
        """Make the second graph, check that the caller cannot tell it, and write it in an order of its own."""
        other = other_world(oracle, seed)
        check_equal(oracle, oracle_for(self.policy, oracle, other.world))
        write(other.world, self._right)
        return other

    def _ask(
        self,
        pair: Pair,
        stream: Stream,
        numbers: Iterable[int],
        report: Report,
        schema: GraphQLSchema,
        *,
        until_different: bool,
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
            for some in batches(numbers, WORKERS * 4):
                for number, kind, rows, status, seen, found in pool.map(one, some):
                    report.asked[kind] += 1
                    report.answered[f"{kind} {status}"] += 1
                    report.rows += rows and kind == OWN
                    occurred |= seen
                    if found is not None:
                        report.differences.append((number, found))
                if until_different and report.differences:
                    del report.differences[1:]
                    break
        report.missing = sorted(set(stream.units) - occurred)


def judged(policy: Policy, who: Bearer, base: World) -> tuple[GraphQLSchema, Oracle]:
    """The caller's schema, and what of the base world the caller may see."""
    schema = PermissionSet(policy, who.role, who.purpose, by_agent=who.agent is not None).schema
    limiting = (policy.agent.name,) if who.agent is not None and policy.agent is not None else ()
    today = datetime.datetime.now(datetime.UTC).date()
    caller = Caller((who.role, *limiting), who.purpose, CLAIMS)
    return schema, Oracle(policy, caller, base, shown_properties(schema), today)


def named(who: Bearer) -> str:
    return who.role if who.agent is None else f"{who.role} by an agent"


def batches(numbers: Iterable[int], size: int) -> Iterator[list[int]]:
    """The numbers in lists of at most ``size``."""
    waiting = iter(numbers)
    while some := list(itertools.islice(waiting, size)):
        yield some


@contextmanager
def twins(left: Settings, right: Settings) -> Iterator[Twins]:
    """The API over two running servers; both seal cursors and sign tokens with the keys of the first."""
    with ExitStack() as stack:
        stores = [stack.enter_context(open_store(settings)) for settings in (left, right)]
        for store in stores:
            for text in constraint_statements():
                store.run_schema(text)
        first = stack.enter_context(TestClient(build_app(_generous(left))))
        development_key(left)
        shutil.copytree(left.home / "keys", right.home / "keys", dirs_exist_ok=True)
        second = stack.enter_context(TestClient(build_app(_generous(right))))
        for client in (first, second):
            _patient(client)
        yield Twins(stores[0], stores[1], (first, second), left)


def _generous(settings: Settings) -> Settings:
    """Settings under which one client may ask thousands of new documents in a row."""
    requests = replace(settings.requests, cost_per_second=10**9, cost_burst=10**9)
    return replace(settings, requests=requests)


def _patient(client: TestClient) -> None:
    """Let statements take their time: hundreds of new ones are planned, and only what is answered is compared."""
    engine: Engine = client.app.state.engine  # type: ignore[attr-defined]
    engine._deadline, engine._statement_seconds, engine._wait_seconds = 300.0, 290.0, 60.0


def callers(policy: Policy) -> list[Bearer]:
    """Every role with each of its purposes; and an agent for a person whose scope is narrow."""
    people = [
        Bearer(CLAIMS["subject"][0], role.name, purpose, CLAIMS["territories"])
        for role in policy.roles.values()
        for purpose in role.purposes
    ]
    narrow = next((who for who in people if who.role == "field_rep"), people[0])
    return [*people, replace(narrow, agent="agent-1")] if policy.agent is not None else people
