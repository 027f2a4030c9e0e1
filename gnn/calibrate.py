"""Platt recalibration: two numbers fitted on the newest window whose labels have matured."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from gnn.metrics import logistic
from gnn.regression import logistic_regression

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Platt:
    """probability = logistic(slope * logit + shift)."""

    slope: float = 1.0
    shift: float = 0.0

    def apply(self, logits: Floats) -> Floats:
        """Calibrated probabilities."""
        return logistic(self.slope * logits + self.shift)


def fit_platt(logits: Floats, label: Floats, *, ridge: float = 1.0) -> Platt:
    """The slope and shift of least log loss; ``ridge`` pulls the slope towards 1, which matters for few positives."""
    # About their mean: a slope that is pulled leaves the prediction there as it is.
    centre = float(logits.mean())
    design = np.stack([logits - centre, np.ones_like(logits)], axis=1)
    (slope, level), _ = logistic_regression(design, label, np.array([ridge, 1e-6]), np.array([1.0, centre]))
    return Platt(float(slope), float(level - slope * centre))
