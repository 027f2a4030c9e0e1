"""Intervals: how far the true rate of a group lies from the predicted one.

Of a group with predicted rate p, the number of events among n rows is taken as beta-binomial with mean p and
concentration k. The interval of the rate is the central 90 % of Beta(pk, (1-p)k).
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
COVER = 0.90
NO_SPREAD = 1e6
GRID = np.exp(np.linspace(np.log(1.0), np.log(20_000.0), 80))


@dataclass(frozen=True, slots=True)
class Groups:
    """Rows gathered into groups: rows ``n``, events ``k``, mean predicted rate ``p``, and ``chance``.

    ``chance`` is the variance of the events that rows of known rates leave. Rows whose rates differ leave less than
    rows that share their mean: taken for the latter, they hide how far the group's own rate lies off.
    """

    n: Floats
    k: Floats
    p: Floats
    chance: Floats

    @classmethod
    def of(cls, key: NDArray[np.int64], label: Floats, probability: Floats) -> "Groups":
        """Gather rows by a non-negative key; rows with a negative key are left out."""
        used = key >= 0
        code = np.unique(key[used], return_inverse=True)[1]
        n = np.bincount(code).astype(np.float64)
        events = np.bincount(code, label[used]).astype(np.float64)
        each = probability[used]
        mean = np.bincount(code, each) / np.maximum(n, 1)
        return cls(n, events, mean, np.bincount(code, each * (1 - each)).astype(np.float64))


def fit_concentration(groups: Groups) -> float:
    """The smallest concentration on a grid from 1 to 20,000 that the window still supports.

    Few groups cannot tell a small spread from none: of all values whose log likelihood is within one half of the
    best, the one that gives the widest intervals is taken.
    """
    from scipy.special import betaln

    if not len(groups.n):
        return float(GRID[len(GRID) // 2])
    p = np.clip(groups.p, 1e-4, 1 - 1e-4)[:, None]
    above, below = p * GRID, (1 - p) * GRID
    # As many rows of the mean rate as leave the same variance to the share of events.
    rows = groups.n**2 * groups.p * (1 - groups.p) / np.maximum(groups.chance, 1e-9)
    n = np.maximum(rows, groups.n)[:, None]
    k = n * (groups.k / groups.n)[:, None]
    likelihood = (betaln(k + above, n - k + below) - betaln(above, below)).sum(axis=0)
    return float(GRID[int(np.flatnonzero(likelihood >= likelihood.max() - 0.5)[0])])


def widened(probability: Floats, concentration: Floats, variance: Floats) -> Floats:
    """The concentration when a variance of something else is added to that of the rate."""
    own = np.clip(probability, 1e-4, 1 - 1e-4)
    own *= 1 - own
    return np.maximum(own / (own / (concentration + 1.0) + variance) - 1.0, 1.0)


def interval(probability: Floats, concentration: Floats | float) -> tuple[Floats, Floats]:
    """Low and high end of the 90 % interval of the rate."""
    from scipy.stats import beta

    p = np.clip(probability, 1e-4, 1 - 1e-4)
    tail = (1 - COVER) / 2
    low = beta.ppf(tail, p * concentration, (1 - p) * concentration)
    high = beta.ppf(1 - tail, p * concentration, (1 - p) * concentration)
    return np.minimum(low, probability), np.maximum(high, probability)


def coverage(groups: Groups, concentration: Floats | float) -> float:
    """Share of observed counts inside the central 90 % of their predictive distribution.

    A count has probability mass, so each group contributes the part of its mass that lies inside: on calibrated
    predictions the expectation is exactly 0.90, with no random draw. An infinite concentration is an interval of no
    width. Of single rows the share is the same for every width.
    """
    of = _predicted(groups, concentration)
    above = of.cdf(groups.k)
    below = np.where(groups.k > 0, of.cdf(groups.k - 1), 0.0)
    tail = (1 - COVER) / 2
    inside = np.clip(np.minimum(above, 1 - tail) - np.maximum(below, tail), 0, None)
    return float((inside / np.maximum(above - below, 1e-12)).mean())


def gain(groups: Groups, concentration: Floats | float) -> float:
    """Log likelihood of the observed counts, less that under intervals of no width; above zero the width is real."""
    wide, none = (_predicted(groups, one).logpmf(groups.k) for one in (concentration, np.inf))
    return float((wide - none).sum())


def _predicted(groups: Groups, concentration: Floats | float) -> Any:
    """The distribution of the number of events; without a spread of rates only chance is left.

    Rows of unlike rates leave less to chance than rows that share their mean: so much of the spread is taken away.
    """
    from scipy.stats import betabinom, binom

    p = np.clip(groups.p, 1e-4, 1 - 1e-4)
    if np.all(np.isinf(concentration)):
        return binom(groups.n, p)
    less = 1 - np.minimum(groups.chance / (groups.n * p * (1 - p)), 1.0)
    spread = 1 / (concentration + 1) - less / np.maximum(groups.n - 1, 1)
    shown = 1 / np.maximum(spread, 1 / NO_SPREAD) - 1
    return betabinom(groups.n, p * shown, (1 - p) * shown)
