"""What a challenger has to show: worse ones are refused, better ones promoted, what cannot be told is no progress."""

import datetime
from dataclasses import replace
from functools import partial

import numpy as np
import pytest

from gnn import gates
from gnn.bootstrap import paired
from gnn.calibrate import Platt
from gnn.calibration import Calibration
from gnn.gates import judge
from gnn.metrics import logistic, metrics
from gnn.predictors import Mean, Network, Rate, Trees
from gnn.slices import limit, slices_of
from gnn.tasks import Split
from graph.disclosure.table import SMALLEST

TASKS = ("access_friction", "adoption")


class Disturbed:
    """A predictor with noise on its logits: worse on purpose."""

    def __init__(self, predictor, noise):
        self.predictor, self.noise = predictor, noise

    def logits(self, sample):
        found = self.predictor.logits(sample)
        return found + np.random.default_rng(1).normal(0, self.noise, len(found))


def _failed(decision):
    return [gate.name for gate in decision.gates if not gate.passed]


def _too_high(challenger, shift=1.0):
    """The same model saying too much everywhere."""
    return replace(challenger, platt=Platt(challenger.platt.slope, challenger.platt.shift + shift))


@pytest.mark.parametrize("name", TASKS)
def test_a_first_model_is_judged_like_all_others_but_for_the_champion(challengers, name):
    # when
    decision = judge(challengers[name], None)

    # then
    assert decision.promoted
    assert decision.warning is None
    assert [gate.name for gate in decision.gates] == ["maturity", "sanity", "calibration", "slices"]
    assert decision.as_json()["champion_before"] is None


def test_a_first_model_that_is_off_is_used_with_a_warning_as_there_is_no_other(challengers):
    # given a model that says too much, though it loses less than one rate for all
    challenger = _too_high(challengers["access_friction"], 0.5)

    # when
    decision = judge(challenger, None)

    # then
    assert _failed(decision) == ["slices"]
    assert decision.promoted
    assert decision.warning == "used although it failed slices: there is no other"
    assert decision.reason.startswith("there is no other; slices: 1 of 4 off ")
    assert decision.as_json()["warning"] == decision.warning
    assert decision.as_json()["state"] == "champion"


def test_one_that_is_off_is_used_where_the_champion_cannot_be_read_and_refused_where_it_can(challengers, trained):
    # given
    challenger, model = _too_high(challengers["access_friction"], 0.5), trained["access_friction"][0]

    # when
    broken, beside = judge(challenger, "model 'model_x' was changed on disk"), judge(challenger, model)

    # then
    assert (broken.promoted, broken.alone) == (True, True)
    assert "slices" in str(broken.warning)
    assert (beside.promoted, beside.warning, beside.alone) == (False, None, False)


def test_a_first_model_that_is_worse_than_one_rate_for_all_is_refused(challengers):
    # given a model that says the opposite of what it learned
    challenger = replace(challengers["access_friction"], platt=Platt(-2.0, 0.0))

    # when
    decision = judge(challenger, None)

    # then
    assert not decision.promoted
    assert "sanity" in _failed(decision)
    assert decision.reason.startswith("sanity: gain in log loss over one rate for all -")


def test_a_model_worse_than_one_rate_for_all_replaces_no_champion_that_is_as_bad(challengers, trained):
    # given a champion and a challenger that say the opposite of what they learned
    opposite = Platt(-2.0, 0.0)
    challenger, model = challengers["access_friction"], trained["access_friction"][0]
    earlier = replace(model.split, test=tuple(day - 200 for day in model.split.test))

    # when
    decision = judge(replace(challenger, platt=opposite), replace(model, platt=opposite, split=earlier))

    # then all that looks at the champion is content
    assert _failed(decision) == ["sanity"]


def test_a_first_model_that_gives_no_probabilities_is_refused(challengers):
    decision = judge(replace(challengers["adoption"], platt=Platt(float("nan"), 0.0)), None)
    assert decision.reason == "sanity: some values are no probabilities"


@pytest.mark.parametrize("name", TASKS)
def test_a_challenger_that_is_worse_on_purpose_is_refused(challengers, trained, name):
    # given
    good = challengers[name]
    worse = replace(good, predictor=Disturbed(good.predictor, 2.0), platt=Platt(0.5, 0.0))

    # when
    decision = judge(worse, trained[name][0])

    # then
    assert not decision.promoted
    assert "comparison" in _failed(decision)
    assert decision.champion == trained[name][0].version
    assert decision.as_json()["state"] == "challenger"


