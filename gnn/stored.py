"""What the graph holds of a task's predictions before they are replaced."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from gnn.prediction import Prediction
from graph.store import Work

PROPERTIES = (
    "value", "low", "high", "expectedStarts", "saveableStarts", "mainBarrier", "barrierShares", "evidenceStarts",
    "explained", "clinicalLead", "claimsShow", "claimsStarts", "policySays", "policyGap",
    "policyGapLow", "policyGapHigh",
)  # fmt: skip
"""Those that are a prediction's own and may change while its id stays."""


@dataclass(frozen=True, slots=True)
class Stored:
    """A prediction in the graph: the values of `PROPERTIES`, the version of its model, and its reasons.

    ``current``: what all predictions of the task share is as it will be. ``reasons`` are lists of rank, words, share,
    data classes and node, by rank, which tells one from the others of its prediction.
    """

    values: list[Any]
    model: str | None
    current: bool
    reasons: list[list[Any]] = field(default_factory=list)


def read_stored(transaction: Work, task: str, shared: Mapping[str, Any]) -> dict[str, Stored]:
    """The predictions of a task by id; ``shared`` are the properties that all will have."""
    found = {
        name: Stored(values, model, current)
        for name, model, current, values in _rows(
            transaction, "analytics/predictions_of_task", task=task, shared=shared
        )
    }
    for name, reasons in _rows(transaction, "analytics/reasons_of_task", task=task) if found else ():
        found[name].reasons.extend(sorted(reasons))
    return found


def _rows(transaction: Work, statement: str, **parameters: Any) -> Iterator[list[Any]]:
    for (part,) in transaction.values(statement, parameters):
        yield from part


def values_of(row: Prediction) -> list[Any]:
    """The values of `PROPERTIES` of a new prediction."""
    shares = None if row.barrier_shares is None else list(row.barrier_shares)
    gap = row.gap
    beside = [None] * 6 if gap is None else [gap.shows, gap.starts, gap.says, gap.gap, gap.low, gap.high]
    return [
        row.value, row.low, row.high, row.expected_starts, row.saveable_starts, row.main_barrier, shares,
        row.evidence_starts, row.explained, row.clinical_lead, *beside,
    ]  # fmt: skip
