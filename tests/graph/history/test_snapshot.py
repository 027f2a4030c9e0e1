"""A snapshot is a value: what was known on a day, sorted, unchangeable, forkable."""

from datetime import date

import numpy as np
import pytest

from graph.errors import ModelError
from graph.history.snapshot import Snapshot
from graph.history.snapshot_deltas import LiftPolicy, SetPolicy, SetPrescribing, WithoutPolicy, replaced
from graph.history.snapshot_tables import EVER, NEVER, date_of, day_of

MAY, JUNE, JULY = day_of(date(2025, 5, 1)), day_of(date(2025, 6, 1)), day_of(date(2025, 7, 1))


def _tables():
    hcp = {
        "id": ["hcp_b", "hcp_a", "hcp_late"], "npi": ["2", "1", "3"],
        "taxonomy": ["X", "X", ""], "state": ["NY", "NY", ""], "sex": ["F", "M", ""],
        "enumerated_on": [EVER, EVER, EVER], "known_at": [EVER, MAY, JULY],
    }  # fmt: skip
    start = {
        "id": ["s2", "s1", "s3"], "hcp": ["hcp_b", "hcp_a", "hcp_a"], "product": ["p", "p", "p"],
        "plan": ["plan", "plan", ""], "written_on": [MAY, MAY, MAY], "known_at": [MAY + 1, MAY + 2, JULY],
        "superseded_at": [JULY, NEVER, NEVER], "paid_on": [MAY + 3, MAY + 4, NEVER],
        "paid_known_at": [JUNE, JULY, NEVER], "reversed_on": [NEVER, NEVER, NEVER],
        "reversed_known_at": [NEVER, NEVER, NEVER],
    }  # fmt: skip
    policy = {
        "id": ["old", "new"], "product": ["p", "p"], "tier": [2, float("nan")], "prior_authorization": [0, 1],
        "step_therapy": [0, 0], "quantity_limit": [0, 0], "effective_from": [MAY - 300, JUNE],
        "effective_to": [JUNE, NEVER], "known_at": [MAY - 290, JUNE + 10], "end_known_at": [JUNE + 10, NEVER],
    }  # fmt: skip
    alignment = {
        "hcp": ["hcp_a", "hcp_a"], "territory": ["t1", "t2"], "from": [EVER, JUNE], "to": [JUNE, NEVER],
    }  # fmt: skip
    return {
        "hcp": hcp,
        "product": {"id": ["p"], "brand": ["P"], "own": [1], "launched_on": [EVER]},
        "start": start,
        "policy": policy,
        "alignment": alignment,
    }


@pytest.fixture
def whole():
    return Snapshot.of(JULY, _tables())


def test_rows_are_sorted_by_key_whatever_the_order_they_came_in(whole):
    assert whole.column("hcp", "id").tolist() == ["hcp_a", "hcp_b", "hcp_late"]
    assert whole.column("hcp", "npi").tolist() == ["1", "2", "3"]


def test_what_arrives_later_is_not_there_earlier(whole):
    # when
    june = whole.at(JUNE)

    # then
    assert june.as_of == date(2025, 6, 1)
    assert june.column("hcp", "id").tolist() == ["hcp_a", "hcp_b"]
    assert june.column("start", "id").tolist() == ["s1", "s2"]
    assert june.column("start", "paid_on").tolist() == [NEVER, MAY + 3]
    assert june.column("start", "paid_known_at").tolist() == [NEVER, JUNE]


def test_a_start_that_was_shown_wrong_counts_until_that_was_known(whole):
    assert whole.at(JULY - 1).column("start", "id").tolist() == ["s1", "s2"]
    assert whole.at(JULY - 1).column("start", "superseded_at").tolist() == [NEVER, NEVER]
    assert whole.column("start", "id").tolist() == ["s1", "s3"]


@pytest.mark.parametrize(
    ("day", "ids", "ends"),
    [(JUNE + 9, ["old"], [NEVER]), (JUNE + 10, ["new", "old"], [NEVER, JUNE])],
    ids=["the next edition is not out", "the next edition is out"],
)
def test_the_end_of_a_policy_is_known_with_the_edition_that_says_so(whole, day, ids, ends):
    assert whole.at(day).column("policy", "id").tolist() == ids
    assert whole.at(day).column("policy", "effective_to").tolist() == ends


def test_an_alignment_holds_from_its_first_day_to_before_its_last(whole):
    assert whole.at(JUNE - 1).column("alignment", "territory").tolist() == ["t1"]
    assert whole.at(JUNE - 1).column("alignment", "to").tolist() == [NEVER]
    assert whole.at(JUNE).column("alignment", "territory").tolist() == ["t2"]


def test_going_back_in_two_steps_is_going_back_in_one(whole):
    assert whole.at(JUNE + 5).at(MAY + 1).fingerprint == whole.at(MAY + 1).fingerprint


def test_a_snapshot_does_not_know_its_future(whole):
    with pytest.raises(ModelError, match=r"as of 2025-07-02: the snapshot only knows 2025-07-01"):
        whole.at(date(2025, 7, 2))


def test_columns_cannot_be_written_to(whole):
    with pytest.raises(ValueError, match="read-only"):
        whole.column("start", "paid_on")[0] = MAY


def test_the_fingerprint_moves_with_any_value():
    # given the same knowledge in another order, and one value changed
    tables, other = _tables(), _tables()
    shuffled = {name: [values[2], values[0], values[1]] for name, values in tables["start"].items()}
    other["start"]["plan"] = ["plan", "plan", "elsewhere"]

    # then
    base = Snapshot.of(JULY, tables).fingerprint
    assert Snapshot.of(JULY, tables | {"start": shuffled}).fingerprint == base
    assert Snapshot.of(JULY, other).fingerprint != base


