"""Which barrier stops the starts that are not dispensed: smoothed frequencies of the last barrier."""

import numpy as np

from gnn.features.rates import policy_began, rules
from gnn.view import Floats, View, counted
from graph.schema.therapy import BARRIERS

WINDOW = 365
SAVEABLE = [BARRIERS.index(name) for name in ("PA", "STEP", "LIMIT")]


def barrier_mix(view: View) -> Floats:
    """[plan, product, barrier]: shares that sum to 1 among mature lost starts since the policy in force began.

    Few starts are filled up from plans with the same rules for the product, and those from the product as a whole.
    """
    starts = view.starts
    used = starts.whole & starts.mature & starts.lost & (starts.written > view.day - WINDOW)
    product, plan, barrier = starts.product[used], starts.plan[used], starts.barrier[used]
    cells = view.plans * view.products
    cell = plan * view.products + product
    now = starts.written[used] >= policy_began(view)[plan, product]
    by_product = counted((view.products, len(BARRIERS)), (product, barrier)) + 0.5
    by_product /= by_product.sum(axis=1, keepdims=True)
    by_cell = counted((cells, len(BARRIERS)), (cell[now], barrier[now]))
    of_product = np.tile(np.arange(view.products), view.plans)
    kind = np.unique(np.column_stack([rules(view).reshape(cells, -1), of_product]), axis=0, return_inverse=True)[1]
    kind = kind.ravel()
    alike = np.zeros((int(kind.max(initial=-1)) + 1, len(BARRIERS)))
    np.add.at(alike, kind, by_cell)
    filled = alike[kind] + 10.0 * by_product[of_product]
    filled /= filled.sum(axis=1, keepdims=True)
    mix = by_cell + 8.0 * filled
    mix /= mix.sum(axis=1, keepdims=True)
    return np.asarray(mix.reshape(view.plans, view.products, len(BARRIERS)))
