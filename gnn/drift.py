"""Drift: how far what a model scores today lies from what it saw when it was trained, and whether to train again."""

import math
from dataclasses import dataclass
from datetime import date
from typing import Any

from gnn.calibration import Calibration
from gnn.distribution import Distribution, Shift
from gnn.model import Model
from gnn.profiles import Graph
from gnn.samples import Sample, sample_of
from gnn.slices import clusters_of
from gnn.tasks import TASKS
from graph.history.snapshot import Snapshot
from graph.history.snapshot_tables import date_of, day_of

MANY_FEATURES = 0.1
"""Share of features with a major shift from which training again is due: one alone may be a feed that changed."""
MANY_NEW = 0.2
"""Share of HCPs that came after the training from which training again is due; half of it is worth watching."""
MOVED = 0.1
"""Change of a share (HCPs without ties, those of the largest component) from which the graph is another one."""
FEWEST_EVENTS = 30
"""Events and non-events that a matured window needs before it judges the calibration."""


@dataclass(frozen=True, slots=True)
class FeatureShift:
    """One feature with its group."""

    name: str
    group: str
    shift: Shift


@dataclass(frozen=True, slots=True)
class Matured:
    """A window that began after all labels the model has seen and whose labels have matured since."""

    day: date
    rows: int
    expected: float
    observed: float
    calibration: Calibration


@dataclass(frozen=True, slots=True)
class Drift:
    """``reasons`` say why the verdict is ``watch`` or ``retrain``; without any it is ``stable``."""

    as_of: date
    trained_as_of: date
    features: tuple[FeatureShift, ...]
    value: Shift
    mean_then: float
    mean_now: float
    degree: Shift
    new_hcps: float
    alone: tuple[float, float]
    largest: tuple[float, float]
    components: tuple[int, int]
    ties: tuple[float, float]
    matured: Matured | None
    verdict: str
    reasons: tuple[str, ...]

    def as_json(self) -> dict[str, Any]:
        """Plain values, features with the largest shift first."""
        ordered = sorted(self.features, key=lambda one: (-one.shift.index, one.name))
        window = self.matured
        return {
            "as_of": self.as_of.isoformat(),
            "trained_as_of": self.trained_as_of.isoformat(),
            "verdict": self.verdict,
            "reasons": list(self.reasons),
            "features": [
                {"name": one.name, "group": one.group, **_shift(one.shift)} for one in ordered
            ],
            "value": {
                **_shift(self.value), "mean_then": self.mean_then, "mean_now": self.mean_now
            },
            "graph": {
                "degree": _shift(self.degree),
                "new_hcps": self.new_hcps,
                "ties_per_hcp": list(self.ties),
                "alone": list(self.alone),
                "largest": list(self.largest),
                "components": list(self.components),
            },
            "calibration": None
            if window is None
            else {
                "window": window.day.isoformat(),
                "rows": window.rows,
                "expected": window.expected,
                "observed": window.observed,
                **window.calibration.as_json(),
                "off": window.calibration.off,
            },
        }  # fmt: skip


def drift(model: Model, sample: Sample) -> Drift | None:
    """Of a model on the rows that it scores; nothing on what it was trained on, or for an earlier day."""
    snapshot, known = sample.view.snapshot, model.profile
    if snapshot.as_of < model.as_of or snapshot.fingerprint == model.fingerprint:
        return None
    values = model.probability(sample)
    features = tuple(
        FeatureShift(name, group, Distribution.from_json(known["features"][name]).shift(sample.features.column(name)))
        for name, group in zip(sample.features.names, sample.features.groups, strict=True)
        if name in known["features"]
    )
    then, graph = known["graph"], Graph.of(sample.view)
    came = snapshot.column("hcp", "known_at") > day_of(model.as_of)
    found: dict[str, Any] = {
        "features": features,
        "value": Distribution.from_json(known["value"]).shift(values),
        "mean_then": known["mean"],
        "mean_now": float(values.mean()) if len(values) else 0.0,
        "degree": Distribution.from_json(then["degree"]).shift(graph.degree),
        "new_hcps": float(came.mean()) if len(came) else 0.0,
        "alone": (then["alone"], graph.alone),
        "largest": (then["largest"], graph.largest),
        "components": (then["components"], graph.components),
        "ties": (then["ties"] / max(then["hcps"], 1), graph.ties / max(graph.hcps, 1)),
        "matured": newly_matured(model, snapshot),
    }
    serious, slight = _reasons(found)
    verdict = "retrain" if serious else "watch" if slight else "stable"
    return Drift(as_of=snapshot.as_of, trained_as_of=model.as_of, verdict=verdict, reasons=(*serious, *slight), **found)


