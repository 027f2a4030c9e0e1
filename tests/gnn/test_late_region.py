"""A state whose claims begin late: its prescribers do not adopt on the day on which they are first seen."""

from typing import Any

import numpy as np
import pytest

from gnn.samples import adoption_rows, adoption_sample
from gnn.tasks import ADOPTION
from gnn.view import View
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
