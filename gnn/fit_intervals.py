"""What intervals are made of, and how they hold on the test window, beside intervals of no width.

Single rows are left out: whether one start is lost tells nothing of how far its chance lies from the predicted one.
"""

import numpy as np

from gnn.calibrate import Platt
from gnn.interval import Groups, coverage, fit_concentration, gain
from gnn.levels import WIDE, levels_of
from gnn.predictors import Predictor, joined
from gnn.samples import Sample
from gnn.spread import SHARED, Spread, fit_spread
from gnn.view import Floats, View

PARTS, WHOLES = "cohort state+siteOfCare", ("cohort state", "cohort siteOfCare")


def fit_friction(
    winner: Predictor, before: Platt, validation: list[Sample], test: list[Sample], newest: View
) -> tuple[dict[str, dict[str, float]], dict[str, float]]:
    """Figures on test, as of whose days the spread was fitted; and the spread of the newest view, which is used.

    Of wide levels: figures of what was fitted on validation, and of both windows what is used. ``before`` was
    calibrated before the test window.
    """
    spreads = [Spread(sample.view, fit_spread(sample.view)) for sample in test]
    figures, used = {}, fit_spread(newest)
    for level in SHARED:
        sure = np.concatenate([_sure(level, spread, sample) for spread, sample in zip(spreads, test, strict=True)])
        groups, key = _groups(winner, before, test, level)
        figures[level] = _figures(groups, Groups.of(key, sure, sure).p)
    for level in WIDE:
        earlier, later = (_groups(winner, before, part, level)[0] for part in (validation, test))
        figures[level] = _figures(later, fit_concentration(earlier))
        # What is common to a window's errors differs from window to window, and two are all there are.
        used[level] = fit_concentration(_groups(winner, before, validation + test, level)[0])
    # An average is no further off than its parts are: the sites of a state are not known better than either whole.
    used[PARTS] = min(used[PARTS], *(used[level] for level in WHOLES))
    return figures, used


def fit_adoption(
    winner: Predictor, before: Platt, newest: Platt, validation: list[Sample], test: list[Sample]
) -> tuple[dict[str, dict[str, float]], dict[str, float]]:
    """Figures on test of the concentration fitted on validation; and that of the newest window, which is used."""
    earlier, later = (_groups(winner, before, part, "hcp")[0] for part in (validation, test))
    used = fit_concentration(_groups(winner, newest, test, "hcp")[0])
    return {"hcp": _figures(later, fit_concentration(earlier))}, {"hcp": used}


def _figures(groups: Groups, concentration: Floats | float) -> dict[str, float]:
    """How often intervals hold, how often ones of no width would, and how much likelier counts are with the width."""
    return {
        "coverage_90": coverage(groups, concentration),
        "no_width_90": coverage(groups, np.inf),
        "gain": gain(groups, concentration),
        "groups": len(groups.n),
    }


def _sure(level: str, spread: Spread, sample: Sample) -> Floats:
    """[row]: concentration of the row's group."""
    key = levels_of(sample)[level]
    return np.where(key >= 0, spread.of[level].ravel()[key], 0.0)


def _groups(winner: Predictor, platt: Platt, samples: list[Sample], level: str) -> tuple[Groups, np.ndarray]:
    """Rows by group; windows are groups of their own. And the key of each row, by which they were gathered."""
    keys = []
    for place, sample in enumerate(samples):
        key = levels_of(sample)[level]
        keys.append(np.where(key >= 0, key * len(samples) + place, -1))
    logits, label = joined(winner, samples)
    key = np.concatenate(keys)
    return Groups.of(key, label, platt.apply(logits)), key
