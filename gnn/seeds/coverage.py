"""Greedy coverage of reverse-reachable sets, and how much any allowed choice could cover."""

from dataclasses import dataclass

import numpy as np

from gnn.seeds.compiled import compiled
from gnn.seeds.question import Question
from gnn.seeds.sketch import Members, Sketch
from gnn.view import Booleans, Floats, Integers

LONG = 64
"""From here on partitioning beats keeping the largest in order."""


@dataclass(frozen=True, slots=True)
class Coverage:
    """A sketch that can be asked which sets a node is in: ``sets[pointer[node]:pointer[node + 1]]``."""

    sketch: Sketch
    pointer: Integers
    sets: Members

    @classmethod
    def of(cls, sketch: Sketch, nodes: int) -> "Coverage":
        """The sketch with its index."""
        return cls(sketch, *sets_of_nodes(sketch.members, sketch.ends, nodes))


@dataclass(frozen=True, slots=True)
class Choice:
    """Nodes in the order of choosing, how many sets they cover, and the most that any allowed choice covers."""

    nodes: Members
    covered: int
    most: float


def choose(coverage: Coverage, question: Question) -> Choice:
    """The best of the greedy orders; the bound holds for every choice that the question allows."""
    counts = np.diff(coverage.pointer)
    found = [_greedy(coverage, question, counts, by_cost) for by_cost in question.orders]
    best = max(found, key=lambda choice: choice.covered)
    return Choice(best.nodes, best.covered, min(choice.most for choice in found))


def first_chosen(sketch: Sketch, chosen: Members, nodes: int) -> Members:
    """[set]: which of the chosen, by place in their order, comes first in the set; -1 where none is in it."""
    place = np.full(nodes, -1, dtype=np.int32)
    place[chosen] = np.arange(len(chosen), dtype=np.int32)
    return first_places(sketch.members, sketch.ends, place)


def _greedy(coverage: Coverage, question: Question, counts: Integers, by_cost: bool) -> Choice:
    sketch = coverage.sketch
    nodes, covered, most = greedy(
        coverage.pointer, coverage.sets, sketch.members, sketch.ends, counts.copy(),
        question.include, question.candidates, question.most, question.group, question.left,
        question.cost, question.budget_left, by_cost,
    )  # fmt: skip
    return Choice(nodes, int(covered), float(most))


@compiled
def sets_of_nodes(members: Members, ends: Integers, nodes: int) -> tuple[Integers, Members]:
    """Index from node to the sets that hold it, ascending."""
    pointer = np.zeros(nodes + 1, dtype=np.int64)
    for node in members:
        pointer[node + 1] += 1
    for node in range(nodes):
        pointer[node + 1] += pointer[node]
    free = pointer[:-1].copy()
    sets = np.empty(len(members), dtype=np.int32)
    low = 0
    for number in range(len(ends)):
        for at in range(low, ends[number]):
            node = members[at]
            sets[free[node]] = number
            free[node] += 1
        low = ends[number]
    return pointer, sets


@compiled
def first_places(members: Members, ends: Integers, place: Members) -> Members:
    """[set]: the lowest place of a member that has one, or -1."""
    found = np.full(len(ends), -1, dtype=np.int32)
    low = 0
    for number in range(len(ends)):
        for at in range(low, ends[number]):
            here = place[members[at]]
            if here >= 0 and (found[number] < 0 or here < found[number]):
                found[number] = here
        low = ends[number]
    return found


@compiled
def _cover(
    node: int, pointer: Integers, sets: Members, members: Members, ends: Integers, done: Booleans, counts: Integers
) -> int:
    """Mark the sets of a node as covered and take them from the counts of all that are in them."""
    fresh = 0
    for at in range(pointer[node], pointer[node + 1]):
        number = sets[at]
        if not done[number]:
            done[number] = True
            fresh += 1
            low = ends[number - 1] if number > 0 else 0
            for other in range(low, ends[number]):
                counts[members[other]] -= 1
    return fresh


