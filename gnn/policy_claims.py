"""What policies say beside what claims show: where plans lose more or fewer starts than their rules lead to expect."""

from collections.abc import Collection
from dataclasses import dataclass

import numpy as np

from gnn.expected import expected_starts
from gnn.features.matrix import smoothed
from gnn.features.rates import BY_PRODUCT, WINDOW, alike, policy_began
from gnn.roll_ups import choose_roll_ups
from gnn.view import Floats, View, counted
from graph.disclosure.table import is_small


@dataclass(frozen=True, slots=True)
class Gap:
    """One plan and product, by row numbers; rates are shares of mature starts that were not dispensed.

    ``says`` is the rate under all policies with the same rules for the product, of plans that may be told, ``shows``
    the plan's own since its policy began, over ``starts`` of the last year.
    """

    plan: int
    product: int
    says: float
    shows: float
    starts: int

    @property
    def gap(self) -> float:
        """Positive where claims show more friction than the policy says."""
        return self.shows - self.says


def policy_claims(view: View, withholding: Collection[str] = ()) -> list[Gap]:
    """All that may be told, the widest gap first: no count of starts from 1 to 10 can be read from a rate.

    Prescribers whose ids are in ``withholding`` are left out, as in roll-ups, and so are plans that those do not tell.
    """
    starts = view.starts
    used = starts.whole & starts.mature
    used &= starts.written > view.day - WINDOW
    hcp, product, plan, lost = starts.hcp[used], starts.product[used], starts.plan[used], starts.lost[used]
    cells = expected_starts(view)
    row = cells.rows_of(view, hcp, product, plan)
    left_out = np.isin(view.snapshot.column("hcp", "id"), list(withholding))
    told = choose_roll_ups(view, cells, np.bincount(row, minlength=len(cells.hcp)), left_out).plan[row]
    now = told & (starts.written[used] >= policy_began(view)[plan, product])
    shape = (view.plans, view.products)
    seen, events = (counted(shape, (plan[rows], product[rows])).astype(np.int64) for rows in (now, now & lost))
    known = (seen > 0) & ~is_small(events) & ~is_small(seen - events)
    # Of told plans alone: with the others among them, their few starts would be the difference.
    says = _says(view, np.where(known, events, 0.0), np.where(known, seen, 0.0))
    found = [
        Gap(
            plan,
            product,
            float(says[plan, product]),
            float(events[plan, product] / seen[plan, product]),
            int(seen[plan, product]),
        )
        for plan, product in np.argwhere(known).tolist()
    ]
    return sorted(found, key=lambda one: (-abs(one.gap), one.plan, one.product))


def _says(view: View, events: Floats, seen: Floats) -> Floats:
    """[plan, product]: the rate of a plan's rules, from the lost and all starts of each plan and product."""
    overall = (events.sum() + 1.0) / (seen.sum() + 2.0)
    by_product = np.asarray(smoothed(events.sum(axis=0), seen.sum(axis=0), overall, BY_PRODUCT))
    return alike(view, events, seen, by_product)
