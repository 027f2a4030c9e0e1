"""How far a share seen in a sample may lie from the true one: the martingale bounds of OPIM-C.

Tang, Tang, Xiao, Yuan: Online Processing Algorithms for Influence Maximization, SIGMOD 2018, lemma 4.2 and 4.3.
"""

from math import log, sqrt


def share_at_least(covered: float, drawn: int, failure: float) -> float:
    """A share that the true one falls below with at most this chance of ``failure``."""
    a = log(1.0 / failure)
    root = max(0.0, sqrt(covered + 2.0 * a / 9.0) - sqrt(a / 2.0))
    return max(0.0, (root * root - a / 18.0) / drawn)


def share_at_most(covered: float, drawn: int, failure: float) -> float:
    """A share that the true one exceeds with at most this chance of ``failure``."""
    a = log(1.0 / failure)
    root = sqrt(covered + a / 2.0) + sqrt(a / 2.0)
    return min(1.0, root * root / drawn)


def allowed_failure(failure: float, level: int) -> float:
    """The part of ``failure`` spent on the answer after ``level`` doublings; over all levels the parts sum to it."""
    return failure / ((level + 1) * (level + 2))
