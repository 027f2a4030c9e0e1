"""Lineage: every value names its source, file, row, run and mapping version."""

from collections.abc import Callable
from typing import Any

import pytest

from graph.errors import NotFound
from graph.history.lineage import lineage_of
from graph.ingest.report import RefreshReport
from graph.sources import load_mappings
from graph.store import Store

Run = Callable[..., RefreshReport]
ANNA, BERT = "1234567893", "2999000005"


def person(npi: str, city: str) -> dict[str, str]:
    return {
        "NPI": npi, "Entity Type Code": "1", "Provider Last Name (Legal Name)": "NOVAK",
        "Provider Business Practice Location Address City Name": city, "Provider Enumeration Date": "05/23/2005",
        "Last Update Date": "01/02/2025", "Healthcare Provider Taxonomy Code_1": "207R00000X",
    }  # fmt: skip


def test_each_source_is_named_for_what_it_gives(deliveries: Any, run: Run, neo4j_empty: Store) -> None:
    # given
    deliveries.nppes("2025-01-01", person(ANNA, "TOWN"), person(BERT, "TOWN"))
    first = run()

    # when: another source gives one property
    deliveries.add("2025-01-08", "pdrp/pdrp.csv", f"npi,opt_out_date\n{BERT},2024-06-01\n{ANNA},2024-07-01\n")
    second = run()

    # then
    versions = {mapping.name: mapping.version for mapping in load_mappings()}
    registry, choice = lineage_of(neo4j_empty, f"npi:{ANNA}")
    assert registry.source == "nppes"
    assert set(registry.properties) >= {"lastName", "city", "status", "enumeratedOn", "knownAt"}
    assert "optedOutOn" not in registry.properties
    assert (registry.file, registry.row) == ("2025-01-01/nppes/npidata_pfile_20050523-20250101.csv", 2)
    assert (registry.run, str(registry.delivered_on)) == (first.run, "2025-01-01")
    assert registry.mapping_version == versions["nppes"]
    assert lineage_of(neo4j_empty, f"npi:{ANNA}", "optedOutOn") == [choice]
    assert (choice.source, choice.properties) == ("pdrp", ("optedOutOn",))
    assert (choice.file, choice.row, choice.run) == ("2025-01-08/pdrp/pdrp.csv", 3, second.run)


def test_a_claim_that_is_repeated_keeps_the_record_that_said_it_first(
    deliveries: Any, run: Run, neo4j_empty: Store
) -> None:
    # given
    deliveries.nppes("2025-01-01", person(ANNA, "TOWN"), person(BERT, "TOWN"))
    run()

    # when: one is repeated, the other moved
    deliveries.nppes("2025-01-08", person(ANNA, "TOWN"), person(BERT, "NEWTOWN"))
    second = run()

    # then
    (anna,) = lineage_of(neo4j_empty, f"npi:{ANNA}", "city")
    (bert,) = lineage_of(neo4j_empty, f"npi:{BERT}", "city")
    assert str(anna.delivered_on) == "2025-01-01"
    assert (bert.run, bert.file, bert.row) == (second.run, "2025-01-08/nppes/npidata_pfile_20050523-20250108.csv", 3)


def test_relationships_have_a_lineage_of_their_own(deliveries: Any, run: Run, neo4j_empty: Store) -> None:
    # given
    deliveries.nppes("2025-01-01", person(ANNA, "TOWN"))
    run()

    # then
    (practice,) = lineage_of(neo4j_empty, f"npi:{ANNA}", "PRACTICES")
    assert (practice.what, practice.source, practice.properties, practice.row) == ("PRACTICES", "nppes", ("*",), 2)
    assert practice.other is not None
    missing = neo4j_empty.read("MATCH (n) WHERE (n:HCP OR n:Specialty) AND n.lineage IS NULL RETURN count(n) AS n")
    assert missing == [{"n": 0}]


def test_what_is_not_there_is_named(deliveries: Any, run: Run, neo4j_empty: Store) -> None:
    # given
    deliveries.nppes("2025-01-01", person(ANNA, "TOWN"))
    run()

    # then
    with pytest.raises(NotFound, match="nothing in the twin is known as 'npi:2999000005'"):
        lineage_of(neo4j_empty, f"npi:{BERT}")
    with pytest.raises(NotFound, match="'npi:1234567893' has no value for 'optedOutOn'"):
        lineage_of(neo4j_empty, f"npi:{ANNA}", "optedOutOn")
