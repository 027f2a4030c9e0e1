"""Snapshots from Neo4j: one statement per table in list-shaped records, kept on disk by what was loaded."""

import hashlib
import json
import os
from contextlib import suppress
from datetime import date
from pathlib import Path
from typing import Any, Protocol

import numpy as np

from cypher import statement
from graph.errors import ModelError
from graph.history.snapshot import Snapshot, newest_known
from graph.history.snapshot_past import attributes_before
from graph.history.snapshot_periods import affiliation_periods
from graph.history.snapshot_tables import ATTRIBUTES, EVER, NEVER, TABLES, Column, Kind, Table, day_of
from graph.settings import Settings

VERSION = 3
"""Raised when what is made of the read columns changes; the columns and statements speak for themselves."""
MOST_READS = 3
READ_FROM_GRAPH = tuple(name for name in TABLES if name != "forced")


class Reader(Protocol):
    """What reading needs of `graph.store.Store`."""

    def read(self, name_or_text: str, /, **parameters: Any) -> list[dict[str, Any]]: ...


def read_snapshot(store: Reader, settings: Settings, as_of: date | None = None) -> Snapshot:
    """What the twin knew on ``as_of``; by default on the newest day a claim arrived.

    The tables are kept in TWIN_HOME/state under a key of the refreshes that made them, so a second read of an
    unchanged twin opens a file.
    """
    tables = _kept_or_read(store, settings.home / "state")
    newest = newest_known(tables)
    whole = Snapshot.of(newest, tables)
    if as_of is None:
        return whole
    if day_of(as_of) > newest:
        raise ModelError(f"as of {as_of}: claims are only known up to {whole.as_of}; use a date up to it")
    return whole.at(as_of)


def _kept_or_read(store: Reader, folder: Path) -> dict[str, Table]:
    for _ in range(MOST_READS):
        key = _key(store)
        if key is None:
            return _read(store)
        path = folder / f"snapshot-{key}.npz"
        # Another process may be replacing the file.
        with suppress(FileNotFoundError):
            return _load(path)
        tables = _read(store)
        # A refresh that committed in between would mix two states.
        if _key(store) == key:
            for stale in folder.glob("snapshot-*.npz"):
                stale.unlink(missing_ok=True)
            _save(path, tables)
            return tables
    raise ModelError(f"the twin changed {MOST_READS} times while it was read: try again when the refreshes are done")


def _key(store: Reader) -> str | None:
    """A checksum of the refreshes, of the size of the twin and of what is read; None for a twin that no refresh made.

    Raise `ModelError` while a refresh that needs several transactions is half in the graph.
    """
    rows = store.read("analytics/snapshot_key")
    if not rows[0]["runs"]:
        return None
    if any(sequence is None for _, _, sequence in rows[0]["runs"]):
        raise ModelError("a refresh is half applied: wait for it to end, or run `twin refresh` to finish it")
    text = json.dumps([VERSION, _reads(), rows], sort_keys=True, default=str)
    return hashlib.sha256(text.encode()).hexdigest()[:24]


def _reads() -> list[Any]:
    """The columns and statements of this release: another one may not understand a file that these made."""
    return [
        {name: TABLES[name].columns for name in READ_FROM_GRAPH},
        [statement(f"analytics/snapshot_{name}").text for name in _statements()],
    ]


def _statements() -> list[str]:
    return [*(name for name in READ_FROM_GRAPH if name != "hcp_before"), "affiliation_changes", "hcp_changes"]


def _read(store: Reader) -> dict[str, Table]:
    return {name: _table(store, name) for name in READ_FROM_GRAPH}


def _table(store: Reader, name: str) -> dict[str, Column]:
    kinds = TABLES[name].columns
    if name == "affiliation":
        current = _joined(store, "affiliation", ("hcp", "account"))
        changes = _joined(store, "affiliation_changes", ("hcp", "account", "added", "known_at"))
        columns = affiliation_periods(current, changes)
    elif name == "hcp_before":
        people = _joined(store, "hcp", ("id", *ATTRIBUTES.values()))
        changes = _joined(store, "hcp_changes", ("id", "property", "old", "recorded_on"))
        columns = attributes_before(people, changes)
    else:
        columns = _joined(store, name, tuple(kinds))
    return {column: filled(kind, columns[column]) for column, kind in kinds.items()}


def _joined(store: Reader, name: str, columns: tuple[str, ...]) -> dict[str, list[Any]]:
    """The columns of a statement's list-shaped records, end to end."""
    records = store.read(f"analytics/snapshot_{name}")
    return {column: [value for record in records for value in record[column]] for column in columns}


def filled(kind: Kind, values: list[Any]) -> Column:
    """A column of the kind; None is its null."""
    if kind is Kind.TEXT:
        return np.asarray(["" if value is None else value for value in values], dtype=np.str_)
    if kind is Kind.NUMBER:
        return np.asarray([float("nan") if value is None else value for value in values], dtype=np.float64)
    null = NEVER if kind is Kind.DAY else EVER
    return np.asarray([null if value is None else value for value in values], dtype=np.int32)


def _save(path: Path, tables: dict[str, Table]) -> None:
    """Write under another name first: a file that is there is whole."""
    path.parent.mkdir(parents=True, exist_ok=True)
    arrays: dict[str, Any] = {
        f"{table}/{name}": values for table, columns in tables.items() for name, values in columns.items()
    }
    unfinished = path.with_name(f"{path.name}.{os.getpid()}.part")
    with unfinished.open("wb") as file:
        np.savez(file, **arrays)
    unfinished.replace(path)


def _load(path: Path) -> dict[str, Table]:
    tables: dict[str, dict[str, Column]] = {name: {} for name in READ_FROM_GRAPH}
    with np.load(path, allow_pickle=False) as arrays:
        for name in arrays.files:
            table, column = name.split("/")
            tables[table][column] = arrays[name]
    return dict(tables)
