"""The highest of each group; whose reasons are stored. The others are computed on request."""

from collections.abc import Collection

import numpy as np

from gnn.levels import territory_of
from gnn.view import Booleans, Floats, Integers, View

STORED = 50


def highest(score: Floats | Integers, group: Integers, most: int = STORED) -> Booleans:
    """[row]: among the ``most`` highest of its group; of equal ones the earlier row. Those without a group are one."""
    order = np.lexsort((np.arange(len(score)), -score, group))
    _, first, count = np.unique(group[order], return_index=True, return_counts=True)
    found = np.zeros(len(score), dtype=bool)
    found[order] = np.arange(len(order)) - np.repeat(first, count) < most
    return found


def wanted(view: View, score: Floats, hcp: Integers, product: Integers, only: Collection[str] | None) -> Booleans:
    """[row]: whose reasons are asked for: HCPs by the ids in ``only``, or else the highest by territory and product."""
    if only is None:
        return highest(score, territory_of(view)[hcp] * view.products + product)
    return np.isin(view.snapshot.column("hcp", "id")[hcp], list(only))
