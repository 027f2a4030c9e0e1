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
    found = towards
    for _ in range(STEPS):
        chance = logistic(design @ found)
        hessian = (design * (chance * (1 - chance))[:, None]).T @ design + np.diag(precision)
        step = np.linalg.solve(hessian, design.T @ (label - chance) - precision * (found - towards))
        found = found + step
        if np.abs(step).max() < SMALLEST_STEP:
            break
    return found, np.asarray(np.linalg.inv(hessian))
