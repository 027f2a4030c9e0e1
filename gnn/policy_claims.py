"""What policies say beside what claims show: where plans lose more or fewer starts than others with their rules."""

from collections.abc import Collection
from dataclasses import dataclass

import numpy as np

from gnn.expected import expected_starts
from gnn.features.matrix import smoothed
from gnn.features.rates import BY_PRODUCT, alike_plans
from gnn.roll_ups import choose_roll_ups
from gnn.told_starts import ToldStarts
from gnn.view import View, counted

NORMAL_90 = 1.645
BY_RULES = 15.0
"""Starts of the product's average that the rate of a plan's rules is smoothed with."""


@dataclass(frozen=True, slots=True)
class Gap:
    """One plan and product, by row numbers; rates are shares of mature starts that were not dispensed.

    ``shows`` is the plan's own since its policy began, over ``starts`` of the last year. ``says`` is that of other
    plans that may be told under policies with the same rules for the product, None where there are none. ``low`` and
    ``high`` are the 90 % interval of the gap, by what chance does to both rates.
    """

    plan: int
    product: int
    starts: int
    shows: float
    says: float | None = None
    low: float | None = None
    high: float | None = None

    @property
    def gap(self) -> float | None:
        """Positive where claims show more friction than the policy says."""
        return None if self.says is None else self.shows - self.says

    @property
    def surely(self) -> float:
        """How far from zero the nearer end of the interval is; negative where zero lies inside."""
        return -np.inf if self.low is None or self.high is None else max(self.low, -self.high)


def policy_claims(view: View, withholding: Collection[str] = ()) -> list[Gap]:
    """All that may be told, the surest gap first: no count of starts from 1 to 10 can be read from a rate.

    Prescribers whose ids are in ``withholding`` are left out, as in roll-ups, and so are plans that those do not tell.
    """
    starts, cells = view.starts, expected_starts(view)
    used = starts.whole & starts.mature
    row = cells.rows_of(view, starts.hcp[used], starts.product[used], starts.plan[used])
    left_out = np.isin(view.snapshot.column("hcp", "id"), list(withholding))
    told = choose_roll_ups(view, cells, np.bincount(row, minlength=len(cells.hcp)), left_out)
    return gaps_of(view, ToldStarts(view, cells, told))


def gaps_of(view: View, told: ToldStarts) -> list[Gap]:
    """The same from what may be counted."""
    shape = (view.plans, view.products)
    clear = told.clear(told.plans).reshape(shape)
    # Of told plans alone: with the others among them, their few starts would be the difference.
    count = np.where(clear, told.plans.starts.reshape(shape), 0).astype(np.float64)
    lost = np.where(clear, told.plans.lost.sum(axis=1).reshape(shape), 0).astype(np.float64)
    # Everything a plan is held against is without its own starts; [plan, product].
    rules = alike_plans(view)
    kinds = int(rules.max(initial=-1)) + 1
    others = counted(kinds, rules.ravel(), count.ravel())[rules] - count
    overall = (lost.sum() - lost + 1.0) / (count.sum() - count + 2.0)
    usual = smoothed(lost.sum(axis=0) - lost, count.sum(axis=0) - count, overall, BY_PRODUCT)
    says = np.asarray(smoothed(counted(kinds, rules.ravel(), lost.ravel())[rules] - lost, others, usual, BY_RULES))
    found = []
    for plan, product in np.argwhere(clear).tolist():
        cell = plan, product
        starts, shows = int(count[cell]), float(lost[cell] / count[cell])
        if others[cell] == 0:
            found.append(Gap(plan, product, starts, shows))
        else:
            said = float(says[cell])
            ends = difference(shows, starts, said, float(others[cell]) + BY_RULES)
            found.append(Gap(plan, product, starts, shows, said, *ends))
    return sorted(found, key=lambda one: (-one.surely, one.plan, one.product))


def difference(first: float, starts: float, second: float, others: float) -> tuple[float, float]:
    """Newcombe's 90 % interval of what one rate is above another, of so many starts each."""
    (low, high), (least, most) = _interval(first, starts), _interval(second, others)
    gap = first - second
    return gap - float(np.hypot(first - low, most - second)), gap + float(np.hypot(high - first, second - least))


def _interval(rate: float, trials: float) -> tuple[float, float]:
    """Wilson's 90 % interval of a rate."""
    square = NORMAL_90**2 / trials
    middle = (rate + square / 2) / (1 + square)
    half = NORMAL_90 * np.sqrt(rate * (1 - rate) / trials + square / (4 * trials)) / (1 + square)
    return float(middle - half), float(middle + half)
