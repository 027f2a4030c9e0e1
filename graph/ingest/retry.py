"""Retry: quarantined rows that now satisfy the contract, because their mapping was mended, are landed after all.

The rows are the sealed originals. They land as a file of their own that bears the name, date and record numbers of the
one that they came in, so that everything after it finds them where they would have been.
"""

import hashlib
from collections.abc import Callable, Iterable
from dataclasses import replace

from graph.ingest.csvfile import Layout
from graph.ingest.engine import Connection, copy, quoted, scalar, scan
from graph.ingest.judge import judge
from graph.ingest.landing import Landed, contract_of
from graph.ingest.originals import ENDING, Original, unseal
from graph.ingest.scrub import Scrubber
from graph.ingest.scrub.landing import has_notes, scrub_notes
from graph.settings import Settings
from graph.sources import Mapping, Table

_ROWS = 10_000


def retried(
    connection: Connection,
    settings: Settings,
    mappings: Iterable[Mapping],
    files: Iterable[Landed],
    scrubber: Callable[[], Scrubber],
) -> list[Landed]:
    """Land what can be landed of the originals of ``files``; a file of which nothing can gives no entry."""
    tables = {(mapping.name, table.name): table for mapping in mappings for table in mapping.tables}
    files = tuple(files)
    landed: list[Landed] = []
    for one in files:
        table = tables.get((one.source, one.table))
        sealed = (settings.home / one.quarantine).with_suffix(ENDING)
        if table is None or one.retried or not sealed.exists():
            continue
        done = _lines(connection, settings, [other for other in files if other.retried and _same_file(one, other)])
        rows = [row for row in unseal(settings, sealed) if row.record is None and row.line not in done]
        if rows:
            shape = _raw(connection, table, rows)
            scrub_notes(connection, table, shape, scrubber() if has_notes(table) else None)
            judge(connection, table, shape)
            landed += _landed(connection, settings, table, one, len(done))
            for left in ("raw", "judged", "put_aside", "unreadable"):
                connection.execute(f"DROP TABLE IF EXISTS {left}")
    return landed


def _same_file(one: Landed, other: Landed) -> bool:
    return (one.source, one.table, one.record_file) == (other.source, other.table, other.record_file)


def _lines(connection: Connection, settings: Settings, files: list[Landed]) -> set[int]:
    found: set[int] = set()
    for one in files:
        rows = connection.execute(f"SELECT DISTINCT _line FROM {scan([settings.home / one.parquet])}")
        found |= {row[0] for row in rows.fetchall()}
    return found


def _raw(connection: Connection, table: Table, rows: list[Original]) -> Layout:
    """Make `raw` from originals, a column for each cell of the contract's columns and of unpivoted ones."""
    positions: dict[str, tuple[int, ...]] = {}
    width = 0
    for column in table.columns:
        cells = max((len(row.cells.get(column.name, ())) for row in rows), default=0)
        positions[column.name] = tuple(range(width, width + cells))
        width += cells
    titles = dict.fromkeys(title for row in rows for title in row.others) if table.unpivot is not None else {}
    others = {title: width + at for at, title in enumerate(titles)}
    width += len(others)
    for left in ("raw", "unreadable"):
        connection.execute(f"DROP TABLE IF EXISTS {left}")
    connection.execute("CREATE TEMP TABLE unreadable (_line BIGINT, reason VARCHAR, original VARCHAR)")
    connection.execute(f"CREATE TEMP TABLE raw (_line BIGINT{''.join(f', c{at} VARCHAR' for at in range(width))})")
    places = "".join(f", unnest(${at + 2}::VARCHAR[])" for at in range(width))
    for start in range(0, len(rows), _ROWS):
        batch = rows[start : start + _ROWS]
        cells_of = [_cells(row, positions, others) for row in batch]
        texts = [list(column) for column in zip(*cells_of, strict=True)]
        connection.execute(
            f"INSERT INTO raw SELECT unnest($1::BIGINT[]){places}", [[row.line for row in batch], *texts]
        )
    return Layout(width, positions, others)


def _cells(row: Original, positions: dict[str, tuple[int, ...]], others: dict[str, int]) -> list[str | None]:
    found: list[str | None] = []
    for name, places in positions.items():
        cells = row.cells.get(name, [])
        found += [*cells, *[None] * (len(places) - len(cells))]
    return found + [row.others.get(title) for title in others]


def _landed(connection: Connection, settings: Settings, table: Table, one: Landed, earlier: int) -> Iterable[Landed]:
    good = "SELECT * EXCLUDE (_problem) FROM judged WHERE _problem IS NULL"
    if table.unpivot is not None:
        # A record may have been put aside for one of its values alone.
        name = quoted(table.unpivot.name)
        good += (
            f" AND NOT EXISTS (SELECT 1 FROM {scan([settings.home / one.parquet])} had "
            f"WHERE had._line = judged._line AND had.{name} = judged.{name})"
        )
    rows = int(scalar(connection, f"SELECT count(DISTINCT _line) FROM ({good})"))
    if not rows:
        return
    mark = hashlib.sha256(f"{one.sha256} {contract_of(table)} {earlier}".encode()).hexdigest()
    parquet = (settings.home / one.parquet).with_suffix(f".retry-{mark[:8]}.parquet")
    quarantine = (settings.home / one.quarantine).with_suffix(f".retry-{mark[:8]}.parquet")
    copy(connection, good, parquet)
    copy(connection, f"SELECT * FROM {scan([settings.home / one.quarantine])} LIMIT 0", quarantine)
    yield replace(
        one,
        sha256=mark,
        complete=False,
        rows=rows if table.counted else 0,
        quarantined=0,
        parquet=parquet.relative_to(settings.home).as_posix(),
        quarantine=quarantine.relative_to(settings.home).as_posix(),
        warnings=(),
        retried=True,
    )
