"""A placebo: do peers who adopt in the very same window, too late to be a cause, go with an HCP's adoption too?

Without hidden likeness between peers they do not, once everything observed is held constant. Nobody is its own peer,
and so peers are drawn from a cell (region and window) without oneself: among residuals that sum to zero in a cell,
that alone makes peers look unlike. What a randomly chosen other one of the cell would show is taken out.
"""

import numpy as np
from scipy import sparse

from gnn.peer_effect.regression import Fit, Interval, by_cluster, quantile
from gnn.view import Floats, Integers, counted


def placebo(
    rest: Floats, weights: list[sparse.csr_matrix], rows: tuple[Integers, Integers], cell: Integers, cluster: Integers
) -> Fit:
    """Coefficient of the peers' residuals on one's own, at the same time.

    ``rest`` [rows] are residuals of adoption, ``rows`` the window and the HCP of each, ``weights`` the attention
    [hcp, peer] in each window, ``cell`` and ``cluster`` [rows] codes.
    """
    window, hcp = rows
    table = np.zeros((len(weights), weights[0].shape[0]))
    table[window, hcp] = rest
    cells = np.full(table.shape, -1)
    cells[window, hcp] = cell
    size = np.bincount(cell)
    peers = np.stack([matrix @ state for matrix, state in zip(weights, table, strict=True)])[window, hcp]
    same = np.stack([_attention_within(matrix, code) for matrix, code in zip(weights, cells, strict=True)])[window, hcp]
    alone = np.maximum(size[cell] - 1, 1)
    products = rest * (peers + same * rest / alone)
    square = peers**2
    value = float(products.sum() / square.sum())
    groups = by_cluster(products - value * square, cluster)
    count = len(groups)
    error = float(np.sqrt(count / (count - 1) * (groups @ groups)) / square.sum())
    reach = quantile(count) * error
    return Fit(value, error, Interval(value - reach, value + reach), value / error, len(rest) - 1)


def _attention_within(weights: sparse.csr_matrix, cell: Integers) -> Floats:
    """[hcp]: attention paid to peers at risk in the HCP's own cell."""
    at = weights.tocoo()
    inside = (cell[at.row] == cell[at.col]) & (cell[at.row] >= 0)
    return counted(weights.shape[0], at.row[inside], at.data[inside])
