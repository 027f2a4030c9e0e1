"""What was known on a day stays what was known: later deliveries do not rewrite an earlier snapshot."""

import datetime

import numpy as np
import pytest

from graph.history.snapshot_read import read_snapshot
from graph.refresh import refresh
from graph.world import WorldSettings, build

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

    # then more is known now, and nothing else was known then, but for what docs/models.md says: attributes of HCPs are
    # the newest ones, and of a start that was paid, reversed and paid again the last payment is kept
    assert whole.count("start") > before.count("start")
    differing = {
        (name, column)
        for name, table in before.tables.items()
        for column, values in table.items()
        if not np.array_equal(values, after.tables[name][column], equal_nan=values.dtype.kind == "f")
    }
    assert differing <= {("hcp", "state"), ("start", "paid_on"), ("start", "paid_known_at")}
    moved = before.tables["hcp"]["state"] != after.tables["hcp"]["state"]
    assert moved.sum() <= 3
    paid_again = before.tables["start"]["id"][before.tables["start"]["paid_on"] != after.tables["start"]["paid_on"]]
    assert len(paid_again) <= 2
    last = dict(zip(whole.tables["start"]["id"], whole.tables["start"]["paid_known_at"], strict=True))
    assert all(last[start] > before.day for start in paid_again)
