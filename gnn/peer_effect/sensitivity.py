"""How strong something unobserved would have to be to explain an estimate away (Cinelli and Hazlett, 2020)."""

import numpy as np
from scipy import stats

from gnn.peer_effect.regression import CONFIDENCE, Fit
from gnn.view import Floats


def robustness_value(fit: Fit, *, significance: bool = False) -> float:
    """Share of the rest of outcome *and* exposure that a confounder has to explain to bring the estimate to zero.

    With ``significance``, to bring the nearer end of its 95 % interval to zero. 0 means nothing is needed.
    """
    strength = abs(fit.t) / np.sqrt(fit.degrees)
    if significance:
        strength -= stats.t.ppf((1 + CONFIDENCE) / 2, fit.degrees - 1) / np.sqrt(fit.degrees - 1)
    strength = max(0.0, float(strength))
    return float((np.sqrt(strength**4 + 4 * strength**2) - strength**2) / 2)


def biases_of_confounders_like(columns: Floats, exposure: Floats, outcome: Floats, fit: Fit) -> Floats:
    """[column]: largest bias from a confounder tied to exposure and outcome as strongly as that column is.

    All [rows] values are residuals of whatever else is held constant. Infinite where such a confounder would leave
    nothing of the exposure; zero for a column that others repeat.
    """
    size = np.sqrt((columns**2).sum(axis=0))
    alive = np.flatnonzero(size > 1e-9 * size.max(initial=1e-300))
    scaled = np.concatenate([columns[:, alive] / size[alive], exposure[:, None], outcome[:, None]], axis=1)
    moments = scaled.T @ scaled
    # The inverse of a moment matrix holds the partial correlations given all others.
    with_exposure = _partial(moments[:-1, :-1])
    with_outcome = _partial(moments)[:-1]
    biases = np.zeros(columns.shape[1])
    spread = abs(fit.value / fit.t) * np.sqrt(fit.degrees) if fit.t else 0.0
    for place, exposed, told in zip(alive, with_exposure, with_outcome, strict=True):
        biases[place] = spread * _strength(float(exposed), float(told))
    return biases


def _partial(moments: Floats) -> Floats:
    """Partial R² of the last variable with each other one, given the rest."""
    inverse = np.linalg.pinv(moments)
    diagonal = np.diag(inverse)
    return np.asarray(inverse[:-1, -1] ** 2 / np.maximum(diagonal[:-1] * diagonal[-1], 1e-300))


def _strength(exposed: float, told: float) -> float:
    """sqrt(R²(Y~Z) R²(D~Z) / (1 - R²(D~Z))) for a confounder Z as strong as the column (their theorem 4, k = 1)."""
    of_exposure = exposed / (1 - exposed) if exposed < 1 else np.inf
    doubled = exposed**2 / (1 - exposed) ** 2 if exposed < 1 else np.inf
    if of_exposure >= 1 or doubled >= 1:
        return float("inf")
    of_outcome = ((1 + np.sqrt(doubled)) / np.sqrt(1 - doubled)) ** 2 * told / (1 - told)
    return float(np.sqrt(min(1.0, of_outcome) * of_exposure / (1 - of_exposure)))
