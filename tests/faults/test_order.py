"""Deliveries that come late, in another order, after an end, or as a backfill beside the live ones."""

from __future__ import annotations

import itertools
import random
from collections.abc import Callable

import pytest

from graph.ingest.report import RefreshReport
from graph.store import Store
from tests.faults.graphcopy import GraphCopy
from tests.faults.harness import Night, Twin
from tests.faults.nights import NIGHTS, NPIS, claim
from tests.graph.conftest import Deliveries
from tests.graph.registry import person

Run = Callable[..., RefreshReport]
FIRST, SECOND, THIRD = "2025-01-01", "2025-01-08", "2025-01-15"


def in_order(twin: Twin, night: Night, order: tuple[str, ...]) -> GraphCopy:
    """The graph after the nights came in this order, each as a delivery of its own."""
    twin.become(night)
    for name in order:
        ended = twin.run("refresh", "--from", twin.deliveries / name, "--json")
        assert ended.code == 0, (order, ended.errors)
    return twin.copy()


@pytest.mark.thorough
def test_f12_the_newest_first_ends_alike(twin: Twin, nights: dict[str, Night]) -> None:
    # when
    found = in_order(twin, nights[NIGHTS[0]], (NIGHTS[3], NIGHTS[2], NIGHTS[1]))

    # then
    assert found.facts() == nights[NIGHTS[3]].graph.facts()


@pytest.mark.thorough
@pytest.mark.parametrize("seed", range(6))
def test_f12_any_order_ends_alike(seed: int, twin: Twin, nights: dict[str, Night]) -> None:
    # given one of the orders of all four nights
    order = random.Random(seed).sample(sorted(itertools.permutations(NIGHTS)), 1)[0]

    # when
    found = in_order(twin, nights["start"], order)

    # then
    assert found.facts() == nights[NIGHTS[3]].graph.facts()


def test_f13_what_ended_returns_as_itself(deliveries: Deliveries, run: Run, neo4j_empty: Store) -> None:
    # given an account of the company that a whole export has, the next one lacks, and a later one has again
    header = "Id,Name,FirstName,LastName,IsPersonAccount,NPI_vod__c,Specialty_1_vod__c,LastModifiedDate"
    rows = [f"001{at:02d},Infusions {at},,,false,,,2024-05-01T10:00:00.000Z" for at in range(10)]
    for day, listed in ((FIRST, rows), (SECOND, rows[:9]), (THIRD, rows)):
        deliveries.add(day, "crm/Account.csv", "\n".join([header, *listed]) + "\n")
        deliveries.manifest(day)
    run(deliveries.folder / FIRST)
    (before,) = neo4j_empty.read("MATCH (n:Account {name: 'Infusions 9'}) RETURN n.id AS id")

    # when
    run(deliveries.folder / SECOND)
    gone = neo4j_empty.read("MATCH (n {id: $id}) RETURN labels(n) AS labels, n.label AS was", **before)
    run(deliveries.folder / THIRD)
    back = neo4j_empty.read("MATCH (n {id: $id}) RETURN labels(n) AS labels, n.name AS name", **before)

    # then it was a tombstone for a week, and is itself again
    assert gone == [{"labels": ["Tombstone"], "was": "Account"}]
    assert back == [{"labels": ["Account"], "name": "Infusions 9"}]
    logged = neo4j_empty.read(
        "MATCH (c:Change {entityId: $id}) WHERE c.property IS NULL AND c.label = 'Account' "
        "RETURN c.operation AS operation, toString(c.recordedOn) AS day ORDER BY day",
        **before,
    )
    assert [(row["operation"], row["day"]) for row in logged] == [("ended", SECOND), ("added", THIRD)]


def test_f13_an_end_that_comes_before_the_beginning_holds(deliveries: Deliveries, run: Run, neo4j_empty: Store) -> None:
    # given the newer delivery first: it says that somebody is deactivated
    dates = {"Last Update Date": "01/05/2025", "NPI Deactivation Date": "01/05/2025"}
    deliveries.nppes(SECOND, person(NPIS[0], **dates), person(NPIS[1]))
    deliveries.nppes(FIRST, person(NPIS[0]), person(NPIS[2]))
    run(deliveries.folder / SECOND)

    # when the older one, which knows nothing of it, comes later
    run(deliveries.folder / FIRST)

    # then
    rows = neo4j_empty.read("MATCH (n:HCP) RETURN n.npi AS npi, n.status AS status ORDER BY npi")
    assert [(row["npi"], row["status"]) for row in rows] == [
        (NPIS[0], "deactivated"),
        (NPIS[1], "active"),
        (NPIS[2], "active"),
    ]


def test_f45_a_backfill_beside_live_deliveries_fakes_no_freshness(
    deliveries: Deliveries, run: Run, neo4j_empty: Store
) -> None:
    # given live claims of this year
    deliveries.nppes(FIRST, *(person(npi) for npi in NPIS))
    deliveries.products(FIRST)
    # The feed began long ago: what comes late changes nothing but itself.
    deliveries.claims(FIRST, claim(900, NPIS[0], "2022-01-02", "2022-01-03"))
    run()
    deliveries.claims(SECOND, *(claim(number, NPIS[number], "2025-01-02", "2025-01-06") for number in range(10)))
    run()
    before = neo4j_empty.read("MATCH (s:Source {name: 'rx_claims'}) RETURN toString(s.dataTime) AS day")

    # when lines of two years ago are loaded after them
    deliveries.claims(THIRD, *(claim(100 + at, NPIS[at], "2023-02-02", "2023-02-06") for at in range(10)))
    report = run()

    # then the data are as old as they were, and what came is late, not new
    assert report.write_transactions == 1
    after = neo4j_empty.read("MATCH (s:Source {name: 'rx_claims'}) RETURN toString(s.dataTime) AS day")
    assert after == before
    late = neo4j_empty.read(
        "MATCH (c:Change {source: 'rx_claims'}) WHERE c.recordedOn = date($day) "
        "RETURN c.kind AS kind, c.operation AS operation, count(*) AS n, max(toString(c.validAt)) AS valid",
        day=THIRD,
    )
    assert {row["kind"] for row in late} == {"late"}
    assert max(row["valid"] for row in late) < "2023-03"


@pytest.mark.thorough
def test_f43_a_big_delivery_again_does_nothing_and_a_small_change_is_small(
    deliveries: Deliveries, run: Run, neo4j_empty: Store
) -> None:
    # given a million rows
    deliveries.nppes(FIRST, *(person(npi) for npi in NPIS))
    deliveries.products(FIRST)
    lines = [
        claim(number, NPIS[number % 30], f"2024-{1 + number % 12:02d}-02", "2024-12-31") for number in range(1_000_000)
    ]
    deliveries.claims(FIRST, *lines)
    first = run()
    assert sum(one.rows_in for one in first.sources) == 1_000_032

    # when the same comes again, and then a hundredth of it restated: somebody else has prescribed
    again = run()
    deliveries.claims(
        SECOND,
        *(
            claim(number, NPIS[(number + 1) % 30], f"2024-{1 + number % 12:02d}-02", "2025-01-06")
            for number in range(10_000)
        ),
    )
    changed = run()

    # then
    assert (again.write_transactions, again.strict_exit) == (0, 10)
    (claims,) = [one for one in changed.sources if one.name == "rx_claims"]
    assert claims.rows_in == 10_000
    (lines_now,) = neo4j_empty.read("MATCH (r:RefreshRun) RETURN r.updated AS n ORDER BY r.sequence DESC LIMIT 1")
    assert 0 < lines_now["n"] <= 20_000
