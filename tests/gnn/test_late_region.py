"""A state whose claims begin late: its prescribers do not adopt on the day on which they are first seen."""

from typing import Any

import numpy as np
import pytest

from gnn.samples import adoption_rows, adoption_sample, friction_sample
from gnn.tasks import ACCESS_FRICTION, ADOPTION
from gnn.view import LOOKBACK, View
from graph.history.snapshot import Snapshot
from graph.history.snapshot_tables import NEVER
from tests.gnn.factory import tables

END = 700


@pytest.fixture(scope="module")
def late() -> tuple[Snapshot, int]:
    """The factory's twin without what Texas wrote before a day, and that day."""
    whole: dict[str, dict[str, Any]] = tables(days=END)
    opened = int(np.median(whole["start"]["written_on"]))
    texas = {one for one, state in zip(whole["hcp"]["id"], whole["hcp"]["state"], strict=True) if state == "TX"}
    start = whole["start"]
    keep = [
        writer not in texas or written >= opened
        for writer, written in zip(start["hcp"], start["written_on"], strict=True)
    ]
    kept = {name: [value for value, one in zip(column, keep, strict=True) if one] for name, column in start.items()}
    known = set(kept["id"])
    reject = whole["reject"]
    told = [one in known for one in reject["start"]]
    rejects = {name: [value for value, one in zip(column, told, strict=True) if one] for name, column in reject.items()}
    day = max(max(kept["known_at"]), opened + 200)
    return Snapshot.of(day, whole | {"start": kept, "reject": rejects}), opened


def of_texas(view: View) -> np.ndarray:
    return view.snapshot.column("hcp", "state") == "TX"


def test_nobody_there_is_at_risk_until_it_has_been_seen_for_the_warm_up(late: tuple[Snapshot, int]) -> None:
    whole, opened = late
    for day, seen in (
        (opened - 30, False),
        (opened + ADOPTION.warm_up - 1, False),
        (opened + ADOPTION.warm_up + 30, True),
    ):
        rows = adoption_rows(View(whole.at(day)))
        assert rows.adoption is not None
        risk, texas = rows.adoption.at_risk, of_texas(rows.view)
        assert risk[texas].any() == seen, day
        assert risk[~texas].any()
        # and nobody is who has written
        assert not (risk & rows.adoption.prescribing.adopted).any()


def test_what_is_first_seen_at_the_opening_is_no_adoption_to_learn_from(late: tuple[Snapshot, int]) -> None:
    whole, opened = late
    before = adoption_sample(ADOPTION, whole, opened - 30)
    assert len(before.hcp)
    assert not of_texas(before.view)[before.hcp].any()


def test_where_nobody_has_written_nothing_is_seen(late: tuple[Snapshot, int]) -> None:
    whole, opened = late
    view = View(whole.at(opened - 1))
    texas = of_texas(view)
    assert (view.observed_from[texas] == NEVER).all()
    assert set(view.observed_from[~texas]) == {view.first_written}


def test_what_it_writes_in_its_first_half_year_says_nothing_of_friction(late: tuple[Snapshot, int]) -> None:
    # given: a renewal cannot be told from a start there
    whole, opened = late
    view = View(whole)
    starts, first = view.starts, int(view.observed_from[of_texas(view)].min())
    assert first >= opened
    texas = of_texas(view)[starts.hcp] & (starts.hcp >= 0)
    early = texas & (starts.written < first + LOOKBACK)
    assert early.any()

    # then it is no evidence, and no row to learn from
    assert not starts.mature[early].any()
    assert starts.mature[~texas & (starts.written < first)].all()
    rows = friction_sample(ACCESS_FRICTION, whole, opened)
    assert len(rows.hcp)
    assert not of_texas(rows.view)[rows.hcp].any()
    # and what comes after is
    assert starts.proven[texas & ~early].all()
