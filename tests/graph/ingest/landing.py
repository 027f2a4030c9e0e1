"""Small files and contracts, and what becomes of them when they are landed."""

import datetime
import re
from pathlib import Path
from typing import Any

from graph.ingest.delivery import Found
from graph.ingest.engine import Connection, scan
from graph.ingest.landing import Landed, checksum, land
from graph.settings import Settings
from graph.sources import Column, Table

DAY = datetime.date(2025, 1, 1)


def table(*columns: Column, **more: Any) -> Table:
    return Table("rows", re.compile(r"\.csv$"), columns, (columns[0].name,), **more)


def column(name: str, **more: Any) -> Column:
    return Column(name, (name,), **more)


def landed(
    connection: Connection, settings: Settings, path: Path, shape: Table, **more: Any
) -> tuple[Landed, list[tuple[Any, ...]], list[tuple[Any, ...]]]:
    """Land a file; return the note, the accepted rows and (line, column, reason, value) of the others."""
    scrubber = more.pop("scrubber", None)
    given = {"sha256": None, "rows": None, "complete": True} | more
    found = Found("test", shape, path, path.name, **given)
    note = land(connection, settings, found, checksum(found), DAY, scrubber)
    good = connection.execute(f"SELECT * FROM {scan([settings.home / note.parquet])} ORDER BY _line").fetchall()
    bad = connection.execute(
        f'SELECT line, "column", reason, value FROM {scan([settings.home / note.quarantine])} ORDER BY line'
    ).fetchall()
    return note, good, bad


def write(tmp_path: Path, text: str, name: str = "rows.csv", encoding: str = "utf-8") -> Path:
    path = tmp_path / name
    path.write_bytes(text.encode(encoding))
    return path
