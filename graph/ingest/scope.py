"""Which part of a source is computed anew: all of it, or the partitions that new files touch.

A mapping names the column of a table that divides its rows into partitions which do not depend on each other (the
person of a claim line). What is then kept between runs are the intermediate tables that selects over all partitions
read; everything that belongs to one partition is computed for the touched ones alone and joins what was there. Rows of
kept tables may fall into groups across the partitions (a prescriber and a month): a claim about groups is computed for
those with a row that differs.
"""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from pathlib import Path

from graph.ingest.engine import Connection, copy, literal, quoted, scan
from graph.ingest.kept import GROUPS, TOUCHED, KeptTable, grown, kept_tables, open_replaced, save_replaced
from graph.ingest.landing import Landed
from graph.ingest.state import State
from graph.sources import Claim, Mapping, Prepare, Table

UNRESOLVED = "unresolved"
NEWEST = "_delivered DESC, _file DESC, _line DESC"
"""The order in which the first row of a key is the one that counts."""
REPEATS = 0.05
"""A file with at least this share of the rows that were landed before is looked through for what it repeats."""


class Unfit(Exception):
    """What was kept does not fit any more: something that all partitions depend on has changed."""


def open_unresolved(connection: Connection) -> None:
    """Make the temporary table `unresolved`: partitions, and groups, with rows that name something unknown."""
    connection.execute("CREATE OR REPLACE TEMP TABLE unresolved (value VARCHAR, grouped BOOLEAN)")


@dataclass(frozen=True, slots=True)
class Scope:
    """``partial``: only the partitions in the temporary table `touched_partition`; ``folder`` holds the kept tables.

    ``anew``: kept tables are written whole.
    """

    mapping: Mapping
    folder: Path
    partial: bool
    anew: bool = True

    @property
    def quarantine(self) -> Path:
        """The rows of the source that were put aside so far."""
        return self.folder.parent.parent / "quarantine" / f"{self.mapping.name}.parquet"

    def rows(self, table: Table) -> str:
        """A WHERE for the landed rows of a table."""
        if not self.partial or table.partition is None:
            return ""
        return f"WHERE {quoted(table.partition)} IN ({TOUCHED})"

    def touched(self, claim: Claim) -> str | None:
        """SQL for the values of the claim's partition that are computed anew; None for all of them."""
        if not self.partial or claim.partition is None:
            return None
        return GROUPS if claim.partition == self.mapping.group else TOUCHED

    def select(self, part: Prepare | Claim) -> str:
        """The select of an intermediate table or claim; one over all partitions reads the kept tables whole.

        One about groups reads the touched groups of the kept tables that have them.
        """
        kept = kept_tables(self.mapping, self.folder)
        grouped = part.partition is not None and part.partition == self.mapping.group
        if not self.partial or not kept or (part.partition is not None and not grouped):
            return part.select
        whole = ", ".join(f"{quoted(table.part.name)} AS ({table.whole(grouped=grouped)})" for table in kept)
        return f"WITH {whole} SELECT * FROM ({part.select})"

    def keep(self, connection: Connection, part: Prepare) -> None:
        """Keep an intermediate table that was just made; raise `Unfit` when one that resets is not as it was."""
        made = f"SELECT * FROM {quoted(part.name)}"
        if part.resets:
            path = self.folder / f"{part.name}.parquet"
            # Made from kept tables, which may be new in this run.
            same = f"(FROM {scan([path])} EXCEPT {made}) UNION ALL ({made} EXCEPT FROM {scan([path])})"
            if self.partial and connection.execute(same).fetchone() is not None:
                raise Unfit
            copy(connection, made, path)
        if part.kept:
            table = KeptTable(self.folder, part)
            if self.partial and part.group is not None:
                connection.execute(f"INSERT INTO touched_group {_groups(part.group, table.before(), made)}")
            table.write(connection, partial=self.partial, anew=self.anew)

    def keep_rest(self, connection: Connection) -> None:
        """Keep which partitions have newer rows; and which, and which groups, have rows that name something unknown:
        these are touched when names are learned.
        """
        save_replaced(connection, self.folder, anew=self.anew)
        path = self.folder / f"{UNRESOLVED}.parquet"
        left = ""
        if self.partial:
            again = f"CASE WHEN grouped THEN value IN ({GROUPS}) ELSE value IN ({TOUCHED}) END"
            left = f"SELECT value, grouped FROM {scan([path])} WHERE NOT {again} UNION "
        copy(connection, f"{left}SELECT DISTINCT value, grouped FROM unresolved", path)


def _groups(column: str, before: str, now: str) -> str:
    """SQL for the groups in which two tables do not have the same rows: those whose checksums do not cancel out."""
    group = quoted(column)
    return (
        f"SELECT {group} FROM (SELECT {group}, hash(t)::HUGEINT AS sum FROM ({before}) t "
        f"UNION ALL SELECT {group}, -hash(t)::HUGEINT FROM ({now}) t) WHERE {group} IS NOT NULL "
        f"GROUP BY {group} HAVING sum(sum) <> 0"
    )


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
    """The scope of a run for a source; makes the temporary tables `touched_partition`, `touched_group`, `unresolved`.

    ``taught``: identifiers were learned in this run, so that rows which were put aside may find what they name.
    """
    for name in ("touched_partition", "touched_group"):
        connection.execute(f"CREATE OR REPLACE TEMP TABLE {name} (value VARCHAR)")
    open_unresolved(connection)
    tables = {table.name: table for table in mapping.tables if table.partition is not None}
    kept, unresolved = kept_tables(mapping, folder), folder / f"{UNRESOLVED}.parquet"
    needed = [table.base for table in kept] + [unresolved]
    needed += [folder / f"{part.name}.parquet" for part in mapping.prepare if part.resets]
    before = committed.sources.get(mapping.name, {})
    had = {one.parquet for one in committed.of(mapping.name)}
    fits = (
        bool(tables)
        and not before.get("withdrawn")
        # What a file that was replaced said has to go as well.
        and had <= {one.parquet for one in landed}
        and len(tables) == len(mapping.tables)
        and before.get("mapping_version") == mapping.version
        and all(path.exists() for path in needed)
    )
    if not fits:
        # Also what an earlier version of the mapping, or of the twin, has kept.
        shutil.rmtree(folder, ignore_errors=True)
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
    known = f"SELECT value FROM {scan([unresolved])} WHERE value IS NOT NULL AND"
    if taught:
        connection.execute(f"INSERT INTO touched_partition {known} NOT grouped")
    # What is put aside of a group is listed with one of its records, wherever that lies.
    connection.execute(f"INSERT INTO touched_group {known} grouped")
    open_replaced(connection, folder)
    return Scope(mapping, folder, partial=True, anew=grown(connection, kept))


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
