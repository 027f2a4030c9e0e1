"""The raw rows of a file: a delimited file as DuckDB reads it, any other format as its reader yields it."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice
from pathlib import Path

from graph.ingest.csvfile import Layout, layout, read_raw
from graph.ingest.engine import Connection, scalar
from graph.sources import Table
from graph.sources.readers import READERS, Record

BATCH = 10_000


def read(connection: Connection, table: Table, path: Path, name: str) -> tuple[Layout, int]:
    """Make the temporary tables `raw` and `unreadable` of a file; return its layout and the records read."""
    if table.reader is None:
        shape = layout(table, path, name)
        return shape, read_raw(connection, table, path, name, shape)
    return _read_records(connection, table, path, table.reader)


def documents(table: Table, path: Path, rows: int) -> int:
    """What a manifest counts: the records of a delimited file, the documents of any other, whatever is read of them."""
    return rows if table.reader is None else READERS[table.reader].documents(path)


def _read_records(connection: Connection, table: Table, path: Path, reader: str) -> tuple[Layout, int]:
    width = len(table.columns)
    for left in ("raw", "unreadable"):
        connection.execute(f"DROP TABLE IF EXISTS {left}")
    columns = "".join(f", c{at} VARCHAR" for at in range(width))
    connection.execute(f"CREATE TEMP TABLE raw (_line BIGINT{columns})")
    connection.execute("CREATE TEMP TABLE unreadable (_line BIGINT, reason VARCHAR, original VARCHAR)")
    places = ", ".join(f"unnest(${at + 2}::VARCHAR[])" for at in range(width))
    for records in _batches(READERS[reader].records(table, path)):
        good = [one for one in records if one.problem is None]
        if good:
            texts = [list(column) for column in zip(*(one.texts for one in good), strict=True)]
            connection.execute(
                f"INSERT INTO raw SELECT unnest($1::BIGINT[]), {places}", [[one.line for one in good], *texts]
            )
        for one in records:
            if one.problem is not None:
                connection.execute("INSERT INTO unreadable VALUES (?, ?, NULL)", [one.line, one.problem])
    rows = int(scalar(connection, "SELECT (SELECT count(*) FROM raw) + (SELECT count(*) FROM unreadable)"))
    return Layout(width, {column.name: (at,) for at, column in enumerate(table.columns)}, {}), rows


def _batches(records: Iterator[Record]) -> Iterator[list[Record]]:
    while batch := list(islice(records, BATCH)):
        yield batch
