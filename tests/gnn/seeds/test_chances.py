"""The cascade that an adoption model implies."""

import numpy as np
import pytest

from gnn.influence import influence, starts_of_adopters
from gnn.samples import adoption_rows
from gnn.score_adoption import _as_rows, score_influence
from gnn.seeds.cascade import FOREVER
from gnn.seeds.chances import learned_cascade
from gnn.seeds.question import asked
from gnn.seeds.service import SeedService
from gnn.view import View


@pytest.fixture(scope="module")
def scene(whole, trained):
    """The model, the rows, nobody silent, and the cascade of one quarter."""
    model, _ = trained["adoption"]
    sample = adoption_rows(View(whole))
    silent = np.zeros(sample.view.hcps, dtype=bool)
    return model, sample, silent, learned_cascade(model, sample, silent, 1, robust=False)


def test_over_one_quarter_the_spread_of_one_is_its_influence(whole, scene):
    # given the influence of everybody, as `twin score` writes it; what deters counts as nothing in a cascade
    model, sample, _, cascade = scene
    found = influence(sample.adoption, lambda hcp, rows: model.probability(_as_rows(sample, hcp, rows)))
    value = np.bincount(found.hcp, np.maximum(found.gain, 0.0), minlength=sample.view.hcps)
    scored = np.array([row.value for row in score_influence(model, whole)])
    assert np.abs(value - scored).max() < 0.1 * scored.max()

    # when
    answer = SeedService(cascade).answer(asked(sample.view.hcps, range(sample.view.hcps), 1), ratio=0.85, seconds=600.0)

    # then the most influential one is chosen, or one about as good
    chosen = answer.chosen[0]
    assert value[chosen] >= 0.85 * value.max()
    assert answer.low <= value[chosen] <= answer.high
    assert value.max() <= answer.best_possible


def test_longer_cascades_reach_at_least_as_far(scene):
    # given
    model, sample, silent, direct = scene
    year = learned_cascade(model, sample, silent, 4, robust=False)
    everybody = asked(sample.view.hcps, range(sample.view.hcps), 5)

    # when
    short, long = (SeedService(one).answer(everybody, ratio=0.85, seconds=600.0) for one in (direct, year))

    # then
    assert (direct.steps, year.steps) == (1, 4)
    assert long.high > short.low
    assert long.best_possible > short.spread


def test_who_withholds_is_neither_reached_nor_reaches(scene):
    # given the HCP that reaches most, now silent
    model, sample, silent, open_ = scene
    hidden = int(np.bincount(open_.source).argmax())
    silent = silent.copy()
    silent[hidden] = True

    # when
    cascade = learned_cascade(model, sample, silent, FOREVER, robust=False)

    # then
    assert hidden in open_.source
    assert hidden not in cascade.source
    assert cascade.worth[hidden] == 0.0
    assert cascade.pointer[hidden] == cascade.pointer[hidden + 1]


def test_adopters_are_not_reached_and_others_are_worth_their_starts(scene):
    _, sample, _, cascade = scene
    adopted = sample.adoption.prescribing.adopted

    assert adopted.any()
    assert cascade.worth[adopted].tolist() == [0.0] * int(adopted.sum())
    assert cascade.worth[~adopted] == pytest.approx(starts_of_adopters(sample.adoption)[~adopted])


def test_robust_chances_are_those_of_each_refit(scene):
    # given
    model, sample, silent, _ = scene

    # when
    cascade = learned_cascade(model, sample, silent, 1, robust=True)

    # then a draw per refit, each the gain of that refit alone
    assert cascade.draws == len(model.bags)
    bag = model.bags[2]
    names = sample.features.names

    def of_one(_hcp, rows):
        return model.platt.apply(bag.raw(rows.values[:, [names.index(name) for name in bag.names]]))

    worth = starts_of_adopters(sample.adoption)
    found = influence(sample.adoption, of_one)
    expected = np.bincount(found.hcp, np.maximum(found.gain, 0.0), minlength=len(worth))
    target = np.repeat(np.arange(cascade.nodes), np.diff(cascade.pointer))
    got = np.bincount(cascade.source, cascade.chance[2] * worth[target], minlength=len(worth))
    assert got == pytest.approx(expected, abs=1e-6)


def test_a_robust_answer_tells_the_spread_on_each_refit(scene):
    # given
    model, sample, silent, _ = scene
    cascade = learned_cascade(model, sample, silent, 4, robust=True)

    # when
    found = SeedService(cascade).answer(asked(cascade.nodes, range(cascade.nodes), 5), ratio=0.8, seconds=600.0)

    # then
    assert len(found.by_draw) == len(model.bags)
    assert np.mean(found.by_draw) == pytest.approx(found.spread)
    assert np.ptp(found.by_draw) > 0
