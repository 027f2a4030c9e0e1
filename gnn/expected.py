"""Starts expected in the next 28 days, per HCP, product and plan, from recent starts with shrinkage."""

from dataclasses import dataclass

import numpy as np

from gnn.levels import territory_of
from gnn.view import Floats, Integers, View, counted

HORIZON = 28
WINDOW = 196
LAG = 21
"""Days left out before the snapshot's day: their claims are still arriving."""
PRIOR_WINDOWS = 2.0
"""Weight of the average HCP, in windows of 28 days."""
PRIOR_STARTS = 3.0
"""Weight of the territory's mix of plans, in starts."""


@dataclass(frozen=True, slots=True)
class Expected:
    """One row per HCP, product it has written and plan it has written under, in that order.

    ``expected`` starts of the next 28 days, ``known`` starts so far (0 under plans met with other products only).
    ``rate`` is the HCP's with the product over all plans. The weights say how sure rate and mix are: starts that the
    rate rests on, and starts that the split over plans rests on, those of the priors among them.
    """

    hcp: Integers
    product: Integers
    plan: Integers
    expected: Floats
    known: Integers
    rate: Floats
    rate_weight: Floats
    mix_weight: Floats

    def rows_of(self, view: View, hcp: Integers, product: Integers, plan: Integers) -> Integers:
        """Rows of the given cells, each of which has one."""
        rows = (self.hcp * view.products + self.product) * view.plans + self.plan
        found: Integers = np.searchsorted(rows, (hcp * view.products + product) * view.plans + plan)
        return found

    def mean(self, inside: Integers, value: Floats) -> float:
        """Mean of ``value`` [row inside], weighted by expected starts."""
        return float(np.average(value, weights=self.expected[inside]))

    def variance_of_mean(self, inside: Integers, value: Floats) -> float:
        """How much `mean` may be off because who writes how much, under which plans, is itself an estimate.

        To first order; rates as gamma, mixes as Dirichlet, each with its weight.
        """
        expected, rate = self.expected[inside], self.rate[inside]
        off = value - self.mean(inside, value)
        share = expected / rate
        of_mix = (rate**2 * share * (1 - share) / (self.mix_weight[inside] + 1) * off**2).sum()
        _, first, person = np.unique(self.hcp[inside], return_index=True, return_inverse=True)
        of_rates = (np.bincount(person, expected * off) ** 2 / self.rate_weight[inside][first]).sum()
        return float((of_mix + of_rates) / expected.sum() ** 2)


def expected_starts(view: View) -> Expected:
    """The rate of each HCP and product over recent months, split by the plans of its patients of all products.

    A new prescriber counts from the day after its first start. Mixes lean towards that of the territory. Computed once
    for each view of a snapshot.
    """
    return view.once(_expected)


def _expected(view: View) -> Expected:
    starts = view.starts
    whole = starts.whole
    hcp, product, plan = starts.hcp[whole], starts.product[whole], starts.plan[whole]
    if not len(hcp):
        return _none()
    rate, weight = _rates(view, hcp, product, starts.written[whole])
    person, met, share, sure = _mixes(view, hcp, plan)
    # [row]: every product of an HCP under every plan of that HCP.
    pair = np.unique(hcp * view.products + product)
    plans = np.bincount(person, minlength=view.hcps)
    first = np.concatenate([[0], np.cumsum(plans)[:-1]])
    count = plans[pair // view.products]
    pair = np.repeat(pair, count)
    inside = np.arange(len(pair)) - np.repeat(np.cumsum(count) - count, count)
    cell = first[pair // view.products] + inside
    by_hcp, by_product = np.divmod(pair, view.products)
    known = _counts(view, (hcp, product, plan), (by_hcp, by_product, met[cell]))
    usual = rate[by_hcp, by_product]
    return Expected(
        by_hcp, by_product, met[cell], usual * share[cell], known, usual, weight[by_hcp, by_product], sure[cell]
    )


def _rates(view: View, hcp: Integers, product: Integers, written: Integers) -> tuple[Floats, Floats]:
    """[hcp, product]: starts per 28 days, and how many starts that rests on."""
    shape = (view.hcps, view.products)
    first = np.full(shape, np.iinfo(np.int64).max)
    np.minimum.at(first, (hcp, product), written)
    end = view.day - LAG
    begin = np.maximum(first, max(end - WINDOW, view.first_written - 1))
    windows = np.maximum(end - begin, 0) / HORIZON
    counts = (written > begin[hcp, product]) & (written <= end)
    seen = counted(shape, (hcp[counts], product[counts]))
    # An HCP is compared with those that write the product at all.
    average = np.maximum(seen.sum(axis=0) / np.maximum(windows.sum(axis=0), 1e-9), 1e-6)
    weight = seen + PRIOR_WINDOWS * average
    return weight / (windows + PRIOR_WINDOWS), weight


def _mixes(view: View, hcp: Integers, plan: Integers) -> tuple[Integers, Integers, Floats, Floats]:
    """Per HCP and plan that it wrote under, in that order: HCP, plan, share of its starts, what the shares rest on."""
    territory = territory_of(view)
    there = counted((view.territories + 1, view.plans), (territory[hcp], plan))
    there /= np.maximum(there.sum(axis=1, keepdims=True), 1)
    key, count = np.unique(hcp * view.plans + plan, return_counts=True)
    person, met = np.divmod(key, view.plans)
    weight = count + PRIOR_STARTS * there[territory[person], met]
    total = counted(view.hcps, person, weight)[person]
    return person, met, weight / total, total


def _counts(view: View, starts: tuple[Integers, ...], rows: tuple[Integers, ...]) -> Integers:
    """[row]: starts with the row's HCP, product and plan."""

    def code(hcp: Integers, product: Integers, plan: Integers) -> Integers:
        return (hcp * view.products + product) * view.plans + plan

    place = np.searchsorted(code(*rows), code(*starts))
    return np.bincount(place, minlength=len(rows[0]))


def _none() -> Expected:
    empty, nothing = np.zeros(0, dtype=np.int64), np.zeros(0)
    return Expected(empty, empty, empty, nothing, empty, nothing, nothing, nothing)
