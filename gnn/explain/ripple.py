"""The vectors of subjects when something they are told of is removed, without running the network over the whole graph.

Two rounds of messages carry a change at one HCP to its neighbours and back. Both rounds are linear before their norm,
so the change is followed exactly along the ties that it takes; everything else keeps the vector it had.
"""

from dataclasses import dataclass

import numpy as np
import torch
from scipy import sparse
from torch import Tensor

from gnn.nodes import RELATIONS, Nodes, Relation
from gnn.predictors import Network
from gnn.view import Floats, Integers

HOSTS: Relation = ("account", "hosts", "hcp")
AT_ONCE = 500
"""Removals followed together: what they need stays within tens of megabytes."""


@dataclass(frozen=True, slots=True)
class Removals:
    """One row per removal, each on the graph as it was: inputs of the subject's node, and what it no longer hears.

    ``account`` is a row number, or -1 where no account is removed.
    """

    hcp: Integers
    inputs: Floats
    """[removal, inputs of an HCP], unscaled."""
    account: Integers

    def part(self, rows: slice) -> "Removals":
        """Some of the rows."""
        return Removals(self.hcp[rows], self.inputs[rows], self.account[rows])


@dataclass(frozen=True, slots=True)
class _Moved:
    """Nodes of a type whose vector differs in a removal: parallel rows, sorted by removal and node."""

    removal: Integers
    node: Integers
    by: Tensor

    def at(self, removal: Integers, node: Integers, count: int) -> Tensor:
        """[asked, width]: by how much each asked node differs; zero where it does not."""
        found = torch.zeros((len(removal), self.by.shape[1]))
        if not len(self.node):
            return found
        known, wanted = self.removal * count + self.node, removal * count + node
        place = np.minimum(np.searchsorted(known, wanted), len(known) - 1)
        same = known[place] == wanted
        found[torch.from_numpy(same)] = self.by[torch.from_numpy(place[same])]
        return found


