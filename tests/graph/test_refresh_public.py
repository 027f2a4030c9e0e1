"""Public files that nobody here wrote, when they are there: their published figures are met."""

import os
from pathlib import Path

import pytest

from graph.ingest.claims import write_claims
from graph.ingest.delivery import discover
from graph.ingest.engine import engine, scan
from graph.ingest.identifiers import open_identifiers
from graph.ingest.landing import checksum, land
from graph.ingest.quarantine import quarantined
from graph.ingest.report import RefreshReport
from graph.ingest.state import StateFolder
from graph.ingest.takers import takers
from graph.ingest.view import open_view
from graph.refresh import refresh
from graph.settings import Settings
from graph.sources import load_mappings
from graph.store import Store


@pytest.fixture
def public(request: pytest.FixtureRequest) -> Path:
    """A folder of downloaded public data. It is not part of the repository; without it these tests are skipped."""
    folder = Path(os.environ.get("PUBLIC_DATA") or Path(request.config.rootpath).parent / "shared" / "data")
    if not (folder / "nppes").is_dir():
        pytest.skip(f"no public data in {folder}: set PUBLIC_DATA to their folder to run this")
    return folder


def load(settings: Settings, store: Store, folder: Path) -> RefreshReport:
    """Refresh twice; the second time nothing is written."""
    report = refresh(settings, store, folder)
    again = refresh(settings, store, folder)
    assert again.write_transactions == 0
    assert sum(one.inserted + one.updated + one.tombstoned for one in again.sources) == 0
    return report


def test_nppes_and_nucc(neo4j_empty: Store, neo4j_settings: Settings, public: Path) -> None:
    # when
    report = load(neo4j_settings, neo4j_empty, public / "nppes")

    # then
    assert [(one.name, one.rows_in, one.rows_quarantined) for one in report.sources] == [
        ("nppes", 2040, 0),
        ("nucc", 874, 0),
    ]
    counted = (
        "MATCH (n:{label}) RETURN count(n) AS all, count(n.primaryTaxonomy) AS primary, "
        "count(CASE WHEN n.status = 'active' THEN 1 END) AS active"
    )
    assert neo4j_empty.read(counted.replace("{label}", "HCP")) == [{"all": 2000, "primary": 1971, "active": 2000}]
    assert neo4j_empty.read(counted.replace("{label}", "Account")) == [{"all": 40, "primary": 38, "active": 40}]
    assert neo4j_empty.read("MATCH (n:HCP) WHERE n.reactivatedOn IS NOT NULL RETURN count(n) AS n") == [{"n": 30}]
    codes = neo4j_empty.read("MATCH (n:HCP) RETURN n.primaryTaxonomy AS code, count(*) AS n ORDER BY n DESC LIMIT 5")
    assert [(row["code"], row["n"]) for row in codes] == [
        ("207R00000X", 214),
        ("207RC0000X", 87),
        ("208000000X", 81),
        ("1223G0001X", 79),
        ("207W00000X", 75),
    ]
    hospitals = neo4j_empty.read("MATCH (n:Account {primaryTaxonomy: '282N00000X'}) RETURN count(n) AS n")
    assert hospitals == [{"n": 9}]


def test_marketplace_formulary(neo4j_empty: Store, neo4j_settings: Settings, public: Path) -> None:
    # when
    report = load(neo4j_settings, neo4j_empty, public / "formulary")

    # then
    assert [(one.name, one.rows_in, one.rows_quarantined) for one in report.sources] == [
        ("marketplace_formulary", 2374, 0)
    ]
    shares = neo4j_empty.read(
        "MATCH (:Plan)-[:HAS_POLICY]->(p:CoveragePolicy)-[:FOR]->(:Product) "
        "RETURN p.tier AS tier, round(100.0 * count(CASE WHEN p.priorAuthorization THEN 1 END) / count(*), 1) AS share "
        "ORDER BY tier"
    )
    assert [(row["tier"], row["share"]) for row in shares] == [(0, 0.5), (1, 3.6), (2, 26.6), (3, 73.9)]


FOLDERS = {
    "prescribing_payments": [("prescribing_payments", 13_102, 0)],
    "prior_auth": [("prior_auth_carriers", 5_144, 33)],
    "fhir_pas_2.0.1": [("fhir_pas", 7, 1)],
    "fhir_plan_net_1.1.0": [("fhir_plan_net", 38, 24)],
    "synthea_27": [("synthea_27", 9_079, 0)],
}


@pytest.mark.parametrize("folder", FOLDERS)
def test_every_row_is_loaded_or_put_aside_with_a_reason(
    neo4j_empty: Store, neo4j_settings: Settings, public: Path, folder: str
) -> None:
    # when
    report = load(neo4j_settings, neo4j_empty, public / folder)

    # then
    assert [(one.name, one.rows_in, one.rows_quarantined) for one in report.sources] == FOLDERS[folder]
    assert all(one.rows_in == one.rows_loaded + one.rows_quarantined for one in report.sources)
    with engine(neo4j_settings) as connection:
        state = StateFolder(neo4j_settings)
        aside = quarantined(connection, neo4j_settings.home, state.committed, state.load())
    assert all(row["reason"] for row in aside)
    assert len({(row["file"], row["line"], row["table"]) for row in aside}) == FOLDERS[folder][0][2]


def test_no_file_is_taken_by_two_sources(public: Path) -> None:
    # given
    mappings = load_mappings()
    files = [path for path in sorted(public.rglob("*")) if path.is_file()]

    # when
    taken = {path: {one.name for one, _ in takers(mappings, path.name, path)} for path in files}

    # then
    assert {path.relative_to(public).as_posix(): names for path, names in taken.items() if len(names) > 1} == {}
    folders = {path.relative_to(public).parts[0] for path, names in taken.items() if names}
    assert folders >= {"nppes", "partd_2014_matrix", "formulary", *FOLDERS}


def test_part_d_matrix(tmp_path: Path, public: Path) -> None:
    """The wide file up to its claims: writing 650,000 relationships is a matter of minutes, not of a test."""
    # given
    settings = Settings.load({"TWIN_HOME": str(tmp_path)})
    (mapping,) = [one for one in load_mappings() if one.name == "partd_2014_matrix"]
    (delivery,) = discover(public / "partd_2014_matrix", [mapping])

    # when
    with engine(settings) as connection:
        landed = tuple(land(connection, settings, found, checksum(found), delivery.date) for found in delivery.files)
        open_identifiers(connection, tmp_path)
        open_view(connection, tmp_path, mapping, landed)
        counts = write_claims(connection, mapping, tmp_path / "claims", "2025-01-01", approve_deletes=False)
        path = tmp_path / "claims" / mapping.name / "02-PRESCRIBED_IN_YEAR-HCP-Product.parquet"
        figures = connection.execute(f"SELECT count(*), sum(claims), min(claims) FROM {scan([path])}").fetchone()

    # then
    assert (sum(one.rows for one in landed), sum(one.quarantined for one in landed)) == (25_000, 0)
    assert figures == (625_531, 34_576_307, 11)
    assert counts.inserted == 25_000 + 250 + 625_531
