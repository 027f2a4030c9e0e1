"""The placebo is zero on average where nobody's adoption goes with its peers' in the same window."""

import itertools

import numpy as np
import pytest
from scipy import sparse

from gnn.peer_effect.placebo import placebo

RING = sparse.csr_matrix(np.roll(np.eye(5), 1, axis=1))
ROWS = (np.zeros(5, dtype=np.int64), np.arange(5))


def test_over_all_assignments_within_a_cell_it_is_exactly_zero():
    # given residuals that sum to zero, as a level per cell leaves them: peers look unlike by that alone
    rest = np.array([0.9, -0.1, -0.2, -0.3, -0.3])

    # when everybody is in turn everywhere in a ring in which each looks at the next
    found = [
        placebo(rest[list(order)], [RING], ROWS, np.zeros(5, dtype=np.int64), np.arange(5)).value
        for order in itertools.permutations(range(5))
    ]

    # then
    assert np.mean(found) == pytest.approx(0.0, abs=1e-12)
    plain = [
        rest[list(order)] @ (RING @ rest[list(order)]) / (rest @ rest) for order in itertools.permutations(range(5))
    ]
    assert np.mean(plain) == pytest.approx(-0.25)


def test_nothing_is_taken_out_between_cells():
    # given each in a cell of its own
    rest = np.array([0.9, -0.1, -0.2, -0.3, -0.3])

    # when
    found = placebo(rest, [RING], ROWS, np.arange(5), np.arange(5))

    # then
    assert found.value == pytest.approx(rest @ (RING @ rest) / (rest @ rest))


def test_pairs_that_go_together_are_found():
    # given 200 pairs who look at each other and half of whose residuals is common
    random = np.random.default_rng(2)
    common = np.repeat(random.normal(size=200), 2)
    rest = common + random.normal(size=400)
    partner = np.arange(400) ^ 1
    ties = sparse.csr_matrix((np.ones(400), (np.arange(400), partner)), (400, 400))

    # when
    rows = (np.zeros(400, dtype=np.int64), np.arange(400))
    found = placebo(rest - rest.mean(), [ties], rows, np.zeros(400, dtype=np.int64), np.arange(400) // 2)

    # then
    assert found.interval.contains(0.5)
    assert found.interval.low > 0.3
