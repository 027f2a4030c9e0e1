"""The interval that needs no strong instrument holds exactly the effects that a test does not reject."""

import itertools

import numpy as np
import pytest

from gnn.peer_effect.instrument import NORMAL, anderson_rubin, instrumented
from gnn.peer_effect.regression import Controls


def test_ends_of_the_interval_are_where_the_test_begins_to_reject():
    # given
    outcome, exposure = 3.0, 5.0
    outcomes, exposures = np.array([0.8, -0.4, 0.3]), np.array([0.2, 0.5, -0.1])

    # when
    interval = anderson_rubin(outcome, exposure, outcomes, exposures, NORMAL)

    # then
    for end in (interval.low, interval.high):
        spread = np.sqrt(((outcomes - end * exposures) ** 2).sum())
        assert abs(outcome - end * exposure) / spread == pytest.approx(NORMAL, rel=1e-12)
    assert interval.contains(outcome / exposure)


def test_what_moves_nothing_rules_nothing_out():
    # given a first stage within its noise
    interval = anderson_rubin(3.0, 0.5, np.array([1.0]), np.array([1.0]), NORMAL)

    # then
    assert (interval.low, interval.high) == (-np.inf, np.inf)


def test_without_a_log_of_draws_clusters_are_the_independent_pieces():
    # given a strong instrument, 60 clusters
    random = np.random.default_rng(3)
    cluster = np.repeat(np.arange(60), 20)
    instrument, hidden = random.normal(size=(2, 1200))
    exposure = instrument + hidden + random.normal(size=1200)
    outcome = 0.5 * exposure + hidden + random.normal(size=1200)

    # when
    found = instrumented(outcome, exposure, instrument, Controls(np.zeros((1200, 0)), np.zeros(1200)), cluster)

    # then both intervals nearly agree where the instrument is strong, and the hidden cause is kept out
    assert found.strength > 500
    assert found.interval.contains(0.5)
    assert found.interval.low == pytest.approx(found.effect.interval.low, abs=0.01)
    assert found.interval.high == pytest.approx(found.effect.interval.high, abs=0.01)


def test_pieces_add_up_to_the_variance_over_all_draws(small_course):
    # given four draws in the first window with odds of .3 to .6, and any residuals
    from gnn.peer_effect.panel import Panel

    panel = Panel(small_course, "looks at")
    rest = np.linspace(-1.0, 2.0, len(panel.hcp))
    odds = np.array([0.3, 0.4, 0.5, 0.6])

    # when all sixteen outcomes of the lottery are gone through
    moments, chances = [], []
    for drawn in itertools.product((0, 1), repeat=4):
        surprise = np.array(drawn) - odds
        felt = panel.felt(np.stack([np.zeros(4), surprise, surprise]))
        moments.append(float(felt @ rest))
        chances.append(float(np.prod(np.where(drawn, odds, 1 - odds))))
    mean = float(np.dot(chances, moments))
    variance = float(np.dot(chances, (np.array(moments) - mean) ** 2))

    # then
    assert mean == pytest.approx(0.0, abs=1e-12)
    assert float(panel.pieces(rest) @ panel.pieces(rest)) == pytest.approx(variance, rel=1e-12)
