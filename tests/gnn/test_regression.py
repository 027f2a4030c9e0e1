"""The regression finds the best fit from wherever it begins."""

import numpy as np
import pytest
from scipy.optimize import minimize

from gnn.calibrate import fit_platt
from gnn.regression import logistic_regression


@pytest.mark.parametrize("seed", range(20))
def test_a_level_that_is_far_off_is_found_as_by_a_general_minimizer(seed: int) -> None:
    # given logits that are far too low, some by much more than others, and say little
    random = np.random.default_rng(seed)
    logits = random.normal(-6 - seed / 2, 1.5, 400)
    label = (random.random(400) < 0.3).astype(float)
    design = np.stack([logits - logits.mean(), np.ones(400)], axis=1)
    precision, towards = np.array([1.0, 1e-6]), np.array([1.0, float(logits.mean())])

    # when
    found, covariance = logistic_regression(design, label, precision, towards)

    # then
    def loss(at: np.ndarray) -> float:
        value = design @ at
        return float((np.logaddexp(0, value) - label * value).sum() + (precision * (at - towards) ** 2).sum() / 2)

    best = minimize(loss, np.zeros(2), tol=1e-12).x
    assert found == pytest.approx(best, abs=1e-4)
    assert (np.linalg.eigvalsh(covariance) > 0).all()


def test_recalibration_brings_the_mean_to_what_happened() -> None:
    random = np.random.default_rng(3)
    logits = random.normal(-9.0, 2.0, 3_000)
    label = (random.random(3_000) < 0.25).astype(float)
    platt = fit_platt(logits, label)
    assert platt.apply(logits).mean() == pytest.approx(label.mean(), abs=1e-4)
    assert abs(platt.slope) < 1
