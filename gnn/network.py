"""The heterogeneous network: two rounds of messages over the twin, then a head per row.

Messages run over compressed sparse rows (`torch.sparse_csr`) with weights that sum to one per receiver, so that a
sum is a weighted mean and no compiled extension of PyG is needed.
"""

import warnings
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from scipy import sparse
from torch import Tensor, nn

from gnn.nodes import RELATIONS, Relation


@contextmanager
def silenced() -> Iterator[None]:
    """While PyG is imported: it decorates with an API that torch announces to retire; nothing of ours uses it."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        yield


with silenced():
    from torch_geometric.nn import HeteroConv, SAGEConv


@dataclass(frozen=True, slots=True)
class Weights:
    """The weights of a relation as compressed rows: [to, from], and turned around for the backward pass."""

    forth: Tensor
    back: Tensor

    @classmethod
    def of(cls, matrix: sparse.csr_matrix) -> "Weights":
        """From [to, from]."""
        return cls(csr_tensor(matrix), csr_tensor(matrix.T.tocsr()))


Adjacency = Mapping[Relation, Weights]


def csr_tensor(matrix: sparse.csr_matrix) -> Tensor:
    """[to, from] as a torch CSR tensor of float32; 32-bit indices are those that MKL takes without a copy."""
    with warnings.catch_warnings():
        # torch warns once that sparse CSR is in beta.
        warnings.simplefilter("ignore", UserWarning)
        return torch.sparse_csr_tensor(
            torch.from_numpy(matrix.indptr.astype(np.int32)),
            torch.from_numpy(matrix.indices.astype(np.int32)),
            torch.from_numpy(matrix.data.astype(np.float32)),
            size=matrix.shape,
        )


class _WeightedSum(torch.autograd.Function):
    """[to, width] from [from, width]: torch alone would turn the weights around anew in every backward pass."""

    @staticmethod
    def forward(ctx: Any, values: Tensor, weights: Weights) -> Tensor:
        ctx.back = weights.back
        return weights.forth @ values

    @staticmethod
    def backward(ctx: Any, gradient: Tensor) -> tuple[Tensor, None]:
        return ctx.back @ gradient, None


class WeightedSAGE(SAGEConv):
    """PyG's SAGEConv with `Weights` for its edges: the same result, several times as fast to train."""

    def __init__(self, width: int) -> None:
        super().__init__((width, width), width, aggr="sum")

    def forward(self, x: Tensor | tuple[Tensor, Tensor], edge_index: Weights) -> Tensor:
        """[to, width]; ``x`` holds the vectors of senders and of receivers, or of both at once."""
        senders, receivers = (x, x) if isinstance(x, Tensor) else x
        heard: Tensor = self.lin_l(_WeightedSum.apply(senders, edge_index)) + self.lin_r(receivers)
        return heard


