"""Figures that the evaluation needs beside those of `gnn.metrics`."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from gnn.metrics import calibration_error, logit

Floats = NDArray[np.float64]
RESAMPLES = 1_000
REDRAWS = 200


@dataclass(frozen=True, slots=True)
class Paired:
    """A difference of AUCs on the same rows: mean, standard error over resampled rows, one-sided p of no gain."""

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
    random = np.random.default_rng(seed)
    order = np.argsort(group, kind="stable")
    _, first, count = np.unique(group[order], return_index=True, return_counts=True)
    gains = []
    for _ in range(RESAMPLES):
        drawn = random.integers(0, len(first), len(first))
        # [rows]: positions of all rows of the groups drawn.
        lengths = count[drawn]
        starts = np.repeat(first[drawn] - np.concatenate([[0], np.cumsum(lengths)[:-1]]), lengths)
        rows = order[starts + np.arange(lengths.sum())]
        if 0 < label[rows].sum() < len(rows):
            gains.append(auc(label[rows], better[rows]) - auc(label[rows], worse[rows]))
    found = np.array(gains)
    gain = auc(label, better) - auc(label, worse)
    return Paired(gain, float(found.std(ddof=1)), float((found <= 0).mean()))


def calibration_floor(probability: Floats, seed: int = 0) -> float:
    """The calibration error that labels drawn from these very probabilities have on average."""
    random = np.random.default_rng(seed)
    draws = (random.random((REDRAWS, len(probability))) < probability).astype(np.float64)
    return float(np.mean([calibration_error(one, probability) for one in draws]))


def slope(label: Floats, probability: Floats) -> float:
    """Slope of a logistic regression of the label on the predicted logit; 1 is calibrated."""
    value, at, shift = logit(probability), 1.0, 0.0
    design = np.stack([value, np.ones_like(value)], axis=1)
    for _ in range(50):
        found = 1 / (1 + np.exp(-(at * value + shift)))
        weight = found * (1 - found)
        step = np.linalg.solve((design * weight[:, None]).T @ design, design.T @ (label - found))
        at, shift = at + float(step[0]), shift + float(step[1])
        if np.abs(step).max() < 1e-10:
            break
    return at


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
