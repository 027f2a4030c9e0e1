"""The distribution of a column in a few numbers that speak of nobody, and how far another column lies from it."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

BINS = 10
FEWEST_PER_BIN = 11
"""Smallest group that a quantile may lie beyond (CMS cell-size rule): minimum and maximum are never kept."""
MODERATE, MAJOR = (0.1, 0.1), (0.25, 0.2)
"""Index and distance from which a shift is called moderate or major. The bounds of the index are those of credit
scoring, where it comes from; of a normal distribution that moves, the distances are what goes with them. Without
them a column with few values, such as a rate per territory, would raise an alarm whenever one value crosses an edge."""
CERTAIN = 0.999
NORMAL_RANGE = 2.563
"""Range from the first to the last decile of a normal distribution, in standard deviations."""


@dataclass(frozen=True, slots=True)
class Shift:
    """``index``: population stability index. ``noise``: what it reaches without any shift in one of 1,000 cases.

    ``distance``: how far deciles lie apart on average, in units of the range from the first to the last of them.
    """

    index: float
    noise: float
    distance: float

    @property
    def size(self) -> str:
        """``stable``, ``moderate`` or ``major``; what chance explains is stable."""
        if self.index < self.noise:
            return "stable"
        for name, (index, distance) in (("major", MAJOR), ("moderate", MODERATE)):
            if self.index >= index and self.distance >= distance:
                return name
        return "stable"


@dataclass(frozen=True, slots=True)
class Distribution:
    """Inner ``quantiles``, ascending, and the ``shares`` of ``rows`` in the bins between those that differ.

    ``scale`` is the range from the first to the last decile; where that is nothing, what it would be of a normal
    distribution with the same standard deviation.
    """

    quantiles: tuple[float, ...]
    shares: tuple[float, ...]
    rows: int
    scale: float

    @classmethod
    def of(cls, values: NDArray[Any]) -> "Distribution":
        """Deciles; fewer where rows are few."""
        found = _quantiles(values, min(BINS, len(values) // FEWEST_PER_BIN))
        edges = np.unique(found)
        count = np.bincount(_bins(edges, values), minlength=len(edges) + 1)
        shares = tuple(float(share) for share in np.round(count / max(len(values), 1), 6))
        spread = float(found[-1] - found[0]) if len(found) else 0.0
        scale = spread or NORMAL_RANGE * float(np.std(values, dtype=np.float64)) if len(values) else 0.0
        return cls(tuple(float(one) for one in found), shares, len(values), scale)

    def shift(self, values: NDArray[Any]) -> Shift:
        """How far other values lie from these.

        The index is the sum of (share now - share then) * ln(share now / share then). Half a row per bin is added to
        both, so that an empty bin does not make it infinite.
        """
        from scipy.stats import chi2

        bins = len(self.shares)
        if not self.rows or not len(values) or bins < 2:
            return Shift(0.0, 0.0, 0.0)
        count = np.bincount(_bins(np.unique(self.quantiles), values), minlength=bins)
        now = (count + 0.5) / (len(values) + 0.5 * bins)
        then = (np.array(self.shares) * self.rows + 0.5) / (self.rows + 0.5 * bins)
        index = float(((now - then) * np.log(now / then)).sum())
        # Without a shift the index is about chi-squared, scaled by the sizes of both samples.
        noise = float(chi2.ppf(CERTAIN, bins - 1)) * (1 / len(values) + 1 / self.rows)
        before = np.array(self.quantiles)
        apart = float(np.abs(_quantiles(values, len(before) + 1) - before).mean())
        return Shift(index, noise, apart / self.scale if self.scale else float("inf") if apart else 0.0)

    def as_json(self) -> dict[str, Any]:
        """For the model's file."""
        return {
            "quantiles": list(self.quantiles),
            "shares": list(self.shares),
            "rows": self.rows,
            "scale": self.scale,
        }

    @classmethod
    def from_json(cls, values: dict[str, Any]) -> "Distribution":
        """The inverse of `as_json`."""
        return cls(tuple(values["quantiles"]), tuple(values["shares"]), values["rows"], values["scale"])


def _quantiles(values: NDArray[Any], bins: int) -> NDArray[np.float64]:
    if bins < 2:
        return np.zeros(0)
    return np.quantile(values, np.arange(1, bins) / bins, method="inverted_cdf").astype(np.float64)


def _bins(edges: NDArray[np.float64], values: NDArray[Any]) -> NDArray[np.int64]:
    return np.searchsorted(edges, values, side="left")
