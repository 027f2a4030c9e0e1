"""Retry: quarantined rows that now satisfy the contract, because their mapping was mended, are landed after all.

The rows are the sealed originals. The file in which they came lands anew with them, under its name, date and record
numbers, so that everything after it finds them where they would have been.
"""

import hashlib
from collections.abc import Callable, Iterable
from dataclasses import replace
from pathlib import Path

from graph.ingest.csvfile import Layout
from graph.ingest.engine import Connection, copy, quoted, scalar, scan
from graph.ingest.judge import judge
from graph.ingest.landing import Landed, contract_of, put_aside_of
from graph.ingest.originals import RETRIED, Original, sealed_beside, unseal
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
    """Land what can be landed of the originals of ``files``; what is returned replaces the files of the same names.

    A file of which nothing more can be landed is not among them.
    """
    tables = {(mapping.name, table.name): table for mapping in mappings for table in mapping.tables}
    landed: list[Landed] = []
    for one in files:
        table = tables.get((one.source, one.table))
        sealed = sealed_beside(settings.home / one.quarantine)
        if table is None or not sealed.exists():
            continue
        aside = _lines(connection, settings, one)
        rows = [row for row in unseal(settings, sealed) if row.record is None and row.line in aside]
        if rows:
            shape = _raw(connection, table, rows)
            scrub_notes(connection, table, shape, scrubber() if has_notes(table) else None)
            judge(connection, table, shape)
            landed += _landed(connection, settings, table, one, aside)
            for left in ("raw", "judged", "put_aside", "unreadable"):
                connection.execute(f"DROP TABLE IF EXISTS {left}")
    return landed


def unknown_references(connection: Connection, committed: Path) -> set[str]:
    """The sources with rows that were put aside because they name something unknown."""
    paths = sorted((committed / "quarantine").glob("*.parquet"))
    if not paths:
        return set()
    rows = connection.execute(
        f"SELECT DISTINCT source FROM {scan(paths)} WHERE starts_with(reason, 'is not known as')"
    ).fetchall()
    return {row[0] for row in rows}


def _lines(connection: Connection, settings: Settings, one: Landed) -> set[int]:
    rows = connection.execute(f"SELECT DISTINCT line FROM {scan([settings.home / one.quarantine])}").fetchall()
    return {row[0] for row in rows}


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


def _landed(connection: Connection, settings: Settings, table: Table, one: Landed, aside: set[int]) -> Iterable[Landed]:
    before, kept = settings.home / one.parquet, settings.home / one.quarantine
    good = "SELECT * EXCLUDE (_problem) FROM judged WHERE _problem IS NULL"
    if table.unpivot is not None:
        # A record may have been put aside for one of its values alone.
        name = quoted(table.unpivot.name)
        same = f"had._line = judged._line AND had.{name} = judged.{name}"
        good += f" AND NOT EXISTS (SELECT 1 FROM {scan([before])} had WHERE {same})"
    if not scalar(connection, f"SELECT count(*) FROM ({good})"):
        return
    # The name follows from what was put aside and by which contract it is judged now: done twice, it is the same file.
    mark = hashlib.sha256(f"{contract_of(table)} {sorted(aside)}".encode()).hexdigest()[:8]
    parquet, quarantine = (
        path.with_name(f"{path.name.removesuffix('.parquet').partition(RETRIED)[0]}{RETRIED}{mark}.parquet")
        for path in (before, kept)
    )
    copy(connection, f"SELECT * FROM {scan([before])} UNION ALL BY NAME {good}", parquet)
    left = put_aside_of(one.source, one.table, one.delivered, one.file)
    copy(
        connection,
        f"SELECT * FROM ({left}) UNION ALL BY NAME SELECT * FROM {scan([kept])} "
        "WHERE line NOT IN (SELECT _line FROM raw) ORDER BY line",
        quarantine,
    )
    yield replace(
        one,
        quarantined=int(scalar(connection, f"SELECT count(DISTINCT line) FROM {scan([quarantine])}"))
        if table.counted
        else 0,
        parquet=parquet.relative_to(settings.home).as_posix(),
        quarantine=quarantine.relative_to(settings.home).as_posix(),
    )
