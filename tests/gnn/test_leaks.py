"""Nothing known later than the day can reach a feature, a label of training, or a prediction."""

import numpy as np
import pytest

from gnn.samples import sample_of
from gnn.score_adoption import score_adoption, score_influence
from gnn.score_friction import score_friction
from gnn.tasks import ACCESS_FRICTION, TASKS
from gnn.train import train_task
from graph.history.snapshot import Snapshot
from graph.history.snapshot_tables import NEVER


def _tables(snapshot: Snapshot) -> dict[str, dict[str, np.ndarray]]:
    return {
        name: {column: values.copy() for column, values in table.items()} for name, table in snapshot.tables.items()
    }


def _scores(trained, snapshot):
    friction, adoption = trained["access_friction"][0], trained["adoption"][0]
    return [
        *score_friction(friction, snapshot),
        *score_adoption(adoption, snapshot),
        *score_influence(adoption, snapshot),
    ]


def test_events_known_later_leave_predictions_bit_identical(whole, trained):
    # given predictions as of a day, from a twin that only knows that day
    day = whole.day - 50
    before = _scores(trained, whole.at(day))

    # when the same day is scored from a twin that knows 50 more days, with yet more starts appended
    tables = _tables(whole)
    more = {name: values[-500:].copy() for name, values in tables["start"].items()}
    more["id"] = np.array([f"later_{number}" for number in range(500)])
    more["known_at"][:] = day + 1
    more["written_on"][:] = day - 100
    tables["start"] = {name: np.concatenate([values, more[name]]) for name, values in tables["start"].items()}
    after = _scores(trained, Snapshot.of(whole.day, tables).at(day))

    # then
    assert after == before


def test_shuffled_futures_change_nothing(whole, trained):
    # given
    day = whole.day - 50
    before = _scores(trained, whole.at(day))
    tables = _tables(whole)
    start = tables["start"]
    random = np.random.default_rng(5)

    # when the outcomes that were known later are dealt out anew among the starts
    late = np.flatnonzero((start["known_at"] <= day) & ((start["paid_known_at"] > day) | (start["known_at"] > day)))
    assert len(late) > 100
    dealt = random.permutation(late)
    for name in ("paid_on", "paid_known_at"):
        start[name][late] = start[name][dealt]
    later = np.flatnonzero(start["known_at"] > day)
    start["hcp"][later] = random.permutation(start["hcp"][later])
    start["plan"][later] = random.permutation(start["plan"][later])

    # then
    assert _scores(trained, Snapshot.of(whole.day, tables).at(day)) == before


def test_a_policy_that_equals_the_label_stays_invisible_until_it_is_known(whole):
    # given a policy table in which the tier of every policy tells the future, known a year later
    day = whole.day - 120
    tables = _tables(whole)
    planted = {name: values.copy() for name, values in tables["policy"].items()}
    planted["id"] = np.array([f"planted_{number}" for number in range(len(planted["id"]))])
    planted["tier"] = np.arange(len(planted["id"])) * 100.0
    planted["known_at"][:] = day + 1
    tables["policy"] = {name: np.concatenate([values, planted[name]]) for name, values in tables["policy"].items()}
    links = tables["plan_policy"]
    carrier = dict(zip(links["policy"].tolist(), links["plan"].tolist(), strict=True))
    plans = np.array([carrier[name] for name in whole.column("policy", "id").tolist()])
    tables["plan_policy"] = {
        "plan": np.concatenate([links["plan"], plans]),
        "policy": np.concatenate([links["policy"], planted["id"]]),
        "known_at": np.concatenate([links["known_at"], planted["known_at"]]),
    }

    # when
    sample = sample_of(ACCESS_FRICTION, Snapshot.of(whole.day, tables), day)

    # then the tier is the one that was known
    assert sample.features.column("tier").max() == 3.0
    assert np.array_equal(sample.features.values, sample_of(ACCESS_FRICTION, whole, day).features.values)


@pytest.mark.parametrize("name", list(TASKS))
def test_training_as_of_a_day_does_not_depend_on_what_came_later(whole, trained, name):
    # given a model trained by a twin that knew 50 days less
    model, _ = trained[name]

    # when trained as of that day by the twin that knows everything
    again, report = train_task(TASKS[name], whole.at(whole.day - 50))

    # then it is the same model, to the last figure
    assert again.id == model.id
    assert report.promoted == model.promoted
    assert again.fingerprint == model.fingerprint


@pytest.mark.parametrize("name", list(TASKS))
def test_features_of_training_use_nothing_after_their_day(whole, name):
    # given rows as of a day
    task, day = TASKS[name], whole.day - 260
    rows = sample_of(task, whole, day)

    # when everything that became known after the label's window is forgotten
    labels_known = whole.at(day + task.horizon + task.maturity)
    again = sample_of(task, labels_known, day)

    # then features are those of the day; labels too, because claims had matured
    assert np.array_equal(rows.features.values, again.features.values)
    assert np.array_equal(rows.hcp, again.hcp)
    assert rows.view.snapshot.fingerprint == again.view.snapshot.fingerprint


def test_unknown_is_never_and_not_zero(whole):
    # given a day before anything was paid
    day = int(whole.column("start", "known_at").min())

    # then no start of that day is known as paid
    early = whole.at(day)
    assert early.count("start") > 0
    paid = early.column("start", "paid_known_at")
    assert set(paid[paid > day].tolist()) <= {NEVER}
