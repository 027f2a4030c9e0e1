"""Entities that nobody claims any more become tombstones, and return as themselves."""

import datetime
from collections.abc import Callable
from typing import Any

import pytest

from graph.history.changes import changes_of
from graph.history.fingerprint import graph_fingerprint, state_fingerprint
from graph.ingest.engine import engine
from graph.ingest.report import RefreshReport
from graph.ingest.state import StateFolder
from graph.refresh import admit, withdraw
from graph.settings import Settings
from graph.store import Store

Run = Callable[..., RefreshReport]
ANNA = "1234567893"
FACILITIES = "npi,facility_type,facility_affiliations_certification_number,facility_type_certification_number\n"
COUNTS = """
RETURN COUNT { (:HCP) } AS hcps, COUNT { (:Account) } AS accounts, COUNT { (:Tombstone) } AS gone,
  COUNT { (:HCP)-[:AFFILIATED_WITH]->(:Account) } AS affiliations, COUNT { ()-[:PRACTICES]->() } AS practices
"""


@pytest.fixture
def loaded(deliveries: Any, run: Run) -> Run:
    person = {
        "NPI": ANNA, "Entity Type Code": "1", "Provider Last Name (Legal Name)": "NOVAK",
        "Provider Enumeration Date": "05/23/2005", "Healthcare Provider Taxonomy Code_1": "207R00000X",
    }  # fmt: skip
    deliveries.nppes("2025-01-01", person)
    deliveries.add(
        "2025-01-01", "facility_affiliation/Facility_Affiliation.csv", f"{FACILITIES}{ANNA},Hospital,450001,\n"
    )
    run()
    return run


def _counts(store: Store) -> tuple[int, ...]:
    return tuple(store.read(COUNTS)[0].values())


def _equal(store: Store, settings: Settings) -> bool:
    with engine(settings) as connection:
        return graph_fingerprint(store) == state_fingerprint(connection, StateFolder(settings).committed)


def test_a_withdrawn_source_takes_what_it_alone_claimed_and_gives_it_back(
    loaded: Run, neo4j_empty: Store, neo4j_settings: Settings
) -> None:
    # given
    assert _counts(neo4j_empty) == (1, 1, 0, 1, 1)
    (before,) = neo4j_empty.read("MATCH (a:Account) RETURN a.id AS id, a.kind AS kind")

    # when
    withdraw(neo4j_settings, neo4j_empty, "facility_affiliation")

    # then: the account is a tombstone with its last values, the affiliation ended, the HCP stands
    assert _counts(neo4j_empty) == (1, 0, 1, 0, 1)
    (gone,) = neo4j_empty.read(
        "MATCH (t:Tombstone) RETURN t.id AS id, t.label AS label, t.kind AS kind, toString(t.endedOn) AS day"
    )
    assert gone == {"id": before["id"], "label": "Account", "kind": "Hospital", "day": "2025-01-01"}
    ended = {
        (row["label"], row["property"], row["operation"], row["source"], row["record"].rpartition(":")[2])
        for row in changes_of(neo4j_empty, "ccn:450001", datetime.date(2025, 1, 1))
    }
    assert ended == {
        ("AFFILIATED_WITH", None, "ended", "facility_affiliation", "2"),
        ("Account", None, "ended", "facility_affiliation", "2"),
        *[("Account", name, "ended", "facility_affiliation", "2") for name in ("ccn", "kind", "knownAt")],
    }
    assert _equal(neo4j_empty, neo4j_settings)

    # and its deliveries are not taken, as the report says
    (told,) = [one for one in loaded().sources if one.name == "facility_affiliation"]
    assert (told.state, told.warnings) == (
        "unchanged",
        ["withdrawn: not taken until `twin source admit facility_affiliation`"],
    )

    # and when it is admitted and delivered again
    admit(neo4j_settings, neo4j_empty, "facility_affiliation")
    loaded()

    # then everything is as it was, under the same id
    assert _counts(neo4j_empty) == (1, 1, 0, 1, 1)
    assert neo4j_empty.read("MATCH (a:Account) RETURN a.id AS id, a.kind AS kind") == [before]
    assert _equal(neo4j_empty, neo4j_settings)


def test_a_relationship_ends_with_its_end_though_its_source_stands(
    loaded: Run, neo4j_empty: Store, neo4j_settings: Settings
) -> None:
    # when the registry goes: the affiliation is still claimed, but not its HCP
    withdraw(neo4j_settings, neo4j_empty, "nppes")

    # then
    assert _counts(neo4j_empty) == (0, 1, 2, 0, 0)
    assert neo4j_empty.read("MATCH ()-[r:AFFILIATED_WITH]->() RETURN count(r) AS n") == [{"n": 0}]
    assert _equal(neo4j_empty, neo4j_settings)

    # and when it returns
    admit(neo4j_settings, neo4j_empty, "nppes")
    loaded()

    # then
    assert _counts(neo4j_empty) == (1, 1, 0, 1, 1)
    assert _equal(neo4j_empty, neo4j_settings)
