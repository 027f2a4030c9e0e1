"""Two versions of a task on the same rows of the newest matured window, as they are used.

Only calibration is not judged as it is used where it was fitted on this very window and cannot be off there: then each
is calibrated on the windows before, as its gates judged it.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gnn.bootstrap import Difference, Paired, paired
from gnn.calibrate import fit_platt
from gnn.calibration import Calibration
from gnn.metrics import metrics
from gnn.model import Model
from gnn.predictors import joined
from gnn.promotion import find
from gnn.registry import load_version
from gnn.samples import Sample, sample_of
from gnn.slices import FEWEST_ROWS, clusters_of, groups_of, is_told, limit
from gnn.tasks import TASKS, Task, split_time
from gnn.view import Floats
from graph.errors import ModelError
from graph.history.snapshot import Snapshot
from graph.history.snapshot_read import read_snapshot
from graph.settings import Settings
from graph.store import open_store


@dataclass(frozen=True, slots=True)
class SliceDifference:
    """Gains of the first model within one region or payer; the intervals of all slices hold together with 95 %."""

    kind: str
    name: str
    found: Paired


@dataclass(frozen=True, slots=True)
class Comparison:
    """``seen``: per version what of the window it has seen already, else an empty text.

    ``figures`` are of the versions as they are used, ``calibration`` is from before the window.
    """

    task: str
    as_of: date
    window: tuple[date, date]
    versions: tuple[str, str]
    figures: tuple[dict[str, float], dict[str, float]]
    calibration: tuple[Calibration, Calibration]
    seen: tuple[str, str]
    found: Paired
    slices: tuple[SliceDifference, ...]

    @property
    def verdict(self) -> str:
        """Which is better as far as the window can tell, in one line."""
        first, second = self.versions
        auc, loss = self.found.auc, self.found.log_loss
        if loss.low > 0 and auc.high >= 0:
            words = f"{first} predicts better than {second}"
        elif loss.high < 0 and auc.low <= 0:
            words = f"{second} predicts better than {first}"
        else:
            words = f"this window does not tell {first} and {second} apart"
        seen = [f"{version}: {how}" for version, how in zip(self.versions, self.seen, strict=True) if how]
        return f"{words} (not quite fair, of this window has been used by {'; '.join(seen)})" if seen else words

    def as_json(self) -> dict[str, Any]:
        """The shape that scripts rely on."""
        return {
            "task": self.task,
            "as_of": self.as_of.isoformat(),
            "window": [day.isoformat() for day in self.window],
            "models": [
                {"version": version, "metrics": figures, "calibration": calibration.as_json(), "has_seen": seen}
                for version, figures, calibration, seen in zip(
                    self.versions, self.figures, self.calibration, self.seen, strict=True
                )
            ],
            "gain": self.found.as_json(),
            "slices": [{"kind": one.kind, "name": one.name, **one.found.as_json()} for one in self.slices],
            "verdict": self.verdict,
        }


def compare(settings: Settings, first: str, second: str, as_of: date | None = None) -> Comparison:
    """Two versions, each by id or version; raise `ModelError` when they are of different tasks or cannot be read."""
    with open_store(settings) as store:
        rows = [find(store, name) for name in (first, second)]
        if rows[0]["task"] != rows[1]["task"]:
            raise ModelError(
                f"{rows[0]['version']!r} and {rows[1]['version']!r} are of different tasks: compare versions of one"
            )
        models = [load_version(settings, row["id"], row["task"]) for row in rows]
        whole = read_snapshot(store, settings, as_of)
    return compare_models(models[0], models[1], whole)


def compare_models(first: Model, second: Model, whole: Snapshot) -> Comparison:
    """Two models of one task on a snapshot."""
    task = TASKS[first.task]
    began = int(whole.column("start", "written_on").min(initial=whole.day))
    split = split_time(task, began, whole.day)
    samples, before = ([sample_of(task, whole, day) for day in days] for days in (split.test, split.validation))
    for model in (first, second):
        model.require_readable(samples[0])
    label = np.concatenate([sample.label for sample in samples])
    if not 0 < label.sum() < len(label):
        raise ModelError(f"the window from {samples[0].view.snapshot.as_of} has outcomes of one kind only")
    values = [np.concatenate([model.probability(sample) for sample in samples]) for model in (first, second)]
    cluster = clusters_of(samples)
    unseen = [_unseen(task, model, samples, before) for model in (first, second)]
    return Comparison(
        task=task.name,
        as_of=whole.as_of,
        window=(samples[0].view.snapshot.as_of, samples[-1].view.snapshot.as_of),
        versions=(first.version, second.version),
        figures=(_figures(label, values[0]), _figures(label, values[1])),
        calibration=(Calibration.of(label, unseen[0], cluster), Calibration.of(label, unseen[1], cluster)),
        seen=(_seen(task, first, samples), _seen(task, second, samples)),
        found=paired(label, values[0], values[1], cluster),
        slices=tuple(_slices(samples, label, values, cluster)),
    )


def _figures(label: Floats, value: Floats) -> dict[str, float]:
    return {name: found for name, found in metrics(label, value).items() if name != "ece"}


def _unseen(task: Task, model: Model, samples: Sequence[Sample], before: Sequence[Sample]) -> Floats:
    """Values of the window by a calibration that was not fitted on it."""
    platt = model.platt
    if _overlap(task, model.split.test, samples):
        platt = fit_platt(*joined(model.predictor, before))
    return platt.apply(joined(model.predictor, samples)[0])


def _slices(
    samples: Sequence[Sample], label: Floats, values: Sequence[Floats], cluster: NDArray[np.int64]
) -> list[SliceDifference]:
    found = []
    for kind, code, names in groups_of(samples):
        for number, name in enumerate(names):
            inside = code == number
            if inside.sum() >= FEWEST_ROWS and is_told(label[inside]):
                one = paired(label[inside], values[0][inside], values[1][inside], cluster[inside])
                found.append(SliceDifference(kind, name, one))
    # Bonferroni: each slice has two intervals. Redraws are too few for such a tail, so the ends are moved outwards.
    wider = limit(2 * len(found)) / limit(1)
    return [
        replace(
            one,
            found=replace(
                one.found, auc=_stretched(one.found.auc, wider), log_loss=_stretched(one.found.log_loss, wider)
            ),
        )
        for one in found
    ]


def _stretched(found: Difference, times: float) -> Difference:
    value = found.value
    return replace(found, low=value - times * (value - found.low), high=value + times * (found.high - value))


def _overlap(task: Task, part: Sequence[int], samples: Sequence[Sample]) -> bool:
    return any(abs(day - sample.view.day) < task.horizon for day in part for sample in samples)


def _seen(task: Task, model: Model, samples: Sequence[Sample]) -> str:
    if _overlap(task, (*model.split.train, *model.split.validation), samples):
        return "labels for training"
    return "labels for its calibration" if _overlap(task, model.split.test, samples) else ""
