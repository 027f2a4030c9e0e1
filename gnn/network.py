"""The heterogeneous network: two rounds of messages over the twin, then a head per row.

Messages run over compressed sparse rows (`torch.sparse_csr`) with weights that sum to one per receiver, so that a
sum is a weighted mean and no compiled extension of PyG is needed.
"""

import warnings
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from scipy import sparse
from torch import Tensor, nn

from gnn.nodes import RELATIONS, Relation

with warnings.catch_warnings():
    # PyG decorates with an API that torch announces to retire; nothing of ours uses it.
    warnings.simplefilter("ignore")
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
        values = {name: torch.relu(layer(inputs[name])) for name, layer in self.inputs.items()}
        for messages, norms in zip(self.rounds, self.norms, strict=True):
            heard = messages(values, adjacency)
            # What a node knew stays: messages add to it.
            values = {
                name: value + self.dropout(torch.relu(norms[name](heard[name]))) if name in heard else value
                for name, value in values.items()
            }
        return values


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
        joined = torch.cat([values["hcp"][hcp], values["plan"][plan], rows], dim=1)
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
