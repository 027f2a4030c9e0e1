"""What people say against predictions: heard by training while it is open, as far as such words came true before."""

import numpy as np
import pytest

from gnn.overrides import Matured, heard
from gnn.predictors import Rate
from gnn.samples import adoption_rows, friction_rows, own_product, sample_of
from gnn.tasks import ACCESS_FRICTION, ADOPTION, TASKS, split_time
from gnn.train import learn, model_of
from gnn.view import View
from graph.history.snapshot import Snapshot
from graph.history.snapshot_tables import NEVER

COLUMNS = ("id", "task", "hcp", "product", "plan", "happens", "made_on", "ended_on")


def hearing(snapshot, words):
    """The snapshot with words (task, hcp, plan, happens, made on, ended on) about the own product."""
    rows = [
        (f"ovr_{number:04d}", task, hcp, "own", plan, happens, made, ended)
        for number, (task, hcp, plan, happens, made, ended) in enumerate(words)
    ]
    table = dict(zip(COLUMNS, map(list, zip(*rows, strict=True)), strict=True))
    return Snapshot.of(snapshot.day, {**snapshot.known, "override": table})


def split_of(task, snapshot):
    return split_time(task, int(snapshot.column("start", "written_on").min()), snapshot.day)


def past_words(task, snapshot, say, most=120):
    """Words of the test days about rows whose outcomes matured; ``say`` makes the verdict of the outcome."""
    words = {}
    for day in split_of(task, snapshot).test:
        sample = sample_of(task, snapshot, day)
        ids, plans = sample.view.snapshot.column("hcp", "id"), sample.view.snapshot.column("plan", "id")
        for row in np.flatnonzero(sample.product == own_product(sample.view)):
            plan = "" if task is ADOPTION else str(plans[sample.plan[row]])
            subject = (task.name, str(ids[sample.hcp[row]]), plan)
            words.setdefault((subject, day), (*subject, say(float(sample.label[row])), day, NEVER))
    # Events first: they are few.
    return sorted(words.values(), key=lambda word: word[3] != say(1.0))[:most]


def open_words(task, snapshot, happens, most=60):
    """Words of yesterday about HCPs of one state."""
    view = View(snapshot)
    ids, states = snapshot.column("hcp", "id"), snapshot.column("hcp", "state")
    chosen = states == "NY"
    if task is ADOPTION:
        sample = adoption_rows(view)
        chosen = chosen & sample.adoption.at_risk
    plan = "" if task is ADOPTION else "plan_01"
    return [(task.name, str(name), plan, happens, snapshot.day - 1, NEVER) for name in ids[chosen][:most]]


def true(kind):
    return kind


def false(kind):
    return 1.0 - kind


def heard_of(task, snapshot):
    split = split_of(task, snapshot)
    validation = [sample_of(task, snapshot, day) for day in split.validation]
    rate = Rate("plan_rate") if task is ACCESS_FRICTION else Rate(None, 0.1)
    return heard(task, snapshot, split, rate, validation)


def matured(happens, happened, rate):
    return Matured(*(np.array(one, dtype=float) for one in (happens, happened, rate)), ())


@pytest.mark.parametrize(
    ("words", "verdict", "weight"),
    [
        (([], [], []), 1.0, 0.0),
        (([1] * 100, [1] * 100, [0.5] * 100), 1.0, 0.8),
        (([1] * 100, [1] * 80 + [0] * 20, [0.5] * 100), 1.0, 0.4),
        (([1] * 100, [1] * 55 + [0] * 45, [0.5] * 100), 1.0, 0.0),
        (([1] * 100, [0] * 100, [0.5] * 100), 1.0, 0.0),
        (([0] * 100, [0] * 90 + [1] * 10, [0.1] * 100), 0.0, 0.0),
        (([1] * 100, [1] * 40 + [0] * 60, [0.1] * 100), 1.0, 0.8 / 3),
        (([0] * 100, [0] * 100, [0.1] * 100), 0.0, 0.4),
        (([1, 1], [1, 1], [0.5, 0.5]), 1.0, 0.0),
        (([0] * 100, [0] * 100, [0.5] * 100), 1.0, 0.0),
    ],
    ids=[
        "no record", "always right where half happens", "four of five where half happens", "luck", "always wrong",
        "a rare event that is said not to come", "a rare event that is foreseen", "its absence foreseen",
        "two words are too few", "the other verdict",
    ],
)  # fmt: skip
def test_a_word_counts_as_far_as_such_words_beat_the_rate_by_more_than_luck(words, verdict, weight):
    assert matured(*words).weight(verdict) == pytest.approx(weight)


