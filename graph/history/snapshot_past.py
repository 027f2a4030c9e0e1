"""What held on an earlier day of what a later one overwrote: the payment that counted, and attributes of HCPs."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from graph.history.snapshot_tables import ATTRIBUTES, EVER, NEVER, Column, Table

DISPENSED_WITHIN = 30
"""Days after writing within which a payment counts as dispensed."""
_PAID = {
    "paid_on": "paid_on",
    "paid_known_at": "known_at",
    "reversed_on": "reversed_on",
    "reversed_known_at": "reversed_known_at",
}


def payments_that_count(starts: Table, payments: Table, known: Table) -> tuple[dict[str, Column], dict[str, Column]]:
    """The columns of ``starts`` with the payment that counts by what is ``known`` of all ``payments``.

    That is the first in time that was dispensed in time and not reversed, else the first, as for the newest day.
    Starts without rows in ``payments`` stay as they are. Also return the payments that tell about days before, as a
    twin would keep them that knew no more.
    """
    columns = dict(starts)
    if not len(payments["start"]):
        return columns, dict(known)
    several = np.isin(starts["id"], payments["start"])
    for column in _PAID:
        columns[column] = np.where(several, NEVER, starts[column]).astype(starts[column].dtype)
    row, here = _rows(starts["id"], known["start"])
    paid = {name: values[here] for name, values in known.items()}
    late = paid["paid_on"] - starts["written_on"][row] > DISPENSED_WITHIN
    order = np.lexsort([paid["position"], late | (paid["reversed_on"] != NEVER), row])
    counted, first = np.unique(row[order], return_index=True)
    chosen = order[first]
    for column, name in _PAID.items():
        columns[column][counted] = paid[name][chosen]
    counts = np.zeros(len(row), dtype=bool)
    counts[chosen] = True
    tells = counts | (paid["reversed_known_at"] != NEVER) | (paid["known_at"] < columns["paid_known_at"][row])
    tells &= np.bincount(row[tells], minlength=len(starts["id"]))[row] > 1
    return columns, {name: values[tells] for name, values in paid.items()}


def attributes_before(
    current: Mapping[str, Iterable[Any]], changes: Mapping[str, Iterable[Any]]
) -> dict[str, list[Any]]:
    """Columns of the table `hcp_before`: what the attributes were, from when and until when.

    ``current`` are the columns of the table `hcp`; ``changes`` has id, property, old (JSON) and recorded_on (a day),
    newest first.
    """
    names = tuple(ATTRIBUTES.values())
    now = {one[0]: list(one[1:]) for one in zip(current["id"], *(current[name] for name in names), strict=True)}
    found: dict[str, list[Any]] = {name: [] for name in ("id", *names, "since", "until")}
    rows = zip(changes["id"], changes["property"], changes["old"], changes["recorded_on"], strict=True)
    open_row: dict[str, int] = {}
    for who, changed, old, day in rows:
        if who not in now:
            continue
        now[who][names.index(ATTRIBUTES[changed])] = "" if old is None else (json.loads(old) or "")
        at = open_row.get(who)
        if at is None or found["until"][at] != day:
            # What held before this day began, which the next older change will say.
            if at is not None:
                found["since"][at] = day
            open_row[who] = len(found["id"])
            for column, value in zip(found, (who, *now[who], EVER, day), strict=True):
                found[column].append(value)
        else:
            for name, value in zip(names, now[who], strict=True):
                found[name][at] = value
    return found


def attributes_held(people: Table, before: Table, day: int) -> dict[str, Column]:
    """The columns of ``people`` with the attributes that held on a day, where these are among ``before``."""
    columns = dict(people)
    held = (before["since"] <= day) & (before["until"] > day)
    if not held.any():
        return columns
    row, here = _rows(people["id"], before["id"][held])
    for name in ATTRIBUTES.values():
        values = people[name].astype(np.promote_types(people[name].dtype, before[name].dtype))
        values[row] = before[name][held][here]
        columns[name] = values
    return columns


def _rows(ids: Column, wanted: Column) -> tuple[NDArray[np.int64], NDArray[np.bool_]]:
    """Row numbers in the sorted ``ids`` of those ``wanted`` that are there, and which these are."""
    row = np.searchsorted(ids, wanted)
    here = row < len(ids)
    here[here] = ids[row[here]] == wanted[here]
    return row[here].astype(np.int64), here
