"""Starts expected in the next 28 days, per HCP, product and plan, from recent starts with shrinkage."""

from dataclasses import dataclass

import numpy as np

from gnn.view import Floats, Integers, View, counted

HORIZON = 28
WINDOW = 112
LAG = 21
"""Days left out before the snapshot's day: their claims are still arriving."""
PRIOR_WINDOWS = 1.0
"""Weight of the average HCP, in windows of 28 days."""


@dataclass(frozen=True, slots=True)
class Expected:
    """One row per HCP, product and plan with a start known, in that order: ``expected`` starts, ``known`` so far."""

    hcp: Integers
    product: Integers
    plan: Integers
    expected: Floats
    known: Integers

    def rows_of(self, view: View, hcp: Integers, product: Integers, plan: Integers) -> Integers:
        """Rows of the given cells, each of which has one."""
        rows = (self.hcp * view.products + self.product) * view.plans + self.plan
        found: Integers = np.searchsorted(rows, (hcp * view.products + product) * view.plans + plan)
        return found


def expected_starts(view: View) -> Expected:
    """The rate of each HCP and product over recent weeks, split by its plans as it wrote under them."""
    starts = view.starts
    whole = (starts.hcp >= 0) & (starts.product >= 0) & (starts.plan >= 0)
    hcp, product, plan = starts.hcp[whole], starts.product[whole], starts.plan[whole]
    written = starts.written[whole]
    shape = (view.hcps, view.products)
    recent = (written > view.day - LAG - WINDOW) & (written <= view.day - LAG)
    days = max(1, min(WINDOW, view.day - LAG - view.first_written))
    windows = days / HORIZON
    seen = counted(shape, (hcp[recent], product[recent]))
    active = counted(shape, (hcp, product)) > 0
    # An HCP is compared with those that write the product at all.
    average = seen.sum(axis=0) / np.maximum(active.sum(axis=0), 1) / windows
    rate = (seen + PRIOR_WINDOWS * average) / (windows + PRIOR_WINDOWS) * active
    key, first, count = np.unique(
        (hcp * view.products + product) * view.plans + plan, return_index=True, return_counts=True
    )
    hcp, product, plan = hcp[first], product[first], plan[first]
    pair = hcp * view.products + product
    share = count / np.bincount(pair, count, minlength=view.hcps * view.products)[pair]
    return Expected(hcp, product, plan, rate[hcp, product] * share, count) if len(key) else _none()


def _none() -> Expected:
    empty = np.zeros(0, dtype=np.int64)
    return Expected(empty, empty, empty, np.zeros(0), empty)
