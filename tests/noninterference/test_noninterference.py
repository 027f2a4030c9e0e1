"""Nobody can tell two graphs apart that are equal in what they may see: no byte of any answer differs.

Each of the 200 operations of a caller asks something else, but not each is another document: the 75 to 110 forms of a
role hold all of its schema, later operations ask them again with other values, and roles share the forms of what both
have. So the two Neo4j servers plan 430 statements and not 850, which still takes them most of 16 minutes of CPU.
"""

from collections.abc import Iterator

import pytest

from api.compiler import links, nodes, predictions, rules
from api.tokens import Caller
from graph.governance import load_policy
from graph.server.local import LocalServer
from graph.settings import Settings
from tests.conftest import settings_for
from tests.noninterference.proof import SMALLEST_SHARE, Report, Twins, callers, named, twins
from tests.noninterference.stream import FULL, MUTATED, OWN

OPERATIONS = 200
SEED = 1
CALLERS = callers(load_policy())
NAMES = [f"{who.role}{'-agent' if who.agent else ''}" for who in CALLERS]


@pytest.fixture(scope="module")
def homes(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Settings, Settings]]:
    """Two servers of their own; the lean ones compile too little: they need a second for every statement for ever."""
    left, right = (settings_for(tmp_path_factory.mktemp(name)) for name in ("left", "right"))
    servers = [LocalServer(settings, profile="full") for settings in (left, right)]
    try:
        for server in servers:
            server.start()
        yield left, right
    finally:
        for server in servers:
            server.stop()


@pytest.fixture(scope="module")
def pair(homes: tuple[Settings, Settings]) -> Iterator[Twins]:
    """The API over both."""
    with twins(*homes) as made:
        yield made


@pytest.fixture(scope="module")
def reports() -> list[Report]:
    """What came of each caller's operations."""
    return []


@pytest.mark.parametrize("who", CALLERS, ids=NAMES)
def test_no_byte_depends_on_what_the_caller_may_not_see(pair: Twins, who: Caller, reports: list[Report]) -> None:
    # given a second graph that differs in thousands of things that are hidden from the caller
    # when both are asked the same
    report = pair.prove(who, range(OPERATIONS), SEED)
    print(report.line())  # noqa: T201 - shown with -rP
    reports.append(report)
    # then every answer is the same
    assert [str(difference) for _, difference in report.differences] == []
    assert report.hidden > 1_000
    assert report.asked == {OWN: 120, FULL: 40, MUTATED: 40}
    # and every field, filter, operator and sort key of the caller's schema was among what was asked
    assert report.missing == []


def test_most_operations_of_the_callers_own_have_rows(reports: list[Report]) -> None:
    assert {report.role for report in reports} == {named(who) for who in CALLERS}
    assert sum(report.rows for report in reports) >= SMALLEST_SHARE * sum(report.asked[OWN] for report in reports)


def test_the_proof_notices_that_rows_are_no_longer_hidden(
    homes: tuple[Settings, Settings], monkeypatch: pytest.MonkeyPatch
) -> None:
    # given an API without the rules that hide rows
    for module in (links, nodes, predictions, rules):
        monkeypatch.setattr(module, "exists", lambda writing, label, variable: ["true"])
    with twins(*homes) as broken:
        report = broken.prove(CALLERS[1], range(OPERATIONS), SEED, until_different=True)
    # then an answer differs
    assert len(report.differences) == 1
