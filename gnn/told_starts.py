"""Mature starts of the last year that may be counted in words: of plans under the policy in force, accounts and HCPs.

It is the time that rates of the model look at. Beside each count stands `evidenceStarts`, of all time, so a count is
told only where the starts before it are none or enough, too.
"""

from dataclasses import dataclass

import numpy as np

from gnn.expected import Expected
from gnn.features.rates import WINDOW, Met, PlanRates, plan_rates, policy_began
from gnn.levels import account_of
from gnn.roll_ups import RollUps
from gnn.view import Booleans, Floats, Integers, View, counted
from graph.disclosure.table import is_small
from graph.schema.therapy import BARRIERS


@dataclass(frozen=True, slots=True)
class Counts:
    """Of each group: starts, those lost by barrier, [group, barrier], and the share that is expected to be lost.

    ``expected`` is not a number where nothing is compared. ``tellable``: the starts may be told.
    """

    starts: Integers
    lost: Integers
    expected: Floats
    tellable: Booleans


class ToldStarts:
    """Counts of a view; starts count where the roll-up of their plan or account may be told."""

    def __init__(self, view: View, cells: Expected, told: RollUps) -> None:
        self._view = view
        starts = view.starts
        used = starts.whole & starts.mature
        self._hcp, self._product, self._plan = starts.hcp[used], starts.product[used], starts.plan[used]
        self._lost, self._barrier = starts.lost[used], starts.barrier[used]
        self._year = starts.written[used] > view.day - WINDOW
        self._now = self._year & (starts.written[used] >= policy_began(view)[self._plan, self._product])
        row = cells.rows_of(view, self._hcp, self._product, self._plan)
        self._plan_told, self._account_told = told.plan[row], told.account[row]
        self.plans = self._plans()
        self.rates = self._rates()

    def clear(self, plans: Counts) -> Booleans:
        """[group]: neither what was lost nor what was dispensed, nor what came before, is 1 to 10 starts."""
        lost = plans.lost.sum(axis=1)
        return plans.tellable & (plans.starts > 0) & ~is_small(lost) & ~is_small(plans.starts - lost)

    def accounts(self) -> Counts:
        """[account], of all products: what its prescribers wrote."""
        at = account_of(self._view)[self._hcp]
        found = self._people(at, self._account_told, self._view.accounts)
        # All accounts beside all plans: what no account tells is a rest like any other.
        rest = int((self._year & self._plan_told).sum() - found.starts.sum())
        if is_small(np.array(abs(rest))):
            found.tellable[:] = False
        return found

    def hcps(self) -> Counts:
        """[hcp], of all products; who reads of single prescribers sees all of their counts."""
        found = self._people(self._hcp, np.ones(len(self._hcp), dtype=bool), self._view.hcps)
        found.tellable[:] = True
        return found

    def _plans(self) -> Counts:
        """[plan x product]: since the policy in force began."""
        group = self._plan * self._view.products + self._product
        size = self._view.plans * self._view.products
        return self._counts(group, size, self._plan_told, self._now, np.full(len(group), np.nan))

    def _people(self, group: Integers, told: Booleans, size: int) -> Counts:
        expected = self.rates.expected(self._plan, self._product, self._now)
        return self._counts(group, size, told, self._year, expected)

    def _counts(self, group: Integers, size: int, told: Booleans, recent: Booleans, expected: Floats) -> Counts:
        kept = told & recent
        starts = counted(size, group[kept]).astype(np.int64)
        lost = counted((size, len(BARRIERS)), (group[kept & self._lost], self._barrier[kept & self._lost]))
        mean = np.full(size, np.nan)
        some = starts > 0
        mean[some] = counted(size, group[kept], expected[kept])[some] / starts[some]
        before = counted(size, group[told]).astype(np.int64) - starts
        return Counts(starts, lost.astype(np.int64), mean, ~is_small(before))

    def _rates(self) -> PlanRates:
        """What told counts lead to expect: with the others among them, their few starts would be the difference."""
        view, group = self._view, self._plan * self._view.products + self._product
        size = view.plans * view.products
        earlier = self._counts(group, size, self._plan_told, self._year & ~self._now, np.full(len(group), np.nan))
        tables = [
            np.where(self.clear(counts), values, 0).astype(np.float64).reshape(view.plans, view.products)
            for counts in (self.plans, earlier)
            for values in (counts.starts, counts.lost.sum(axis=1))
        ]
        return plan_rates(view, Met(*tables))
