"""What a complete file of the same snapshot or edition no longer says ends; without that proof nothing does."""

import datetime
import json
from collections.abc import Callable
from itertools import permutations
from typing import Any

import pytest

from graph.history.as_of import state_of
from graph.ingest.ledger import entries
from graph.ingest.report import RefreshReport
from graph.settings import Settings
from graph.store import Store
from graph.world.npi import synthetic_npi
from tests.graph.conftest import NDC, OTHER_NDC
from tests.graph.registry import ANNA, BERT, CARA, everything, one, person

Run = Callable[..., RefreshReport]
Pair = tuple[str, str]
ONE, TWO, THREE = (ANNA, BERT), (BERT, ANNA), (ANNA, CARA)


def shared(deliveries: Any, date: str, *pairs: Pair, year: int = 2015, days: int = 180) -> None:
    """The file of a year; a delivery may have it for several windows of days."""
    rows = "".join(f"{first},{second},40,20,4\n" for first, second in pairs)
    deliveries.add(date, f"shared_patients/physician-shared-patient-patterns-{year}-days{days}.txt", rows)


def ties(store: Store, year: int = 2015) -> set[Pair]:
    """The pairs of a year in the graph."""
    rows = store.read(
        "MATCH (a:HCP)-[:SHARES_PATIENTS {year: $year}]->(b:HCP) RETURN a.npi AS first, b.npi AS second", year=year
    )
    return {(row["first"], row["second"]) for row in rows}


@pytest.fixture
def year(deliveries: Any, run: Run) -> None:
    """Three people and the ties of two years between them, complete."""
    deliveries.nppes("2025-01-01", person(ANNA), person(BERT), person(CARA))
    shared(deliveries, "2025-01-01", ONE, TWO, THREE)
    shared(deliveries, "2025-01-01", ONE, TWO, THREE, year=2014)
    deliveries.manifest("2025-01-01")
    run()


def test_a_pair_that_a_complete_file_of_its_year_lacks_ends(
    deliveries: Any, run: Run, neo4j_empty: Store, year: None
) -> None:
    # when
    shared(deliveries, "2025-02-01", ONE, TWO)
    deliveries.manifest("2025-02-01")
    report = run()

    # then: the other year stays as it was
    assert (ties(neo4j_empty), ties(neo4j_empty, 2014)) == ({ONE, TWO}, {ONE, TWO, THREE})
    (source,) = [found for found in report.sources if found.name == "shared_patients"]
    assert (source.inserted, source.updated, source.unchanged, source.tombstoned) == (0, 0, 5, 1)

    # and it is told: what ended, with what it was, and on which day it was still there
    ended = one(
        neo4j_empty,
        "MATCH (c:Change {label: 'SHARES_PATIENTS', operation: 'ended'}) WHERE c.property IS NULL "
        "RETURN c.old AS old, toString(c.recordedOn) AS day",
    )
    assert (json.loads(ended["old"])["patients"], ended["day"]) == (20, "2025-02-01")
    days = (datetime.date(2025, 1, 31), datetime.date(2025, 2, 1))
    assert [len(state_of(neo4j_empty, f"npi:{CARA}", day).edges) for day in days] == [3, 2]

    # and another refresh finds nothing to do
    again = run()
    assert (again.run, again.write_transactions) == (report.run, 0)


def test_a_file_without_the_proof_that_it_is_complete_ends_nothing(
    deliveries: Any, run: Run, neo4j_empty: Store, year: None
) -> None:
    # when
    shared(deliveries, "2025-02-01", ONE)
    deliveries.manifest("2025-02-01", complete=False)
    shared(deliveries, "2025-03-01", ONE, TWO)
    run()

    # then
    assert ties(neo4j_empty) == {ONE, TWO, THREE}

    # when one that was taken comes again with its proof
    shared(deliveries, "2025-04-01", ONE, TWO)
    deliveries.manifest("2025-04-01")
    run()

    # then
    assert ties(neo4j_empty) == {ONE, TWO}


def test_a_year_can_return_to_what_it_was(deliveries: Any, run: Run, neo4j_empty: Store, year: None) -> None:
    # given
    before = everything(neo4j_empty)
    shared(deliveries, "2025-02-01", ONE, TWO)
    deliveries.manifest("2025-02-01")
    run()

    # when the first file comes again
    shared(deliveries, "2025-03-01", ONE, TWO, THREE)
    deliveries.manifest("2025-03-01")
    report = run()

    # then
    assert ties(neo4j_empty) == {ONE, TWO, THREE}
    assert len(everything(neo4j_empty)) == len(before)

    # and all deliveries together are nothing new
    again = run()
    assert (again.run, again.write_transactions) == (report.run, 0)


