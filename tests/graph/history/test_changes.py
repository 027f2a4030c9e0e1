"""The log of differences: what changed, when it held, when it was known, from which record."""

import datetime
from collections.abc import Callable
from typing import Any

import pytest

from graph.errors import NotFound
from graph.history.changes import changes_of, find_entity
from graph.ingest.report import RefreshReport
from graph.store import Store

Run = Callable[..., RefreshReport]
ANNA, BERT = "1234567893", "2999000005"
SINCE = datetime.date(2000, 1, 1)


def person(npi: str, city: str, taxonomy: str = "207R00000X", updated: str = "01/02/2025") -> dict[str, str]:
    return {
        "NPI": npi, "Entity Type Code": "1", "Provider Last Name (Legal Name)": "NOVAK",
        "Provider Business Practice Location Address City Name": city, "Provider Enumeration Date": "05/23/2005",
        "Last Update Date": updated, "Healthcare Provider Taxonomy Code_1": taxonomy,
        "Healthcare Provider Primary Taxonomy Switch_1": "Y",
    }  # fmt: skip


def logged(store: Store, entity: str) -> list[dict[str, Any]]:
    """The changes with dates as ISO texts, the run left out."""
    rows = changes_of(store, entity, SINCE)
    return [
        {
            name: value.iso_format() if hasattr(value, "iso_format") else value
            for name, value in row.items()
            if name != "run"
        }
        for row in rows
    ]


def test_a_property_change_has_its_old_and_new_value_and_its_record(
    deliveries: Any, run: Run, neo4j_empty: Store
) -> None:
    # given
    deliveries.nppes("2025-01-01", person(ANNA, "OLDTOWN"), person(BERT, "OLDTOWN"))
    run()
    assert neo4j_empty.read("MATCH (c:Change) RETURN count(c) AS n") == [{"n": 0}]

    # when
    deliveries.nppes("2025-01-08", person(BERT, "OLDTOWN"), person(ANNA, "NEWTOWN", updated="01/05/2025"))
    report = run()

    # then
    assert logged(neo4j_empty, f"npi:{ANNA}") == [
        {
            "recorded_on": "2025-01-08",
            "known_at": "2025-01-08",
            "valid_at": "2025-01-05",
            "entity": find_entity(neo4j_empty, f"npi:{ANNA}"),
            "other": None,
            "label": "HCP",
            "property": "city",
            "operation": "changed",
            "kind": "new",
            "old": '"OLDTOWN"',
            "new": '"NEWTOWN"',
            "source": "nppes",
            "record": "2025-01-08/nppes/npidata_pfile_20050523-20250108.csv:3",
        }
    ]
    assert logged(neo4j_empty, f"npi:{BERT}") == []
    assert neo4j_empty.read(
        "MATCH (c:Change)-[:APPLIED_BY]->(r:RefreshRun) RETURN r.id AS run, c.run AS same, c.dataClasses AS classes"
    ) == [{"run": report.run, "same": report.run, "classes": ["public_identity"]}]


def test_entities_and_relationships_that_come_and_go_are_logged(deliveries: Any, run: Run, neo4j_empty: Store) -> None:
    # given
    deliveries.nppes("2025-01-01", person(ANNA, "TOWN"))
    run()

    # when
    deliveries.nppes("2025-01-08", person(ANNA, "TOWN", taxonomy="207RC0000X"), person(BERT, "TOWN"))
    run()

    # then
    anna = [(row["label"], row["property"], row["operation"]) for row in logged(neo4j_empty, f"npi:{ANNA}")]
    assert anna == [
        ("HCP", "primaryTaxonomy", "changed"),
        ("HCP", "taxonomies", "changed"),
        ("PRACTICES", None, "added"),
        ("PRACTICES", None, "ended"),
    ]
    bert = [(row["label"], row["property"], row["operation"]) for row in logged(neo4j_empty, f"npi:{BERT}")]
    assert bert == [("HCP", None, "added"), ("PRACTICES", None, "added")]


