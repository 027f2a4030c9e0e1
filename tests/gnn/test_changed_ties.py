"""After a refresh in which a hundred ties changed, scores are those of a graph that was loaded with them.

Scoring always computes everything anew: what could be stale is the snapshot on disk, models, and what is in the graph.
"""

import csv
import datetime
import hashlib
import json
import shutil

import numpy as np
import pytest

from gnn.promotion import submit
from gnn.score import score
from graph.refresh import refresh
from graph.world import WorldSettings, build
from tests.conftest import another_home, wipe

CHANGED, DROPPED, ADDED = 60, 20, 20
PREDICTIONS = (
    "MATCH (p:Prediction) RETURN p.id AS id, p.value AS value, p.low AS low, p.high AS high, "
    "p.expectedStarts AS expected, p.mainBarrier AS barrier, p.explained AS explained, p.asOf AS asOf, "
    "COLLECT { MATCH (p)-[r:BECAUSE]->(n) RETURN [r.rank, n.id, r.reason] ORDER BY r.rank } AS reasons "
    "ORDER BY id"
)
NUMBERS = ("value", "low", "high", "expected")


@pytest.fixture
def deliveries(tmp_path):
    """A backfill; the same with a hundred ties changed; and a later delivery of nothing but the changed ties."""
    folder = tmp_path / "world"
    build(WorldSettings(seed=3, hcps=120, months=12, weeks=1, out=folder))
    day = datetime.date.fromisoformat(min(path.name for path in folder.iterdir()))
    before = tmp_path / "before" / day.isoformat()
    shutil.copytree(folder / day.isoformat(), before)
    anew = tmp_path / "anew" / day.isoformat()
    shutil.copytree(before, anew)
    (anew / "manifest.json").unlink()
    path = max(anew.glob("shared_patients/*"))
    _change(path)
    later = tmp_path / "later" / (day + datetime.timedelta(days=1)).isoformat()
    target = later / path.relative_to(anew)
    target.parent.mkdir(parents=True)
    shutil.copy(path, target)
    digest = hashlib.sha256(target.read_bytes()).hexdigest()
    # Without the proof that the file is complete no tie would be missed.
    file = {"path": target.relative_to(later).as_posix(), "sha256": digest, "complete": True}
    (later / "manifest.json").write_text(json.dumps({"delivery": later.name, "files": [file]}), encoding="utf-8")
    return before.parent, later.parent, anew.parent


def _change(path):
    """A hundred ties of the newest year: stronger ones, some that are dropped, and new ones between the same people."""
    with path.open(encoding="utf-8", newline="") as file:
        rows = list(csv.reader(file))
    there = {(row[0], row[1]) for row in rows}
    assert len(rows) > 4 * CHANGED
    random = np.random.default_rng(8)
    places = random.permutation(len(rows))
    for place in places[:CHANGED]:
        rows[place][2:4] = [str(int(rows[place][2]) + 90), str(int(rows[place][3]) + 80)]
    dropped = set(places[CHANGED : CHANGED + DROPPED])
    rows = [row for place, row in enumerate(rows) if place not in dropped]
    people = sorted({npi for pair in there for npi in pair})
    absent = [(one, other) for one in people for other in people if one != other and (one, other) not in there]
    added = [absent[place] for place in random.permutation(len(absent))[:ADDED]]
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file, lineterminator="\n").writerows([*rows, *([*pair, "95", "70", "3"] for pair in added)])


def test_scores_after_a_hundred_changed_ties_are_those_of_a_graph_loaded_with_them(
    deliveries, neo4j_empty, neo4j_settings, challengers, tmp_path
):
    # given a twin that was scored, so that a snapshot is kept and predictions are there
    before, later, anew = deliveries
    refresh(neo4j_settings, neo4j_empty, before)
    for one in challengers.values():
        assert submit(neo4j_settings, neo4j_empty, one).promoted
    score(neo4j_settings)
    first = neo4j_empty.read(PREDICTIONS)

    # when a hundred ties change and it is scored again
    (source,) = refresh(neo4j_settings, neo4j_empty, later).sources
    assert (source.inserted, source.updated, source.tombstoned) == (ADDED, CHANGED, DROPPED)
    reports = score(neo4j_settings)
    refreshed = neo4j_empty.read(PREDICTIONS)

    # and a graph that never was another is loaded with them and scored by the same models
    wipe(neo4j_empty)
    other = another_home(neo4j_settings, neo4j_empty, tmp_path / "other")
    refresh(other, neo4j_empty, anew)
    for one in challengers.values():
        assert submit(other, neo4j_empty, one).promoted
    score(other)
    whole = neo4j_empty.read(PREDICTIONS)

    # then the change was felt
    assert len(refreshed) == sum(one.predictions for one in reports)
    known = {row["id"]: row["value"] for row in first}
    assert sum(abs(row["value"] - known.get(row["id"], 0.0)) > 1e-4 for row in refreshed) > 100

    # and everything is the same, numbers to 1e-5 and words to the letter
    assert [row["id"] for row in refreshed] == [row["id"] for row in whole]
    for name in NUMBERS:
        one, two = (np.array([row[name] for row in rows], dtype=float) for rows in (refreshed, whole))
        np.testing.assert_allclose(one, two, rtol=0, atol=1e-5, equal_nan=True)
    for name in ("barrier", "explained", "asOf", "reasons"):
        assert [row[name] for row in refreshed] == [row[name] for row in whole]
