"""Reasons on request: of any subject of a task, computed now with the model in use. Nothing is written."""

from collections.abc import Callable, Collection, Mapping
from dataclasses import asdict, dataclass, replace
from datetime import date
from typing import Any

from gnn.explain.absent import refuse_label, why_none
from gnn.explain.second_opinion import SecondOpinion, second_opinion_on
from gnn.explain.sentence import HORIZONS, MEANING, Names, sentence
from gnn.model import Model
from gnn.peer_effect.report import PeerVerdict, peer_verdict
from gnn.prediction import Prediction
from gnn.registry import load
from gnn.score_adoption import score_adoption, score_influence
from gnn.score_friction import score_friction
from gnn.subjects import Subject, find_subject
from gnn.tasks import ACCESS_FRICTION, ADOPTION
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


@dataclass(frozen=True, slots=True)
class Explanation:
    """The predictions of a subject with their reasons; ``second_opinion`` where one was asked for.

    ``verdict`` says of influence whether it may be read as cause.
    """

    task: str
    as_of: date
    model: str
    subject: Subject
    predictions: tuple[Prediction, ...]
    names: Names
    second_opinion: SecondOpinion | None = None
    verdict: PeerVerdict | None = None

    def as_json(self) -> dict[str, Any]:
        """The shape that scripts rely on."""
        names = ("level", "product", "plan", "value", "low", "high", "expected_starts", "main_barrier")
        told = (
            {"verdict": str(self.verdict.verdict), "verdict_reason": self.verdict.reason}
            if self.verdict is not None
            else {}
        )
        return {
            "task": self.task,
            "meaning": MEANING[self.task],
            "unit": "starts" if self.task == "influence" else "probability",
            "horizon_days": HORIZONS[self.task],
            "as_of": self.as_of.isoformat(),
            "model": self.model,
            "subject": self.subject.id,
            "subject_name": self.subject.name,
            "predictions": [
                {name: getattr(one, name) for name in names}
                | {
                    "brand": self.names.brand(one),
                    "plan_name": self.names.plan(one),
                    "words": sentence(self.task, one, self.names),
                    "reasons": [asdict(reason) for reason in one.reasons],
                }
                for one in self.predictions
            ],
            "second_opinion": None if self.second_opinion is None else self.second_opinion.as_json(),
            **told,
        }


def explain(
    settings: Settings, task: str, subject: str, as_of: date | None = None, *, second_opinion: bool = False
) -> Explanation:
    """Reasons of all predictions of a task about a subject, named by any key that the API shows.

    Raise `NotFound` for an unknown subject, one without a prediction of the task and one who withholds its prescribing,
    `ModelError` without a model, or without one that a second opinion can be asked of.
    """
    if task not in EXPLAINED:
        raise ModelError(f"task {task!r} is not known: use one of {', '.join(EXPLAINED)}")
    learned, scores = EXPLAINED[task]
    with open_store(settings) as store:
        asked = find_subject(store, subject)
        refuse_label(task, asked)
        if second_opinion:
            _refuse_second_opinion(task, asked)
        withholding = store.read("analytics/withholding")[0]["ids"]
        if asked.id in withholding:
            raise NotFound(f"{subject!r} withholds its prescribing: nothing is told about it")
        model = load(settings, learned)
        snapshot = read_snapshot(store, settings, as_of)
    found = [
        _without(one, withholding)
        for one in scores(model, snapshot, withholding, [asked.id])
        if one.subject == asked.id and one.label == asked.label
    ]
    if not found:
        raise NotFound(why_none(task, asked, snapshot))
    second = second_opinion_on(model, snapshot, found, withholding) if second_opinion else None
    verdict = peer_verdict(snapshot, found[0].product) if task == "influence" else None
    names = Names.of(snapshot)
    return Explanation(task, snapshot.as_of, model.version, asked, tuple(found), names, second, verdict)


def _refuse_second_opinion(task: str, asked: Subject) -> None:
    if task == "influence":
        raise ModelError(
            "influence needs no second opinion: it is a sum over peers, and each reason is the exact part of one; "
            "ask about adoption"
        )
    if asked.label != "HCP":
        raise ModelError(f"a second opinion is of single HCPs, and {asked.name} is none: give an NPI")


def _without(prediction: Prediction, withholding: Collection[str]) -> Prediction:
    """The prediction without reasons that point at who withholds."""
    return replace(prediction, reasons=tuple(one for one in prediction.reasons if one.node not in withholding))
