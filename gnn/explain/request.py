"""Reasons on request: of any subject of a task, computed now with the model in use. Nothing is written."""

from collections.abc import Callable, Collection, Mapping
from dataclasses import asdict, dataclass, replace
from datetime import date
from typing import Any

import numpy as np

from gnn.explain.second_opinion import Opinion, opinions
from gnn.model import Model
from gnn.peer_effect.report import PeerVerdict, peer_verdict
from gnn.prediction import Prediction
from gnn.registry import load
from gnn.samples import Sample, adoption_rows, friction_rows
from gnn.score_adoption import score_adoption, score_influence
from gnn.score_friction import score_friction
from gnn.tasks import ACCESS_FRICTION, ADOPTION
from gnn.view import View
from graph.errors import ModelError, NotFound
from graph.history.snapshot import Snapshot
from graph.history.snapshot_read import read_snapshot
from graph.settings import Settings
from graph.store import open_store

Scores = Callable[[Model, Snapshot, Collection[str], Collection[str]], list[Prediction]]
"""From a model, a snapshot, who withholds, and whose reasons are asked for."""
EXPLAINED: Mapping[str, tuple[str, Scores]] = {
    "access_friction": (ACCESS_FRICTION.name, score_friction),
    "adoption": (ADOPTION.name, lambda model, snapshot, _withholding, only: score_adoption(model, snapshot, only)),
    "influence": (ADOPTION.name, score_influence),
}
TABLES = {"HCP": "hcp", "Plan": "plan", "Payer": "payer", "Account": "account", "Territory": "territory"}


@dataclass(frozen=True, slots=True)
class Explanation:
    """The predictions of a subject with their reasons; ``opinions`` where a second one was asked for.

    ``verdict`` says of influence whether it may be read as cause.
    """

    task: str
    as_of: date
    model: str
    subject: str
    predictions: tuple[Prediction, ...]
    opinions: tuple[Opinion, ...] = ()
    verdict: PeerVerdict | None = None

    def as_json(self) -> dict[str, Any]:
        """The shape that scripts rely on."""
        names = ("level", "product", "plan", "value", "low", "high")
        told = (
            {"verdict": str(self.verdict.verdict), "verdict_reason": self.verdict.reason}
            if self.verdict is not None
            else {}
        )
        return {
            "task": self.task,
            "as_of": self.as_of.isoformat(),
            "model": self.model,
            "subject": self.subject,
            "predictions": [
                {name: getattr(one, name) for name in names} | {"reasons": [asdict(reason) for reason in one.reasons]}
                for one in self.predictions
            ],
            "second_opinion": [asdict(one) for one in self.opinions],
            **told,
        }


def explain(
    settings: Settings, task: str, subject: str, as_of: date | None = None, *, second_opinion: bool = False
) -> Explanation:
    """Reasons of all predictions of a task about an NPI, or the id of an HCP, plan, account or territory.

    Raise `NotFound` for an unknown subject, one without a prediction of the task and one who withholds its prescribing,
    `ModelError` without a model.
    """
    if task not in EXPLAINED:
        raise ModelError(f"task {task!r} is not known: use one of {', '.join(EXPLAINED)}")
    learned, scores = EXPLAINED[task]
    with open_store(settings) as store:
        model = load(settings, learned)
        snapshot = read_snapshot(store, settings, as_of)
        withholding = store.read("analytics/withholding")[0]["ids"]
    label, name = _subject(snapshot, subject)
    if name in withholding:
        raise NotFound(f"{subject!r} withholds its prescribing: nothing is told about it")
    found = [
        _without(one, withholding)
        for one in scores(model, snapshot, withholding, [name])
        if one.subject == name and one.label == label
    ]
    if not found:
        raise NotFound(f"{subject!r} has no prediction of {task}: adoption is of HCPs that have not prescribed yet")
    second = _second(model, snapshot, learned, found[0]) if second_opinion else ()
    verdict = peer_verdict(snapshot, found[0].product) if task == "influence" else None
    return Explanation(task, snapshot.as_of, model.version, name, tuple(found), second, verdict)


def _without(prediction: Prediction, withholding: Collection[str]) -> Prediction:
    """The prediction without reasons that point at who withholds."""
    return replace(prediction, reasons=tuple(one for one in prediction.reasons if one.node not in withholding))


def _subject(snapshot: Snapshot, subject: str) -> tuple[str, str]:
    for label, table in TABLES.items():
        if subject in snapshot.column(table, "id"):
            return label, subject
    known = np.flatnonzero(snapshot.column("hcp", "npi") == subject)
    if not len(known):
        raise NotFound(f"unknown subject {subject!r}: give an NPI, or the id of an HCP, plan, account or territory")
    return "HCP", str(snapshot.column("hcp", "id")[known[0]])


def _second(model: Model, snapshot: Snapshot, learned: str, prediction: Prediction) -> tuple[Opinion, ...]:
    """Of the first of the predictions."""
    if prediction.label != "HCP":
        raise ModelError(f"a second opinion is of single HCPs, not of a {prediction.label}")
    view = View(snapshot)
    row = int(snapshot.positions("hcp", np.array([prediction.subject]))[0])
    if learned == ADOPTION.name:
        return opinions(model, adoption_rows(view), row)
    return opinions(model, _start(view, row, prediction), 0)


def _start(view: View, hcp: int, prediction: Prediction) -> Sample:
    product = view.snapshot.positions("product", np.array([prediction.product]))
    plan = view.snapshot.positions("plan", np.array([prediction.plan]))
    return friction_rows(view, np.array([hcp]), product, plan, np.full(1, np.nan))
