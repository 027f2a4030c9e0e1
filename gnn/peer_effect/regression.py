"""One coefficient by least squares or by an instrument, controls taken out first, errors by cluster."""

from dataclasses import dataclass

import numpy as np
from scipy import sparse, stats
from scipy.linalg import qr

from gnn.view import Floats, Integers, counted

CONFIDENCE = 0.95
DEPENDENT = 1e-9
"""A control whose part orthogonal to the others is smaller than this, relatively, says nothing new."""


@dataclass(frozen=True, slots=True)
class Interval:
    """From ``low`` to ``high``; unbounded sides are infinite."""

    low: float
    high: float

    def contains(self, value: float) -> bool:
        """Whether the value lies inside, ends included."""
        return self.low <= value <= self.high

    @property
    def bounded(self) -> bool:
        """Whether both ends are finite."""
        return bool(np.isfinite(self.low) and np.isfinite(self.high))

    @property
    def from_zero(self) -> float:
        """Distance of the nearer end from zero; 0 when zero lies inside."""
        return max(0.0, self.low, -self.high)


@dataclass(frozen=True, slots=True)
class Fit:
    """One coefficient with its cluster-robust standard error, in the unit of outcome per unit of exposure."""

    value: float
    error: float
    interval: Interval
    t: float
    """Classical t statistic, of which partial R² and robustness values are made."""
    degrees: int
    """Residual degrees of freedom of that statistic."""


class Controls:
    """What is held constant: a level for every cell, and columns; columns that repeat others are dropped."""

    def __init__(self, columns: Floats, cell: Integers) -> None:
        _, self._cell, self._size = np.unique(cell, return_inverse=True, return_counts=True)
        inside = self._centred(columns)
        basis, upper, _ = qr(inside, mode="economic", pivoting=True)
        size = np.abs(np.diag(upper))
        scale = np.sqrt((columns**2).sum(axis=0)).max(initial=0.0)
        self._basis = basis[:, size > DEPENDENT * scale]
        self.rank = self._basis.shape[1] + len(self._size)

    def residual(self, values: Floats) -> Floats:
        """What is not explained of [rows] or [rows, columns] values."""
        inside = self._centred(values)
        return np.asarray(inside - self._basis @ (self._basis.T @ inside))

    def _centred(self, values: Floats) -> Floats:
        columns = values.reshape(len(values), -1)
        sums = sparse.csr_matrix(
            (np.ones(len(columns)), (self._cell, np.arange(len(columns)))), (len(self._size), len(columns))
        )
        means = (sums @ columns) / self._size[:, None]
        return np.asarray(columns - means[self._cell]).reshape(values.shape)


def quantile(clusters: int) -> float:
    """Two-sided 95 % quantile of t with one degree of freedom less than clusters."""
    return float(stats.t.ppf((1 + CONFIDENCE) / 2, max(1, clusters - 1)))


def least_squares(outcome: Floats, exposure: Floats, controls: Controls, cluster: Integers) -> Fit:
    """Coefficient of the exposure, [rows] each; the controls hold a level."""
    return _fit(outcome, exposure, exposure, controls, cluster)


def two_stage(outcome: Floats, exposure: Floats, instrument: Floats, controls: Controls, cluster: Integers) -> Fit:
    """Coefficient of the exposure as far as the instrument moves it (2SLS, one instrument)."""
    return _fit(outcome, exposure, instrument, controls, cluster)


def _fit(outcome: Floats, exposure: Floats, mover: Floats, controls: Controls, cluster: Integers) -> Fit:
    left, right, mover = (controls.residual(values) for values in (outcome, exposure, mover))
    slope = float(mover @ right)
    value = float(mover @ left) / slope
    rest = left - value * right
    degrees = len(rest) - controls.rank - 1
    groups = by_cluster(mover * rest, cluster)
    count = len(groups)
    small = count / (count - 1) * (len(rest) - 1) / degrees
    error = float(np.sqrt(small * (groups @ groups))) / abs(slope)
    classical = float(np.sqrt(rest @ rest / degrees * (mover @ mover))) / abs(slope)
    reach = quantile(count) * error
    return Fit(value, error, Interval(value - reach, value + reach), value / classical, degrees)


def by_cluster(scores: Floats, cluster: Integers) -> Floats:
    """[cluster] sums of [rows] scores, clusters without rows left out."""
    names, place = np.unique(cluster, return_inverse=True)
    return counted(len(names), place, scores)
