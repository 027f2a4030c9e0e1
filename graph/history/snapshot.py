"""A snapshot: what was known of the twin on one day, as an immutable value of columns and edge lists."""

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from types import MappingProxyType
from typing import Any

import numpy as np
from numpy.typing import NDArray

from graph.errors import ModelError
from graph.history.snapshot_deltas import Delta
from graph.history.snapshot_past import attributes_held, payments_that_count
from graph.history.snapshot_tables import NEVER, SILENT_WHILE_EMPTY, TABLES, Column, Kind, Table, date_of, day_of

_NULL: Mapping[Kind, object] = {Kind.TEXT: "", Kind.NUMBER: float("nan"), Kind.DAY: NEVER}


@dataclass(frozen=True, eq=False)
class Snapshot:
    """Everything known by the end of day ``day``.

    ``tables`` holds one mapping of equally long, read-only columns per name in `TABLES`: what held on the day, as
    far as known. Rows are sorted by the table's key, so two snapshots with the same knowledge are equal array by
    array and in `fingerprint`. ``known`` also keeps the rows that had ended: without them an earlier day could not
    be told.
    """

    day: int
    tables: Mapping[str, Table]
    known: Mapping[str, Table] = field(repr=False)
    _positions: dict[str, Column] = field(default_factory=dict, repr=False)

    @classmethod
    def of(cls, day: int, tables: Mapping[str, Mapping[str, Iterable[Any]]]) -> "Snapshot":
        """Check and sort the columns given; a table left out is empty. Keep only what was known by ``day``."""
        full = {name: _checked(name, tables.get(name, {})) for name in TABLES}
        unknown = sorted(tables.keys() - TABLES.keys())
        if unknown:
            raise ModelError(f"snapshot: unknown table {unknown[0]!r}; use one of {', '.join(TABLES)}")
        return cls(day, full, full).at(day)

    @property
    def as_of(self) -> date:
        """The day as a date."""
        return date_of(self.day)

    def at(self, day: int | date) -> "Snapshot":
        """What was known on an earlier day: a pure function of this snapshot, never of anything later."""
        wanted = day_of(day) if isinstance(day, date) else int(day)
        if wanted > self.day:
            raise ModelError(f"as of {date_of(wanted)}: the snapshot only knows {self.as_of}; use a day up to it")
        known = {name: _known(name, table, wanted) for name, table in self.known.items()}
        starts, payments = payments_that_count(known["start"], self.known["payment"], known["payment"])
        known |= {"start": _table(starts), "payment": _numbered_table("payment", payments)}
        known["hcp"] = _table(attributes_held(known["hcp"], self.known["hcp_before"], wanted))
        return Snapshot(wanted, {name: _holding(name, table, wanted) for name, table in known.items()}, known)

    def with_(self, deltas: Iterable[Delta]) -> "Snapshot":
        """A fork in which the deltas hold; this snapshot stays as it is. A fork has no earlier days of its own."""
        tables = dict(self.tables)
        for delta in deltas:
            name, columns = delta.apply(tables)
            tables[name] = _checked(name, columns)
        return Snapshot(self.day, tables, tables)

    def count(self, table: str) -> int:
        """Rows of a table."""
        return len(next(iter(self.tables[table].values())))

    def column(self, table: str, name: str) -> Column:
        """One read-only column."""
        return self.tables[table][name]

    def positions(self, table: str, ids: Column) -> NDArray[np.int64]:
        """Row numbers of ``ids`` in the table with column ``id``; -1 where it is not there."""
        known = self.column(table, "id")
        if not len(known):
            return np.full(len(ids), -1, dtype=np.int64)
        found = np.minimum(np.searchsorted(known, ids), len(known) - 1)
        return np.where(known[found] == ids, found, -1).astype(np.int64)

    def reference(self, table: str, name: str, target: str) -> NDArray[np.int64]:
        """Row numbers in ``target`` of the ids in ``table.name``; -1 where unknown. Computed once."""
        key = f"{table}.{name}"
        if key not in self._positions:
            self._positions[key] = _frozen(self.positions(target, self.column(table, name)))
        return self._positions[key]

    @cached_property
    def fingerprint(self) -> str:
        """SHA-256 over the day and all columns: equal exactly when the knowledge is equal."""
        digest = hashlib.sha256(str(self.day).encode())
        for table in sorted(self.known):
            if table in SILENT_WHILE_EMPTY and not len(self.known[table]["id"]):
                continue
            for name in sorted(self.known[table]):
                values = self.known[table][name]
                digest.update(f"|{table}.{name}:{len(values)}|".encode())
                if values.dtype.kind == "U":
                    digest.update("\x1f".join(values.tolist()).encode())
                else:
                    digest.update(np.ascontiguousarray(values).tobytes())
        return digest.hexdigest()


