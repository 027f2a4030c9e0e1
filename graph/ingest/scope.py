"""Which part of a source is computed anew: all of it, or the partitions that new files touch.

A mapping names the column of a table that divides its rows into partitions which do not depend on each other (the
person of a claim line). What is then kept between runs are the intermediate tables that selects over all partitions
read; everything that belongs to one partition is computed for the touched ones alone and joins what was there.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from graph.ingest.engine import Connection, copy, literal, quoted, scan
from graph.ingest.landing import Landed
from graph.ingest.state import State
from graph.sources import Claim, Mapping, Prepare, Table

UNRESOLVED = "unresolved"
TOUCHED = "SELECT value FROM touched_partition"
NEWEST = "_delivered DESC, _file DESC, _line DESC"
"""The order in which the first row of a key is the one that counts."""
REPEATS = 0.05
"""A file with at least this share of the rows that were landed before is looked through for what it repeats."""


class Unfit(Exception):
    """What was kept does not fit any more: something that all partitions depend on has changed."""


@dataclass(frozen=True, slots=True)
class Scope:
    """``partial``: only the partitions in the temporary table `touched_partition`; ``folder`` holds the kept tables."""

    mapping: Mapping
    folder: Path
    partial: bool

    @property
    def quarantine(self) -> Path:
        """The rows of the source that were put aside so far."""
        return self.folder.parent.parent / "quarantine" / f"{self.mapping.name}.parquet"

    def rows(self, table: Table) -> str:
        """A WHERE for the landed rows of a table."""
        if not self.partial or table.partition is None:
            return ""
        return f"WHERE {quoted(table.partition)} IN ({TOUCHED})"

    def select(self, part: Prepare | Claim) -> str:
        """The select of an intermediate table or claim; one over all partitions reads the kept tables whole."""
        kept = [one.name for one in self.mapping.prepare if one.kept]
        if not self.partial or part.partition is not None or not kept:
            return part.select
        whole = ", ".join(f"{quoted(name)} AS (FROM {scan([self._path(name)])})" for name in kept)
        return f"WITH {whole} SELECT * FROM ({part.select})"

    def keep(self, connection: Connection, part: Prepare) -> None:
        """Keep an intermediate table that was just made; raise `Unfit` when one that resets is not as it was."""
        path, made = self._path(part.name), quoted(part.name)
        if part.resets and self.partial:
            # Made from kept tables, which may be new in this run.
            same = f"(FROM {scan([path])} EXCEPT FROM {made}) UNION ALL (FROM {made} EXCEPT FROM {scan([path])})"
            if connection.execute(same).fetchone() is not None:
                raise Unfit
        if part.kept and self.partial:
            left = f"SELECT * FROM {scan([path])} WHERE {quoted(part.partition or '')} NOT IN ({TOUCHED})"
            copy(connection, f"{left} UNION ALL BY NAME SELECT * FROM {made}", path)
        elif part.kept or part.resets:
            copy(connection, f"SELECT * FROM {made}", path)

    def keep_unresolved(self, connection: Connection) -> None:
        """Keep the partitions with rows that name something unknown: they are touched when names are learned."""
        path = self._path(UNRESOLVED)
        left = ""
        if self.partial:
            left = f"SELECT value FROM {scan([path])} WHERE value NOT IN ({TOUCHED}) UNION "
        copy(connection, f"{left}SELECT DISTINCT value FROM unresolved", path)

    def _path(self, name: str) -> Path:
        return self.folder / f"{name}.parquet"


def scope_of(
    connection: Connection,
    home: Path,
    mapping: Mapping,
    landed: tuple[Landed, ...],
    committed: State,
    folder: Path,
    *,
    taught: bool,
) -> Scope:
    """The scope of a run for a source; makes the temporary tables `touched_partition` and `unresolved`.

    ``taught``: identifiers were learned in this run, so that rows which were put aside may find what they name.
    """
    connection.execute("CREATE OR REPLACE TEMP TABLE touched_partition (value VARCHAR)")
    connection.execute("CREATE OR REPLACE TEMP TABLE unresolved (value VARCHAR)")
    tables = {table.name: table for table in mapping.tables if table.partition is not None}
    names = [part.name for part in mapping.prepare if part.kept or part.resets] + [UNRESOLVED]
    before = committed.sources.get(mapping.name, {})
    had = {one.parquet for one in committed.of(mapping.name)}
    fits = (
        bool(tables)
        and not before.get("withdrawn")
        # What a file that was replaced said has to go as well.
        and had <= {one.parquet for one in landed}
        and len(tables) == len(mapping.tables)
        and before.get("mapping_version") == mapping.version
        and all((folder / f"{name}.parquet").exists() for name in names)
    )
    if not fits:
        return Scope(mapping, folder, partial=False)
    for one in landed:
        if one.parquet not in had:
            table = tables[one.table]
            column = quoted(table.partition or "")
            earlier = [other for other in committed.of(mapping.name) if other.table == one.table]
            rows = _said_anew(table, home, one, earlier) if mapping.kind == "delta" else scan([home / one.parquet])
            connection.execute(
                f"INSERT INTO touched_partition SELECT DISTINCT {column} FROM {rows} WHERE {column} IS NOT NULL"
            )
    if taught:
        connection.execute(
            f"INSERT INTO touched_partition SELECT value FROM {scan([folder / f'{UNRESOLVED}.parquet'])}"
        )
    return Scope(mapping, folder, partial=True)


def _said_anew(table: Table, home: Path, new: Landed, before: list[Landed]) -> str:
    """SQL for the rows of a new file that are not the newest of their key already.

    A monthly file repeats nearly all of the one before. Where a file is small beside what was landed, to look that up
    would cost more than it saves; without a key every row is one more; and a file that is older than others may change
    when something was first known.
    """
    rows = scan([home / new.parquet])
    if (
        not table.key
        or new.rows < REPEATS * sum(one.rows for one in before)
        or any(one.delivered > new.delivered for one in before)
    ):
        return rows
    each = " UNION ALL BY NAME ".join(
        f"SELECT *, DATE {literal(one.delivered)} AS _delivered, {literal(one.record_file)} AS _file "
        f"FROM {scan([home / one.parquet])}"
        for one in before
    )
    names = ", ".join(quoted(column.name) for column in table.columns)
    key = ", ".join(quoted(name) for name in table.key)
    newest = f"row_number() OVER (PARTITION BY {key} ORDER BY {NEWEST}) = 1"
    return f"(SELECT {names} FROM {rows} EXCEPT SELECT {names} FROM ({each}) QUALIFY {newest})"


def put_aside_before(connection: Connection, mapping: Mapping, table: Table, quarantine: Path) -> None:
    """Take over what was put aside of rows that are not looked at again."""
    if quarantine.exists():
        connection.execute(
            f"INSERT INTO aside SELECT * FROM {scan([quarantine])} a WHERE source = {literal(mapping.name)} AND NOT "
            f"EXISTS (SELECT 1 FROM {quoted(table.name)} t WHERE t._file = a.file AND t._line = a.line)"
        )
