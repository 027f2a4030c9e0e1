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
                joined = [found["hcp"][torch.from_numpy(hcp[part])]]
                if self.task == "access_friction":
                    joined.append(found["plan"][torch.from_numpy(plan[part])])
                joined.append(torch.from_numpy(self.rows.apply(values[part])))
                parts.append(self.module.head(torch.cat(joined, dim=1)).squeeze(1).numpy())
        return np.concatenate(parts).astype(np.float64)


@dataclass(frozen=True, slots=True)
class Mean:
    """The mean of the members' logits."""

    members: Sequence[Predictor]

    def logits(self, sample: Sample) -> Logits:
        return np.asarray(np.mean([member.logits(sample) for member in self.members], axis=0))


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
