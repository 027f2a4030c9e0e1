"""Entities that no source claims any more: their ids are kept, so that they return as themselves."""

from pathlib import Path

from graph.ingest.engine import Connection, copy, literal, scan

FILE = "tombstones.parquet"


def open_tombstones(connection: Connection, folder: Path) -> None:
    """Make the temporary table `tombstone` from the state; what a run buries or digs up is `touched`."""
    connection.execute("DROP TABLE IF EXISTS tombstone")
    connection.execute("CREATE TEMP TABLE tombstone (id VARCHAR, label VARCHAR, returned BOOLEAN, touched BOOLEAN)")
    path = folder / FILE
    if path.exists():
        connection.execute(f"INSERT INTO tombstone SELECT id, label, false, false FROM {scan([path])}")


def bury(connection: Connection, label: str) -> None:
    """Take in the compared nodes of a label: the table `ended` goes, those of `fresh` return."""
    connection.execute(
        "UPDATE tombstone SET returned = true, touched = true WHERE id IN (SELECT _id FROM fresh) "
        f"AND label = {literal(label)}"
    )
    connection.execute(f"INSERT INTO tombstone SELECT _id, {literal(label)}, false, true FROM ended")


def touched_labels(connection: Connection) -> set[str]:
    """Labels of which something was buried or returned in this run."""
    return {row[0] for row in connection.execute("SELECT DISTINCT label FROM tombstone WHERE touched").fetchall()}


def save_tombstones(connection: Connection, folder: Path) -> None:
    """Write the table to the staged state; no file while there is nothing to keep."""
    if connection.execute("SELECT 1 FROM tombstone LIMIT 1").fetchone() is not None:
        copy(connection, "SELECT id, label FROM tombstone WHERE NOT returned ORDER BY id", folder / FILE)
