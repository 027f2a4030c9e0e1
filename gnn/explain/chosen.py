"""Whose reasons are stored: the highest of each territory. The others are computed on request."""

import numpy as np

from gnn.view import Booleans, Floats, Integers

STORED = 50


def highest(score: Floats, group: Integers, most: int = STORED) -> Booleans:
    """[row]: among the ``most`` highest of its group; of equal ones the earlier row. Those without a group are one."""
    order = np.lexsort((np.arange(len(score)), -score, group))
    _, first, count = np.unique(group[order], return_index=True, return_counts=True)
    found = np.zeros(len(score), dtype=bool)
    found[order] = np.arange(len(order)) - np.repeat(first, count) < most
    return found
