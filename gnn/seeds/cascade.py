"""An independent cascade: who may make whom start, with what chance, and what a start of each is worth."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from gnn.view import Booleans, Floats, Integers

FOREVER = np.iinfo(np.int32).max


@dataclass(frozen=True, slots=True)
class Cascade:
    """In-edges of each node in compressed rows, ready for sampling backwards.

    Edges into ``node`` are ``pointer[node]:pointer[node + 1]``. ``chance`` [draw, edge] may hold several equally
    likely opinions on the chances. ``stride`` [draw, node] is -1 / log(1 - chance) where all edges into the node have
    one chance, else -1. ``worth`` [node] is the value of reaching a node. ``itself`` says whether a chosen node counts
    as reached; ``steps`` is over how many edges a cascade runs.
    """

    pointer: Integers
    source: NDArray[np.int32]
    chance: NDArray[np.float32]
    stride: NDArray[np.float32]
    worth: Floats
    itself: bool
    steps: int

    @classmethod
    def of(
        cls,
        source: Integers,
        target: Integers,
        chance: NDArray[np.floating],
        worth: Floats,
        *,
        itself: bool,
        steps: int = FOREVER,
    ) -> "Cascade":
        """From edges; ``chance`` is [edge] or [draw, edge]. Raise `ValueError` for what is no cascade."""
        chances = np.atleast_2d(np.asarray(chance, dtype=np.float32))
        nodes = len(worth)
        _check(source, target, chances, worth, steps)
        # An edge that never acts would only cost draws; who points at itself is there already.
        used = (chances > 0).any(axis=0) & (source != target)
        source, target, chances = source[used], target[used], chances[:, used]
        order = np.lexsort((source, target))
        pointer = np.zeros(nodes + 1, dtype=np.int64)
        np.cumsum(np.bincount(target, minlength=nodes), out=pointer[1:])
        chances = np.ascontiguousarray(chances[:, order])
        return cls(
            pointer,
            source[order].astype(np.int32),
            chances,
            _strides(pointer, chances),
            np.asarray(worth, dtype=np.float64),
            itself,
            steps,
        )

    @property
    def nodes(self) -> int:
        """How many nodes there are."""
        return len(self.worth)

    @property
    def draws(self) -> int:
        """How many opinions on the chances there are."""
        return len(self.chance)

    @property
    def roots(self) -> Booleans:
        """[node]: whether reaching it is worth anything and can be told from not choosing anybody."""
        return (self.worth > 0) & (self.itself | (np.diff(self.pointer) > 0))


def _check(source: Integers, target: Integers, chance: NDArray[np.float32], worth: Floats, steps: int) -> None:
    nodes = len(worth)
    if not len(source) == len(target) == chance.shape[1]:
        raise ValueError(f"{len(source)} sources, {len(target)} targets and {chance.shape[1]} chances: give as many")
    if len(source) and (min(source.min(), target.min()) < 0 or max(source.max(), target.max()) >= nodes):
        raise ValueError(f"an edge names a node outside 0 to {nodes - 1}")
    if not ((chance >= 0) & (chance <= 1)).all():
        raise ValueError("a chance is not between 0 and 1")
    if not (np.isfinite(worth) & (worth >= 0)).all():
        raise ValueError("what a node is worth is negative or no number")
    if steps < 1:
        raise ValueError(f"steps={steps}: a cascade runs at least one step")


def _strides(pointer: Integers, chance: NDArray[np.float32]) -> NDArray[np.float32]:
    """Mean distance to the next edge that acts, per draw and node; -1 where edges differ or skipping gains nothing."""
    nodes, edges = len(pointer) - 1, chance.shape[1]
    stride = np.full((len(chance), nodes), -1.0, dtype=np.float32)
    some = np.flatnonzero(np.diff(pointer) > 0)
    if not edges:
        return stride
    for draw, values in enumerate(chance):
        low = np.minimum.reduceat(values, pointer[some])
        high = np.maximum.reduceat(values, pointer[some])
        one = (low == high) & (low > 0) & (low < 1)
        stride[draw, some[one]] = -1.0 / np.log1p(-low[one].astype(np.float64))
    return stride