class Ripple:
    """The network over one snapshot, and what becomes of single vectors in it."""

    def __init__(self, network: Network, nodes: Nodes) -> None:
        self.network, self.nodes = network, nodes
        self.encoder = network.module.encoder
        network.module.eval()
        with torch.no_grad():
            self.rounds = self.encoder.trace(*network.graph(nodes))
        self._columns = {relation: matrix.tocsc() for relation, matrix in nodes.weights.items()}
        self._counts = {name: len(values) for name, values in nodes.inputs.items()}

    @property
    def values(self) -> dict[str, Tensor]:
        """[nodes, width] per type: the vectors with everything there."""
        return self.rounds[-1].values

    def without(self, removals: Removals, plan: Integers | None = None) -> tuple[Tensor, Tensor]:
        """[removal, width] of the subject, and of the ``plan`` beside it where one is given."""
        parts = [slice(low, low + AT_ONCE) for low in range(0, max(1, len(removals.hcp)), AT_ONCE)]
        with torch.no_grad():
            found = [self._part(removals.part(rows), None if plan is None else plan[rows]) for rows in parts]
        return torch.cat([hcp for hcp, _ in found]), torch.cat([other for _, other in found])

    def _part(self, removals: Removals, plan: Integers | None) -> tuple[Tensor, Tensor]:
        number = np.arange(len(removals.hcp))
        scaled = torch.from_numpy(self.network.nodes["hcp"].apply(removals.inputs))
        by = self.encoder.begin("hcp", scaled) - self.rounds[0].values["hcp"][torch.from_numpy(removals.hcp)]
        first = {"hcp": _Moved(number, removals.hcp, by)}
        second = {name: self._spread(name, first, removals) for name in ("hcp", "account", "plan")}
        hcp = self._end("hcp", removals.hcp, second, removals)
        return hcp, hcp[:, :0] if plan is None else self._end("plan", plan, second, removals)

    def _spread(self, name: str, moved: dict[str, _Moved], removals: Removals) -> _Moved:
        """All nodes of a type that differ after the first round."""
        parts: list[tuple[Integers, Integers, Tensor]] = []
        if name in moved:
            own = moved[name]
            parts.append((own.removal, own.node, self.encoder.kept(0, name, own.by)))
        for relation in RELATIONS:
            if relation[2] == name and relation[0] in moved:
                source = moved[relation[0]]
                told = self.encoder.told(0, relation, source.by)
                matrix = self._columns[relation]
                count = np.diff(matrix.indptr)[source.node]
                place = np.repeat(matrix.indptr[source.node] - np.cumsum(count) + count, count) + np.arange(count.sum())
                from_ = np.repeat(np.arange(len(source.node)), count)
                weight = torch.from_numpy(matrix.data[place].astype(np.float32))[:, None]
                change = weight * told[torch.from_numpy(from_)]
                parts.append((source.removal[from_], matrix.indices[place].astype(np.int64), change))
        if name == "hcp":
            dropped, change = self._no_longer_heard(0, moved, removals)
            parts.append((dropped, removals.hcp[dropped], change))
        key = np.concatenate([removal * self._counts[name] + node for removal, node, _ in parts])
        known, place = np.unique(key, return_inverse=True)
        total = torch.zeros((len(known), self.rounds[0].values[name].shape[1]))
        total.index_add_(0, torch.from_numpy(place.ravel()), torch.cat([heard for _, _, heard in parts]))
        where, rows = np.divmod(known, self._counts[name])
        at = torch.from_numpy(rows)
        before = moved[name].at(where, rows, self._counts[name]) if name in moved else torch.zeros_like(total)
        value = self.encoder.after(
            0, name, self.rounds[0].values[name][at] + before, self.rounds[1].heard[name][at] + total
        )
        return _Moved(where, rows, value - self.rounds[1].values[name][at])

    def _end(self, name: str, target: Integers, moved: dict[str, _Moved], removals: Removals) -> Tensor:
        """The vector of one node of a type per removal after the second round."""
        number, at = np.arange(len(target)), torch.from_numpy(target)
        before = moved[name].at(number, target, self._counts[name])
        heard = self.rounds[2].heard[name][at] + self.encoder.kept(1, name, before)
        for relation in RELATIONS:
            if relation[2] == name and relation[0] in moved:
                source = moved[relation[0]]
                weight = entries(self.nodes.weights[relation], target[source.removal], source.node)
                keep = np.flatnonzero(weight)
                kept = torch.from_numpy(keep)
                summed = torch.zeros_like(before)
                scaled = torch.from_numpy(weight[keep].astype(np.float32))[:, None] * source.by[kept]
                summed.index_add_(0, torch.from_numpy(source.removal[keep]), scaled)
                heard = heard + self.encoder.told(1, relation, summed)
        if name == "hcp":
            dropped, change = self._no_longer_heard(1, moved, removals)
            heard.index_add_(0, torch.from_numpy(dropped), change)
        return self.encoder.after(1, name, self.rounds[1].values[name][at] + before, heard)

    def _no_longer_heard(self, number: int, moved: dict[str, _Moved], removals: Removals) -> tuple[Integers, Tensor]:
        """Removals without an account, and what that changes of what their subject hears in a round.

        The other accounts of the subject share the weight that the removed one had.
        """
        dropped = np.flatnonzero(removals.account >= 0)
        weights = self.nodes.weights[HOSTS]
        hcp = removals.hcp[dropped]
        count = np.diff(weights.indptr)[hcp]
        place = np.repeat(weights.indptr[hcp] - np.cumsum(count) + count, count) + np.arange(count.sum())
        of = np.repeat(np.arange(len(dropped)), count)
        account = weights.indices[place].astype(np.int64)
        others = np.maximum(count - 1, 1)[of]
        change = np.where(account == removals.account[dropped][of], -1.0 / count[of], 1.0 / others - 1.0 / count[of])
        value = self.rounds[number].values["account"][torch.from_numpy(account)]
        if "account" in moved:
            value = value + moved["account"].at(dropped[of], account, self._counts["account"])
        summed = torch.zeros((len(dropped), value.shape[1]))
        summed.index_add_(0, torch.from_numpy(of), torch.from_numpy(change.astype(np.float32))[:, None] * value)
        return dropped, self.encoder.told(number, HOSTS, summed)


def entries(matrix: sparse.csr_matrix, rows: Integers, columns: Integers) -> Floats:
    """[asked]: single entries of a matrix."""
    return np.asarray(matrix[rows, columns], dtype=np.float64).ravel() if len(rows) else np.zeros(0)
