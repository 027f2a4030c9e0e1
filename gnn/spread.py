"""How far a group's rate of lost starts may lie from the predicted one.

Rates of plans, accounts, territories and HCPs scatter around what is expected of them from outside: of a plan by its
rules and its payer, of the others by plan and product. A year of starts tells how much: as a beta with that mean and a
concentration a, one per level. With n of its own starts seen, a group's rate is known as well as a beta of
concentration a + n says, because beta and binomial are conjugate.

A window after training could not tell the same: a few starts per account hide any spread behind their own chance. Of
payers and cohort segments it tells more: they have many, and what the model gets wrong of all plans at once, which no
start of a group's own makes smaller, shows there alone (`gnn/fit_intervals.py`).
"""

from collections.abc import Mapping

import numpy as np

from gnn.features.rates import WINDOW, policy_began, rates
from gnn.interval import Groups, fit_concentration
from gnn.levels import account_of, territory_of
from gnn.view import Floats, Integers, View, counted

SHARED = ("plan", "account", "territory")
"""Levels whose starts share something that is not known, by group and product."""


class Spread:
    """Concentrations of the rates of all groups on one snapshot."""

    def __init__(self, view: View, prior: Mapping[str, float]) -> None:
        """``prior`` gives the concentration per level before any start of a group is seen."""
        seen = _Seen(view)
        self._account, self._prior = account_of(view), prior
        self._written = seen.by_hcp
        self.of: dict[str, Floats] = {level: prior[level] + seen.starts(level) for level in SHARED}
        """Per level [group, product]."""

    def sure(self, level: str, group: int, product: int) -> float:
        """The concentration of the rate of one group."""
        return float(self.of[level][group, product]) if level in self.of else self._prior[level]

    def of_rows(self, hcp: Integers, product: Integers, plan: Integers) -> Floats:
        """[row]: the errors of its plan, its account and its HCP, taken as independent: their variances add.

        An HCP scatters as HCPs do at all, less what accounts do: that is counted with its account.
        """
        account = self._account[hcp]
        variance = 1.0 / (self.of["plan"][plan, product] + 1.0)
        known = account >= 0
        variance[known] += 1.0 / (self.of["account"][account[known], product[known]] + 1.0)
        own = 1.0 / (self._prior["hcp"] + 1.0) - known / (self._prior["account"] + 1.0)
        variance += 1.0 / (1.0 / np.maximum(own, 1e-9) + self._written[hcp])
        return np.maximum(1.0 / variance - 1.0, 1.0)


def fit_spread(view: View) -> dict[str, float]:
    """Per level the concentration with which rates of groups scatter around what is expected from outside."""
    seen = _Seen(view)
    return {level: fit_concentration(seen.groups(level)) for level in (*SHARED, "hcp")}


class _Seen:
    """Mature starts of the last year, under the policy in force where that matters."""

    def __init__(self, view: View) -> None:
        self.view = view
        starts = view.starts
        used = starts.whole & starts.mature
        used &= starts.written > view.day - WINDOW
        self.product, self.plan, self.lost = starts.product[used], starts.plan[used], starts.lost[used]
        now = starts.written[used] >= policy_began(view)[self.plan, self.product]
        hcp = starts.hcp[used]
        self._size = {
            "plan": view.plans,
            "account": view.accounts,
            "territory": view.territories,
        }
        self._group = {
            "plan": np.where(now, self.plan, -1),
            "account": account_of(view)[hcp],
            "territory": territory_of(view)[hcp],
            "hcp": hcp,
        }
        self.by_hcp = counted(view.hcps, hcp)

    def starts(self, level: str) -> Floats:
        """[group, product]: how many were seen."""
        group, kept = self._group[level], self._group[level] >= 0
        return counted((self._size[level], self.view.products), (group[kept], self.product[kept]))

    def groups(self, level: str) -> Groups:
        """The starts of each group and product, or of each HCP, beside the rate expected of them from outside."""
        group = self._group[level]
        key = group if level == "hcp" else np.where(group >= 0, group * self.view.products + self.product, -1)
        return Groups.of(key, self.lost.astype(np.float64), self._expected(level)[self.plan, self.product])

    def _expected(self, level: str) -> Floats:
        """[plan, product]."""
        found = rates(self.view)
        return found.outside if level == "plan" else found.since
