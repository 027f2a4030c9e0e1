"""Whether probabilities are calibrated, as far as a window can tell: the error beyond chance, and the slope."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gnn.metrics import BINS, calibration_error, logistic, logit
from gnn.regression import logistic_regression

Floats = NDArray[np.float64]
REDRAWS = 200
LARGEST_EXCESS = 0.005
"""Calibration error beyond its floor up to which a model counts as calibrated."""
SLOPES = (0.9, 1.1)
CERTAIN = 2.576
"""Standard errors within which a slope may still be one of SLOPES: 99 %."""


@dataclass(frozen=True, slots=True)
class Calibration:
    """``floor``: mean error of labels drawn from the probabilities. ``ceiling``: the 99th percentile of that, or of
    what clusters that resemble themselves give a calibrated model, whichever is larger.
    """

    error: float
    floor: float
    ceiling: float
    slope: float
    slope_error: float

    @classmethod
    def of(cls, label: Floats, probability: Floats, cluster: NDArray[np.int64], seed: int = 0) -> "Calibration":
        """On rows of which those of one ``cluster`` may resemble each other; both kinds of labels are needed."""
        drawn = drawn_errors(probability, seed)
        alike = clustered_errors(label, probability, cluster, seed)
        slope, error = calibration_slope(label, probability, cluster)
        found = calibration_error(label, probability)
        ceiling = float(max(np.percentile(drawn, 99), np.percentile(alike, 99)))
        return cls(found, float(drawn.mean()), ceiling, slope, error)

    @property
    def excess(self) -> float:
        """Calibration error that chance does not explain."""
        return self.error - self.floor

    @property
    def off(self) -> bool:
        """The window shows that the model is not calibrated; a window that is too small to tell shows nothing."""
        return (self.excess > LARGEST_EXCESS and self.error > self.ceiling) or self.slope_off

    @property
    def slope_off(self) -> bool:
        """The slope is below or above all of SLOPES with 99 % confidence."""
        reach = CERTAIN * self.slope_error
        return self.slope + reach < SLOPES[0] or self.slope - reach > SLOPES[1]

    def as_json(self) -> dict[str, Any]:
        """Plain values."""
        return {
            "ece": self.error,
            "floor": self.floor,
            "ceiling": self.ceiling,
            "slope": self.slope,
            "slope_error": self.slope_error,
        }

    def __str__(self) -> str:
        return (
            f"calibration error {self.error:.4f}, {self.excess:+.4f} beyond chance, "
            f"slope {self.slope:.2f} ± {self.slope_error:.2f}"
        )


def drawn_errors(probability: Floats, seed: int = 0) -> Floats:
    """[REDRAWS] calibration errors of labels that are drawn from these very probabilities."""
    random = np.random.default_rng(seed)
    order = np.argsort(probability, kind="stable")
    return np.array(
        [_binned_error(order, (random.random(len(order)) < probability) - probability) for _ in range(REDRAWS)]
    )


def clustered_errors(label: Floats, probability: Floats, cluster: NDArray[np.int64], seed: int = 0) -> Floats:
    """[REDRAWS] the same where rows of a cluster resemble each other: the residuals with a sign drawn per cluster."""
    random = np.random.default_rng(seed)
    order = np.argsort(probability, kind="stable")
    code = np.unique(cluster, return_inverse=True)[1]
    signs = random.choice((-1.0, 1.0), (REDRAWS, int(code.max()) + 1))
    return np.array([_binned_error(order, (label - probability) * sign[code]) for sign in signs])


def _binned_error(order: NDArray[np.int64], residual: Floats) -> float:
    """What `calibration_error` finds, with the sorting done once."""
    return sum(abs(float(residual[part].sum())) for part in np.array_split(order, BINS)) / len(order)


def calibration_slope(label: Floats, probability: Floats, cluster: NDArray[np.int64]) -> tuple[float, float]:
    """Slope of the logistic regression of the label on the logit, with its standard error by clusters."""
    design = np.stack([logit(probability), np.ones(len(label))], axis=1)
    # The precision matters only where all probabilities are equal.
    found, bread = logistic_regression(design, label, np.full(2, 1e-9), np.array([1.0, 0.0]))
    code = np.unique(cluster, return_inverse=True)[1]
    score = design * (label - logistic(design @ found))[:, None]
    summed = np.stack([np.bincount(code, score[:, column]) for column in (0, 1)], axis=1)
    return float(found[0]), float(np.sqrt((bread @ (summed.T @ summed) @ bread)[0, 0]))
