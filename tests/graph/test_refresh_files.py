"""What a refresh believes of files: complete only with proof, whole only when still, read again only when changed."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from graph.ingest import arrival
from graph.ingest.ledger import entries
from graph.ingest.report import RefreshReport
from graph.settings import Settings
from graph.store import Store
from tests.graph.registry import ANNA, BERT, everything, one, person

Run = Callable[..., RefreshReport]
HEADER = "territory_id,name,level,parent_id"


def territories(deliveries: Any, date: str, *names: str) -> Path:
    rows = [f"{name},{name},territory," for name in names]
    path: Path = deliveries.add(date, "alignment/territories.csv", "\n".join([HEADER, *rows]) + "\n")
    return path


def test_a_snapshot_without_a_manifest_takes_nothing_away(deliveries: Any, run: Run, neo4j_empty: Store) -> None:
    # given
    deliveries.nppes("2025-01-01", person(ANNA))
    header = "npi,territory_id,from,to"
    for date, rows in (("2025-01-01", [f"{ANNA},A,2024-01-01,"]), ("2025-02-01", [])):
        territories(deliveries, date, "A")
        deliveries.add(date, "alignment/hcp_territories.csv", "\n".join([header, *rows]) + "\n")

    # when
    run()

    # then
    ends = "MATCH (:HCP)-[r:IN_TERRITORY]->() RETURN r.to IS NULL AS holds"
    assert one(neo4j_empty, ends) == {"holds": True}

    # when the same is delivered with its proof
    territories(deliveries, "2025-03-01", "A")
    deliveries.add("2025-03-01", "alignment/hcp_territories.csv", header + "\n")
    deliveries.manifest("2025-03-01")
    run()

    # then
    assert one(neo4j_empty, ends) == {"holds": False}


def test_a_file_that_grows_while_it_is_read_is_not_taken(
    deliveries: Any, run: Run, neo4j_empty: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    # given
    path = territories(deliveries, "2025-01-01", "A", "B")
    deliveries.nppes("2025-01-01", person(ANNA))
    land = arrival.land

    def growing(*given: Any) -> Any:
        landed = land(*given)
        if landed.source == "alignment":
            with path.open("a") as file:
                file.write("C,C,territory,\n")
        return landed

    # when
    with monkeypatch.context() as patch:
        patch.setattr(arrival, "land", growing)
        report = run()

    # then
    (held,) = report.held
    assert (held.name, held.reason) == (
        "alignment",
        "file 'alignment/territories.csv' is still growing: it changed while it was read; deliver it whole",
    )
    assert neo4j_empty.read("MATCH (t:Territory) RETURN count(t) AS n") == [{"n": 0}]

    # when it has come to rest
    run()

    # then
    assert neo4j_empty.read("MATCH (t:Territory) RETURN count(t) AS n") == [{"n": 3}]


def test_a_file_with_fewer_rows_than_listed_is_not_taken(deliveries: Any, run: Run) -> None:
    # given
    deliveries.nppes("2025-01-01", person(ANNA))
    territories(deliveries, "2025-01-08", "A", "B")
    deliveries.manifest("2025-01-08", rows=3)

    # when
    report = run()

    # then
    (held,) = report.held
    assert "has 2 records, its manifest says 3: it is cut off, deliver it again" in str(held.reason)


def test_a_file_that_did_not_change_is_not_read_again(
    deliveries: Any, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    # given
    deliveries.nppes("2025-01-01", person(ANNA))
    path = territories(deliveries, "2025-01-01", "A")
    run()
    read: list[str] = []
    checksum = arrival.checksum

    def watched(found: Any) -> str:
        read.append(found.name)
        return checksum(found)

    monkeypatch.setattr(arrival, "checksum", watched)

    # when
    nothing = run()
    path.write_text(path.read_text() + "B,B,territory,\n")
    some = run()

    # then
    assert (nothing.write_transactions, read) == (0, ["alignment/territories.csv"])
    assert {source.name: source.state for source in some.sources} == {"alignment": "loaded", "nppes": "unchanged"}


def test_a_mapping_that_changed_is_computed_anew(
    deliveries: Any, run: Run, neo4j_empty: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    # given
    import dataclasses

    from graph import refresh as job

    deliveries.nppes("2025-01-01", person(ANNA), person(BERT))
    first = run()
    load = job.load_mappings

    def changed() -> Any:
        return tuple(
            dataclasses.replace(mapping, version="another") if mapping.name == "nppes" else mapping
            for mapping in load()
        )

    monkeypatch.setattr(job, "load_mappings", changed)

    # when
    second, third = run(), run()

    # then: what it says is the same, so that nothing but the ledger is written
    assert (second.run != first.run, second.write_transactions) == (True, 0)
    assert [source.state for source in second.sources] == ["loaded"]
    version = "MATCH (s:Source {name: 'nppes'}) RETURN s.mappingVersion AS version"
    assert one(neo4j_empty, version) == {"version": "another"}
    assert (third.run, [source.state for source in third.sources]) == (second.run, ["unchanged"])


def test_a_snapshot_that_comes_again_unchanged_is_as_fresh_as_its_delivery(
    deliveries: Any, run: Run, neo4j_empty: Store, neo4j_settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    # given
    deliveries.nppes("2025-01-01", person(ANNA))
    territories(deliveries, "2025-01-01", "A")
    run()
    before = everything(neo4j_empty)

    # when
    territories(deliveries, "2025-01-08", "A")
    report = run()

    # then nothing is written but how fresh the source is
    assert (report.write_transactions, report.published_seq, everything(neo4j_empty)) == (0, 1, before)
    assert [(one.name, one.state, one.data_time) for one in report.sources] == [
        ("alignment", "unchanged", "2025-01-08"),
        ("nppes", "unchanged", "2025-01-01"),
    ]
    fresh = (
        "MATCH (s:Source) RETURN s.name AS name, toString(s.dataTime) AS data, toString(s.deliveredOn) AS delivered "
        "ORDER BY name"
    )
    now = [
        {"name": "alignment", "data": "2025-01-08", "delivered": "2025-01-08"},
        {"name": "nppes", "data": "2025-01-01", "delivered": "2025-01-01"},
    ]
    assert neo4j_empty.read(fresh) == now

    # when it is looked at again, the file is not read, and when something else comes it stays as fresh
    monkeypatch.setattr(arrival, "checksum", lambda _: pytest.fail("read again"))
    run()
    monkeypatch.undo()
    deliveries.nppes("2025-01-15", person(ANNA), person(BERT))
    run()

    # then
    assert neo4j_empty.read(fresh) == [now[0], {"name": "nppes", "data": "2025-01-15", "delivered": "2025-01-15"}]
    first, last = entries(neo4j_settings)
    assert [(one["name"], one["data_time"]) for one in first["sources"]] == [
        ("alignment", "2025-01-01"),
        ("nppes", "2025-01-01"),
    ]
    # the registry taught an identifier, so that what builds on it was computed anew
    assert [(one["name"], one["data_time"]) for one in last["sources"]] == [
        ("nppes", "2025-01-15"),
        ("alignment", "2025-01-08"),
    ]
    rows = neo4j_empty.read("MATCH (s:Source) RETURN s.name AS name, s.rowsIn AS rows ORDER BY name")
    assert rows == [{"name": "alignment", "rows": 1}, {"name": "nppes", "rows": 2}]