def test_a_better_challenger_replaces_one_number_for_all(challengers, trained):
    # given a champion that knows nothing but the rate
    challenger, model = challengers["access_friction"], trained["access_friction"][0]
    champion = replace(model, predictor=Rate(None, challenger.rate), platt=Platt(), version="rate-only")

    # when
    decision = judge(challenger, champion)

    # then
    assert decision.promoted, decision.reason
    assert [gate.name for gate in decision.gates] == [
        "maturity", "sanity", "age", "comparison", "calibration", "slices",
    ]  # fmt: skip
    assert decision.champion == "rate-only"


def test_an_older_view_of_things_replaces_nothing(challengers, trained):
    # given
    champion = replace(trained["adoption"][0], as_of=trained["adoption"][0].as_of + datetime.timedelta(days=1))

    # then
    decision = judge(challengers["adoption"], champion)
    assert _failed(decision) == ["age"]
    assert decision.reason == f"age: as of {trained['adoption'][0].as_of}, older than the champion's {champion.as_of}"


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (lambda split: replace(split, test=(split.test[0] + 1,)), "1 windows have labels that are not mature yet"),
        (
            lambda split: replace(split, validation=(split.test[0] - 1,)),
            "a window reaches into the next part",
        ),
    ],
)
def test_labels_that_were_looked_at_too_early_are_refused(challengers, change, words):
    # given
    challenger = challengers["adoption"]
    split: Split = challenger.model.split
    assert split.test[0] + 91 + 60 == challenger.known

    # when
    decision = judge(replace(challenger, model=replace(challenger.model, split=change(split))), None)

    # then
    assert decision.reason == f"maturity: {words}"


def _renamed(predictor, name):
    """The same predictor asking for a feature that nobody computes."""
    if isinstance(predictor, Mean):
        return Mean(tuple(_renamed(one, name) for one in predictor.members))
    if isinstance(predictor, Trees):
        return Trees(predictor.booster, (name, *predictor.names[1:]))
    return predictor


@pytest.mark.parametrize("kind", ["lightgbm", "network"])
def test_a_champion_that_cannot_be_read_any_more_is_said_and_not_compared(challengers, learned, trained, kind):
    # given a champion whose features have changed since
    challenger, model = challengers["adoption"], trained["adoption"][0]
    predictor = learned["adoption"].candidates[kind]
    assert isinstance(predictor, Trees | Network)
    champion = replace(
        model, predictor=_renamed(predictor, "gone"), names=("gone", *model.names[1:]), version="adoption-old"
    )

    # when
    decision = judge(challenger, champion)

    # then it is judged by itself
    compared = {gate.name: gate for gate in decision.gates}
    assert list(compared) == ["maturity", "sanity", "comparison", "calibration", "slices"]
    assert compared["comparison"].passed
    assert compared["comparison"].words.startswith("the champion cannot be compared: ")
    assert "gone" in compared["comparison"].words
    assert decision.champion == "adoption-old"


def test_a_champion_whose_files_are_broken_is_said_and_not_compared(challengers):
    decision = judge(challengers["adoption"], "model 'model_x' was changed on disk")
    words = {gate.name: gate.words for gate in decision.gates}
    assert words["comparison"] == "the champion cannot be compared: model 'model_x' was changed on disk"


def test_a_model_that_is_off_is_refused_unless_the_champion_is_further_off(challengers, trained):
    # given
    good, model = challengers["access_friction"], trained["access_friction"][0]
    high = _too_high(good)

    # when
    beside_good = judge(high, model)
    earlier = replace(model.split, test=tuple(day - 200 for day in model.split.test))
    beside_worse = judge(high, replace(model, platt=Platt(0.2, good.platt.shift + 5.0), split=earlier))

    # then
    assert {"comparison", "calibration", "slices"} <= set(_failed(beside_good))
    assert "region" in beside_good.reason
    assert "calibration" not in _failed(beside_worse)
    words = {gate.name: gate.words for gate in beside_worse.gates}
    assert words["calibration"].startswith("off, but the champion is no less off: ")


