"""What a refresh survives: crashes, batches cut off, thin snapshots, a second writer, a graph of another home."""

import datetime
import sys
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from graph import refresh as job
from graph.errors import SourceError, StoreUnavailable
from graph.ingest import apply as applying
from graph.ingest.ledger import entries
from graph.ingest.report import RefreshReport
from graph.ingest.state import StateFolder
from graph.settings import Settings
from graph.sources import load_mappings
from graph.store import Store, publish
from graph.store.publish import RAISE_WRITING, raise_writing
from tests.graph.registry import ANNA, BERT, CARA, counters, everything, one, person

Run = Callable[..., RefreshReport]


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
    assert counters(neo4j_empty) == {"writing": 1, "published": 1}


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
    assert (halfway["batches"], halfway["finished"]) == (2, None)
    assert counters(neo4j_empty) == {"writing": 1, "published": 0}

    # when
    report = run()

    # then
    assert (report.write_transactions, report.published_seq) == (0, 1)
    assert one(neo4j_empty, "MATCH (n:HCP) RETURN count(n) AS n")["n"] == 3
    assert one(neo4j_empty, "MATCH (:HCP)-[r:PRACTICES]->() RETURN count(r) AS n")["n"] == 3
    assert one(neo4j_empty, "MATCH (i:Identifier)-[:OF]->() RETURN count(i) AS n")["n"] == 4


def test_a_snapshot_that_lacks_much_is_held_until_it_is_approved(
    deliveries: Any, run: Run, neo4j_empty: Store, neo4j_settings: Settings
) -> None:
    # given
    rows = [f"T{number},Territory {number},territory," for number in range(20)]
    header = "territory_id,name,level,parent_id"
    deliveries.add("2025-01-01", "alignment/territories.csv", "\n".join([header, *rows]) + "\n")
    deliveries.add("2025-01-08", "alignment/territories.csv", "\n".join([header, *rows[:12]]) + "\n")
    for date in ("2025-01-01", "2025-01-08"):
        deliveries.add(date, "alignment/hcp_territories.csv", "npi,territory_id,from,to\n")
        deliveries.manifest(date)
    run(as_of=datetime.date(2025, 1, 1))
    before = everything(neo4j_empty)

    # when
    report = run()

    # then
    (source,) = report.sources
    assert (source.state, report.strict_exit, report.write_transactions) == ("held", 30, 0)
    assert source.reason is not None
    assert source.reason.startswith("8 of 20 Territory vanish at once")
    assert everything(neo4j_empty) == before
    # the other file, which came again unchanged, makes the source no fresher
    assert StateFolder(neo4j_settings).load().sources["alignment"]["delivered"] == source.data_time == "2025-01-01"
    (held,) = [entry["run"] for entry in entries(neo4j_settings) if entry["state"] == "held"]
    with pytest.raises(SourceError, match="holds nothing that waits for approval"):
        run(approve_deletes=str(report.run))
    approved = run(approve_deletes=held)
    assert ([one.state for one in approved.sources], approved.strict_exit) == (["loaded"], 0)
    assert StateFolder(neo4j_settings).load().run == held


def test_deletes_that_follow_from_another_mapping_can_be_approved(
    deliveries: Any, run: Run, neo4j_empty: Store, neo4j_settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    # given territories, and a mapping that leaves most of them out
    rows = [f"T{number},Territory {number},territory," for number in range(20)]
    text = "\n".join(["territory_id,name,level,parent_id", *rows]) + "\n"
    deliveries.add("2025-01-01", "alignment/territories.csv", text)
    run()
    (mapping,) = [one for one in load_mappings() if one.name == "alignment"]
    claims = tuple(
        replace(one, select=f"SELECT * FROM ({one.select}) WHERE territory_id < 'T2'", keep=False)
        if one.target == "Territory"
        else one
        for one in mapping.claims
    )
    fewer = replace(mapping, claims=claims, version="fewer")
    mended = tuple(fewer if one.name == "alignment" else one for one in load_mappings())
    monkeypatch.setattr(job, "load_mappings", lambda: mended)

    # when
    report = run()
    (held,) = [entry["run"] for entry in entries(neo4j_settings) if entry["state"] == "held"]
    approved = run(approve_deletes=held)

    # then
    assert (report.strict_exit, approved.strict_exit) == (30, 0)
    assert one(neo4j_empty, "MATCH (t:Territory) RETURN count(t) AS n") == {"n": 12}


def test_a_graph_of_another_home_is_refused(
    deliveries: Any, run: Run, neo4j_empty: Store, neo4j_settings: Settings
) -> None:
    # given
    deliveries.nppes("2025-01-01", person(ANNA))
    run()
    neo4j_empty.write("MATCH (n) DETACH DELETE n RETURN 1 AS done")
    deliveries.nppes("2025-01-08", person(BERT))

    # when, then
    with pytest.raises(SourceError, match="the graph is empty"):
        run()
    assert everything(neo4j_empty) == []


def test_counters_that_another_writer_left_apart_are_levelled(deliveries: Any, run: Run, neo4j_empty: Store) -> None:
    # given: a scoring that died between its counters
    deliveries.nppes("2025-01-01", person(ANNA))
    run()
    neo4j_empty.write(RAISE_WRITING)
    assert counters(neo4j_empty) == {"writing": 2, "published": 1}

    # when: nothing new was delivered
    report = run()

    # then
    assert (report.write_transactions, report.published_seq) == (0, 2)
    assert counters(neo4j_empty) == {"writing": 2, "published": 2}


def test_a_lost_answer_to_the_raised_counter_levels_it(neo4j_empty: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    # given
    def lost(store: Store) -> int:
        raise_writing(store)
        raise StoreUnavailable("the answer is lost")

    monkeypatch.setattr(sys.modules["graph.store.publish"], "raise_writing", lost)

    # when
    with pytest.raises(StoreUnavailable, match="the answer is lost"):
        publish(neo4j_empty, lambda work: work.run("CREATE (n:HCP {id: 'hcp_0'}) RETURN 1 AS made"))

    # then
    assert counters(neo4j_empty) == {"writing": 1, "published": 1}
    assert neo4j_empty.read("MATCH (n:HCP) RETURN count(n) AS n") == [{"n": 0}]