def test_deliveries_that_are_looked_at_again_are_not_taken_again(
    deliveries: Any, run: Run, neo4j_empty: Store, year: None
) -> None:
    # given a file that came twice before it changed
    for date, pairs in (("2025-02-01", (ONE, TWO, THREE)), ("2025-03-01", (ONE, TWO))):
        shared(deliveries, date, *pairs)
        deliveries.manifest(date)
    report = run()

    # when
    again = run()

    # then
    assert (again.run, [one.state for one in again.sources]) == (report.run, ["unchanged", "unchanged"])
    assert ties(neo4j_empty) == {ONE, TWO}


def test_a_delivery_that_comes_late_ends_nothing_that_a_newer_one_says(
    deliveries: Any, run: Run, neo4j_empty: Store, year: None
) -> None:
    # when an older delivery is found after the newer one was taken
    shared(deliveries, "2024-12-01", ONE)
    deliveries.manifest("2024-12-01")
    run()

    # then
    assert ties(neo4j_empty) == {ONE, TWO, THREE}


def test_a_year_that_shrinks_is_held_however_many_years_there_are(
    deliveries: Any, run: Run, neo4j_empty: Store, neo4j_settings: Settings
) -> None:
    # given: 42 pairs in each of eight years
    people = [synthetic_npi(number) for number in range(7)]
    pairs = list(permutations(people, 2))
    deliveries.nppes("2025-01-01", *map(person, people))
    for each in range(2008, 2016):
        shared(deliveries, "2025-01-01", *pairs, year=each)
    deliveries.manifest("2025-01-01")
    run()
    before = everything(neo4j_empty)

    # when one year loses six: a seventh of it, and less than 2 % of all
    shared(deliveries, "2025-02-01", *pairs[6:])
    deliveries.manifest("2025-02-01")
    report = run()

    # then
    (held,) = report.held
    assert str(held.reason).startswith("6 of 42 pairs of the edition 2015-01-01 vanish at once")
    assert (report.strict_exit, report.write_transactions, everything(neo4j_empty)) == (30, 0, before)

    # when somebody says that it is meant
    (waits,) = [entry["run"] for entry in entries(neo4j_settings) if entry["state"] == "held"]
    approved = run(approve_deletes=waits)

    # then
    assert (approved.held, ties(neo4j_empty), len(ties(neo4j_empty, 2014))) == ([], set(pairs[6:]), 42)


@pytest.mark.parametrize("proof", [{}, {"rows": 3}])
def test_a_file_that_was_cut_off_on_its_way_ends_nothing(
    deliveries: Any, run: Run, neo4j_empty: Store, year: None, proof: dict[str, int]
) -> None:
    # given: the manifest tells of the whole file
    shared(deliveries, "2025-02-01", ONE, TWO, THREE)
    deliveries.manifest("2025-02-01", **proof)

    # when
    shared(deliveries, "2025-02-01", ONE, TWO)
    if proof:
        deliveries.manifest("2025-02-01", **proof)
    report = run()

    # then
    assert [found.name for found in report.held] == ["shared_patients"]
    assert ties(neo4j_empty) == {ONE, TWO, THREE}


def test_a_year_in_two_files_is_whole_with_both(deliveries: Any, run: Run, neo4j_empty: Store) -> None:
    # given
    deliveries.nppes("2025-01-01", person(ANNA), person(BERT), person(CARA))
    shared(deliveries, "2025-01-01", ONE, days=30)
    shared(deliveries, "2025-01-01", TWO, THREE)
    deliveries.manifest("2025-01-01")

    # when both come again and one of them is as it was
    shared(deliveries, "2025-02-01", ONE, days=30)
    shared(deliveries, "2025-02-01", TWO)
    deliveries.manifest("2025-02-01")
    report = run()

    # then
    assert ties(neo4j_empty) == {ONE, TWO}
    again = run()
    assert (again.run, again.write_transactions) == (report.run, 0)


def test_a_snapshot_in_two_files_is_whole_with_both(deliveries: Any, run: Run, neo4j_empty: Store) -> None:
    # given
    deliveries.nppes("2025-01-01", person(ANNA), person(BERT))
    header = "npi,territory_id,from,to\n"
    for date, west in (("2025-01-01", f"{BERT},B,2024-01-01,\n"), ("2025-02-01", "")):
        deliveries.add(date, "alignment/territories.csv", "territory_id,name,level,parent_id\nA,A,,\nB,B,,\n")
        deliveries.add(date, "alignment/hcp_territories_east.csv", f"{header}{ANNA},A,2024-01-01,\n")
        deliveries.add(date, "alignment/hcp_territories_west.csv", header + west)
        deliveries.manifest(date)

    # when
    run()

    # then: what the unchanged file says still holds
    rows = neo4j_empty.read(
        "MATCH (h:HCP)-[r:IN_TERRITORY]->() RETURN h.npi AS npi, toString(r.to) AS until ORDER BY npi"
    )
    assert rows == [{"npi": ANNA, "until": None}, {"npi": BERT, "until": "2025-02-01"}]


