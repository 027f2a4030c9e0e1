"""Scoring: the models in use, applied to what is known on a day, written as predictions."""

import json
import time
from collections import Counter
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from gnn.components import write_components
from gnn.drift import Drift, drift
from gnn.model import Model
from gnn.peer_effect.report import peer_verdict
from gnn.prediction import Prediction
from gnn.profiles import scored_rows
from gnn.promotion import settle_all
from gnn.registry import load
from gnn.score_adoption import score_adoption, score_influence
from gnn.score_friction import score_friction
from gnn.tasks import ACCESS_FRICTION, ADOPTION, Task
from gnn.view import View
from gnn.write import write_predictions
from graph.errors import ModelError
from graph.history.snapshot import Snapshot
from graph.history.snapshot_read import read_snapshot
from graph.ingest.recovery import sole_writer
from graph.progress import say
from graph.settings import Settings
from graph.store import Store, open_store, plan_anew

Score = Callable[[Model, Snapshot, Collection[str]], list[Prediction]]
"""From a model, a snapshot and the ids of prescribers whom what is told of several leaves out."""


@dataclass(frozen=True, slots=True)
class Scoring:
    """A task to be scored: which model it reads, under which data class its values are released."""

    model: Task
    score: Score
    unit: str
    horizon: int
    data_class: str


SCORINGS: Mapping[str, Scoring] = {
    "access_friction": Scoring(
        ACCESS_FRICTION, score_friction, ACCESS_FRICTION.unit, ACCESS_FRICTION.horizon, "access_friction"
    ),
    # It tells of single HCPs alone: nobody is left out, readers are kept from single predictions one by one.
    "adoption": Scoring(
        ADOPTION,
        lambda model, snapshot, _withholding: score_adoption(model, snapshot),
        ADOPTION.unit,
        ADOPTION.horizon,
        "adoption",
    ),
    "influence": Scoring(
        ADOPTION,
        score_influence,
        "new-to-brand starts of other HCPs",
        ADOPTION.horizon,
        "influence",
    ),
}


@dataclass(frozen=True, slots=True)
class ScoreReport:
    """What `twin score` prints per task."""

    task: str
    as_of: date
    model: str
    predictions: int
    levels: Mapping[str, int]
    new: int
    removed: int
    seconds: float
    drift: Drift | None = None
    """Of the model that was read; nothing on what it was trained on, or for an earlier day."""

    def as_json(self) -> dict[str, Any]:
        """The shape that scripts rely on."""
        return {
            "task": self.task,
            "as_of": self.as_of.isoformat(),
            "model": self.model,
            "predictions": self.predictions,
            "levels": dict(self.levels),
            "new": self.new,
            "removed": self.removed,
            "seconds": round(self.seconds, 2),
            "drift": None
            if self.drift is None
            else {"verdict": self.drift.verdict, "reasons": list(self.drift.reasons)},
        }


def score(settings: Settings, task: str | None = None, as_of: date | None = None) -> list[ScoreReport]:
    """Score one task or all as of a day (default: the newest on which a claim arrived) and write the predictions.

    Raise `ModelError` without a model, `LeaseHeld` when a refresh is writing, `SourceError` after one that was cut off.
    """
    if task is not None and task not in SCORINGS:
        raise ModelError(f"task {task!r} is not known: use one of {', '.join(SCORINGS)}")
    reports = []
    with open_store(settings) as store:
        chosen = {name: scoring for name, scoring in SCORINGS.items() if task in (None, name)}
        # Before anything is read: without a model there is nothing to do.
        models = {name: load(settings, scoring.model.name) for name, scoring in chosen.items()}
        settle_all(settings, store)
        snapshot = read_snapshot(store, settings, as_of)
        # As of now, whatever day is scored: who withholds today does so for the past, too.
        withholding = store.read("analytics/withholding")[0]["ids"]
        drifts = {model.id: _drift(model, snapshot) for model in models.values()}
        for name, scoring in chosen.items():
            started = time.monotonic()
            say(f"scoring {name} as of {snapshot.as_of}")
            model = models[name]
            predictions = scoring.score(model, snapshot, withholding)
            fixed = {
                "dataClass": scoring.data_class,
                "dataClasses": list(scoring.model.data_classes),
                "unit": scoring.unit,
                "horizonDays": scoring.horizon,
            }
            if predictions and name == "influence":
                # Beside the value, as of the same day, so that no reader has to look for it elsewhere.
                fixed["verdict"] = str(peer_verdict(snapshot, predictions[0].product).verdict)
            with sole_writer(settings, store):
                if name == "influence":
                    write_components(store, View(snapshot))
                new, removed = write_predictions(store, model, name, snapshot.as_of, fixed, predictions)
                _write_drift(store, model, drifts[model.id])
            levels = Counter(prediction.level for prediction in predictions)
            seconds = time.monotonic() - started
            reports.append(
                ScoreReport(
                    name, snapshot.as_of, model.version, len(predictions), dict(levels), new, removed, seconds,
                    drifts[model.id],
                )
            )  # fmt: skip
        if any(report.new or report.removed for report in reports):
            plan_anew(store)
    return reports


def _drift(model: Model, snapshot: Snapshot) -> Drift | None:
    sample = scored_rows(model.task, snapshot)
    model.require_readable(sample)
    return drift(model, sample)


def _write_drift(store: Store, model: Model, found: Drift | None) -> None:
    if found is not None:
        store.write(
            "analytics/model_drift",
            id=model.id,
            verdict=found.verdict,
            drift=json.dumps(found.as_json(), sort_keys=True),
        )
