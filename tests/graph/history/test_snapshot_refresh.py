"""What was known on a day stays what was known: later deliveries do not rewrite an earlier snapshot."""

import csv
import datetime
import shutil
from dataclasses import replace

import numpy as np
import pytest

from graph.history.snapshot import newest_known
from graph.history.snapshot_read import read_snapshot
from graph.history.snapshot_tables import NEVER
from graph.refresh import refresh
from graph.snapshot_files import FEEDING, snapshot_from_files
from graph.world import WorldSettings, build
from tests.conftest import another_home, wipe

MONTHS = 12


@pytest.fixture
def deliveries(tmp_path):
    folder = tmp_path / "world"
    build(WorldSettings(seed=3, hcps=120, months=MONTHS, out=folder))
    days = sorted(datetime.date.fromisoformat(path.name) for path in folder.iterdir())
    assert len(days) == 9
    return folder, days


def test_a_snapshot_as_of_the_first_delivery_is_the_same_after_the_next_ones(deliveries, neo4j_empty, neo4j_settings):
    # given the backfill alone, and what it knew
    folder, days = deliveries
    refresh(neo4j_settings, neo4j_empty, folder, as_of=days[0])
    before = read_snapshot(neo4j_empty, neo4j_settings)

    # when all later weeks are delivered: claims, a formulary edition, moves
    refresh(neo4j_settings, neo4j_empty, folder)
    whole = read_snapshot(neo4j_empty, neo4j_settings)
    after = whole.at(before.day)

    # then more is known now, and nothing else was known then
    assert whole.count("start") > before.count("start")
    assert _differing(before, after) == set()
    # though somebody moved since, and some starts were paid, reversed and paid again
    assert whole.count("hcp_before")
    assert whole.count("payment")


def test_a_snapshot_is_what_a_twin_would_know_that_has_no_later_line(deliveries, neo4j_empty, neo4j_settings, tmp_path):
    # given a snapshot of the first delivery as of some weeks before it
    folder, days = deliveries
    refresh(neo4j_settings, neo4j_empty, folder, as_of=days[0])
    whole = read_snapshot(neo4j_empty, neo4j_settings)
    early = whole.at(newest_known(whole.at(whole.day - 45).tables))
    assert early.count("start") < whole.count("start")

    # when a twin gets only the lines that had arrived by then
    wipe(neo4j_empty)
    cut = folder / days[0].isoformat()
    for path in cut.glob("rx_claims/*.csv"):
        _keep_lines_until(path, early.as_of.isoformat())
    (cut / "manifest.json").unlink()
    other = another_home(neo4j_settings, neo4j_empty, tmp_path / "other")
    refresh(other, neo4j_empty, cut)
    alone = read_snapshot(neo4j_empty, other)

    # then
    assert _differing(early, alone) == set()


def test_a_snapshot_of_the_files_is_that_of_the_graph(deliveries, neo4j_empty, neo4j_settings, tmp_path):
    # given a graph that took all deliveries of the sources that feed it, and of what people said against predictions
    folder, days = deliveries
    _say(folder / days[0].isoformat(), days[0] - datetime.timedelta(days=30))
    refresh(neo4j_settings, neo4j_empty, folder, sources=FEEDING)
    whole = read_snapshot(neo4j_empty, neo4j_settings)

    # when the same files are read under the same keys, without the graph
    alone = replace(neo4j_settings, home=tmp_path / "files")
    shutil.copytree(neo4j_settings.home / "keys", alone.home / "keys")
    found = snapshot_from_files(alone, folder)

    # then every column is the same, also those of what had ended
    assert _differing(whole, found) == set()
    assert found.fingerprint == whole.fingerprint
    said = zip(*(found.column("override", name).tolist() for name in ("task", "happens")), strict=True)
    assert sorted(said) == [("access_friction", 0.0), ("access_friction", 1.0), ("adoption", 1.0)]
    assert "" not in found.column("override", "plan")[found.column("override", "task") == "access_friction"]
    assert sorted(found.column("override", "ended_on") < NEVER) == [False, False, True]


def _say(delivery, day):
    """Three words about the first start of a delivery: one corrects another a week later."""
    with next(delivery.glob("rx_claims/*.csv")).open(encoding="utf-8", newline="") as file:
        line = next(csv.DictReader(file))
    with next(delivery.glob("products/*.csv")).open(encoding="utf-8", newline="") as file:
        product = next(csv.DictReader(file))["product_id"]
    about, later = f"{line['prescribing_provider_npi']},{product}", day + datetime.timedelta(days=7)
    rows = [
        "override_id,said_on,task,npi,product_id,plan,verdict,reason,role",
        f"1,{day},access_friction,{about},{line['plan']},will_happen,FORMULARY_DECISION,brand",
        f"1,{later},access_friction,{about},{line['plan']},will_not_happen,PATIENT_MIX,brand",
        f"2,{day},adoption,{about},,will_happen,OTHER,field_rep",
    ]
    (delivery / "prediction_overrides.csv").write_text("\n".join(rows) + "\n", encoding="utf-8")


def _differing(one, other):
    """The columns in which two snapshots differ."""
    return {
        (name, column)
        for name, table in one.tables.items()
        for column, values in table.items()
        if not np.array_equal(values, other.tables[name][column], equal_nan=values.dtype.kind == "f")
    }


def _keep_lines_until(path, day):
    """Drop the lines of a claims file that were received later."""
    with path.open(encoding="utf-8", newline="") as file:
        head, *rows = csv.reader(file)
    received = head.index("received_at")
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file, lineterminator="\n").writerows([head, *(row for row in rows if row[received] <= day)])