def test_nobody_has_said_anything(known):
    assert heard_of(ADOPTION, known) is None


@pytest.mark.parametrize("task", [ACCESS_FRICTION, ADOPTION], ids=["friction", "adoption"])
def test_only_open_words_are_evidence_and_only_matured_ones_are_judged(known, task):
    # given words with a good record, and others: matured, corrected, about somebody unknown, about another task
    newest = split_of(task, known).test[-1]
    (_, hcp, plan, *_), *more = open_words(task, known, 1.0, most=3)
    other = ACCESS_FRICTION if task is ADOPTION else ADOPTION
    words = [
        *past_words(task, known, true),
        *((name, who, under, happens, newest + 1, NEVER) for name, who, under, happens, *_ in more),
        (task.name, hcp, plan, 1.0, known.day, NEVER),
        (task.name, hcp, plan, 1.0, known.day - 9, known.day - 1),
        (task.name, "hcp_nobody", plan, 1.0, known.day, NEVER),
        (other.name, hcp, "plan_00" if task is ADOPTION else "", 1.0, known.day, NEVER),
    ]

    # when
    found = heard_of(task, hearing(known, words))

    # then
    sample = found.evidence.sample
    assert sample.view.day == known.day
    assert known.column("hcp", "id")[sample.hcp].tolist() == [more[0][1], more[1][1], hcp]
    assert sample.label.tolist() == [1.0, 1.0, 1.0]
    assert found.evidence.weight.tolist() == [found.matured.weight(1.0)] * 3
    assert found.standing == 3
    assert len(found.matured.happened) == len(past_words(task, known, true))
    # and what it says is what the newest day's rows say, with the verdict where the outcome is not known
    rows = (
        adoption_rows(View(known)).taken(sample.hcp)
        if task is ADOPTION
        else friction_rows(View(known), sample.hcp, sample.product, sample.plan, sample.label)
    )
    assert np.array_equal(sample.features.values, rows.features.values)


def test_a_word_that_was_taken_back_stays_in_the_record(known):
    # given: wrong words, each withdrawn a week later
    wrong = [(*word[:5], word[4] + 7) for word in past_words(ADOPTION, known, false)]

    # then
    found = heard_of(ADOPTION, hearing(known, wrong))
    assert len(found.matured.happened) == len(wrong)
    assert found.matured.of(1.0)[1] == 0


@pytest.mark.parametrize("task", [ACCESS_FRICTION, ADOPTION], ids=["friction", "adoption"])
def test_outcomes_are_those_that_training_learns_from(known, task):
    # when people say what the test window shows
    found = heard_of(task, hearing(known, past_words(task, known, true)))

    # then nearly all came true: of several starts of one HCP under one plan some end otherwise
    mine, came_true, _ = found.matured.of(0.0)
    assert came_true >= 0.9 * mine.sum() > 10
    if task is ADOPTION:
        assert came_true == mine.sum()


