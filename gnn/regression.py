"""Logistic regression by Newton's method, under a normal prior."""

import numpy as np

from gnn.metrics import Floats, logistic

STEPS = 50
SMALLEST_STEP = 1e-10


def logistic_regression(design: Floats, label: Floats, precision: Floats, towards: Floats) -> tuple[Floats, Floats]:
    """Coefficients, [column], and their covariance.

    ``design`` is [row, column], ``label`` 1 or 0 by row. The prior has ``precision`` around ``towards``, [column];
    every precision is above 0, which keeps the coefficients finite.
    """
    found, reached = towards, _loss(design, label, precision, towards, towards)
    for _ in range(STEPS):
        chance = logistic(design @ found)
        hessian = (design * (chance * (1 - chance))[:, None]).T @ design + np.diag(precision)
        step = np.linalg.solve(hessian, design.T @ (label - chance) - precision * (found - towards))
        # From far off a whole step may lead further away: half of one, and half of that, leads down in the end.
        while (loss := _loss(design, label, precision, towards, found + step)) > reached and (
            np.abs(step).max() >= SMALLEST_STEP
        ):
            step = step / 2
        found, reached = found + step, loss
        if np.abs(step).max() < SMALLEST_STEP:
            break
    return found, np.asarray(np.linalg.inv(hessian))


def _loss(design: Floats, label: Floats, precision: Floats, towards: Floats, found: Floats) -> float:
    """Minus the logarithm of the posterior, but for a constant."""
    logits = design @ found
    return float((np.logaddexp(0.0, logits) - label * logits).sum() + (precision * (found - towards) ** 2).sum() / 2)
