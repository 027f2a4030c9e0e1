"""Weighted PageRank, on the shared-patient ties of a snapshot as of its day."""

import numpy as np
from scipy import sparse

from gnn.view import Floats, View, row_normalised


def pagerank(view: View) -> Floats:
    """[hcp]: PageRank scaled to mean 1, with the same fixed number of iterations for every snapshot."""
    return pagerank_of(view.ties)


def pagerank_of(ties: sparse.csr_matrix, damping: float = 0.85, iterations: int = 60) -> Floats:
    """[node]: PageRank scaled to mean 1 over weights [from, to]."""
    count = ties.shape[0]
    if count == 0:
        return np.zeros(0)
    step = sparse.csr_matrix(row_normalised(ties).T)
    dangling = np.asarray(ties.sum(axis=1)).ravel() == 0
    rank = np.full(count, 1.0 / count)
    for _ in range(iterations):
        rank = (1 - damping) / count + damping * (step @ rank + rank[dangling].sum() / count)
    return np.asarray(rank * count)
