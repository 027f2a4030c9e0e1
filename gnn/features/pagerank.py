"""Weighted PageRank on the shared-patient ties of a snapshot, as of its day."""

import numpy as np
from scipy import sparse

from gnn.view import Floats, View, row_normalised


def pagerank(view: View, damping: float = 0.85, iterations: int = 60) -> Floats:
    """[hcp]: PageRank scaled to mean 1, with the same fixed number of iterations for every snapshot."""
    count = view.hcps
    if count == 0:
        return np.zeros(0)
    step = sparse.csr_matrix(row_normalised(view.ties).T)
    dangling = np.asarray(view.ties.sum(axis=1)).ravel() == 0
    rank = np.full(count, 1.0 / count)
    for _ in range(iterations):
        rank = (1 - damping) / count + damping * (step @ rank + rank[dangling].sum() / count)
    return np.asarray(rank * count)
