"""How strictly payers settle what they reject, beside others that ask for the same.

Rules differ by plan, and strict payers write stricter rules; so the chance that a rejected start is dispensed after all
is compared only among starts rejected for the same barrier under the same rules, those in force when they were written,
and in the same half year. What a payer adds to the log odds of leaving a start unpaid is one number times a slope of
the barrier: strictness shows where somebody decides, as in prior authorization, more than elsewhere. What a payer paid
and the patient left behind was settled. Payers are drawn towards the average as far as their own spread supports.
"""

from dataclasses import dataclass

import numpy as np

from gnn.features.rates import rates, rules_of
from gnn.metrics import logistic
from gnn.regression import logistic_regression
from gnn.view import Floats, Integers, View
from graph.schema.therapy import BARRIERS

DECIDED = ("COVERAGE", "PA", "STEP", "LIMIT")
"""Barriers that a payer sets."""
COST = BARRIERS.index("COST")
REFERENCE = DECIDED.index("PA")
ROUNDS = 8
WINDOW, PERIOD = 730, 182
"""Days of starts that count: of one year, chance moves payers further than a second year ages them. And a half year."""
FREE = 0.01
"""Precision of what is not drawn towards zero: enough to keep sparse intercepts finite."""


@dataclass(frozen=True, slots=True)
class Strictness:
    """All [payer], beside the average of those seen; ``logit`` is on the scale of prior authorization.

    ``error`` is its standard error. ``points`` is how many more of its rejected starts stay unpaid for 30 days than if
    an average payer settled them, as a share; ``rejects`` is how many of them were seen.
    """

    logit: Floats
    error: Floats
    points: Floats
    rejects: Integers


def strictness(view: View) -> Strictness:
    """Of every payer, from the mature starts of two years; zeros where none of its starts was rejected."""
    rows = _Rejected(view)
    nothing = np.zeros(view.payers)
    if not len(rows.unpaid) or rows.unpaid.min() == rows.unpaid.max():
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
        found, covariance = logistic_regression(design, rows.unpaid, precision, np.zeros(len(precision)))
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
    """Mature starts that a payer rejected; columns of one length."""

    def __init__(self, view: View) -> None:
        starts = view.starts
        used = starts.whole & starts.mature & starts.rejected
        used &= (starts.written > view.day - WINDOW) & (starts.reject < len(DECIDED))
        used[used] &= view.plan_payer[starts.plan[used]] >= 0
        plan, product, written = starts.plan[used], starts.product[used], starts.written[used]
        self.payer: Integers = view.plan_payer[plan]
        self.barrier: Integers = starts.reject[used]
        self.unpaid: Floats = (starts.lost & (starts.barrier != COST))[used].astype(np.float64)
        rule = rules_of(view, view.policy_on(plan, product, written))
        # Which rules are asked for; tiers move what patients pay, not what a payer decides.
        kind = np.unique(np.column_stack([rule[:, [0, 1, 2, 4]], self.barrier]), axis=0, return_inverse=True)[1]
        account = rates(view).account_excess[starts.hcp[used]]
        period = _one_of((view.day - written) // PERIOD)[:, 1:]
        self.same: Floats = np.column_stack([_one_of(kind.ravel()), account, period])
        """[row, column]: one of the kinds of rules and barrier, how the account fares, one of the earlier periods."""


def _one_of(number: Integers) -> Floats:
    """[row, number]: 1 in the row's column."""
    return np.eye(int(number.max(initial=0)) + 1)[number]


def _slopes(rows: _Rejected, same: Floats, logit: Floats) -> Floats:
    """[barrier]: how much of a payer's number shows there; 1 for prior authorization, none below 0 or above 1.5."""
    by_barrier = np.eye(len(DECIDED))[rows.barrier]
    design = np.hstack([same, by_barrier * logit[rows.payer][:, None]])
    # Slopes are drawn towards 1, as strongly as a hundredth of a payer's spread would be.
    towards = np.concatenate([np.zeros(same.shape[1]), np.ones(len(DECIDED))])
    found, _ = logistic_regression(design, rows.unpaid, np.full(design.shape[1], FREE), towards)
    slope = found[same.shape[1] :]
    if slope[REFERENCE] <= 0:
        return np.ones(len(DECIDED))
    return np.asarray(np.clip(slope / slope[REFERENCE], 0.0, 1.5))
