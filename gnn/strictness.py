"""How strictly payers settle what they reject, beside others that ask for the same.

Rules differ by plan, and strict payers write stricter rules; so the chance that a rejected start is dispensed after all
is compared only among starts rejected for the same barrier under the same rules. What a payer adds to the log odds of
being lost is one number times a slope of the barrier: strictness shows where somebody decides, as in prior
authorization, more than elsewhere. Payers are drawn towards the average as far as their own spread supports.
"""

from dataclasses import dataclass

import numpy as np

from gnn.features.rates import WINDOW, rates, rules
from gnn.metrics import logistic
from gnn.regression import logistic_regression
from gnn.view import Floats, Integers, View

DECIDED = ("COVERAGE", "PA", "STEP", "LIMIT")
"""Barriers that a payer sets."""
REFERENCE = DECIDED.index("PA")
ROUNDS = 8
FREE = 0.01
"""Precision of what is not drawn towards zero: enough to keep sparse intercepts finite."""


@dataclass(frozen=True, slots=True)
class Strictness:
    """All [payer], beside the average of those seen; ``logit`` is on the scale of prior authorization.

    ``error`` is its standard error. ``points`` is how many more of its rejected starts are lost than if an average
    payer settled them, as a share; ``rejects`` is how many of them were seen.
    """

    logit: Floats
    error: Floats
    points: Floats
    rejects: Integers


def strictness(view: View) -> Strictness:
    """Of every payer, from the mature starts of a year; zeros where none of its starts was rejected."""
    rows = _Rejected(view)
    nothing = np.zeros(view.payers)
    if not len(rows.lost) or rows.lost.min() == rows.lost.max():
        return Strictness(nothing, nothing, nothing, np.bincount(rows.payer, minlength=view.payers))
    same, slope, spread = rows.same, np.ones(len(DECIDED)), 1.0
    count = np.bincount(rows.payer, minlength=view.payers)
    # [payer, payer]: beside the average of all that were seen; nothing for the others.
    seen = (count > 0).astype(np.float64)
    beside = np.diag(seen) - np.outer(seen, seen) / seen.sum()
    payers = np.eye(view.payers)[rows.payer]
    for _ in range(ROUNDS):
        design = np.hstack([same, payers * slope[rows.barrier][:, None]])
        precision = np.concatenate([np.full(same.shape[1], FREE), np.full(view.payers, 1 / spread)])
        found, covariance = logistic_regression(design, rows.lost, precision, np.zeros(len(precision)))
        logit = found[same.shape[1] :]
        own = np.diag(covariance)[same.shape[1] :]
        spread = max(float((logit**2 + own)[count > 0].mean()), 1e-3)
        slope = _slopes(rows, same, logit)
    error = np.sqrt(np.diag(beside @ covariance[same.shape[1] :, same.shape[1] :] @ beside))
    average = float(logit @ seen / seen.sum())
    usual = logistic(same @ found[: same.shape[1]] + slope[rows.barrier] * average)
    more = np.bincount(rows.payer, logistic(design @ found) - usual, minlength=view.payers)
    return Strictness(beside @ logit, error, more / np.maximum(count, 1), count)


class _Rejected:
    """Mature starts of a year that a payer rejected and nobody paid and took back; columns of one length."""

    def __init__(self, view: View) -> None:
        starts = view.starts
        used = starts.whole & starts.mature & starts.rejected
        used &= (starts.written > view.day - WINDOW) & (starts.barrier < len(DECIDED))
        used[used] &= view.plan_payer[starts.plan[used]] >= 0
        plan, product = starts.plan[used], starts.product[used]
        self.payer: Integers = view.plan_payer[plan]
        self.barrier: Integers = starts.barrier[used]
        self.lost: Floats = starts.lost[used].astype(np.float64)
        rule = rules(view)[plan, product]
        # Which rules are asked for; tiers move what patients pay, not what a payer decides.
        asked = np.column_stack([rule[:, [0, 1, 2, 4]], self.barrier])
        kind = np.unique(asked, axis=0, return_inverse=True)[1].ravel()
        account = rates(view).account_excess[starts.hcp[used]]
        self.same: Floats = np.column_stack([np.eye(int(kind.max(initial=-1)) + 1)[kind], account])
        """[row, column]: one of the kinds of rules and barrier, and how the account fares."""


def _slopes(rows: _Rejected, same: Floats, logit: Floats) -> Floats:
    """[barrier]: how much of a payer's number shows there; 1 for prior authorization, none below 0 or above 1.5."""
    by_barrier = np.eye(len(DECIDED))[rows.barrier]
    design = np.hstack([same, by_barrier * logit[rows.payer][:, None]])
    # Slopes are drawn towards 1, as strongly as a hundredth of a payer's spread would be.
    towards = np.concatenate([np.zeros(same.shape[1]), np.ones(len(DECIDED))])
    found, _ = logistic_regression(design, rows.lost, np.full(design.shape[1], FREE), towards)
    slope = found[same.shape[1] :]
    if slope[REFERENCE] <= 0:
        return np.ones(len(DECIDED))
    return np.asarray(np.clip(slope / slope[REFERENCE], 0.0, 1.5))
