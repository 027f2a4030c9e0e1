"""What a refresh survives: crashes, batches cut off, thin snapshots, a second writer, a graph of another home."""

import fcntl
from collections.abc import Callable
from typing import Any

import pytest

from graph.errors import LeaseHeld, SourceError
from graph.ingest import apply as applying
from graph.ingest.report import RefreshReport
from graph.ingest.state import StateFolder
from graph.settings import Settings
from graph.store import Store

Run = Callable[..., RefreshReport]
ANNA, BERT, CARA, CLINIC = "1234567893", "1245319599", "1999000007", "1999000015"
NDC = "00001000101"


def one(store: Store, text: str, **parameters: Any) -> dict[str, Any]:
    (row,) = store.read(text, **parameters)
    return row


def everything(store: Store) -> list[Any]:
    """All nodes and relationships but those of the ledger, in a form that can be compared."""
    nodes = store.read(
        "MATCH (n) WHERE NOT n:RefreshRun AND NOT n:Source AND NOT n:Sequence AND NOT n:Change "
        "RETURN labels(n)[0] AS label, n {.*} AS properties"
    )
    edges = store.read(
        "MATCH (a)-[r]->(b) WHERE NOT a:RefreshRun AND NOT a:Change "
        "RETURN type(r) AS type, coalesce(a.id, a.key) AS first, b.id AS second, r {.*} AS properties"
    )
    return sorted(repr(sorted(row.items(), key=str)) for row in nodes + edges)


def person(npi: str, **more: str) -> dict[str, str]:
    city = more.pop("city", "SPRINGFIELD")
    return {
        "NPI": npi, "Entity Type Code": "1", "Provider Last Name (Legal Name)": "NOVAK",
        "Provider Business Practice Location Address City Name": city, "Provider Enumeration Date": "05/23/2005",
        "Healthcare Provider Taxonomy Code_1": "207R00000X", "Healthcare Provider Primary Taxonomy Switch_1": "Y",
        **more,
    }  # fmt: skip


def _raise(*_: object, **__: object) -> None:
    raise RuntimeError("cut off")


def test_a_crash_after_the_commit_is_settled_at_the_next_start(
    deliveries: Any, run: Run, neo4j_empty: Store, neo4j_settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    # given
    deliveries.nppes("2025-01-01", person(ANNA))
    with monkeypatch.context() as patch:
        patch.setattr(StateFolder, "promote", _raise)
        with pytest.raises(RuntimeError, match="cut off"):
            run()
    after_crash = everything(neo4j_empty)

    # when
    report = run()

    # then
    assert report.write_transactions == 0
    assert everything(neo4j_empty) == after_crash
    assert StateFolder(neo4j_settings).load().run == report.run
    assert neo4j_empty.read("MATCH (r:RefreshRun) RETURN count(r) AS n") == [{"n": 1}]


def test_a_crash_before_the_commit_leaves_nothing(
    deliveries: Any, run: Run, neo4j_empty: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    # given
    deliveries.nppes("2025-01-01", person(ANNA))
    with monkeypatch.context() as patch:
        patch.setattr(applying, "_finish", _raise)
        with pytest.raises(RuntimeError, match="cut off"):
            run()
    assert everything(neo4j_empty) == []

    # when
    report = run()

    # then
    assert report.write_transactions == 1
    assert one(neo4j_empty, "MATCH (n:HCP) RETURN count(n) AS n")["n"] == 1
    counters = neo4j_empty.read("MATCH (s:Sequence) RETURN s.name AS name, s.value AS value ORDER BY name")
    assert counters == [{"name": "published", "value": 1}, {"name": "writing", "value": 1}]


def test_marked_batches_are_resumed_where_they_stopped(
    deliveries: Any, run: Run, neo4j_empty: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    # given: batches of one statement, and a crash in the third
    deliveries.nppes("2025-01-01", person(ANNA), person(BERT), person(CARA))
    monkeypatch.setattr(applying, "ROWS_IN_ONE_TRANSACTION", 1)
    monkeypatch.setattr(applying, "ROWS_PER_BATCH", 1)
    mark = applying._mark
    with monkeypatch.context() as patch:
        patch.setattr(applying, "_mark", lambda work, run, batch: _raise() if batch == 3 else mark(work, run, batch))
        with pytest.raises(RuntimeError, match="cut off"):
            run()
    halfway = one(neo4j_empty, "MATCH (r:RefreshRun) RETURN r.batches AS batches, r.finishedAt AS finished")
    counters = neo4j_empty.read("MATCH (s:Sequence) RETURN s.name AS name, s.value AS value ORDER BY name")
    assert (halfway["batches"], halfway["finished"]) == (2, None)
    assert counters == [{"name": "published", "value": 0}, {"name": "writing", "value": 1}]

    # when
    report = run()

    # then
    assert (report.write_transactions, report.published_seq) == (0, 1)
    assert one(neo4j_empty, "MATCH (n:HCP) RETURN count(n) AS n")["n"] == 3
    assert one(neo4j_empty, "MATCH (:HCP)-[r:PRACTICES]->() RETURN count(r) AS n")["n"] == 3
    assert one(neo4j_empty, "MATCH (i:Identifier)-[:OF]->() RETURN count(i) AS n")["n"] == 4


def test_a_snapshot_that_lacks_much_is_held(deliveries: Any, run: Run, neo4j_empty: Store) -> None:
    # given
    rows = [f"T{number},Territory {number},territory," for number in range(20)]
    header = "territory_id,name,level,parent_id"
    deliveries.add("2025-01-01", "alignment/territories.csv", "\n".join([header, *rows]) + "\n")
    run()
    before = everything(neo4j_empty)
    deliveries.add("2025-01-08", "alignment/territories.csv", "\n".join([header, *rows[:12]]) + "\n")

    # when
    with pytest.raises(SourceError, match="'alignment' is held: 8 of 20 Territory vanish at once"):
        run()

    # then
    assert everything(neo4j_empty) == before
    assert run(approve_deletes=True).write_transactions == 0
    assert everything(neo4j_empty) == before


def test_one_refresh_at_a_time(deliveries: Any, run: Run, neo4j_settings: Settings) -> None:
    # given
    deliveries.nppes("2025-01-01", person(ANNA))
    neo4j_settings.home.mkdir(parents=True, exist_ok=True)
    with (neo4j_settings.home / "refresh.lock").open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)

        # when
        with pytest.raises(LeaseHeld, match=r"another refresh holds .*refresh.lock") as caught:
            run()

    # then
    assert caught.value.exit_code == 50
    assert run().write_transactions == 1


def test_a_graph_of_another_home_is_refused(
    deliveries: Any, run: Run, neo4j_empty: Store, neo4j_settings: Settings
) -> None:
    # given
    deliveries.nppes("2025-01-01", person(ANNA))
    run()
    neo4j_empty.write("MATCH (n) DETACH DELETE n RETURN 1 AS done")
    deliveries.nppes("2025-01-08", person(BERT))

    # when, then
    with pytest.raises(SourceError, match="restore both from one backup"):
        run()
    assert neo4j_empty.read("MATCH (n) RETURN count(n) AS n") == [{"n": 0}]
