"""What scoring changed, for the log: predictions that came, went, or whose value reads otherwise than before.

The first scoring of a task is its baseline and is not logged, as with the first delivery of a source.
"""

from __future__ import annotations

import json
import uuid
from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from typing import Any

from gnn.model import Model
from gnn.prediction import Prediction
from graph.store import Work

DIGITS = 2
"""Significant digits that the log keeps of a value: what differs only beyond them reads the same."""
Old = dict[str, dict[str, Any]]
"""Rows of `predictions_of_task` by id."""


def read_old(transaction: Work, task: str) -> Old:
    """The predictions of a task before they are replaced."""
    return {row["id"]: row for row in transaction.run("analytics/predictions_of_task", {"task": task})}


def difference(old: Old, new: Mapping[str, Prediction], task: str, version: str) -> Iterator[list[Any]]:
    """Rows of the log: id, subject, plan, property, operation, old and new value as JSON."""
    if not old:
        return
    for name in sorted(old.keys() | new.keys()):
        was, now = old.get(name), _as_row(new[name], version) if name in new else None
        before, after = _shown(task, was), _shown(task, now)
        if before and after and before["value"] == after["value"]:
            continue
        operation = "added" if before is None else "ended" if after is None else "changed"
        told = [None if one is None else json.dumps(one) for one in (before, after)]
        about = now or was or {}
        named = "value" if operation == "changed" else None
        yield [f"chg_{uuid.uuid4().hex[:24]}", about["subject"], about["plan"], named, operation, *told]


def write_log(
    transaction: Work, rows: Iterable[list[list[Any]]], model: Model, as_of: date, classes: Iterable[str]
) -> None:
    """Write batches of such rows under the model, dated by the newest delivery.

    ``classes``: that which the task releases, and those of all its inputs; a reader of a change may read all of them.
    """
    newest = transaction.run("analytics/newest_record")
    dated = newest[0] if newest and newest[0]["recorded_on"] is not None else {"run": None, "recorded_on": as_of}
    shared = {
        "model": model.id,
        "version": model.version,
        "as_of": as_of,
        "run": dated["run"],
        "recorded_on": dated["recorded_on"],
        "data_classes": sorted(set(classes)),
    }
    for part in rows:
        transaction.run("analytics/write_prediction_changes", shared | {"rows": part})


def _as_row(now: Prediction, version: str) -> dict[str, Any]:
    """A new prediction in the form of the old ones."""
    names = ("subject", "product", "plan", "value", "low", "high")
    return {name: getattr(now, name) for name in names} | {"model": version}


def _shown(task: str, row: dict[str, Any] | None) -> dict[str, Any] | None:
    if row is None:
        return None
    under = {} if row["plan"] is None else {"plan": row["plan"]}
    numbers = {name: _round(row[name]) for name in ("value", "low", "high")}
    return {"task": task, "product": row["product"], **under, **numbers, "model": row["model"]}


def _round(value: float | None) -> float | None:
    return None if value is None else float(f"{value:.{DIGITS}g}")