def test_references_are_row_numbers_and_minus_one_for_the_unknown(whole):
    june = whole.at(JUNE)
    assert june.reference("start", "hcp", "hcp").tolist() == [0, 1]
    assert june.positions("hcp", np.array(["hcp_b", "hcp_late", ""])).tolist() == [1, -1, -1]


def test_a_fork_has_the_delta_and_the_original_has_not(whole):
    # when
    fork = whole.with_(
        [
            SetPrescribing("hcp_a", "p", 4.0),
            SetPrescribing("hcp_a", "p", 0.0),
            SetPolicy("new", "prior_authorization", 0),
        ]
    )

    # then
    assert fork.column("forced", "volume").tolist() == [0.0]
    assert fork.column("policy", "prior_authorization").tolist() == [0.0, 0.0]
    assert whole.count("forced") == 0
    assert whole.column("policy", "prior_authorization").tolist() == [1.0, 0.0]
    assert fork.fingerprint != whole.fingerprint


def test_a_policy_can_be_lifted_from_a_day_on_or_never_have_come():
    # given a plan whose policy was replaced in June
    links = {"plan": ["plan", "plan"], "policy": ["old", "new"], "known_at": [MAY - 290, JUNE + 10]}
    whole = Snapshot.of(JULY, _tables() | {"plan_policy": links})
    assert replaced(whole.tables, "new") == ["old"]
    assert replaced(whole.tables, "old") == []

    # when
    lifted = whole.with_([LiftPolicy("new", JULY)])
    without = whole.with_([WithoutPolicy("new")])

    # then the first asks for nothing from now on, and the second leaves what was before in force
    assert lifted.column("policy", "id").tolist() == ["new", "old"]
    assert lifted.column("policy", "prior_authorization").tolist() == [0.0, 0.0]
    assert lifted.column("policy", "effective_from").tolist() == [JULY, MAY - 300]
    assert without.column("policy", "id").tolist() == ["old"]
    assert without.column("policy", "effective_to").tolist() == [NEVER]
    assert whole.column("policy", "effective_to").tolist() == [NEVER, JUNE]


def test_a_delta_on_an_unknown_subject_is_refused(whole):
    with pytest.raises(ModelError, match="HCP 'hcp_zz' is not in the snapshot"):
        whole.with_([SetPrescribing("hcp_zz", "p", 1.0)])
    with pytest.raises(ModelError, match="policy 'pol' is not in the snapshot"):
        whole.with_([SetPolicy("pol", "tier", 1)])
    with pytest.raises(ModelError, match="policy 'pol' is not in the snapshot"):
        whole.with_([LiftPolicy("pol", JULY)])
    with pytest.raises(ModelError, match="policy 'pol' is not in the snapshot"):
        whole.with_([WithoutPolicy("pol")])


def test_columns_that_do_not_fit_are_named():
    tables = _tables()
    del tables["hcp"]["sex"]
    with pytest.raises(ModelError, match="snapshot table 'hcp': column 'sex' is missing or unknown"):
        Snapshot.of(JULY, tables)


def test_rejects_are_numbered_among_those_known():
    # given three rejects of one start, of which the second in time arrived last, and one of another
    reject = {
        "start": ["s1", "s1", "s1", "s2"],
        "position": [0, 1, 2, 0],
        "barrier": ["PA", "STEP", "PA", "LIMIT"],
        "known_at": [MAY, JULY, JUNE, MAY],
    }

    # when
    whole = Snapshot.of(JULY, _tables() | {"reject": reject})

    # then
    assert whole.column("reject", "position").tolist() == [0, 1, 2, 0]
    assert whole.at(JUNE).column("reject", "position").tolist() == [0, 1, 0]
    assert whole.at(JUNE).column("reject", "barrier").tolist() == ["PA", "PA", "LIMIT"]


def test_days_and_dates_are_inverse():
    assert date_of(day_of(date(2024, 2, 29))) == date(2024, 2, 29)
    assert day_of(date(1970, 1, 1)) == 0


def _overrides(**columns):
    said = {
        "id": ["o1", "o2"], "task": ["adoption", "adoption"], "hcp": ["hcp_a", "hcp_a"], "product": ["p", "p"],
        "plan": ["", ""], "happens": [1, 0], "made_on": [MAY, JUNE], "ended_on": [JUNE, NEVER],
    }  # fmt: skip
    return {"override": {name: columns.get(name, values) for name, values in said.items()}}


def test_what_somebody_said_is_known_from_its_day_and_its_end_from_the_day_of_the_end():
    # given: what was said in May was corrected in June
    whole = Snapshot.of(JULY, _tables() | _overrides())

    # then
    told = {
        day: list(zip(*(whole.at(day).column("override", name).tolist() for name in ("id", "ended_on")), strict=True))
        for day in (MAY - 1, MAY, JUNE - 1, JUNE, JULY)
    }
    assert told == {
        MAY - 1: [],
        MAY: [("o1", NEVER)],
        JUNE - 1: [("o1", NEVER)],
        JUNE: [("o1", JUNE), ("o2", NEVER)],
        JULY: [("o1", JUNE), ("o2", NEVER)],
    }


def test_a_fingerprint_hears_of_words_as_soon_as_there_are_any(whole):
    # given
    hearing, other = (Snapshot.of(JULY, _tables() | _overrides(happens=said)) for said in ([1, 0], [1, 1]))

    # then: before the first one, all is as where nobody ever says anything
    assert len({whole.fingerprint, hearing.fingerprint, other.fingerprint}) == 3
    assert hearing.at(MAY - 1).fingerprint == other.at(MAY - 1).fingerprint == whole.at(MAY - 1).fingerprint
