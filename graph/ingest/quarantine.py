"""Quarantine: where each row that was put aside stands, why, and its value when that may be shown.

Rows that break a contract are kept per landed file. Rows that name something unknown are found anew in every run,
because what they name may have arrived since.
"""

from pathlib import Path
from typing import Any

from graph.ingest.engine import Connection, copy, literal, scan
from graph.ingest.landing import Landed
from graph.ingest.state import State

COLUMNS = ("source", "table", "delivered", "file", "line", "column", "reason", "value")


def save_aside(connection: Connection, staged: Path, sources: set[str]) -> None:
    """Replace the files of the sources that were claimed anew by what `aside` has of them."""
    for source in sources:
        copy(
            connection,
            f"SELECT DISTINCT * FROM aside WHERE source = {literal(source)} ORDER BY file, line",
            staged / "quarantine" / f"{source}.parquet",
        )


def in_delivery(connection: Connection, landed: list[Landed]) -> dict[str, int]:
    """Rows of the newly landed files in `aside`, by source; `aside` is dropped."""
    if not landed:
        connection.execute("DROP TABLE IF EXISTS aside")
        return {}
    files = ", ".join(literal(one.record_file) for one in landed)
    rows = connection.execute(
        f"SELECT source, count(DISTINCT (file, line)) FROM aside WHERE file IN ({files}) GROUP BY source"
    ).fetchall()
    connection.execute("DROP TABLE aside")
    return dict(rows)


def quarantined(
    connection: Connection, home: Path, committed: Path, state: State, source: str | None = None
) -> list[dict[str, Any]]:
    """All rows put aside, newest delivery first."""
    paths = [home / one.quarantine for one in state.files] + sorted((committed / "quarantine").glob("*.parquet"))
    if not paths:
        return []
    columns = ", ".join(f'"{name}"' for name in COLUMNS)
    where = "" if source is None else f"WHERE source = {literal(source)}"
    each = " UNION ALL ".join(f"SELECT {columns} FROM {scan([path])}" for path in paths)
    rows = connection.execute(
        f"SELECT * FROM ({each}) {where} ORDER BY left(file, 10) DESC, source, file, line, reason"
    ).fetchall()
    return [dict(zip(COLUMNS, row, strict=True)) for row in rows]