def test_a_champion_that_has_seen_the_window_has_no_advantage_there(challengers, trained):
    # given the champion trained on the same day, whose calibration was fitted on the window: it is itself
    good, model = challengers["access_friction"], trained["access_friction"][0]

    # when
    comparison = next(gate for gate in judge(good, model).gates if gate.name == "comparison")

    # then
    assert comparison.passed
    assert comparison.words.startswith("gain in AUC +0.0000 [+0.0000, +0.0000]")
    assert "in log loss +0.0000 [+0.0000, +0.0000]" in comparison.words


def _window(seed, rows=3_000, rate=-2.9):
    """Labels of a window with about six in a hundred events, and the logits that they were drawn from."""
    random = np.random.default_rng(seed)
    logits = random.normal(rate, 0.9, rows)
    return (random.random(rows) < logistic(logits)).astype(float), logits, random


def test_truly_worse_challengers_are_blocked_and_equal_ones_pass(monkeypatch):
    """A hundred windows of 3,000 rows: both models miss as much, or the challenger misses more."""
    monkeypatch.setattr(gates, "paired", partial(paired, resamples=200))

    def passes(label, challenger, champion):
        return gates._comparison(label, challenger, champion, np.arange(len(label))).passed

    # when
    equal = worse = 0
    lost = []
    for seed in range(100):
        label, logits, random = _window(seed)
        one, other, far = (logistic(logits + random.normal(0, noise, len(logits))) for noise in (0.15, 0.15, 0.9))
        lost.append(metrics(label, other)["auc"] - metrics(label, far)["auc"])
        equal += passes(label, one, other)
        worse += passes(label, far, other)

    # then
    assert 0.04 < np.mean(lost) < 0.08
    assert worse <= 2
    assert equal >= 90


def test_intervals_of_paired_differences_hold_the_truth():
    # given clusters of ten rows that share their luck
    covered = 0
    for seed in range(100):
        random = np.random.default_rng(seed)
        cluster = np.repeat(np.arange(150), 10)
        shared = random.normal(0, 1.0, 150)[cluster]
        chance = logistic(-1 + random.normal(0, 0.5, 1500) + shared)
        label = (random.random(1500) < chance).astype(float)
        first, second = logistic(-1 + 0.6 * shared), np.full(1500, logistic(np.array([-0.8]))[0])
        expected = float((chance * np.log(first / second) + (1 - chance) * np.log((1 - first) / (1 - second))).mean())
        found = paired(label, first, second, cluster, seed=seed, resamples=200).log_loss
        covered += found.low <= expected <= found.high

    # then 95 % hold the difference that these very rows were drawn with
    assert covered >= 91


@pytest.mark.parametrize(("slope", "shift", "off"), [(1.0, 0.0, 0), (0.5, 0.0, 50), (1.0, 0.5, 50)])
def test_calibration_is_off_when_it_is(slope, shift, off):
    # when
    found = 0
    for seed in range(50):
        label, logits, _ = _window(seed, rows=4_000, rate=-1.0)
        told = logistic((logits - shift) / slope)
        found += Calibration.of(label, told, np.arange(len(label)) // 4, seed).off

    # then false alarms stay within two in fifty, and what is off is found
    assert found <= 2 if off == 0 else found == off


def test_slices_are_judged_where_they_are_large_and_told_where_no_count_is_small(learned):
    # given
    test = learned["access_friction"].test
    label = np.concatenate([sample.label for sample in test])
    value = np.full(len(label), label.mean())

    # when
    found = slices_of(test, label, value)

    # then regions and payers are there by name, and their sums are those of the rows
    regions = {one.name: one for one in found if one.kind == "region"}
    assert set(regions) == {"NY", "TX"}
    state = np.concatenate([one.view.snapshot.column("hcp", "state")[one.hcp] for one in test])
    assert regions["NY"].rows == int((state == "NY").sum())
    assert regions["NY"].observed == label[state == "NY"].sum()
    assert {one.name for one in found if one.kind == "payer"} == {"Payer zero", "Payer one"}
    assert all(one.told == (min(one.observed, one.rows - one.observed) >= SMALLEST) for one in found)
    assert limit(1) == pytest.approx(1.96, abs=0.01)
    assert limit(50) == pytest.approx(3.29, abs=0.01)
