"""Reasons are stored for the highest of each group."""

import numpy as np

from gnn.explain.chosen import highest


def test_the_highest_of_each_group_and_of_equals_the_first():
    score = np.array([0.1, 0.9, 0.5, 0.5, 0.5, 0.2, 0.3])
    group = np.array([0, 0, 1, 1, 1, -1, -1])
    assert highest(score, group, 2).tolist() == [True, True, True, True, False, True, True]
    assert highest(score, group, 1).tolist() == [False, True, True, False, False, False, True]


def test_nobody_is_chosen_of_none():
    assert highest(np.zeros(0), np.zeros(0, dtype=np.int64)).tolist() == []