def test_prescribing_that_a_complete_file_of_its_year_lacks_ends(deliveries: Any, run: Run, neo4j_empty: Store) -> None:
    # given
    header = (
        "Prscrbr_NPI,Prscrbr_Last_Org_Name,Prscrbr_First_Name,Prscrbr_City,Prscrbr_State_Abrvtn,Prscrbr_Type,"
        "Brnd_Name,Gnrc_Name,Tot_Clms,Tot_Benes,GE65_Sprsn_Flag,GE65_Tot_Clms\n"
    )
    rows = [f"{npi},Novak,N,Springfield,CT,Cardiology,Avela,Avela,40,12,,30\n" for npi in (ANNA, BERT)]
    deliveries.nppes("2025-01-01", person(ANNA), person(BERT))
    for date, release, told in (("2025-01-01", 23, rows), ("2025-02-01", 24, rows[:1])):
        deliveries.add(date, f"partd/MUP_DPR_RY{release}_P04_V10_DY21_NPIBN.csv", header + "".join(told))
        deliveries.manifest(date)

    # when
    run()

    # then: the people stay
    rows_now = neo4j_empty.read(
        "MATCH (h:HCP) RETURN h.npi AS npi, count { (h)-[:PRESCRIBED_IN_YEAR {year: 2021}]->() } AS told ORDER BY npi"
    )
    assert rows_now == [{"npi": ANNA, "told": 1}, {"npi": BERT, "told": 0}]


def test_a_payment_that_a_complete_file_of_its_year_lacks_is_gone(
    deliveries: Any, run: Run, neo4j_empty: Store
) -> None:
    # given
    header = (
        "NPI,doc_last_name,doc_first_name,doc_cred,doc_gender,doc_city,doc_state,doc_specialty,total_target_claims,"
        "total_target_payment_dollars,total_target_payment_number\n"
    )
    rows = [f"{npi},NOVAK,N,MD,F,SPRINGFIELD,CT,Gynecology,20,99.5,3\n" for npi in (ANNA, BERT)]
    deliveries.nppes("2025-01-01", person(ANNA), person(BERT))
    for date, told in (("2025-01-01", rows), ("2025-02-01", rows[:1])):
        deliveries.add(date, "studies/vaginal_cream_2014.csv", header + "".join(told))
        deliveries.manifest(date)

    # when
    run()

    # then
    paid = neo4j_empty.read("MATCH (p:Payment) RETURN COLLECT { MATCH (h)-[:RECEIVED]->(p) RETURN h.npi } AS who")
    assert paid == [{"who": [ANNA]}]
    assert one(neo4j_empty, "MATCH ()-[r:PRESCRIBED_IN_YEAR|FOR]->(:Product) RETURN count(r) AS n") == {"n": 2}


def test_a_rule_that_a_complete_edition_lacks_was_over_by_then(deliveries: Any, run: Run, neo4j_empty: Store) -> None:
    # given: two editions with two rules each
    deliveries.products("2024-10-01")
    both = [f"900001|{NDC}|3|N|||Y|N", f"900002|{OTHER_NDC}|3|N|||N|N"]
    deliveries.formulary("2024-10-01", "20241001", both)
    deliveries.formulary("2025-01-05", "20250101", both)
    rules = (
        "MATCH (:Plan)-[:HAS_POLICY]->(p:CoveragePolicy)-[:FOR]->(d:Product) "
        "RETURN d.brand AS drug, toString(p.effectiveTo) AS until ORDER BY drug"
    )
    for date in ("2024-10-01", "2025-01-05"):
        deliveries.manifest(date)
    run()
    assert neo4j_empty.read(rules) == [{"drug": "Avela", "until": None}, {"drug": "Bonda", "until": None}]

    # when the second edition comes again with one of them
    deliveries.formulary("2025-01-20", "20250101", both[:1])
    deliveries.manifest("2025-01-20")
    run()

    # then
    assert neo4j_empty.read(rules) == [{"drug": "Avela", "until": None}, {"drug": "Bonda", "until": "2025-01-01"}]