def newly_matured(model: Model, snapshot: Snapshot) -> Matured | None:
    """The newest window of which the model has seen no label, when there is one with enough events of both kinds."""
    task = TASKS[model.task]
    newest, first = snapshot.day - task.maturity - task.horizon, max(model.split.test) + task.horizon
    if newest < first:
        return None
    # On the grid of training, so that the window stays the same for `step` days.
    sample = sample_of(task, snapshot, first + (newest - first) // task.step * task.step)
    return _judged(model, sample)


def _judged(model: Model, sample: Sample) -> Matured | None:
    events = sample.label.sum()
    if min(events, len(sample.label) - events) < FEWEST_EVENTS:
        return None
    value = model.probability(sample)
    found = Calibration.of(sample.label, value, clusters_of([sample]))
    rows = len(sample.label)
    return Matured(date_of(sample.view.day), rows, float(value.mean()), float(events / rows), found)


def _reasons(found: dict[str, Any]) -> tuple[list[str], list[str]]:
    """What asks for training again, and what is worth watching."""
    serious: list[str] = []
    slight: list[str] = []

    def add(bad: bool, worth: bool, words: str) -> None:
        if bad:
            serious.append(words)
        elif worth:
            slight.append(words)

    features: tuple[FeatureShift, ...] = found["features"]
    major = [one.name for one in features if one.shift.size == "major"]
    moved = [one.name for one in features if one.shift.size != "stable"]
    add(
        len(major) >= max(MANY_FEATURES * len(features), 1.5),
        bool(moved),
        f"{len(moved)} of {len(features)} features have shifted, {len(major)} of them far: "
        f"{', '.join((sorted(major) + sorted(set(moved) - set(major)))[:5])}",
    )
    value: Shift = found["value"]
    add(
        value.size == "major",
        value.size == "moderate",
        f"predicted values: {value.size} shift (stability index {value.index:.2f}), "
        f"on average {found['mean_now']:.3f}, {found['mean_then']:.3f} at training",
    )
    window: Matured | None = found["matured"]
    if window is not None:
        add(
            window.calibration.off,
            False,
            f"calibration on the window from {window.day}: {window.observed:.3f} observed, {window.expected:.3f} "
            f"expected; {window.calibration}",
        )
    degree: Shift = found["degree"]
    add(
        degree.size == "major",
        degree.size == "moderate",
        f"ties per HCP: {degree.size} shift (stability index {degree.index:.2f}), "
        f"on average {found['ties'][1]:.1f}, {found['ties'][0]:.1f} at training",
    )
    new: float = found["new_hcps"]
    add(new > MANY_NEW, new > MANY_NEW / 2, f"{100 * new:.0f} % of HCPs came after the training")
    for name, words in (("alone", "of HCPs share no patients"), ("largest", "of HCPs hang together")):
        before, after = found[name]
        add(
            abs(after - before) > MOVED,
            abs(after - before) > MOVED / 2,
            f"{100 * after:.0f} % {words}, {100 * before:.0f} % at training",
        )
    return serious, slight


def _shift(found: Shift) -> dict[str, Any]:
    distance = found.distance if math.isfinite(found.distance) else None
    return {"psi": found.index, "distance": distance, "size": found.size}
