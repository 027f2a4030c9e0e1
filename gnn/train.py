"""Training of a task: samples, all models, one table, the winner on validation, recalibration, the gates."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

import numpy as np

from gnn.calibrate import Platt, fit_platt
from gnn.features.adoption import OWN_PROPERTIES as ADOPTION_OWN
from gnn.features.friction import OWN_PROPERTIES as FRICTION_OWN
from gnn.findings import findings, verdict
from gnn.fit_intervals import fit_adoption, fit_friction
from gnn.fit_network import fit_network
from gnn.fit_trees import fit_trees
from gnn.gates import Challenger, Decision
from gnn.metrics import metrics
from gnn.model import Model
from gnn.overrides import Heard, heard
from gnn.predictors import Mean, Predictor, Rate, Trees, joined
from gnn.profiles import profile_of, scored_rows
from gnn.promotion import submit
from gnn.samples import Evidence, Sample, sample_of
from gnn.tasks import TASKS, Split, Task, split_time, task_named
from gnn.view import View
from graph.errors import ModelError
from graph.history.snapshot import Snapshot
from graph.history.snapshot_read import read_snapshot
from graph.progress import say
from graph.settings import Settings
from graph.store import open_store

SEED = 7
BAGS = 8
RISING = frozenset({"peers"})
"""More prescribing around an HCP may only raise its chance to adopt: known of contagion, and it steadies influence."""


@dataclass(frozen=True, slots=True)
class TrainReport:
    """What `twin train` prints: figures of every model, and which one is used."""

    task: str
    as_of: date
    rows: int
    models: tuple[tuple[str, Mapping[str, Any]], ...]
    promoted: str
    version: str
    split: Split
    intervals: Mapping[str, Mapping[str, float]]
    verdict: str
    """Whether the network wins against LightGBM, as far as the test window can tell."""
    decision: Decision | None = None
    """What became of the model beside the one in use; nothing where it was only trained."""

    def as_json(self) -> dict[str, Any]:
        """The shape that scripts rely on. ``promoted`` is the predictor that won, ``decision`` whether it is used."""
        return {
            "task": self.task,
            "as_of": self.as_of.isoformat(),
            "rows": self.rows,
            "models": [{"name": name, "metrics": dict(figures)} for name, figures in self.models],
            "promoted": self.promoted,
            "version": self.version,
            "intervals": {level: dict(figures) for level, figures in self.intervals.items()},
            "verdict": self.verdict,
            "decision": None if self.decision is None else self.decision.as_json(),
        }


def train(
    settings: Settings, task: str | None = None, as_of: date | None = None, seed: int = SEED
) -> list[TrainReport]:
    """Train one task or all, on what was known at ``as_of``; what passes its gates is put in use.

    The graph is written under the lease of refreshes, after waiting for it; a refresh may go on while models learn.
    """
    chosen = list(TASKS.values()) if task is None else [task_named(task)]
    with open_store(settings) as store:
        whole = read_snapshot(store, settings, as_of)
        reports = []
        for one in chosen:
            say(f"training {one.name} as of {whole.as_of}")
            found = learn(one, whole, seed)
            model, report = model_of(one, whole, found, seed)
            decision = submit(settings, store, challenger_of(one, whole, found, model))
            reports.append(replace(report, decision=decision))
            state = "is used" if decision.promoted else "is kept as a challenger"
            say(f"{one.name}: {model.version} {state}: {decision.reason}")
    return reports


@dataclass(frozen=True, slots=True)
class Learned:
    """All models of a task with the samples they saw; ``table`` has the figures of each on validation and test."""

    split: Split
    train: list[Sample]
    validation: list[Sample]
    test: list[Sample]
    candidates: dict[str, Predictor]
    calibrated: dict[str, Platt]
    """Recalibrated on validation, which is how each is judged on the later test window."""
    table: dict[str, dict[str, dict[str, float]]]
    promoted: str
    heard: Heard | None
    """What people said against predictions: in no figure but its own."""


def learn(task: Task, whole: Snapshot, seed: int = SEED) -> Learned:
    """Fit and compare every model on a snapshot alone; no database, nothing later than the snapshot."""
    first = int(whole.column("start", "written_on").min(initial=whole.day))
    split = split_time(task, first, whole.day)
    train_set, validation, test = ([sample_of(task, whole, day) for day in days] for days in _parts(split))
    _check_labels(task, train_set, validation, test)
    rate = _rate(task, train_set)
    said = heard(task, whole, split, rate, validation)
    candidates = _candidates(task, rate, train_set, validation, seed, None if said is None else said.evidence)
    table, calibrated = _compare(candidates, validation, test)
    # The rate baselines are there to be beaten: only trained models can be used.
    promoted = min(candidates.keys() - {"rate"}, key=lambda name: table[name]["validation"]["log_loss"])
    return Learned(split, train_set, validation, test, candidates, calibrated, table, promoted, said)


def train_task(task: Task, whole: Snapshot, seed: int = SEED) -> tuple[Model, TrainReport]:
    """Train and compare, and recalibrate the model that is used on the newest matured window."""
    return model_of(task, whole, learn(task, whole, seed), seed)


def model_of(task: Task, whole: Snapshot, found: Learned, seed: int = SEED) -> tuple[Model, TrainReport]:
    """The model to be used, with its intervals, and what is printed of all of them."""
    promoted, winner, split = found.promoted, found.candidates[found.promoted], found.split
    newest = fit_platt(*joined(winner, found.test))
    before = found.calibrated[promoted]
    if task.name == "access_friction":
        intervals, concentrations = fit_friction(winner, before, found.validation, found.test, View(whole))
    else:
        intervals, concentrations = fit_adoption(winner, before, newest, found.validation, found.test)
    rows = sum(len(sample.hcp) for sample in (*found.train, *found.validation, *found.test))
    said = found.heard
    evidence = None if said is None else said.evidence
    bags = _bags(found.train, found.validation, seed, evidence) if task.name == "adoption" else ()
    shown = findings(found.candidates, found.calibrated, promoted, found.test)
    if said is not None:
        shown["overrides"] = said.figures(winner, newest)
    model = Model.of(
        task=task.name, predictor=winner, promoted=promoted, platt=newest, concentrations=concentrations,
        bags=bags, features=found.train[0].features, seed=seed, as_of=whole.as_of, fingerprint=whole.fingerprint,
        table=found.table, intervals=intervals, split=split, profile={},
        findings=shown,
    )  # fmt: skip
    sample = scored_rows(task.name, whole)
    model = replace(model, profile=profile_of(sample, model.probability(sample)))
    table = tuple(found.table.items())
    words = verdict(model.findings["paired"])[1]
    report = TrainReport(task.name, whole.as_of, rows, table, promoted, model.version, split, intervals, words)
    return model, report


def challenger_of(task: Task, whole: Snapshot, found: Learned, model: Model) -> Challenger:
    """The model as its gates see it: with the window that is later than all it was fitted on."""
    return Challenger(
        task=task,
        model=model,
        predictor=found.candidates[found.promoted],
        platt=found.calibrated[found.promoted],
        validation=found.validation,
        test=found.test,
        known=whole.day,
        rate=float(np.concatenate([sample.label for sample in found.train]).mean()),
    )


def _parts(split: Split) -> tuple[tuple[int, ...], ...]:
    return split.train, split.validation, split.test


def _check_labels(task: Task, *parts: list[Sample]) -> None:
    for name, part in zip(("training", "validation", "test"), parts, strict=True):
        label = np.concatenate([sample.label for sample in part])
        if not 0 < label.sum() < len(label):
            raise ModelError(
                f"{task.name}: the {name} window has {int(label.sum())} events in {len(label)} rows: "
                "both outcomes are needed; load more history"
            )


def _rate(task: Task, train_set: list[Sample]) -> Rate:
    if task.name == "access_friction":
        return Rate("plan_rate")
    return Rate(None, float(np.concatenate([sample.label for sample in train_set]).mean()))


def _candidates(
    task: Task,
    rate: Rate,
    train_set: list[Sample],
    validation: list[Sample],
    seed: int,
    evidence: Evidence | None,
) -> dict[str, Predictor]:
    friction = task.name == "access_friction"
    own = FRICTION_OWN if friction else ADOPTION_OWN
    trees = fit_trees(train_set, validation, seed, rising=frozenset() if friction else RISING, evidence=evidence)
    network = fit_network(task.name, train_set, validation, seed, evidence)
    return {
        "rate": rate,
        "lightgbm_node": fit_trees(train_set, validation, seed, groups=own, evidence=evidence),
        "lightgbm": trees,
        "network": network,
        "ensemble": Mean((trees, network)),
    }


def _compare(
    candidates: Mapping[str, Predictor], validation: list[Sample], test: list[Sample]
) -> tuple[dict[str, dict[str, dict[str, float]]], dict[str, Platt]]:
    """Each model recalibrated on validation, judged there and on the later test window."""
    table, calibrated = {}, {}
    for name, predictor in candidates.items():
        logits, label = joined(predictor, validation)
        platt = fit_platt(logits, label)
        later, later_label = joined(predictor, test)
        table[name] = {
            "validation": metrics(label, platt.apply(logits)),
            "test": metrics(later_label, platt.apply(later)),
        }
        calibrated[name] = platt
    return table, calibrated


def _bags(train_set: list[Sample], validation: list[Sample], seed: int, evidence: Evidence | None) -> tuple[Trees, ...]:
    """Trees refitted on HCPs drawn with replacement: the spread of what they say is the interval of influence."""
    samples = [*train_set, *([] if evidence is None else [evidence.sample])]
    names = np.concatenate([sample.view.snapshot.column("hcp", "id")[sample.hcp] for sample in samples])
    people, code = np.unique(names, return_inverse=True)
    rows = sum(len(sample.hcp) for sample in train_set)
    bags = []
    for bag in range(BAGS):
        random = np.random.default_rng([seed, bag])
        drawn = np.bincount(random.integers(0, len(people), len(people)), minlength=len(people))
        weight = drawn[code].astype(np.float64)
        said = None if evidence is None else replace(evidence, weight=evidence.weight * weight[rows:])
        bags.append(fit_trees(train_set, validation, seed + bag, rising=RISING, weight=weight[:rows], evidence=said))
    return tuple(bags)
