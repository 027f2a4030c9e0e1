"""What scoring changed, for the log: predictions that came, went, or whose value reads otherwise than before.

The first scoring of a task is its baseline and is not logged, as with the first delivery of a source.
"""

from __future__ import annotations

import json
import secrets
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from functools import cache
from typing import Any

from gnn.model import Model
from gnn.prediction import Prediction
from gnn.stored import Stored
from graph.store import Store, Work, parts

DIGITS = 2
"""Significant digits that the log keeps of a value: what differs only beyond them reads the same."""


def read_ended(transaction: Work, names: list[str]) -> dict[str, dict[str, Any]]:
    """Whom the predictions that end are about, by id."""
    rows = transaction.run("analytics/prediction_subjects", {"ids": names}) if names else []
    return {row.pop("id"): row for row in rows}


def difference(
    old: Mapping[str, Stored],
    ended: Mapping[str, Mapping[str, Any]],
    new: Mapping[str, Prediction],
    task: str,
    version: str,
) -> Iterator[list[Any]]:
    """Rows of the log: id, subject, plan, property, operation, old and new value as JSON.

    ``ended`` tells whom predictions were about that are no longer there, see `read_ended`.
    """
    # In the order of scoring: entries about one subject are next to each other in the log's indexes.
    for name in [*new, *(old.keys() - new.keys())]:
        was, now = old.get(name), new.get(name)
        if was and now and _round(was.values[0]) == _round(now.value):
            continue
        about = ended[name] if now is None else _about(now)
        before = None if was is None else _shown(task, about, was.values[:3], was.model)
        after = None if now is None else _shown(task, about, [now.value, now.low, now.high], version)
        operation = "added" if was is None else "ended" if now is None else "changed"
        named = "value" if operation == "changed" else None
        yield [f"chg_{secrets.token_hex(12)}", about["subject"], about["plan"], named, operation, before, after]


def write_log(store: Store, rows: Sequence[list[Any]], model: Model, as_of: date, classes: Iterable[str]) -> None:
    """Write such rows under the model, dated by the newest delivery, where readers do not find them yet.

    ``classes``: that which the task releases, and those of all its inputs; a reader of a change may read all of them.
    """
    newest = store.read("analytics/newest_record")
    dated = newest[0] if newest and newest[0]["recorded_on"] is not None else {"run": None, "recorded_on": as_of}
    shared = {
        "model": model.id,
        "version": model.version,
        "as_of": as_of,
        "run": dated["run"],
        "recorded_on": dated["recorded_on"],
        "data_classes": sorted(set(classes)),
        "label": None,
    }
    for part in parts(rows):
        store.write("analytics/write_prediction_changes", rows=part, **shared)


def show_log(transaction: Work, names: Sequence[str]) -> None:
    """Let readers find entries that were written, by id."""
    for part in parts(names):
        transaction.run(
            "UNWIND $ids AS id MATCH (change:Change {id: id}) SET change.label = 'Prediction'", {"ids": part}
        )


def _about(row: Prediction) -> dict[str, Any]:
    return {"subject": row.subject, "product": row.product, "plan": row.plan}


def _shown(task: str, about: Mapping[str, Any], numbers: Sequence[float | None], model: str | None) -> str:
    value, low, high = ("null" if number is None else _round(number) for number in numbers)
    start, end = _around(task, about["product"], about["plan"], model)
    return f'{start}, "value": {value}, "low": {low}, "high": {high}, {end}'


@cache
def _around(task: str, product: str, plan: str | None, model: str | None) -> tuple[str, str]:
    """The JSON before and after the numbers: the same for thousands, and most of the work of making it."""
    under = {} if plan is None else {"plan": plan}
    return json.dumps({"task": task, "product": product, **under})[:-1], json.dumps({"model": model})[1:]


def _round(value: float | None) -> float | None:
    return None if value is None else float(f"{value:.{DIGITS}g}")
