"""Delimited files as DuckDB reads them: header names, raw text columns, record numbers, unreadable records."""

import csv
import glob
import gzip
import io
import zlib
from dataclasses import dataclass
from pathlib import Path

import duckdb

from graph.errors import SourceError
from graph.ingest.engine import Connection, literal, quoted, scalar, spill_folder
from graph.ingest.lineends import straightened
from graph.sources import Column, Table


@dataclass(frozen=True, slots=True)
class Layout:
    """Positions of the contract's columns in a file; ``others`` are the columns the contract does not name."""

    width: int
    positions: dict[str, tuple[int, ...]]
    others: dict[str, int]


def layout(table: Table, path: Path, name: str) -> Layout:
    """Where each column of the contract is; raise `SourceError` naming one that the file lacks."""
    if not table.header:
        width = len(table.columns)
        return Layout(width, {column.name: (at,) for at, column in enumerate(table.columns)}, {})
    header = _header(table, path, name)
    places: dict[str, int] = {}
    for at, title in enumerate(header):
        places.setdefault(title.strip().lower(), at)
    positions = {}
    for column in table.columns:
        found = _positions(column, places)
        if found is None and not column.optional:
            wanted = " or ".join(repr(one) for one in column.names)
            raise SourceError(f"file {name!r} has no column {wanted}: the source is held until it has")
        positions[column.name] = found or ()
    taken = {at for places_of in positions.values() for at in places_of}
    return Layout(len(header), positions, {title.strip(): at for at, title in enumerate(header) if at not in taken})


def _positions(column: Column, places: dict[str, int]) -> tuple[int, ...] | None:
    for name in column.names:
        if column.repeat:
            slots = [places.get(name.format(slot).lower()) for slot in range(1, column.repeat + 1)]
            if slots[0] is not None:
                return tuple(at for at in slots if at is not None)
        elif name.lower() in places:
            return (places[name.lower()],)
    return None


def _header(table: Table, path: Path, name: str) -> list[str]:
    encoding = "utf-8-sig" if table.encoding == "utf-8" else table.encoding
    try:
        with gzip.open(path, "rb") if path.suffix == ".gz" else path.open("rb") as file:
            # What lies behind the header is judged record by record.
            text = io.TextIOWrapper(file, encoding=encoding, newline="", errors="replace")
            if table.quote:
                return next(csv.reader(text, delimiter=table.delimiter, quotechar=table.quote))
            return text.readline().rstrip("\r\n").split(table.delimiter)
    except StopIteration:
        raise SourceError(f"file {name!r} is empty: deliver it again") from None
    except (OSError, EOFError, zlib.error, csv.Error) as error:
        raise SourceError(f"file {name!r} cannot be read: {type(error).__name__}") from error


def read_raw(connection: Connection, table: Table, path: Path, name: str, shape: Layout) -> int:
    """Make the temporary tables `raw` (record number, text columns) and `unreadable`; return the records read.

    A record number counts from 1, the header included. Raise `SourceError` when a quoted value swallows the rest
    of the file: what follows it is unknown.
    """
    for left in ("raw", "unreadable", "csv_rejects", "csv_scans"):
        connection.execute(f"DROP TABLE IF EXISTS {left}")
    try:
        _make_raw(connection, table, path, shape)
    except duckdb.InvalidInputException as error:
        if "state machine" not in str(error):
            raise
        # Lines that end in more than one way.
        for left in ("csv_rejects", "csv_scans"):
            connection.execute(f"DROP TABLE IF EXISTS {left}")
        with straightened(path, spill_folder(connection)) as pipe:
            _make_raw(connection, table, pipe, shape)
    swallowed = scalar(
        connection,
        "SELECT min(line) FROM csv_rejects WHERE error_message ILIKE '%unterminated quote%' "
        "AND len(csv_line) - len(replace(csv_line, chr(10), '')) > 1",
    )
    if swallowed is not None:
        raise SourceError(
            f"file {name!r}: a quoted value that begins in record {swallowed} never ends and swallows what follows; "
            "mend the file"
        )
    _number(connection, first=2 if table.header else 1)
    return int(scalar(connection, "SELECT (SELECT count(*) FROM raw) + (SELECT count(*) FROM unreadable)"))


def _make_raw(connection: Connection, table: Table, path: Path, shape: Layout) -> None:
    columns = ", ".join(f"'c{at}': 'VARCHAR'" for at in range(shape.width))
    wanted = sorted({at for places in shape.positions.values() for at in places})
    if table.unpivot is not None:
        wanted = sorted({*wanted, *shape.others.values()})
    source = (
        f"read_csv({literal(glob.escape(str(path)))}, auto_detect = false, columns = {{{columns}}}, "
        f"delim = {literal(table.delimiter)}, quote = {literal(table.quote)}, escape = {literal(table.quote)}, "
        f"header = {str(table.header).lower()}, encoding = {literal(table.encoding)}, store_rejects = true, "
        "rejects_table = 'csv_rejects', rejects_scan = 'csv_scans', rejects_limit = 0, strict_mode = true, "
        # Left to itself the buffer follows the longest line: sixteen times as much, for each thread.
        "max_line_size = 16777216, buffer_size = 33554432"
        f"{', compression = ' + literal('gzip') if path.suffix == '.gz' else ''})"
    )
    picked = "".join(f", {quoted(f'c{at}')}" for at in wanted)
    connection.execute(f"CREATE TEMP TABLE raw AS SELECT row_number() OVER () AS _line{picked} FROM {source}")


def _number(connection: Connection, first: int) -> None:
    """Turn positions among the readable records into record numbers of the file."""
    connection.execute(
        "CREATE TEMP TABLE unreadable AS SELECT line::BIGINT AS _line, CASE arg_min(error_type, column_idx)::VARCHAR "
        "WHEN 'MISSING COLUMNS' THEN 'has too few columns' WHEN 'TOO MANY COLUMNS' THEN 'has too many columns' "
        "WHEN 'UNQUOTED VALUE' THEN 'is cut off inside a quoted value, or misquoted' "
        "WHEN 'INVALID ENCODING' THEN 'is not in the encoding of the contract' "
        "ELSE 'cannot be read as a record' END AS reason, any_value(csv_line) AS original "
        "FROM csv_rejects GROUP BY line"
    )
    if not scalar(connection, "SELECT count(*) FROM unreadable"):
        connection.execute(f"UPDATE raw SET _line = _line + {first - 1}")
        return
    connection.execute(
        f"""CREATE TEMP TABLE numbered AS
        WITH free AS (
          SELECT line, row_number() OVER (ORDER BY line) AS place FROM (
            SELECT unnest(range({first}, {first} + (SELECT count(*) FROM raw) + (SELECT count(*) FROM unreadable)))
              AS line
            EXCEPT SELECT _line FROM unreadable)
        )
        SELECT raw.* REPLACE (free.line AS _line) FROM raw JOIN free ON free.place = raw._line"""
    )
    connection.execute("DROP TABLE raw")
    connection.execute("ALTER TABLE numbered RENAME TO raw")
