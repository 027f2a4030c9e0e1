"""Reverse-reachable sets: for a root drawn by its worth, all whose choice would have reached it in one drawn world."""

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from gnn.seeds.cascade import Cascade
from gnn.seeds.compiled import compiled
from gnn.view import Floats, Integers

Members = NDArray[np.int32]


@dataclass(frozen=True, slots=True)
class Sketch:
    """``drawn`` sets, of which those that are not empty are kept: ``members[ends[i - 1]:ends[i]]``.

    ``root`` and ``draw`` [set] say where each began and on which opinion.
    """

    drawn: int
    members: Members
    ends: Integers
    root: Members
    draw: Members

    @classmethod
    def empty(cls) -> "Sketch":
        """Nothing drawn yet."""
        none = np.zeros(0, dtype=np.int32)
        return cls(0, none, np.zeros(0, dtype=np.int64), none, none)

    def joined(self, other: "Sketch") -> "Sketch":
        """Both, this one's sets first."""
        return Sketch(
            self.drawn + other.drawn,
            np.concatenate([self.members, other.members]),
            np.concatenate([self.ends, other.ends + len(self.members)]),
            np.concatenate([self.root, other.root]),
            np.concatenate([self.draw, other.draw]),
        )


class Sampler:
    """Draws sets of one cascade; the same seed gives the same sets."""

    def __init__(self, cascade: Cascade, seed: np.random.SeedSequence) -> None:
        self._cascade = cascade
        self._generator = np.random.Generator(np.random.PCG64(seed))
        self._roots = np.flatnonzero(cascade.roots).astype(np.int32)
        share = np.cumsum(cascade.worth[self._roots])
        self._share = share / share[-1] if len(share) else share
        # Where in the shares to begin to look: a table as long as they are leaves one or two to compare.
        self._guide = np.searchsorted(self._share, np.arange(len(share)) / max(len(share), 1)).astype(np.int32)
        self._stamp = np.zeros(cascade.nodes, dtype=np.int32)
        self._epoch = 0

    def draw(self, count: int) -> Sketch:
        """``count`` more sets."""
        if not len(self._roots):
            return replace(Sketch.empty(), drawn=count)
        cascade = self._cascade
        members, ends, root, draw = draw_sets(
            self._generator, count, cascade.pointer, cascade.source, cascade.chance, cascade.stride,
            self._roots, self._share, self._guide, cascade.itself, cascade.steps, self._stamp, self._epoch,
        )  # fmt: skip
        self._epoch += count
        return Sketch(count, members, ends, root, draw)


@compiled
def _grown(values: Members, used: int, more: int) -> Members:
    found = np.empty(2 * len(values) + more, dtype=values.dtype)
    found[:used] = values[:used]
    return found


@compiled
def draw_sets(
    generator: np.random.Generator,
    count: int,
    pointer: Integers,
    source: Members,
    chance: NDArray[np.float32],
    stride: NDArray[np.float32],
    roots: Members,
    share: Floats,
    guide: Members,
    itself: bool,
    steps: int,
    stamp: Members,
    epoch: int,
) -> tuple[Members, Integers, Members, Members]:
    """Members, ends, roots and opinions of the sets that are not empty, out of ``count`` that are drawn.

    ``stamp`` [node] holds the number of the last set that a node came into; numbers go on from ``epoch``. The walk
    is breadth first: a node is met at its shortest distance, so that ``steps`` cuts where a cascade would stop.
    """
    members = np.empty(2 * count, dtype=np.int32)
    ends = np.empty(count, dtype=np.int64)
    root = np.empty(count, dtype=np.int32)
    draw = np.empty(count, dtype=np.int32)
    used, kept = 0, 0
    for number in range(epoch + 1, epoch + count + 1):
        opinion = int(generator.random() * len(chance)) if len(chance) > 1 else 0
        wanted = generator.random()
        place = guide[int(wanted * len(guide))]
        while share[place] < wanted:
            place += 1
        first = roots[place]
        stamp[first] = number
        begin = used
        if used == len(members):
            members = _grown(members, used, 1)
        members[used] = first
        used += 1
        level, reached, step = begin, used, 0
        while level < reached and step < steps:
            for at in range(level, reached):
                node = members[at]
                edge, high = pointer[node], pointer[node + 1]
                if used + high - edge > len(members):
                    members = _grown(members, used, high - edge)
                jump = stride[opinion, node]
                while edge < high:
                    if jump > 0:
                        # All edges have one chance: jump to the next that acts instead of asking each.
                        skip = generator.standard_exponential() * jump
                        if skip >= high - edge:
                            break
                        edge += int(skip)
                    elif generator.random() >= chance[opinion, edge]:
                        edge += 1
                        continue
                    other = source[edge]
                    edge += 1
                    if stamp[other] != number:
                        stamp[other] = number
                        members[used] = other
                        used += 1
            level, reached = reached, used
            step += 1
        if not itself:
            used -= 1
            members[begin] = members[used]
        if used > begin:
            ends[kept], root[kept], draw[kept] = used, first, opinion
            kept += 1
    return members[:used].copy(), ends[:kept].copy(), root[:kept].copy(), draw[:kept].copy()
