"""The intermediate tables that are kept between runs: a base, and the newer rows of some partitions.

FOLDER/NAME.base.parquet     the table as it was when it was last written whole
FOLDER/NAME.newer.parquet    its rows of the partitions in `replaced.parquet`; those of the base no longer count
FOLDER/replaced.parquet      these partitions, for all kept tables of a source

A run touches few partitions, all over the table: to write their rows beside it costs an eighth of writing it anew.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from graph.ingest.engine import Connection, copy, literal, quoted, scalar, scan
from graph.sources import Mapping, Prepare

TOUCHED = "SELECT value FROM touched_partition"
GROUPS = "SELECT value FROM touched_group"
REPLACED = "SELECT value FROM replaced_partition"
NEWER = 0.5
"""With more newer rows than this share of the base, all is written into one base again."""


@dataclass(frozen=True, slots=True)
class KeptTable:
    """Files of one kept table; the temporary tables of `open_replaced` tell which rows count."""

    folder: Path
    part: Prepare

    @property
    def base(self) -> Path:
        return self.folder / f"{self.part.name}.base.parquet"

    @property
    def newer(self) -> Path:
        return self.folder / f"{self.part.name}.newer.parquet"

    @property
    def column(self) -> str:
        return quoted(self.part.partition or "")

    def before(self) -> str:
        """SQL for the rows that the touched partitions had; before `write`."""
        touched = f"{self.column} IN ({TOUCHED})"
        if not self.newer.exists():
            return f"SELECT * FROM {scan([self.base])} WHERE {touched}"
        replaced = f"{self.column} IN (FROM {scan([_replaced(self.folder)])})"
        return (
            f"SELECT * FROM {scan([self.base])} WHERE {touched} AND NOT {replaced} "
            f"UNION ALL BY NAME SELECT * FROM {scan([self.newer])} WHERE {touched}"
        )

    def write(self, connection: Connection, *, partial: bool, anew: bool) -> None:
        """Keep the temporary table of this name: all rows, or with ``partial`` those of the touched partitions.

        ``anew``: into one base, with the rows of the other partitions.
        """
        rows = [f"SELECT * FROM {quoted(self.part.name)}"]
        if partial and self.newer.exists():
            rows.append(f"SELECT * FROM {scan([self.newer])} WHERE {self.column} NOT IN ({TOUCHED})")
        if partial and anew:
            rows.append(f"SELECT * FROM {scan([self.base])} WHERE {self.column} NOT IN ({REPLACED})")
        copy(connection, " UNION ALL BY NAME ".join(rows), self.base if anew else self.newer)
        if anew:
            self.newer.unlink(missing_ok=True)

    def whole(self, *, grouped: bool = False) -> str:
        """SQL for the rows of all partitions, after `write`; with ``grouped`` those of the touched groups, where it has
        groups.
        """
        where = f" WHERE {quoted(self.part.group)} IN ({GROUPS})" if grouped and self.part.group else ""
        if not self.newer.exists():
            return f"SELECT * FROM {scan([self.base])}{where}"
        return (
            f"SELECT * FROM (SELECT * FROM {scan([self.base])} WHERE {self.column} NOT IN ({REPLACED}) "
            f"UNION ALL BY NAME FROM {scan([self.newer])}){where}"
        )


def kept_tables(mapping: Mapping, folder: Path) -> list[KeptTable]:
    """The kept tables of a mapping."""
    return [KeptTable(folder, part) for part in mapping.prepare if part.kept]


def open_replaced(connection: Connection, folder: Path) -> None:
    """Make the temporary table `replaced_partition`: the partitions with newer rows, the touched ones among them."""
    path = _replaced(folder)
    before = f" UNION FROM {scan([path])}" if path.exists() else ""
    connection.execute(f"CREATE OR REPLACE TEMP TABLE replaced_partition AS {TOUCHED}{before}")


def save_replaced(connection: Connection, folder: Path, *, anew: bool) -> None:
    """Keep `replaced_partition`; nothing is replaced where all tables were written ``anew``."""
    if anew:
        _replaced(folder).unlink(missing_ok=True)
    else:
        copy(connection, REPLACED, _replaced(folder))


def grown(connection: Connection, tables: list[KeptTable]) -> bool:
    """True when there are so many newer rows that the tables are better written whole."""
    newer = [table.newer for table in tables if table.newer.exists()]
    return bool(newer) and _rows(connection, newer) > NEWER * _rows(connection, [table.base for table in tables])


def _rows(connection: Connection, paths: list[Path]) -> int:
    listed = ", ".join(literal(str(path)) for path in paths)
    return int(scalar(connection, f"SELECT sum(num_rows) FROM parquet_file_metadata([{listed}])"))


def _replaced(folder: Path) -> Path:
    return folder / "replaced.parquet"
