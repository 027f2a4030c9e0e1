"""Figures that the evaluation needs beside those of `gnn.metrics`."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from gnn import bootstrap
from gnn.calibration import calibration_slope, drawn_errors

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Paired:
    """A difference of AUCs on the same rows: mean, standard error over resampled rows, two-sided p of none."""

    gain: float
    error: float
    p: float


def auc(label: Floats, score: Floats) -> float:
    """Area under the ROC curve by ranks; ties count half."""
    order = np.argsort(score, kind="stable")
    ranks = np.empty(len(score))
    _, first, count = np.unique(score[order], return_index=True, return_counts=True)
    ranks[order] = np.repeat(first + (count + 1) / 2, count)
    events = label.sum()
    return float((ranks[label == 1].sum() - events * (events + 1) / 2) / (events * (len(label) - events)))


def paired(label: Floats, better: Floats, worse: Floats, group: NDArray[np.int64], seed: int = 0) -> Paired:
    """The gain in AUC of ``better`` over ``worse``; rows of one ``group`` are drawn together."""
    found = bootstrap.paired(label, better, worse, group, seed=seed).auc
    return Paired(
        found.value,
        float(found.drawn.std(ddof=1)),
        min(1.0, 2 * float(min((found.drawn <= 0).mean(), (found.drawn >= 0).mean()))),
    )


def calibration_floor(probability: Floats, seed: int = 0) -> float:
    """The calibration error that labels drawn from these very probabilities have on average."""
    return float(drawn_errors(probability, seed).mean())


def slope(label: Floats, probability: Floats) -> float:
    """Slope of a logistic regression of the label on the predicted logit; 1 is calibrated."""
    return calibration_slope(label, probability, np.arange(len(label)))[0]


def worst_slice(label: Floats, probability: Floats, slices: NDArray[np.int64], fewest: int = 500) -> tuple[int, float]:
    """How many slices have ``fewest`` rows, and the largest |z| of observed minus expected events among them."""
    found = [
        abs(label[rows].sum() - probability[rows].sum()) / np.sqrt((probability[rows] * (1 - probability[rows])).sum())
        for one in np.unique(slices[slices >= 0])
        if (rows := slices == one).sum() >= fewest
    ]
    return len(found), float(max(found, default=0.0))


def gain_of_top(truth: Floats, score: Floats, most: int = 20) -> float:
    """NDCG of the ``most`` highest scores, with the truth (not below 0) as gain."""
    gain = np.maximum(truth, 0.0)
    discount = 1 / np.log2(np.arange(min(most, len(gain))) + 2)
    best = (np.sort(gain)[::-1][: len(discount)] * discount).sum()
    got = (gain[np.argsort(-score, kind="stable")][: len(discount)] * discount).sum()
    return float(got / best) if best else float("nan")
