"""Fingerprints: equal for equal facts however they came to be, and different for one value."""

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from graph.history.fingerprint import (
    FingerprintError,
    differing,
    graph_fingerprint,
    require_equal,
    state_fingerprint,
    total,
)
from graph.ingest.engine import engine
from graph.ingest.report import RefreshReport
from graph.ingest.state import StateFolder
from graph.refresh import refresh
from graph.settings import Settings
from graph.store import Store
from graph.world import WorldSettings, build
from tests.conftest import another_home, wipe

Run = Callable[..., RefreshReport]
ANNA, BERT = "1234567893", "2999000005"


def person(npi: str, city: str) -> dict[str, str]:
    return {
        "NPI": npi, "Entity Type Code": "1", "Provider Last Name (Legal Name)": "NOVAK",
        "Provider Business Practice Location Address City Name": city, "Provider Enumeration Date": "05/23/2005",
        "Last Update Date": "01/02/2025", "Healthcare Provider Taxonomy Code_1": "207R00000X",
    }  # fmt: skip


def of_state(settings: Settings) -> dict[str, str]:
    with engine(settings) as connection:
        return state_fingerprint(connection, StateFolder(settings).committed)


def test_graph_and_state_agree_until_one_is_changed_by_other_hands(
    deliveries: Any, run: Run, neo4j_empty: Store, neo4j_settings: Settings
) -> None:
    # given
    deliveries.nppes("2025-01-01", person(ANNA, "TOWN"), person(BERT, "TOWN"))
    run()
    whole = graph_fingerprint(neo4j_empty)
    assert sorted(whole) == ["HCP", "Identifier", "PRACTICES HCP Specialty", "Specialty"]
    assert whole == of_state(neo4j_settings)
    require_equal(whole, of_state(neo4j_settings))

    # when
    neo4j_empty.write("MATCH (h:HCP {npi: $npi}) SET h.city = 'TOWN ' RETURN count(h) AS n", npi=ANNA)

    # then
    changed = graph_fingerprint(neo4j_empty)
    assert differing(changed, whole) == ["HCP"]
    assert total(changed) != total(whole)
    with pytest.raises(FingerprintError, match="graph and TWIN_HOME/state differ in HCP: restore both"):
        require_equal(changed, whole)


def test_what_analytics_and_the_ledger_write_is_not_covered(deliveries: Any, run: Run, neo4j_empty: Store) -> None:
    # given
    deliveries.nppes("2025-01-01", person(ANNA, "TOWN"))
    run()
    neo4j_empty.write("CREATE (:Product {id: 'q'})")
    before = graph_fingerprint(neo4j_empty)

    # when
    neo4j_empty.write(
        "MATCH (h:HCP), (product:Product) SET h.pageRank = 0.5, h.lineage = ['x'] CREATE (:Change {id: 'c'}) "
        "CREATE (found:Prediction {id: 'p'})-[:ABOUT]->(h), (found)-[:FOR]->(product) RETURN h.id AS id"
    )

    # then
    assert graph_fingerprint(neo4j_empty) == before


def test_incremental_equals_from_scratch(neo4j_empty: Store, neo4j_settings: Settings, tmp_path: Path) -> None:
    # given: deliveries of a small world, applied one call after the other
    folder = tmp_path / "world"
    build(WorldSettings(seed=11, hcps=100, months=9, out=folder))
    days = sorted(path.name for path in folder.iterdir() if path.is_dir())
    for left_out in days[1:-1:2]:
        shutil.rmtree(folder / left_out)
    for day in sorted({*days} - {*days[1:-1:2]}):
        refresh(neo4j_settings, neo4j_empty, folder / day)
    incremental = graph_fingerprint(neo4j_empty)
    assert incremental == of_state(neo4j_settings)
    assert len(incremental) > 20

    # when: everything that has landed is computed anew, as after a change of every mapping
    _forget_mapping_versions(neo4j_settings)
    report = refresh(neo4j_settings, neo4j_empty, folder)

    # then it says what the deliveries have said one by one
    assert {one.state for one in report.sources} == {"loaded"}
    assert graph_fingerprint(neo4j_empty) == incremental

    # and when an empty twin with the same keys takes them all in one call
    wipe(neo4j_empty)
    refresh(another_home(neo4j_settings, neo4j_empty, tmp_path / "other"), neo4j_empty, folder)

    # then
    assert graph_fingerprint(neo4j_empty) == incremental


def _forget_mapping_versions(settings: Settings) -> None:
    path = StateFolder(settings).committed / "state.json"
    state = json.loads(path.read_text(encoding="utf-8"))
    for source in state["sources"].values():
        source["mapping_version"] = "another"
    path.unlink()
    path.write_text(json.dumps(state), encoding="utf-8")