@compiled
def _most_by_number(
    counts: Integers, order: Members, first: Integers, most: int, group: Integers, left: Integers
) -> float:
    """Sum of the ``most`` largest counts of which group g gives no more than ``left[g]``."""
    if len(left) == 1 and most > LONG:
        counted = counts[order]
        if most < len(counted):
            counted = np.partition(counted, len(counted) - most)[len(counted) - most :]
        return float(counted.sum())
    begin = np.zeros(len(left) + 1, dtype=np.int64)
    for number in range(len(left)):
        begin[number + 1] = begin[number] + min(left[number], most)
    kept = np.zeros(begin[-1], dtype=np.int64)
    for place in range(len(order)):
        if len(left) == 1 and most > 0 and first[place] <= kept[0]:
            break
        node = order[place]
        low, high = begin[group[node]], begin[group[node] + 1]
        count = counts[node]
        # Each group's best so far, ascending: a new one pushes the smallest out.
        if low == high or count <= kept[low]:
            continue
        at = low
        while at + 1 < high and kept[at + 1] < count:
            kept[at] = kept[at + 1]
            at += 1
        kept[at] = count
    kept.sort()
    return float(kept[max(0, len(kept) - most) :].sum())


@compiled
def _falling(counts: Integers, candidates: Members) -> Members:
    """The candidates that are in any set, those in most first; equal ones stay in their order."""
    highest = 0
    for node in candidates:
        highest = max(highest, counts[node])
    free = np.zeros(highest + 1, dtype=np.int64)
    for node in candidates:
        free[counts[node]] += 1
    below = len(candidates)
    for count in range(highest + 1):
        below -= free[count]
        free[count] = below
    order = np.empty(len(candidates), dtype=np.int32)
    for node in candidates:
        order[free[counts[node]]] = node
        free[counts[node]] += 1
    # Those in no set come last; the place after the last with a count of one is where they begin.
    return order[: free[1]] if highest > 0 else order[:0]


@compiled
def _most_by_cost(counts: Integers, candidates: Members, cost: Floats, budget: float) -> float:
    """The most that the budget buys when parts of a node can be bought."""
    counted = candidates[(counts[candidates] > 0) & (cost[candidates] <= budget)]
    value = 0.0
    for place in np.argsort(cost[counted] / counts[counted]):
        node = counted[place]
        if cost[node] >= budget:
            return value + counts[node] * budget / cost[node]
        value += counts[node]
        budget -= cost[node]
    return value


@compiled
def greedy(
    pointer: Integers,
    sets: Members,
    members: Members,
    ends: Integers,
    counts: Integers,
    include: Members,
    candidates: Members,
    most: int,
    group: Integers,
    left: Integers,
    cost: Floats,
    budget: float,
    by_cost: bool,
) -> tuple[Members, int, float]:
    """Nodes in order, the number of sets they cover, and a bound on what any allowed choice covers.

    ``counts`` [node] is how many sets not yet covered a node is in, kept exact. After every step the bound is what is
    covered plus the best that could be added if sets were never shared: coverage has diminishing returns, so it holds
    for every allowed choice, and the least of these bounds is kept. Without costs ``cost`` is empty.
    """
    order = _falling(counts, candidates)
    # What each was worth at the beginning: counts only fall, so that a search in this order may end early.
    first = counts[order]
    chosen = np.empty(len(include) + min(most, len(order)), dtype=np.int32)
    done = np.zeros(len(ends), dtype=np.bool_)
    covered, number = 0, 0
    for node in include:
        covered += _cover(node, pointer, sets, members, ends, done, counts)
        chosen[number] = node
        number += 1
    room, money, open_ = left.copy(), budget, np.ones(len(counts), dtype=np.bool_)
    bound = np.inf
    while True:
        further = _most_by_number(counts, order, first, most, group, left)
        if len(cost):
            further = min(further, _most_by_cost(counts, order, cost, budget))
        bound = min(bound, covered + further)
        best, best_value = -1, 0.0
        if number < len(chosen):
            for place in range(len(order)):
                if not by_cost and first[place] <= best_value:
                    break
                node = order[place]
                if open_[node] and counts[node] > 0 and room[group[node]] > 0:
                    if len(cost) and cost[node] > money:
                        continue
                    value = counts[node] / cost[node] if by_cost else float(counts[node])
                    if value > best_value:
                        best, best_value = node, value
        if best < 0:
            return chosen[:number].copy(), covered, bound
        covered += _cover(best, pointer, sets, members, ends, done, counts)
        chosen[number] = best
        number += 1
        open_[best] = False
        room[group[best]] -= 1
        if len(cost):
            money -= cost[best]
