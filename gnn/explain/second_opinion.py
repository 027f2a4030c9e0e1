"""A second opinion: PyG's GNNExplainer beside our own deletions, each by how faithful its choice of groups is.

Both judge the same network on the same inputs: the features of the row and those of the subject's node, by group.
What is masked becomes the average of the training data. Fidelity+ is by how much the chance changes without the groups
that an explanation names, which should be much; fidelity- by how much it changes with these alone, which should be
little. (PyG's own function compares predicted classes; with chances of a few per cent they never change.)
"""

import warnings
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor, nn

from gnn.explain.rescore import networks
from gnn.metrics import logistic
from gnn.model import Model
from gnn.network import silenced
from gnn.predictors import Network
from gnn.samples import Sample
from graph.errors import ModelError

EPOCHS = 100
MOST = 3
"""Groups that an explanation names."""


@dataclass(frozen=True, slots=True)
class Opinion:
    """The groups an explanation names, the strongest first, and its fidelity."""

    method: str
    groups: tuple[str, ...]
    fidelity_plus: float
    fidelity_minus: float


def opinions(model: Model, sample: Sample, row: int, seed: int = 7) -> tuple[Opinion, Opinion]:
    """Ours and GNNExplainer's on one row; raise `ModelError` where no network is part of the model."""
    found = networks(model.predictor)
    if not found:
        raise ModelError(f"a second opinion needs a network, and {model.version!r} uses {model.promoted!r} alone")
    subject = _Subject(found[0], sample, row)
    groups = tuple(dict.fromkeys(subject.groups))
    whole = subject.chance(subject.mask(groups))
    removed = [abs(whole - subject.chance(subject.mask_without(group))) for group in groups]
    ours = _ordered(groups, removed)
    theirs = _ordered(groups, _explained(subject, groups, seed))
    return subject.opinion("deletion", ours), subject.opinion("GNNExplainer", theirs)


def _ordered(groups: Sequence[str], weight: Sequence[float]) -> tuple[str, ...]:
    return tuple(groups[place] for place in np.argsort(-np.asarray(weight), kind="stable")[:MOST])


def _explained(subject: "_Subject", groups: Sequence[str], seed: int) -> list[float]:
    """GNNExplainer's weight of each group: the sum over its features."""
    with silenced():
        from torch_geometric.explain import Explainer, GNNExplainer
    torch.manual_seed(seed)
    explainer = Explainer(
        subject,
        GNNExplainer(epochs=EPOCHS),
        explanation_type="model",
        node_mask_type="attributes",
        model_config={"mode": "regression", "task_level": "graph", "return_type": "raw"},
    )
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        mask = explainer(subject.values, torch.zeros((2, 0), dtype=torch.int64)).node_mask[0]
    return [float(mask[subject.of(group)].sum()) for group in groups]


class _Subject(nn.Module):
    """The network as a function of what one subject brings: its row's features and its node's, scaled, [1, columns]."""

    def __init__(self, network: Network, sample: Sample, row: int) -> None:
        super().__init__()
        self.network, self.module = network, network.module
        # The explainer leaves a model in the mode in which it found it: without this, dropout would come back.
        self.eval()
        self.hcp, self.plan = int(sample.hcp[row]), int(sample.plan[row])
        self.inputs, self.adjacency = network.graph(sample.nodes)
        rows = torch.from_numpy(network.rows.apply(sample.features.values[[row]]))
        own = self.inputs["hcp"][[self.hcp]]
        self.columns = rows.shape[1]
        self.values = torch.cat([rows, own], dim=1)
        kinds = sample.features.groups
        # A node's first inputs are features of adoption; only where the row has the same ones do they share its groups.
        shared = 0 if sample.adoption is None else len(sample.adoption.practice.names)
        self.groups = (*kinds, *(kinds[place] if place < shared else "node" for place in range(own.shape[1])))

    def forward(self, x: Tensor, _edge_index: Tensor) -> Tensor:
        """[1, 1]: the logit."""
        hcp = self.inputs["hcp"].clone()
        hcp[self.hcp] = x[0, self.columns :]
        found = self.module.encoder({**self.inputs, "hcp": hcp}, self.adjacency)
        vectors = [found["hcp"][[self.hcp]], *([found["plan"][[self.plan]]] if self.network.reads_plans else [])]
        return self.module.head(torch.cat([*vectors, x[:, : self.columns]], dim=1))

    def of(self, group: str) -> list[int]:
        """Columns of a group."""
        return [place for place, other in enumerate(self.groups) if other == group]

    def mask(self, kept: Sequence[str]) -> Tensor:
        """[columns]: 1 for the groups that are kept."""
        return torch.tensor([float(group in kept) for group in self.groups])

    def mask_without(self, group: str) -> Tensor:
        """[columns]: 1 for all groups but one."""
        return 1 - self.mask([group])

    def chance(self, mask: Tensor) -> float:
        """What the network says when only some columns are told."""
        with torch.no_grad():
            logit = self(self.values * mask, torch.zeros((2, 0), dtype=torch.int64))
        return float(logistic(np.array([float(logit)]))[0])

    def opinion(self, method: str, groups: tuple[str, ...]) -> Opinion:
        """The fidelity of naming some groups."""
        named = self.mask(groups)
        whole = self.chance(torch.ones_like(named))
        return Opinion(method, groups, abs(whole - self.chance(1 - named)), abs(whole - self.chance(named)))
