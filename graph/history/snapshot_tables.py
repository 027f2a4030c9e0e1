"""What a snapshot is made of: its tables, the kind of each column, and how each row becomes known.

Days are whole numbers since 1970-01-01. `NEVER` stands for a date that has not come (yet), `EVER` for one that
lies before all dates.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from typing import Any

import numpy as np
from numpy.typing import NDArray

Column = NDArray[Any]
Table = Mapping[str, Column]

EPOCH = date(1970, 1, 1)
NEVER = int(np.iinfo(np.int32).max)
EVER = int(np.iinfo(np.int32).min)


class Kind(StrEnum):
    """How a column is stored, and what stands for null in it."""

    TEXT = "text"
    """Unicode; null is the empty text."""
    NUMBER = "number"
    """float64; null is not-a-number; true and false are 1 and 0."""
    DAY = "day"
    """int32; null is NEVER."""
    SINCE = "since"
    """int32; null is EVER: what has no date was always known."""


@dataclass(frozen=True, slots=True)
class TableKind:
    """Columns of a table, and the rules that say what of it was known on a day.

    A row is kept when every column in ``starts`` is at most the day and every column in ``ends`` is after it.
    ``hides`` maps a column to the column that says when it became known: later values read as null.
    ``key`` sorts the rows, so that equal knowledge gives equal arrays. ``numbers`` is a (group, number) pair of
    columns: what is known of a group is numbered anew from 0, because what arrives late may belong before it.
    """

    columns: Mapping[str, Kind]
    key: tuple[str, ...]
    starts: tuple[str, ...] = ()
    ends: tuple[str, ...] = ()
    hides: Mapping[str, str] = field(default_factory=dict)
    numbers: tuple[str, str] | None = None


ATTRIBUTES = {"primaryTaxonomy": "taxonomy", "state": "state", "sex": "sex"}
"""Properties of HCPs whose earlier values a snapshot knows, with their columns."""

_T, _N, _D, _S = Kind.TEXT, Kind.NUMBER, Kind.DAY, Kind.SINCE

TABLES: Mapping[str, TableKind] = {
    "product": TableKind({"id": _T, "brand": _T, "own": _N, "launched_on": _S}, key=("id",)),
    "hcp": TableKind(
        {
            "id": _T,
            "npi": _T,
            "taxonomy": _T,
            "state": _T,
            "sex": _T,
            "enumerated_on": _S,
            "known_at": _S,
        },
        key=("id",),
        starts=("known_at",),
    ),
    # Attributes that were others once, until a delivery told so.
    "hcp_before": TableKind(
        {"id": _T, "taxonomy": _T, "state": _T, "sex": _T, "since": _S, "until": _D},
        key=("id", "since"),
        starts=("until",),
    ),
    "account": TableKind({"id": _T, "name": _T, "kind": _T, "known_at": _S}, key=("id",), starts=("known_at",)),
    "territory": TableKind({"id": _T, "name": _T}, key=("id",)),
    "payer": TableKind({"id": _T, "name": _T}, key=("id",)),
    "plan": TableKind({"id": _T, "name": _T, "kind": _T, "payer": _T}, key=("id",)),
    "policy": TableKind(
        {
            "id": _T,
            "product": _T,
            "tier": _N,
            "prior_authorization": _N,
            "step_therapy": _N,
            "quantity_limit": _N,
            "effective_from": _D,
            "effective_to": _D,
            "known_at": _D,
            "end_known_at": _D,
        },
        key=("id",),
        starts=("known_at",),
        hides={"effective_to": "end_known_at", "end_known_at": "end_known_at"},
    ),
    "plan_policy": TableKind({"plan": _T, "policy": _T, "known_at": _D}, key=("plan", "policy"), starts=("known_at",)),
    "affiliation": TableKind(
        {"hcp": _T, "account": _T, "known_at": _S, "ended_at": _D},
        key=("hcp", "account", "known_at"),
        starts=("known_at",),
        ends=("ended_at",),
        hides={"ended_at": "ended_at"},
    ),
    "alignment": TableKind(
        {"hcp": _T, "territory": _T, "from": _S, "to": _D},
        key=("hcp", "territory", "from"),
        starts=("from",),
        ends=("to",),
        hides={"to": "to"},
    ),
    "share": TableKind(
        {"source": _T, "target": _T, "year": _N, "patients": _N, "known_at": _D},
        key=("source", "target", "year"),
        starts=("known_at",),
    ),
    "start": TableKind(
        {
            "id": _T,
            "hcp": _T,
            "product": _T,
            "plan": _T,
            "written_on": _D,
            "known_at": _D,
            "superseded_at": _D,
            "paid_on": _D,
            "paid_known_at": _D,
            "reversed_on": _D,
            "reversed_known_at": _D,
        },
        key=("id",),
        starts=("known_at",),
        ends=("superseded_at",),
        hides={
            "superseded_at": "superseded_at",
            "paid_on": "paid_known_at",
            "paid_known_at": "paid_known_at",
            "reversed_on": "reversed_known_at",
            "reversed_known_at": "reversed_known_at",
        },
    ),
    # Payments of a start that counted one after the other; the columns of the start follow from them.
    "payment": TableKind(
        {
            "start": _T,
            "position": _N,
            "paid_on": _D,
            "known_at": _D,
            "reversed_on": _D,
            "reversed_known_at": _D,
        },
        key=("start", "position"),
        starts=("known_at",),
        hides={"reversed_on": "reversed_known_at", "reversed_known_at": "reversed_known_at"},
        numbers=("start", "position"),
    ),
    "reject": TableKind(
        {"start": _T, "position": _N, "barrier": _T, "known_at": _D},
        key=("start", "position"),
        starts=("known_at",),
        numbers=("start", "position"),
    ),
    "call": TableKind(
        {"id": _T, "hcp": _T, "email": _N, "occurred_on": _D}, key=("id", "hcp"), starts=("occurred_on",)
    ),
    # Only those that were drawn: the odds tell what would have come about otherwise.
    "suggestion": TableKind(
        {"id": _T, "hcp": _T, "product": _T, "arm": _T, "propensity": _N, "suggested_on": _D},
        key=("id", "hcp"),
        starts=("suggested_on",),
    ),
    # Whom a colleague named as the one to turn to, in one wave of a study.
    "nomination": TableKind(
        {"source": _T, "target": _T, "study": _T, "wave": _T, "weight": _N, "answered_on": _D},
        key=("source", "target", "study", "wave"),
        starts=("answered_on",),
    ),
    # A publication, trial or congress, matched to an HCP as surely as its score says.
    "science": TableKind(
        {"id": _T, "hcp": _T, "kind": _T, "score": _N, "known_at": _D}, key=("id", "hcp"), starts=("known_at",)
    ),
    # What people said against predictions. One that has ended stays: it tells how often such words come true.
    "override": TableKind(
        {
            "id": _T,
            "task": _T,
            "hcp": _T,
            "product": _T,
            "plan": _T,
            "happens": _N,
            "made_on": _D,
            "ended_on": _D,
        },
        key=("id",),
        starts=("made_on",),
        hides={"ended_on": "ended_on"},
    ),
    # What-if: prescribing set from outside, in starts per 91 days.
    "forced": TableKind({"hcp": _T, "product": _T, "volume": _N}, key=("hcp", "product")),
}

SILENT_WHILE_EMPTY = frozenset({"override"})
"""Tables that came after models had been trained: while they are empty, nothing is known that was not known before."""


def day_of(when: date) -> int:
    """Whole days from 1970-01-01 to ``when``."""
    return (when - EPOCH).days


def date_of(day: int) -> date:
    """The date of a day number; NEVER and EVER have none."""
    return date.fromordinal(EPOCH.toordinal() + int(day))
