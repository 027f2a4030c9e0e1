"""What a model saw when it was trained, kept beside it: of the rows that it scores, and of the graph around them."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.sparse.csgraph import connected_components

from gnn.distribution import Distribution
from gnn.expected import expected_starts
from gnn.samples import Sample, adoption_rows, friction_rows
from gnn.view import Floats, View
from graph.history.snapshot import Snapshot


@dataclass(frozen=True, slots=True)
class Graph:
    """Shape of the graph of shared patients: ties per HCP, HCPs without any, components, the largest one's share."""

    hcps: int
    ties: int
    alone: float
    components: int
    largest: float
    degree: NDArray[np.int64]

    @classmethod
    def of(cls, view: View) -> "Graph":
        """Of a snapshot."""
        both = (view.ties + view.ties.T).tocsr()
        degree = np.asarray(both.getnnz(axis=1), dtype=np.int64)
        count, member = connected_components(both, directed=False)
        largest = int(np.bincount(member).max()) if view.hcps else 0
        people = max(view.hcps, 1)
        return cls(
            view.hcps, int(both.nnz // 2), float((degree == 0).sum() / people), int(count), largest / people, degree
        )


def scored_rows(task: str, snapshot: Snapshot) -> Sample:
    """The rows that a model of the task scores on a snapshot, which is not what it learns from."""
    view = View(snapshot)
    if task == "adoption":
        sample = adoption_rows(view)
        if sample.adoption is None:
            raise ValueError("an adoption sample carries its features")
        return sample.taken(sample.adoption.at_risk)
    cells = expected_starts(view)
    return friction_rows(view, cells.hcp, cells.product, cells.plan, np.full(len(cells.hcp), np.nan))


def profile_of(sample: Sample, values: Floats) -> dict[str, Any]:
    """Quantiles and shares, for the model's file: of each feature, of the predicted values, of ties per HCP."""
    graph = Graph.of(sample.view)
    return {
        "as_of": sample.view.snapshot.as_of.isoformat(),
        "features": {
            name: Distribution.of(sample.features.values[:, place]).as_json()
            for place, name in enumerate(sample.features.names)
        },
        "value": Distribution.of(values).as_json(),
        "mean": float(values.mean()) if len(values) else 0.0,
        "graph": {
            "hcps": graph.hcps,
            "ties": graph.ties,
            "alone": graph.alone,
            "components": graph.components,
            "largest": graph.largest,
            "degree": Distribution.of(graph.degree).as_json(),
        },
    }
