"""The identifier table of the state: which system and value name which entity."""

from pathlib import Path

from graph.ingest.engine import Connection, copy, scalar, scan
from graph.ingest.resolve import IDENTIFIER_COLUMNS

FILE = "identifiers.parquet"


def open_identifiers(connection: Connection, folder: Path) -> None:
    """Make the temporary table `identifier` from the state; what a run learns is marked `fresh`."""
    connection.execute("DROP TABLE IF EXISTS identifier")
    connection.execute(f"CREATE TEMP TABLE identifier ({IDENTIFIER_COLUMNS})")
    path = folder / FILE
    if path.exists():
        connection.execute(f"INSERT INTO identifier SELECT system, value, label, id, named, false FROM {scan([path])}")


def learned(connection: Connection) -> int:
    """How many identifiers this run has learned so far."""
    return int(scalar(connection, "SELECT count(*) FROM identifier WHERE fresh"))


def save_identifiers(connection: Connection, folder: Path) -> None:
    """Write the table to the staged state; when nothing was learned the file of the run before is the one."""
    if (folder / FILE).exists() and not learned(connection):
        return
    copy(connection, "SELECT system, value, label, id, named FROM identifier ORDER BY system, value", folder / FILE)


def last_learned(connection: Connection) -> int:
    """The place of the last row, for `forget_since`."""
    return int(scalar(connection, "SELECT coalesce(max(rowid), -1) FROM identifier"))


def forget_since(connection: Connection, last: int) -> None:
    """Forget what was learned after that place."""
    connection.execute(f"DELETE FROM identifier WHERE rowid > {last}")
