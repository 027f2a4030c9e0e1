"""Predictors of one logit per row: trees, the network, a rate, and the mean of trees and network."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

import numpy as np
import torch
from numpy.typing import NDArray

from gnn.metrics import logit
from gnn.network import AdoptionNetwork, FrictionNetwork, Weights
from gnn.nodes import Nodes, Relation
from gnn.samples import Sample
from gnn.scaling import Scaling

Logits = NDArray[np.float64]
NETWORKS: Mapping[str, type[FrictionNetwork] | type[AdoptionNetwork]] = {
    "access_friction": FrictionNetwork,
    "adoption": AdoptionNetwork,
}


class Predictor(Protocol):
    """Anything that gives a raw logit per row."""

    def logits(self, sample: Sample) -> Logits: ...


@dataclass(frozen=True, slots=True)
class Rate:
    """A rate as baseline: a column of the features, or one number for all rows."""

    column: str | None
    constant: float = 0.5

    def logits(self, sample: Sample) -> Logits:
        if self.column is None:
            return np.full(len(sample.hcp), float(logit(np.array([self.constant]))[0]))
        return logit(sample.features.column(self.column).astype(np.float64))


@dataclass(frozen=True, slots=True)
class Trees:
    """A LightGBM model over some of the columns."""

    booster: Any
    names: tuple[str, ...]

    def logits(self, sample: Sample) -> Logits:
        places = [sample.features.names.index(name) for name in self.names]
        return self.raw(sample.features.values[:, places])

    def raw(self, values: NDArray[np.float32]) -> Logits:
        """Logits of rows given as [rows, names]."""
        if not len(values):
            return np.zeros(0)
        return np.asarray(self.booster.predict(values, raw_score=True, num_threads=2), dtype=np.float64)


class Network:
    """A trained network with the scaling of its inputs."""

    def __init__(self, task: str, rows: Scaling, nodes: Mapping[str, Scaling], module: torch.nn.Module) -> None:
        self.task = task
        self.rows = rows
        self.nodes = dict(nodes)
        self.module = module

    @classmethod
    def untrained(cls, task: str, rows: Scaling, nodes: Mapping[str, Scaling]) -> "Network":
        """A network with freshly drawn weights that fits the scalings' sizes."""
        sizes = {name: len(scaling.mean) for name, scaling in nodes.items()}
        return cls(task, rows, nodes, NETWORKS[task](sizes, len(rows.mean)))

    def graph(self, nodes: Nodes) -> tuple[dict[str, torch.Tensor], dict[Relation, Weights]]:
        """Inputs and adjacency of a snapshot as tensors."""
        inputs = {name: torch.from_numpy(self.nodes[name].apply(values)) for name, values in nodes.inputs.items()}
        return inputs, {relation: Weights.of(matrix) for relation, matrix in nodes.weights.items()}

    def logits(self, sample: Sample) -> Logits:
        return self.logits_of(sample.nodes, sample.hcp, sample.plan, sample.features.values)

    def logits_of(
        self, nodes: Nodes, hcp: NDArray[np.int64], plan: NDArray[np.int64], values: NDArray[np.float32]
    ) -> Logits:
        """Logits of rows given by their node numbers and unscaled features, in pieces that bound the memory."""
        if not len(hcp):
            return np.zeros(0)
        self.module.eval()
        inputs, adjacency = self.graph(nodes)
        with torch.no_grad():
            found = self.module.encoder(inputs, adjacency)
            parts = []
            for low in range(0, len(hcp), 200_000):
                part = slice(low, low + 200_000)
                subject = found["hcp"][torch.from_numpy(hcp[part])]
                beside = found["plan"][torch.from_numpy(plan[part])] if self.reads_plans else None
                parts.append(self.logits_from(subject, beside, values[part]))
        return np.concatenate(parts)

    @property
    def reads_plans(self) -> bool:
        """Whether rows are of an HCP and a plan."""
        return self.task == "access_friction"

    def logits_from(self, hcp: torch.Tensor, plan: torch.Tensor | None, values: NDArray[np.float32]) -> Logits:
        """Logits of rows given by the vectors of their nodes and unscaled features."""
        vectors = [hcp] if plan is None else [hcp, plan]
        with torch.no_grad():
            joined = torch.cat([*vectors, torch.from_numpy(self.rows.apply(values))], dim=1)
            return np.asarray(self.module.head(joined).squeeze(1).numpy(), dtype=np.float64)


@dataclass(frozen=True, slots=True)
class Mean:
    """The mean of the members' logits."""

    members: Sequence[Predictor]

    def logits(self, sample: Sample) -> Logits:
        return np.asarray(np.mean([member.logits(sample) for member in self.members], axis=0))


def missing(predictor: Predictor, names: Sequence[str], sample: Sample) -> str | None:
    """Why a predictor trained on features called ``names`` cannot read a sample; nothing when it can."""
    if isinstance(predictor, Mean):
        return next((found for member in predictor.members if (found := missing(member, names, sample))), None)
    if isinstance(predictor, Trees):
        absent = [name for name in predictor.names if name not in sample.features.names]
        return f"the feature {absent[0]!r} does not exist any more" if absent else None
    if isinstance(predictor, Network):
        # It reads columns by their place.
        if tuple(names) != sample.features.names:
            changed = sorted(set(names) ^ set(sample.features.names)) or ["their order"]
            return f"its features have changed: {', '.join(changed[:3])}"
        sizes = {name: values.shape[1] for name, values in sample.nodes.inputs.items()}
        expected = {name: len(scaling.mean) for name, scaling in predictor.nodes.items()}
        if sizes != expected:
            return f"it reads nodes with {expected!r} properties, there are {sizes!r}"
    return None


def file_sha256(paths: Sequence[Path]) -> str:
    """One checksum over files in the order given."""
    digest = hashlib.sha256()
    for path in paths:
        digest.update(path.name.encode())
        digest.update(path.read_bytes())
    return digest.hexdigest()


def joined(predictor: Predictor, samples: Sequence[Sample]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Logits and labels of all samples, one after the other."""
    logits = np.concatenate([predictor.logits(sample) for sample in samples])
    return logits, np.concatenate([sample.label for sample in samples])
