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
        was, now = old.get(name), new.get(name)
        before = None if was is None else _shown(task, was["product"], was["plan"], was)
        after = None if now is None else _shown(task, now.product, now.plan, _values(now, version))
        if was is not None and now is not None:
            if before is not None and after is not None and before["value"] != after["value"]:
                yield _row(now.subject, now.plan, "value", "changed", before, after)
        elif now is not None:
            yield _row(now.subject, now.plan, None, "added", None, after)
        elif was is not None:
            yield _row(was["subject"], was["plan"], None, "ended", before, None)


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


def _row(
    subject: str, plan: str | None, name: str | None, operation: str, old: dict[str, Any] | None,
    new: dict[str, Any] | None,
) -> list[Any]:  # fmt: skip
    told = [None if one is None else json.dumps(one) for one in (old, new)]
    return [f"chg_{uuid.uuid4().hex[:24]}", subject, plan, name, operation, *told]


def _shown(task: str, product: str, plan: str | None, values: Mapping[str, Any]) -> dict[str, Any]:
    under = {} if plan is None else {"plan": plan}
    numbers = {name: _round(values[name]) for name in ("value", "low", "high")}
    return {"task": task, "product": product, **under, **numbers, "model": values["model"]}


def _values(now: Prediction, version: str) -> dict[str, Any]:
    return {"value": now.value, "low": now.low, "high": now.high, "model": version}


def _round(value: float | None) -> float | None:
    return None if value is None else float(f"{value:.{DIGITS}g}")
