"""Two models on the same rows: differences with intervals, from rows redrawn in clusters."""

from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gnn.metrics import log_losses

Floats = NDArray[np.float64]
RESAMPLES = 1_000
COVER = 0.95


@dataclass(frozen=True, slots=True)
class Difference:
    """A gain of the first model over the second, with its 95 % interval; above zero the first is better."""

    value: float
    low: float
    high: float
    drawn: Floats = field(default_factory=lambda: np.zeros(0), repr=False, compare=False)
    """The gains over the redrawn rows that the interval is made of."""

    def as_json(self) -> list[float]:
        """Value, low and high end."""
        return [self.value, self.low, self.high]

    def __str__(self) -> str:
        return f"{self.value:+.4f} [{self.low:+.4f}, {self.high:+.4f}]"


@dataclass(frozen=True, slots=True)
class Paired:
    """Gains of the first model: in AUC, and in mean log loss (that of the second minus that of the first)."""

    auc: Difference
    log_loss: Difference
    rows: int
    clusters: int

    def as_json(self) -> dict[str, Any]:
        """Plain values."""
        return {
            "auc": self.auc.as_json(),
            "log_loss": self.log_loss.as_json(),
            "rows": self.rows,
            "clusters": self.clusters,
        }


def paired(
    label: Floats,
    first: Floats,
    second: Floats,
    cluster: NDArray[np.int64],
    *,
    seed: int = 0,
    resamples: int = RESAMPLES,
) -> Paired:
    """Gains of ``first`` over ``second`` (probabilities) on rows with ``label`` 1 or 0, which need both kinds.

    Rows of one ``cluster`` (a subject, a plan) are drawn together: they are no evidence of their own.
    """
    code = np.unique(cluster, return_inverse=True)[1]
    clusters = int(code.max()) + 1
    ranking = [_Ranking(label, values) for values in (first, second)]
    gained = log_losses(label, second) - log_losses(label, first)
    sums, counts = np.bincount(code, gained, clusters), np.bincount(code, minlength=clusters)
    random = np.random.default_rng(seed)
    area, loss = [], []
    for _ in range(resamples):
        times = np.bincount(random.integers(0, clusters, clusters), minlength=clusters).astype(np.float64)
        better, worse = (one.auc(times[code]) for one in ranking)
        if np.isfinite(better):
            area.append(better - worse)
        loss.append(float(times @ sums) / float(times @ counts))
    ones = np.ones(len(label))
    return Paired(
        _difference(ranking[0].auc(ones) - ranking[1].auc(ones), area),
        _difference(float(gained.mean()), loss),
        len(label),
        clusters,
    )


class _Ranking:
    """Rows ranked once, so that the area under the ROC curve of any weighting takes linear time."""

    def __init__(self, label: Floats, score: Floats) -> None:
        self._place = np.unique(score, return_inverse=True)[1]
        self._label = label

    def auc(self, weight: Floats) -> float:
        """Ties count half; not-a-number without both kinds of labels."""
        events = np.bincount(self._place, weight * self._label)
        others = np.bincount(self._place, weight * (1 - self._label))
        pairs = events.sum() * others.sum()
        if not pairs:
            return float("nan")
        below = np.cumsum(others) - others
        return float((events * (below + others / 2)).sum() / pairs)


def _difference(value: float, drawn: list[float]) -> Difference:
    tail = 100 * (1 - COVER) / 2
    low, high = np.percentile(drawn, [tail, 100 - tail]) if drawn else (float("nan"), float("nan"))
    return Difference(value, float(low), float(high), np.array(drawn))