class Encoder(nn.Module):
    """Node inputs -> [nodes, width] per type after two rounds of messages over `RELATIONS`."""

    def __init__(self, sizes: Mapping[str, int], width: int, dropout: float) -> None:
        super().__init__()
        self.inputs = nn.ModuleDict({name: nn.Linear(size, width) for name, size in sizes.items()})
        self.rounds = nn.ModuleList(
            HeteroConv({relation: WeightedSAGE(width) for relation in RELATIONS}, aggr="mean") for _ in range(2)
        )
        self.norms = nn.ModuleList(nn.ModuleDict({name: nn.LayerNorm(width) for name in sizes}) for _ in range(2))
        self.dropout = nn.Dropout(dropout)

    def forward(self, inputs: Mapping[str, Tensor], adjacency: Adjacency) -> dict[str, Tensor]:
        return self.trace(inputs, adjacency)[-1].values

    def trace(self, inputs: Mapping[str, Tensor], adjacency: Adjacency) -> list["Round"]:
        """The vectors at the beginning and after each round, with what was heard in it."""
        values = {name: self.begin(name, inputs[name]) for name in self.inputs}
        found = [Round({}, values)]
        for number, messages in enumerate(self.rounds):
            heard = messages(values, adjacency)
            values = {
                name: self.after(number, name, value, heard[name]) if name in heard else value
                for name, value in values.items()
            }
            found.append(Round(heard, values))
        return found

    def begin(self, name: str, inputs: Tensor) -> Tensor:
        """[nodes, width]: the vectors of nodes of a type before the first round."""
        return torch.relu(self.inputs[name](inputs))

    def after(self, number: int, name: str, value: Tensor, heard: Tensor) -> Tensor:
        """[nodes, width]: the vectors after a round. What a node knew stays: messages add to it."""
        return value + self.dropout(torch.relu(self.norms[number][name](heard)))

    def told(self, number: int, relation: Relation, summed: Tensor) -> Tensor:
        """What a change of the weighted sum over a relation adds to what is heard in a round; linear."""
        return nn.functional.linear(summed, self.rounds[number].convs[relation].lin_l.weight) / _into(relation[2])

    def kept(self, number: int, name: str, value: Tensor) -> Tensor:
        """What a change of a node's own vector adds to what it hears in a round; linear."""
        into = [relation for relation in RELATIONS if relation[2] == name]
        weight = sum(self.rounds[number].convs[relation].lin_r.weight for relation in into)
        return nn.functional.linear(value, weight) / _into(name)


@dataclass(frozen=True, slots=True)
class Round:
    """``heard`` and ``values`` [nodes, width] per type; nothing is heard before the first round."""

    heard: dict[str, Tensor]
    values: dict[str, Tensor]


def _into(name: str) -> int:
    return sum(relation[2] == name for relation in RELATIONS)


def _head(size: int, width: int, dropout: float) -> nn.Sequential:
    return nn.Sequential(nn.Linear(size, width), nn.ReLU(), nn.Dropout(dropout), nn.Linear(width, 1))


class FrictionNetwork(nn.Module):
    """Logit of not being dispensed per row, from the HCP's and the plan's vectors and the row's features."""

    def __init__(self, sizes: Mapping[str, int], columns: int, width: int = 32, dropout: float = 0.2) -> None:
        super().__init__()
        self.encoder = Encoder(sizes, width, dropout)
        self.head = _head(2 * width + columns, 2 * width, dropout)

    def forward(
        self, inputs: Mapping[str, Tensor], adjacency: Adjacency, hcp: Tensor, plan: Tensor, rows: Tensor
    ) -> Tensor:
        """[rows] logits; ``hcp`` and ``plan`` are node numbers per row."""
        values = self.encoder(inputs, adjacency)
        # Rows share nodes: the gradient of `index_select` sums them in one order, that of `[]` in whichever comes.
        joined = torch.cat([values["hcp"].index_select(0, hcp), values["plan"].index_select(0, plan), rows], dim=1)
        return self.head(joined).squeeze(1)


class AdoptionNetwork(nn.Module):
    """Logit of adopting per row, from the HCP's vector and the row's features.

    The vector does not depend on anybody's prescribing of the product; the peers' prescribing is in the rows, summed
    over the ties. So the effect of switching one HCP is exact after recomputing the rows it is tied to.
    """

    def __init__(self, sizes: Mapping[str, int], columns: int, width: int = 32, dropout: float = 0.3) -> None:
        super().__init__()
        self.encoder = Encoder(sizes, width, dropout)
        self.head = _head(width + columns, 2 * width, dropout)

    def forward(
        self, inputs: Mapping[str, Tensor], adjacency: Adjacency, hcp: Tensor, _plan: Tensor, rows: Tensor
    ) -> Tensor:
        """[rows] logits; ``hcp`` is the node number per row."""
        values = self.encoder(inputs, adjacency)
        return self.head(torch.cat([values["hcp"][hcp], rows], dim=1)).squeeze(1)
