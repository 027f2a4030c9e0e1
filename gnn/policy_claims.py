"""What policies say beside what claims show: where plans lose more or fewer starts than their rules lead to expect."""

from collections.abc import Collection
from dataclasses import dataclass

import numpy as np

from gnn.expected import expected_starts
from gnn.features.rates import WINDOW, policy_began, rates
from gnn.roll_ups import choose_roll_ups
from gnn.view import View, counted
from graph.disclosure.table import is_small


@dataclass(frozen=True, slots=True)
class Gap:
    """One plan and product, by row numbers; rates are shares of mature starts that were not dispensed.

    ``says`` is the rate under all policies with the same rules for the product, ``shows`` the plan's own since its
    policy began, over ``starts`` of the last year.
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
    seen, gone = (counted(shape, (plan[rows], product[rows])).astype(np.int64) for rows in (now, now & lost))
    says = rates(view).alike
    found = []
    for where, what in np.argwhere((seen > 0) & ~is_small(gone) & ~is_small(seen - gone)).tolist():
        count = int(seen[where, what])
        found.append(Gap(where, what, float(says[where, what]), float(gone[where, what]) / count, count))
    return sorted(found, key=lambda one: (-abs(one.gap), one.plan, one.product))
