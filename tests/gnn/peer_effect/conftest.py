"""A course of four HCPs that can be checked by hand."""

import numpy as np
import pytest
from scipy import sparse

from gnn.peer_effect import panel
from gnn.peer_effect.course import Course, Lottery


@pytest.fixture
def small_course(monkeypatch):
    """Three windows; HCP 0 adopts in window 0, 1 in window 1, 2 and 3 not at all.

    0 looks at 1, 1 at 0 and 2 (three times as much at 2), 2 at 0, and 3 at nobody. All four were drawn in window 0.
    """
    monkeypatch.setattr(panel, "FEWEST_EVENTS", 1)
    ties = sparse.csr_matrix((np.array([1.0, 1.0, 3.0, 2.0]), (np.array([0, 1, 1, 2]), np.array([1, 0, 2, 0]))), (4, 4))
    odds = np.array([0.3, 0.4, 0.5, 0.6])
    surprise, variance = np.zeros((2, 3, 4))
    surprise[0], variance[0] = np.array([1, 0, 1, 0]) - odds, odds * (1 - odds)
    return Course(
        ties={"looks at": ties},
        since=np.array([0, 1, 3, 3]),
        covariates=np.arange(12.0).reshape(3, 4, 1),
        names=("size",),
        groups=("practice",),
        specialty=np.zeros(4, dtype=np.int64),
        region=np.array([0, 0, 1, 1]),
        lottery=Lottery(surprise, variance),
    )
