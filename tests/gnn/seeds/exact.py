"""Small cascades whose every spread is computed exactly, by going through all worlds that edges can make."""

from dataclasses import dataclass
from itertools import combinations

import numpy as np

from gnn.seeds.cascade import FOREVER, Cascade


@dataclass(frozen=True)
class Small:
    """A cascade with what `Cascade.of` was given, and the exact ``spread`` of every set of nodes by its bits."""

    cascade: Cascade
    spread: np.ndarray

    def best(self, allowed) -> float:
        """The largest exact spread of the sets that are ``allowed``, a predicate over tuples of nodes."""
        nodes = self.cascade.nodes
        subsets = (one for size in range(nodes + 1) for one in combinations(range(nodes), size))
        return max(self.of(one) for one in subsets if allowed(one))

    def of(self, chosen) -> float:
        """Exact spread of the chosen nodes."""
        return float(self.spread[sum(1 << int(node) for node in chosen)])


def small(random: np.random.Generator, nodes: int = 6, edges: int = 9) -> Small:
    """A random cascade: equal and different chances into a node, certain and impossible edges, worthless nodes."""
    pairs = [(a, b) for a in range(nodes) for b in range(nodes) if a != b]
    picked = random.choice(len(pairs), edges, replace=False)
    source, target = np.array(pairs)[picked].T
    draws = int(random.integers(1, 4))
    chance = random.choice([0.0, 0.03, 0.1, 0.3, 0.6, 1.0], (draws, edges))
    if random.random() < 0.5:
        chance = np.take(random.choice([0.05, 0.2, 0.5, 1.0], (draws, nodes)), target, axis=1)
    worth = random.choice([0.0, 1.0, 1.0, 2.5], nodes) + (0.5 if random.random() < 0.5 else 0.0)
    itself, steps = bool(random.random() < 0.5), int(random.choice([1, 2, FOREVER]))
    cascade = Cascade.of(source, target, chance, worth, itself=itself, steps=steps)
    return Small(cascade, _spreads(source, target, chance, worth, itself, min(steps, nodes)))


def _spreads(source, target, chance, worth, itself, steps):
    nodes, edges = len(worth), len(source)
    live = (np.arange(1 << edges)[:, None] >> np.arange(edges)) & 1 == 1
    weight = np.mean([np.where(live, one, 1 - one).prod(axis=1) for one in chance], axis=0)
    own = np.ones((len(live), 1), dtype=np.int64) << np.arange(nodes)
    reach = own
    for _ in range(steps):
        further = reach.copy()
        for edge in range(edges):
            further[:, source[edge]] |= np.where(live[:, edge], reach[:, target[edge]], 0)
        reach = further
    if not itself:
        reach = reach & ~own
    value = ((np.arange(1 << nodes)[:, None] >> np.arange(nodes)) & 1) @ worth
    spread = np.zeros(1 << nodes)
    for chosen in range(1 << nodes):
        union = np.zeros(len(live), dtype=np.int64)
        for node in range(nodes):
            if chosen >> node & 1:
                union |= reach[:, node]
        spread[chosen] = weight @ value[union]
    return spread
