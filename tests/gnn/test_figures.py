"""Metrics, calibration and intervals against values worked out by hand or by simulation."""

from dataclasses import replace

import numpy as np
import pytest

from gnn.calibrate import Platt, fit_platt
from gnn.interval import Groups, coverage, fit_concentration, gain, interval, widened
from gnn.metrics import calibration_error, log_loss, logistic, logit, metrics


def test_log_loss_of_two_rows():
    assert log_loss(np.array([1.0, 0.0]), np.array([0.8, 0.4])) == pytest.approx(-(np.log(0.8) + np.log(0.6)) / 2)


def test_calibration_error_is_the_mean_gap_of_ten_bins():
    # given ten rows, one per bin: four events at .5, six others at .5
    label = np.array([1.0] * 4 + [0.0] * 6)
    assert calibration_error(label, np.full(10, 0.5)) == pytest.approx(0.5)
    # and with twenty rows two per bin, where each bin holds one event of two
    assert calibration_error(np.tile([1.0, 0.0], 10), np.full(20, 0.5)) == pytest.approx(0.0)


def test_all_figures_of_a_perfect_ranking():
    found = metrics(np.array([0.0, 0.0, 1.0, 1.0]), np.array([0.1, 0.2, 0.7, 0.9]))
    assert found["auc"] == 1.0
    assert found["average_precision"] == 1.0
    assert found["brier"] == pytest.approx((0.01 + 0.04 + 0.09 + 0.01) / 4)
    assert (found["n"], found["positives"]) == (4, 2)


def test_platt_finds_the_distortion_that_was_planted():
    # given logits that are twice too steep and too high by one
    random = np.random.default_rng(0)
    true = random.normal(-1.0, 1.0, 40_000)
    label = (random.random(40_000) < logistic(true)).astype(float)

    # when
    platt = fit_platt(2.0 * true + 1.0, label)

    # then
    assert platt.slope == pytest.approx(0.5, abs=0.02)
    assert platt.shift == pytest.approx(-0.5, abs=0.03)
    assert platt.apply(2.0 * true + 1.0).mean() == pytest.approx(label.mean(), abs=1e-6)


def test_platt_of_a_constant_logit_gives_the_rate():
    platt = fit_platt(np.zeros(100), np.array([1.0] * 30 + [0.0] * 70))
    assert platt.apply(np.zeros(1))[0] == pytest.approx(0.3, abs=1e-4)


def test_logit_and_logistic_are_inverse_and_finite():
    values = np.array([0.0, 1e-5, 0.5, 1.0])
    assert np.isfinite(logit(values)).all()
    assert logistic(logit(values))[1:3].tolist() == pytest.approx([1e-5, 0.5])
    assert Platt().apply(np.array([0.0])).tolist() == [0.5]


def test_intervals_fitted_on_one_window_cover_the_next():
    # given groups whose true rates scatter around the predicted ones with concentration 30
    random = np.random.default_rng(1)

    def window() -> Groups:
        p = random.uniform(0.1, 0.6, 800)
        n = random.integers(5, 80, 800).astype(float)
        rate = random.beta(p * 30, (1 - p) * 30)
        return Groups(n, random.binomial(n.astype(int), rate).astype(float), p, n * p * (1 - p))

    earlier, later = window(), window()

    # when
    concentration = fit_concentration(earlier)

    # then
    assert 22 < concentration < 36
    assert coverage(later, concentration) == pytest.approx(0.90, abs=0.025)
    low, high = interval(np.array([0.3]), 30.0)
    assert low[0] < 0.3 < high[0]
    assert high[0] - low[0] == pytest.approx(2 * 1.645 * np.sqrt(0.3 * 0.7 / 31), rel=0.03)


def test_coverage_of_calibrated_counts_is_ninety_percent_without_random_draws():
    # given every possible count of three rows, weighted as often as it occurs
    from scipy.stats import betabinom

    weight = np.round(betabinom.pmf([0, 1, 2, 3], 3, 4.0, 6.0) * 100_000).astype(int)
    count = np.repeat([0.0, 1.0, 2.0, 3.0], weight)
    groups = Groups(np.full(len(count), 3.0), count, np.full(len(count), 0.4), np.full(len(count), 0.72))
    assert coverage(groups, 10.0) == pytest.approx(0.90, abs=1e-3)


def test_the_width_of_intervals_shows_in_groups_of_many_rows_and_not_in_single_rows():
    # given rates that scatter with concentration 10 around .3, as groups of 60 rows and as single rows
    random = np.random.default_rng(3)
    p = np.full(400, 0.3)
    rate = random.beta(p * 10, (1 - p) * 10)
    many = Groups(np.full(400, 60.0), random.binomial(60, rate).astype(float), p, 60 * p * (1 - p))
    single = Groups(np.ones(400), (random.random(400) < rate).astype(float), p, p * (1 - p))

    # then intervals of no width are found out where rows are many, and far too wide ones gain less
    assert coverage(many, 10.0) == pytest.approx(0.90, abs=0.03)
    assert coverage(many, np.inf) < 0.6
    assert gain(many, 10.0) > gain(many, 1.0) > 100
    # and calibrated counts without a spread gain nothing by one
    assert gain(Groups(many.n, random.binomial(60, p).astype(float), p, many.chance), 10.0) < -100
    # and single rows say the same of every width
    assert coverage(single, 1.0) == pytest.approx(coverage(single, np.inf), abs=1e-9)
    assert gain(single, 1.0) == pytest.approx(0.0, abs=1e-9)


def test_groups_gather_rows_and_leave_out_negative_keys():
    groups = Groups.of(np.array([5, 5, 9, -1]), np.array([1.0, 0.0, 1.0, 1.0]), np.array([0.2, 0.4, 0.5, 0.9]))
    assert groups.n.tolist() == [2.0, 1.0]
    assert groups.k.tolist() == [1.0, 1.0]
    assert groups.p.tolist() == pytest.approx([0.3, 0.5])
    assert groups.chance.tolist() == pytest.approx([0.2 * 0.8 + 0.4 * 0.6, 0.25])


def test_rows_of_different_rates_do_not_hide_how_far_groups_lie_off():
    # given groups of thirty rows, half of them near .1 and half near .7, that are off with concentration 60
    random = np.random.default_rng(3)
    groups, rows = 600, 30
    key = np.repeat(np.arange(groups), rows)
    told = np.where(np.arange(groups * rows) % 2, 0.1, 0.7)
    off = np.repeat(random.beta(0.4 * 60, 0.6 * 60, groups) - 0.4, rows)
    label = (random.random(groups * rows) < np.clip(told + off, 0, 1)).astype(float)

    # when
    found = Groups.of(key, label, told)

    # then it is found; as rows of one rate they would look as if nothing were off
    assert 40 < fit_concentration(found) < 90
    # and intervals of that width cover as many of the counts as they say
    assert coverage(found, 60.0) == pytest.approx(0.90, abs=0.02)
    assert fit_concentration(replace(found, chance=found.n * found.p * (1 - found.p))) > 150


def test_a_concentration_is_widened_by_a_variance_of_something_else():
    # given a rate of .2 with variance .16/40, and as much again from elsewhere
    found = widened(np.array([0.2]), np.array([39.0]), np.array([0.16 / 40]))

    # then the variance is .16/20; and nothing is narrower than a beta of concentration 1
    assert found.tolist() == pytest.approx([19.0])
    assert widened(np.array([0.2]), np.array([39.0]), np.array([9.0])).tolist() == [1.0]
    assert widened(np.array([0.2]), np.array([39.0]), np.array([0.0])).tolist() == pytest.approx([39.0])