def newest_known(tables: Mapping[str, Table]) -> int:
    """The newest day on which a claim arrived; raise `ModelError` when there is no claim."""
    days = [
        tables["start"]["known_at"],
        tables["start"]["paid_known_at"],
        tables["start"]["reversed_known_at"],
        tables["reject"]["known_at"],
    ]
    known = np.concatenate(days)
    known = known[known != NEVER]
    if not len(known):
        raise ModelError("the twin holds no therapy starts: load claims with `twin refresh` first")
    return int(known.max())


def _checked(name: str, given: Mapping[str, Iterable[Any]]) -> Table:
    kinds = TABLES[name].columns
    odd = sorted(given.keys() ^ kinds.keys()) if given else []
    if odd:
        raise ModelError(f"snapshot table {name!r}: column {odd[0]!r} is missing or unknown")
    columns = {column: _typed(kind, given.get(column, ())) for column, kind in kinds.items()}
    lengths = {len(values) for values in columns.values()}
    if len(lengths) > 1:
        raise ModelError(f"snapshot table {name!r}: its columns have different lengths {sorted(lengths)!r}")
    order = np.lexsort([columns[key] for key in reversed(TABLES[name].key)])
    return _table({column: values[order] for column, values in columns.items()})


def _typed(kind: Kind, values: Iterable[Any]) -> Column:
    if kind is Kind.TEXT:
        # An explicit width keeps empty columns text.
        return np.asarray(values if isinstance(values, np.ndarray) else list(values), dtype=np.str_)
    dtype = np.float64 if kind is Kind.NUMBER else np.int32
    return np.asarray(values if isinstance(values, np.ndarray) else list(values), dtype=dtype)


def _known(name: str, table: Table, day: int) -> Table:
    rules = TABLES[name]
    keep = np.ones(len(next(iter(table.values()))), dtype=bool)
    for column in rules.starts:
        keep &= table[column] <= day
    columns = {column: values[keep] for column, values in table.items()}
    for column, known in rules.hides.items():
        later = table[known][keep] > day
        null: Any = _NULL[rules.columns[column]]
        columns[column] = np.where(later, null, columns[column]).astype(columns[column].dtype)
    return _numbered_table(name, columns)


def _numbered_table(name: str, columns: dict[str, Column]) -> Table:
    numbers = TABLES[name].numbers
    if numbers is not None:
        group, number = numbers
        columns[number] = _numbered(columns[group]).astype(columns[number].dtype)
    return _table(columns)


def _table(columns: Mapping[str, Column]) -> Table:
    return MappingProxyType({name: _frozen(values) for name, values in columns.items()})


def _numbered(group: Column) -> NDArray[np.int64]:
    """0, 1, … within each run of equal values."""
    place = np.arange(len(group))
    first = np.ones(len(group), dtype=bool)
    first[1:] = group[1:] != group[:-1]
    return place - np.maximum.accumulate(np.where(first, place, 0))


def _holding(name: str, table: Table, day: int) -> Table:
    """The rows that had not ended by the day."""
    keep = np.ones(len(next(iter(table.values()))), dtype=bool)
    for column in TABLES[name].ends:
        keep &= table[column] > day
    if keep.all():
        return table
    return _table({column: values[keep] for column, values in table.items()})


def _frozen(values: Column) -> Column:
    values = values.view()
    values.flags.writeable = False
    return values
