"""How good probabilities are: ranking, sharpness, calibration."""

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
BINS = 10
_TINY = 1e-7


def logit(probability: Floats) -> Floats:
    """Log odds, finite for every input."""
    bounded = np.clip(probability, _TINY, 1 - _TINY)
    return np.asarray(np.log(bounded) - np.log1p(-bounded))


def logistic(value: Floats) -> Floats:
    """The inverse of `logit`."""
    return np.asarray(1.0 / (1.0 + np.exp(-np.clip(value, -40, 40))))


def log_loss(label: Floats, probability: Floats) -> float:
    """Mean negative log likelihood."""
    return float(log_losses(label, probability).mean())


def log_losses(label: Floats, probability: Floats) -> Floats:
    """Negative log likelihood of each row."""
    bounded = np.clip(probability, _TINY, 1 - _TINY)
    return np.asarray(-(label * np.log(bounded) + (1 - label) * np.log1p(-bounded)))


def calibration_error(label: Floats, probability: Floats) -> float:
    """Expected calibration error over ten bins of equal size."""
    order = np.argsort(probability, kind="stable")
    parts = np.array_split(order, BINS)
    return float(
        sum(abs(probability[part].mean() - label[part].mean()) * len(part) for part in parts if len(part)) / len(label)
    )


def metrics(label: Floats, probability: Floats) -> dict[str, float]:
    """All figures of one model on one window; AUC and average precision need both kinds of labels."""
    from sklearn.metrics import average_precision_score, roc_auc_score

    both = 0 < label.sum() < len(label)
    return {
        "auc": float(roc_auc_score(label, probability)) if both else float("nan"),
        "average_precision": float(average_precision_score(label, probability)) if both else float("nan"),
        "log_loss": log_loss(label, probability),
        "brier": float(((probability - label) ** 2).mean()),
        "ece": calibration_error(label, probability),
        "n": len(label),
        "positives": int(label.sum()),
    }
