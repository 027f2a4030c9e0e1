"""Platt recalibration: two numbers fitted on the newest window whose labels have matured."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from gnn.metrics import logistic

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
    """Newton's method on the log loss; ``ridge`` pulls the slope towards 1, which matters for few positives."""
    slope, shift = 1.0, 0.0
    centre = float(logits.mean())
    values = logits - centre
    design = np.stack([values, np.ones_like(values)], axis=1)
    penalty = np.diag([ridge, 1e-6])
    for _ in range(50):
        probability = logistic(slope * values + shift + centre)
        gradient = design.T @ (probability - label) + penalty @ np.array([slope - 1.0, shift])
        weight = probability * (1 - probability)
        hessian = (design * weight[:, None]).T @ design + penalty
        step = np.linalg.solve(hessian, gradient)
        slope, shift = slope - float(step[0]), shift - float(step[1])
        if np.abs(step).max() < 1e-9:
            break
    return Platt(slope, shift + centre - slope * centre)
