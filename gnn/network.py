"""The heterogeneous network: two rounds of messages over the twin, then a head per row.

Messages run over compressed sparse rows (`torch.sparse_csr`) with weights that sum to one per receiver, so that a
sum is a weighted mean and no compiled extension of PyG is needed.
"""

import warnings
from collections.abc import Mapping

import numpy as np
import torch
from scipy import sparse
from torch import Tensor, nn

from gnn.nodes import RELATIONS, Relation

with warnings.catch_warnings():
    # PyG decorates with an API that torch announces to retire; nothing of ours uses it.
    warnings.simplefilter("ignore")
    from torch_geometric.nn import HeteroConv, SAGEConv

Adjacency = dict[Relation, Tensor]


def csr_tensor(matrix: sparse.csr_matrix) -> Tensor:
    """[to, from] as a torch CSR tensor of float32."""
    with warnings.catch_warnings():
        # torch warns once that sparse CSR is in beta.
        warnings.simplefilter("ignore", UserWarning)
        return torch.sparse_csr_tensor(
            torch.from_numpy(matrix.indptr.astype(np.int64)),
            torch.from_numpy(matrix.indices.astype(np.int64)),
            torch.from_numpy(matrix.data.astype(np.float32)),
            size=matrix.shape,
        )


class Encoder(nn.Module):
    """Node inputs -> [nodes, width] per type after two rounds of messages over `RELATIONS`."""

    def __init__(self, sizes: Mapping[str, int], width: int, dropout: float) -> None:
        super().__init__()
        self.inputs = nn.ModuleDict({name: nn.Linear(size, width) for name, size in sizes.items()})
        self.rounds = nn.ModuleList(
            HeteroConv({relation: SAGEConv((width, width), width, aggr="sum") for relation in RELATIONS}, aggr="mean")
            for _ in range(2)
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
