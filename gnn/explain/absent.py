"""Why a task has no prediction of a subject, and what to ask instead."""

from collections.abc import Mapping

import numpy as np

from gnn.features.adoption import AdoptionFeatures
from gnn.samples import own_product
from gnn.subjects import WORDS, Subject
from gnn.view import View
from graph.errors import NotFound
from graph.history.snapshot import Snapshot

OF: Mapping[str, str] = {
    "adoption": "HCPs that have not prescribed the own product yet",
    "influence": "HCPs",
}
"""Whom the tasks that are of HCPs alone are predicted of."""


def refuse_label(task: str, subject: Subject) -> None:
    """Raise `NotFound` where no subject of this kind has a prediction of the task."""
    if task in OF and subject.label != "HCP":
        raise NotFound(
            f"{task} is predicted of {OF[task]}, and {subject.name} is {WORDS[subject.label]}: give an NPI; "
            f"{WORDS[subject.label]} has access_friction"
        )
    if subject.label == "Territory" and subject.level not in (None, "territory"):
        raise NotFound(
            f"{task} is predicted of the territories that HCPs belong to, and {subject.name} is a {subject.level}: ask "
            "about one of its territories"
        )


def why_none(task: str, subject: Subject, snapshot: Snapshot) -> str:
    """What keeps a subject of the right kind without a prediction, and what to ask instead."""
    none = f"{subject.name} has no prediction of {task} as of {snapshot.as_of}"
    table = {"HCP": "hcp", "Account": "account"}.get(subject.label)
    row = -1 if table is None else int(snapshot.positions(table, np.array([subject.id]))[0])
    if table is not None and row < 0:
        return f"{none}: it was not known yet; ask about a later day"
    if task == "adoption":
        return f"{none}: {_why_not_at_risk(snapshot, row)}"
    if subject.label == "HCP":
        return f"{none}: no start by it is known, and friction is under the plans it wrote under; ask about a plan"
    return (
        f"{none}: no starts are expected there, or too few prescribers and mature starts are left for a figure that "
        "tells of nobody; ask about a plan or an NPI"
    )


def _why_not_at_risk(snapshot: Snapshot, row: int) -> str:
    view = View(snapshot)
    product = own_product(view)
    if AdoptionFeatures(view, product).prescribing.adopted[row]:
        brand = snapshot.column("product", "brand")[product]
        return f"it has prescribed {brand} already; ask about influence or access_friction"
    return "starts of its state have been seen for less than six weeks; ask again later"
