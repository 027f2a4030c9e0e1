"""As of an earlier day a snapshot has what was overwritten since: the payment that counted, the state of an HCP."""

from datetime import date

import pytest

from graph.history.snapshot import Snapshot
from graph.history.snapshot_past import attributes_before
from graph.history.snapshot_tables import EVER, NEVER, day_of

MAY, JUNE, JULY = day_of(date(2025, 5, 1)), day_of(date(2025, 6, 1)), day_of(date(2025, 7, 1))


def _start(name, paid_on=NEVER, paid_known_at=NEVER):
    return {
        "id": [name], "hcp": ["hcp_a"], "product": ["p"], "plan": [""], "written_on": [MAY], "known_at": [MAY + 1],
        "superseded_at": [NEVER], "paid_on": [paid_on], "paid_known_at": [paid_known_at], "reversed_on": [NEVER],
        "reversed_known_at": [NEVER],
    }  # fmt: skip


def _payments(*rows):
    names = ("start", "position", "paid_on", "known_at", "reversed_on", "reversed_known_at")
    return {name: [row[at] for row in rows] for at, name in enumerate(names)}


def _paid(snapshot):
    """Days after the first of May, per start: paid, known, reversed, reversal known."""
    names = ("paid_on", "paid_known_at", "reversed_on", "reversed_known_at")
    columns = [snapshot.column("start", name).tolist() for name in names]
    return [tuple(None if day == NEVER else day - MAY for day in row) for row in zip(*columns, strict=True)]


def test_a_payment_counts_until_its_reversal_is_known():
    # given: paid on the third, taken back on the sixth as was known on the twentieth, paid again on the tenth
    rows = [("s", 0, MAY + 3, MAY + 4, MAY + 6, MAY + 20), ("s", 1, MAY + 10, MAY + 12, NEVER, NEVER)]
    whole = Snapshot.of(JULY, {"start": _start("s", MAY + 10, MAY + 12), "payment": _payments(*rows)})

    # then
    assert _paid(whole) == [(10, 12, None, None)]
    assert _paid(whole.at(MAY + 3)) == [(None, None, None, None)]
    assert _paid(whole.at(MAY + 4)) == [(3, 4, None, None)]
    assert _paid(whole.at(MAY + 12)) == [(3, 4, None, None)]
    assert _paid(whole.at(MAY + 20)) == [(10, 12, None, None)]
    assert _paid(whole.at(MAY + 20).at(MAY + 12)) == [(3, 4, None, None)]


def test_what_is_paid_late_counts_after_what_is_paid_in_time_and_is_not_reversed():
    # given: taken back, then paid on the thirty-first day
    rows = [("s", 0, MAY + 3, MAY + 4, MAY + 6, MAY + 7), ("s", 1, MAY + 31, MAY + 32, NEVER, NEVER)]
    whole = Snapshot.of(JULY, {"start": _start("s", MAY + 3, MAY + 4), "payment": _payments(*rows)})

    # then neither is dispensed, and the first in time counts
    assert _paid(whole) == [(3, 4, 6, 7)]
    assert _paid(whole.at(MAY + 6)) == [(3, 4, None, None)]


def test_a_payment_that_arrives_late_counts_from_then_on():
    # given: the first payment in time arrives last
    rows = [("s", 0, MAY + 3, JUNE, NEVER, NEVER), ("s", 1, MAY + 10, MAY + 11, NEVER, NEVER)]
    whole = Snapshot.of(JULY, {"start": _start("s", MAY + 3, JUNE), "payment": _payments(*rows)})

    # then
    assert _paid(whole.at(JUNE - 1)) == [(10, 11, None, None)]
    assert _paid(whole.at(JUNE)) == [(3, JUNE - MAY, None, None)]


def test_starts_with_one_payment_stay_as_they_are():
    both = {name: [*_start("a", MAY + 2, MAY + 3)[name], *_start("z")[name]] for name in _start("a")}
    rows = [("m", 0, MAY + 3, MAY + 4, NEVER, NEVER)]

    # then, also beside payments of a start that is not there
    whole = Snapshot.of(JULY, {"start": both, "payment": _payments(*rows)})
    assert _paid(whole) == [(2, 3, None, None), (None, None, None, None)]


@pytest.fixture
def moved():
    """Two people; one was in Texas, from June in New York, from July in California, with another taxonomy."""
    people = {
        "id": ["hcp_a", "hcp_b"], "npi": ["1", "2"], "taxonomy": ["Y", "X"], "state": ["California", "NY"],
        "sex": ["F", "M"], "enumerated_on": [EVER, EVER], "known_at": [EVER, EVER],
    }  # fmt: skip
    changes = {
        "id": ["hcp_a", "hcp_a", "gone", "hcp_a"],
        "property": ["state", "primaryTaxonomy", "state", "state"],
        "old": ['"NY"', None, '"NY"', '"Texas"'],
        "recorded_on": [JULY, JULY, JULY, JUNE],
    }
    return Snapshot.of(JULY + 5, {"hcp": people, "hcp_before": attributes_before(people, changes)})


def test_attributes_are_what_they_were_until_a_delivery_changed_them(moved):
    def people(day):
        snapshot = moved.at(day)
        return [snapshot.column("hcp", name).tolist() for name in ("state", "taxonomy")]

    assert people(JULY) == [["California", "NY"], ["Y", "X"]]
    assert people(JULY - 1) == [["NY", "NY"], ["", "X"]]
    assert people(JUNE) == [["NY", "NY"], ["", "X"]]
    assert people(JUNE - 1) == [["Texas", "NY"], ["", "X"]]


def test_going_back_in_steps_is_going_back_at_once(moved):
    assert moved.at(JULY - 1).at(MAY).fingerprint == moved.at(MAY).fingerprint
    assert moved.at(JULY).at(JUNE).fingerprint == moved.at(JUNE).fingerprint
    assert moved.at(JUNE).fingerprint != moved.at(JUNE - 1).fingerprint