def test_what_a_first_delivery_brings_is_no_change_but_what_it_changes_is(
    deliveries: Any, run: Run, neo4j_empty: Store
) -> None:
    # given
    deliveries.nppes("2025-01-01", person(ANNA, "TOWN"), person(BERT, "TOWN"))
    deliveries.add("2025-01-08", "pdrp/pdrp.csv", f"npi,opt_out_date\n{ANNA},2024-06-01\n")
    deliveries.add("2025-01-15", "pdrp/pdrp.csv", f"npi,opt_out_date\n{ANNA},2024-06-01\n{BERT},2025-01-10\n")

    # when
    run()

    # then
    for npi, day, recorded in ((ANNA, "2024-06-01", "2025-01-08"), (BERT, "2025-01-10", "2025-01-15")):
        (change,) = logged(neo4j_empty, f"npi:{npi}")
        assert (change["property"], change["old"], change["new"]) == ("optedOutOn", None, f'"{day}"')
        assert (change["known_at"], change["recorded_on"]) == (day, recorded)
    classes = neo4j_empty.read("MATCH (c:Change) RETURN c.dataClasses AS classes")
    assert classes == [{"classes": ["privacy_choice"]}] * 2


def test_a_policy_change_is_an_ended_and_a_new_policy(deliveries: Any, run: Run, neo4j_empty: Store) -> None:
    # given: the own product gets prior authorization in the third edition, and is dropped in the fourth
    deliveries.products("2025-01-01")
    plain, guarded = "900001|00001000101|3|N|||N|N", "900001|00001000101|3|N|||Y|N"
    other, unknown = "900002|00002000201|2|Y|30|30|N|N", "777777|99999999999|1|N|||N|N"
    deliveries.formulary("2025-01-01", "20250101", [plain, other, unknown])
    deliveries.formulary("2025-02-01", "20250201", [plain, other, unknown])
    deliveries.formulary("2025-03-01", "20250301", [guarded, other, unknown])
    deliveries.formulary("2025-04-01", "20250401", [other, unknown])

    # when
    run()

    # then
    policies = neo4j_empty.read(
        "MATCH (:Payer {name: 'Blue Payer'})-[:OFFERS]->(:Plan {planKey: 'H0001-001-000'})-[:HAS_POLICY]->(p) "
        "MATCH (p)-[:FOR]->(d) RETURN d.brand AS brand, p.policyKey AS key, p.priorAuthorization AS pa, "
        "toString(p.effectiveFrom) AS since, toString(p.effectiveTo) AS until, p.quantityAmount AS amount "
        "ORDER BY brand, since"
    )
    assert [tuple(row.values()) for row in policies] == [
        ("Avela", "F1|900001|2025-01-01", False, "2025-01-01", "2025-03-01", None),
        ("Avela", "F1|900001|2025-03-01", True, "2025-03-01", "2025-04-01", None),
        ("Bonda", "F1|900002|2025-01-01", False, "2025-01-01", None, 30.0),
    ]
    changes = neo4j_empty.read(
        "MATCH (c:Change {label: 'CoveragePolicy'}) "
        "RETURN c.operation AS kind, c.property AS property, c.new AS new, toString(c.knownAt) AS known "
        "ORDER BY known, kind"
    )
    assert changes == [
        {"kind": "added", "property": None, "new": None, "known": "2025-03-01"},
        {"kind": "changed", "property": "effectiveTo", "new": '"2025-03-01"', "known": "2025-03-01"},
        {"kind": "changed", "property": "effectiveTo", "new": '"2025-04-01"', "known": "2025-04-01"},
    ]


def test_editions_in_any_order_give_the_same_policies_in_force(deliveries: Any, run: Run, neo4j_empty: Store) -> None:
    # given: the second edition is applied before the first
    deliveries.products("2025-01-01")
    plain, guarded = "900001|00001000101|3|N|||N|N", "900001|00001000101|3|N|||Y|N"
    deliveries.formulary("2025-02-01", "20250201", [plain])
    deliveries.formulary("2025-03-01", "20250301", [guarded])
    run()

    # when
    deliveries.formulary("2025-01-15", "20250115", [plain])
    run()

    # then: what began later than it is now known to have begun never held
    policies = neo4j_empty.read(
        "MATCH (p:CoveragePolicy) WHERE p.effectiveTo IS NULL OR p.effectiveTo > p.effectiveFrom "
        "RETURN p.policyKey AS key, toString(p.effectiveTo) AS until, COUNT { (:Plan)-[:HAS_POLICY]->(p) } AS plans "
        "ORDER BY key"
    )
    assert policies == [
        {"key": "F1|900001|2025-01-15", "until": "2025-03-01", "plans": 1},
        {"key": "F1|900001|2025-03-01", "until": None, "plans": 1},
    ]


def test_an_unknown_entity_is_named(neo4j_empty: Store) -> None:
    assert find_entity(neo4j_empty, "hcp_0") == "hcp_0"
    with pytest.raises(NotFound, match="nothing in the twin is known as 'npi:1234567893'"):
        find_entity(neo4j_empty, "npi:1234567893")
