"""Labelled rows of a task: features as of each day, labels from what the whole snapshot knows later."""

from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from gnn.features.adoption import AdoptionFeatures
from gnn.features.friction import FrictionFeatures
from gnn.features.matrix import Features
from gnn.nodes import Nodes, node_inputs
from gnn.tasks import Task
from gnn.view import Integers, View
from graph.errors import ModelError
from graph.history.snapshot import Snapshot

Labels = NDArray[np.float64]


@dataclass(frozen=True)
class Sample:
    """Rows of one snapshot. ``plan`` is -1 where the task has none; ``label`` is 1, 0 or not-a-number when unknown."""

    view: View
    hcp: Integers
    product: Integers
    plan: Integers
    features: Features
    label: Labels
    adoption: AdoptionFeatures | None = None

    @cached_property
    def nodes(self) -> Nodes:
        """The graph around the rows, for the network; computed once for all samples of a view."""
        return self.view.once(_nodes)

    def taken(self, keep: NDArray[np.bool_] | Integers) -> "Sample":
        """The rows chosen by a mask or by numbers."""
        features = replace(self.features, values=self.features.values[keep])
        return replace(
            self,
            hcp=self.hcp[keep],
            product=self.product[keep],
            plan=self.plan[keep],
            label=self.label[keep],
            features=features,
        )

    def labelled(self, label: Labels) -> "Sample":
        """The same rows with other labels."""
        return replace(self, label=label)


@dataclass(frozen=True)
class Evidence:
    """Rows that training hears beside outcomes: each label is somebody's word and counts as its ``weight`` of a row."""

    sample: Sample
    weight: Labels


def own_product(view: View) -> int:
    """Row of the company's own product; raise `ModelError` when it is not exactly one."""
    own = np.flatnonzero(view.snapshot.column("product", "own") == 1)
    if len(own) != 1:
        raise ModelError(f"{len(own)} products are marked as own: adoption needs exactly one in the product list")
    return int(own[0])


def _nodes(view: View) -> Nodes:
    return node_inputs(view, own_product(view))


def friction_rows(view: View, hcp: Integers, product: Integers, plan: Integers, label: Labels) -> Sample:
    """Rows for the given triples."""
    features = FrictionFeatures(view).rows(hcp, product, plan)
    return Sample(view, hcp, product, plan, features, label)


def friction_sample(task: Task, whole: Snapshot, day: int) -> Sample:
    """One row per proven start written in the horizon after ``day`` whose HCP, product and plan were known by then."""
    view, later = View(whole.at(day)), View(whole)
    table = whole.tables["start"]
    chosen = later.starts.proven & (later.starts.written > day) & (later.starts.written <= day + task.horizon)
    hcp = view.snapshot.positions("hcp", table["hcp"][chosen])
    product = view.snapshot.positions("product", table["product"][chosen])
    plan = view.snapshot.positions("plan", table["plan"][chosen])
    known = (hcp >= 0) & (product >= 0) & (plan >= 0)
    label = later.starts.lost[chosen][known].astype(np.float64)
    return friction_rows(view, hcp[known], product[known], plan[known], label)


def adoption_rows(view: View, label: Labels | None = None) -> Sample:
    """One row per HCP in row order, adopters included."""
    features = AdoptionFeatures(view, own_product(view))
    hcp = np.arange(view.hcps, dtype=np.int64)
    product = np.full(view.hcps, features.product, dtype=np.int64)
    unknown = np.full(view.hcps, np.nan) if label is None else label
    return Sample(view, hcp, product, np.full(view.hcps, -1), features.rows(), unknown, features)


def adoption_sample(task: Task, whole: Snapshot, day: int) -> Sample:
    """One row per HCP at risk on ``day``: does it write its first start of the own product within the horizon?"""
    view, later = View(whole.at(day)), View(whole)
    window = (later.starts.written > day) & (later.starts.written <= day + task.horizon)
    writers = whole.tables["start"]["hcp"][window & (later.starts.product == own_product(later))]
    label = np.zeros(view.hcps)
    writing = view.snapshot.positions("hcp", writers)
    label[writing[writing >= 0]] = 1.0
    sample = adoption_rows(view, label)
    return sample.taken(AdoptionFeatures(view, own_product(view)).at_risk)


def sample_of(task: Task, whole: Snapshot, day: int) -> Sample:
    """The rows of a task as of ``day``."""
    return friction_sample(task, whole, day) if task.name == "access_friction" else adoption_sample(task, whole, day)
