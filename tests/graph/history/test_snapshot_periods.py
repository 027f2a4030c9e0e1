"""Affiliations as periods, from what holds now and the log of what came and went."""

import pytest

from graph.history.snapshot_periods import affiliation_periods
from graph.history.snapshot_tables import EVER, NEVER


def _periods(current, changes):
    columns = affiliation_periods(
        {"hcp": [pair[0] for pair in current], "account": [pair[1] for pair in current]},
        {
            "hcp": [change[0] for change in changes],
            "account": [change[1] for change in changes],
            "added": [change[2] for change in changes],
            "known_at": [change[3] for change in changes],
        },
    )
    return list(zip(*columns.values(), strict=True))


@pytest.mark.parametrize(
    ("current", "changes", "expected"),
    [
        ([("h", "a")], [], [("h", "a", EVER, NEVER)]),
        ([("h", "a")], [("h", "a", True, 10)], [("h", "a", 10, NEVER)]),
        ([], [("h", "a", False, 20)], [("h", "a", EVER, 20)]),
        ([], [("h", "a", False, 20), ("h", "a", True, 10)], [("h", "a", 10, 20)]),
        (
            [("h", "a")],
            [("h", "a", False, 20), ("h", "a", True, 30)],
            [("h", "a", EVER, 20), ("h", "a", 30, NEVER)],
        ),
        (
            [("h", "b")],
            [("h", "a", False, 20), ("h", "b", True, 20)],
            [("h", "a", EVER, 20), ("h", "b", 20, NEVER)],
        ),
        ([], [], []),
    ],
    ids=["always there", "came", "went", "came and went", "went and came back", "moved", "nothing"],
)
def test_periods(current, changes, expected):
    assert _periods(current, changes) == expected
