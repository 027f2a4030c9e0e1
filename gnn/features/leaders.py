"""How much more an HCP is listened to than its ties say, from whom colleagues name and from scientific work.

A survey asks a sample of HCPs whom they turn to. Who is named more often than the attention of those asked would give
leads; who was hardly asked about, or not at all, is taken for average.
"""

import numpy as np
from scipy import sparse

from gnn.view import Booleans, Floats, View, counted

PRIOR = 0.7
"""Nominations that an average HCP is taken to have been expected and given: what pulls few towards the average."""
RECENT = 3 * 365
CERTAIN = 0.8
"""Score from which a match of a work to an HCP counts."""
ATTENTION = 15.0
"""Square root of shared patients, summed over ties, at which half of the attention goes to those in the file."""


def attention(view: View) -> sparse.csr_matrix:
    """[hcp, to whom it sends patients]: shares of attention, growing slowly with patients; rows sum to below 1."""
    weight = view.ties.copy()
    weight.data = np.sqrt(weight.data)
    total = np.asarray(weight.sum(axis=1)).ravel()
    return sparse.csr_matrix(sparse.diags(1.0 / (total + ATTENTION)) @ weight)


def nominations(view: View) -> Floats:
    """[hcp]: how often it was named, over how often the ties of those asked would have it named; 1 is average."""
    source = view.snapshot.reference("nomination", "source", "hcp")
    target = view.snapshot.reference("nomination", "target", "hcp")
    told = (source >= 0) & (target >= 0) & (source != target)
    named = counted(view.hcps, target[told])
    asked = counted(view.hcps, source[told])
    expected = np.asarray(attention(view).T @ asked)
    if not named.any():
        return np.ones(view.hcps)
    expected *= named.sum() / max(float(expected.sum()), 1e-9)
    return np.asarray((named + PRIOR) / (expected + PRIOR))


def works(view: View) -> Floats:
    """[hcp]: publications, trials and congresses of three years that are surely its own."""
    table = view.snapshot.tables["science"]
    hcp = view.snapshot.reference("science", "hcp", "hcp")
    counts: Booleans = (hcp >= 0) & (table["score"] >= CERTAIN) & (table["known_at"] > view.day - RECENT)
    return counted(view.hcps, hcp[counts])
