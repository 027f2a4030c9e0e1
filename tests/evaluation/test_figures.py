"""Figures of the evaluation against a library or a closed form."""

import numpy as np
import pytest
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import ndcg_score, roc_auc_score

from bench.evaluation.figures import auc, calibration_floor, gain_of_top, paired, slope, worst_slice
from gnn.metrics import calibration_error, logistic


@pytest.fixture
def rows():
    random = np.random.default_rng(3)
    logit = random.normal(-1.0, 1.2, 4_000)
    label = (random.random(4_000) < logistic(logit)).astype(float)
    return label, logit


def test_auc_is_that_of_a_library_with_ties(rows):
    label, logit = rows
    coarse = np.round(logit)
    assert auc(label, logit) == pytest.approx(roc_auc_score(label, logit), abs=1e-12)
    assert auc(label, coarse) == pytest.approx(roc_auc_score(label, coarse), abs=1e-12)


def test_a_better_score_gains_surely_and_noise_does_not(rows):
    # given a score, the same with noise, and groups of four rows
    label, logit = rows
    random = np.random.default_rng(5)
    noisy, group = logit + random.normal(0, 1.0, len(logit)), np.arange(len(logit)) // 4

    # when
    better = paired(label, logit, noisy, group)
    same = paired(label, noisy + 1e-9 * random.normal(size=len(logit)), noisy, group)

    # then
    assert better.gain > 0.03
    assert better.p == 0.0
    assert better.gain / better.error == pytest.approx(9, abs=4)
    assert abs(same.gain) < 1e-6
    # and the same seed gives the same figures
    assert paired(label, logit, noisy, group) == better


def test_the_floor_is_what_true_probabilities_reach(rows):
    label, logit = rows
    probability = logistic(logit)
    # of labels that were drawn from them, the error is below twice the floor; of wrong ones it is far above
    assert 0 < calibration_error(label, probability) < 2 * calibration_floor(probability) < 0.04
    assert calibration_error(label, probability**2) > calibration_floor(probability**2) + 0.03


def test_the_slope_is_that_of_a_logistic_regression(rows):
    label, logit = rows
    library = LogisticRegression(C=1e9, tol=1e-10).fit(0.5 * logit[:, None], label)
    assert slope(label, logistic(0.5 * logit)) == pytest.approx(float(library.coef_[0, 0]), rel=1e-4)


def test_a_slice_that_is_off_is_seen_and_small_ones_are_left_out(rows):
    # given four slices of which the third is off, a small one, and rows of none
    label, logit = rows
    probability = logistic(logit)
    slices = np.repeat([0, 1, 2, 3], 1_000)
    slices[:100], slices[100:150] = 9, -1
    assert worst_slice(label, probability, slices)[0] == 4
    assert worst_slice(label, probability, slices)[1] < 3.5

    # when
    probability[slices == 2] *= 0.7

    # then
    assert worst_slice(label, probability, slices)[1] > 5


def test_the_gain_of_the_top_is_that_of_a_library():
    random = np.random.default_rng(1)
    truth, score = random.exponential(1.0, 80), random.normal(size=80)
    assert gain_of_top(truth, score) == pytest.approx(ndcg_score([truth], [score], k=20), abs=1e-12)
    assert gain_of_top(truth, truth) == 1.0
    assert np.isnan(gain_of_top(np.zeros(5), np.arange(5.0)))