@pytest.mark.parametrize("task", [ACCESS_FRICTION, ADOPTION], ids=["friction", "adoption"])
@pytest.mark.parametrize("happens", [1.0, 0.0])
def test_reliable_words_move_predictions_their_way(known, learned, task, happens):
    # given people who were right before, and now speak of HCPs of one state
    words = [*past_words(task, known, true), *open_words(task, known, happens)]

    # when
    found = learn(task, hearing(known, words))

    # then every model that learns rows says so of them
    evidence = found.heard.evidence
    assert len(evidence.weight) == len(open_words(task, known, happens))
    assert evidence.weight.min() > 0.05
    for name in ("lightgbm", "network", "ensemble"):
        before = learned[task.name].candidates[name].logits(evidence.sample).mean()
        after = found.candidates[name].logits(evidence.sample).mean()
        assert (after - before) * (1 if happens else -1) > 0.01, (name, before, after)
    # and windows of outcomes are the same rows
    for part in ("train", "validation", "test"):
        for one, other in zip(getattr(found, part), getattr(learned[task.name], part), strict=True):
            assert np.array_equal(one.label, other.label)
            assert np.array_equal(one.features.values, other.features.values)


@pytest.mark.parametrize("task", [ACCESS_FRICTION, ADOPTION], ids=["friction", "adoption"])
def test_words_that_were_wrong_change_nothing_but_their_own_figures(known, learned, trained, task):
    # given people who were always wrong
    words = [*past_words(task, known, false), *open_words(task, known, 1.0)]

    # when
    snapshot = hearing(known, words)
    found = learn(task, snapshot)
    model, _ = model_of(task, snapshot, found)

    # then
    assert found.heard.evidence is None
    assert found.table == learned[task.name].table
    rows = sample_of(task, known, known.day - 200)
    before = trained[task.name][0]
    assert np.array_equal(model.probability(rows), before.probability(rows))
    for one, other in zip(model.bags, before.bags, strict=True):
        assert one.booster.model_to_string() == other.booster.model_to_string()
    assert {name: value for name, value in model.findings.items() if name != "overrides"} == before.findings
    assert model.findings["overrides"]["heard"] == 0
    assert model.findings["overrides"]["words"].startswith("none of ")


@pytest.mark.parametrize("name", list(TASKS))
def test_words_of_a_later_day_leave_training_as_of_a_day_as_it_was(whole, known, trained, name):
    # given a twin that hears of predictions after the day, and with that knows how the words of the day fared
    task = TASKS[name]
    later = [(*word[:4], known.day + 1, NEVER) for word in open_words(task, known, 1.0)]
    snapshot = hearing(whole, later)
    assert snapshot.count("override") == len(later)

    # when
    found = learn(task, snapshot.at(known.day))
    model, _ = model_of(task, snapshot.at(known.day), found)

    # then it is the same model under the same id
    assert found.heard is None
    assert (model.id, model.fingerprint) == (trained[name][0].id, trained[name][0].fingerprint)
    assert "overrides" not in model.findings


def test_figures_stand_beside_those_of_the_model_and_tell_no_small_count(known):
    # given people who said of many that no start would be lost, and were wrong of twelve
    told = past_words(ACCESS_FRICTION, known, true)
    lost, others = ([word for word in told if word[3] == kind] for kind in (1.0, 0.0))
    words = [(*word[:3], 0.0, *word[4:]) for word in (*lost[:12], *others)]
    words += open_words(ACCESS_FRICTION, known, 0.0, most=5)
    snapshot = hearing(known, words)

    # when
    model, _ = model_of(ACCESS_FRICTION, snapshot, learn(ACCESS_FRICTION, snapshot))

    # then
    found = model.findings["overrides"]
    record = found["will_not_happen"]
    assert record["matured"] == record["unseen"]["matured"] == len(words) - 5
    assert record["came_true"] == record["unseen"]["came_true"] == len(others)
    assert record["by_rate"] < record["unseen"]["model"] < record["came_true"]
    assert (found["standing"], found["heard"]) == (5, 5)
    right, rate, model_said = (f"{one:.0f}" for one in (len(others), record["by_rate"], record["unseen"]["model"]))
    of = len(others) + 12
    assert found["words"] == (
        "fewer than 11 of fewer than 11 standing ones heard; fewer than 11 matured that said it will happen; "
        f"of {of} matured that said it will not happen {right} came true and {rate} would have by the rate, so that "
        f"one counts as {record['weight']:.2f} of a row; {right} of the {of} that training had not seen, where it "
        f"expected {model_said}"
    )
