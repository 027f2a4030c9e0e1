"""What a mapping would make of some files, without writing anything of the twin's."""

from __future__ import annotations

import re
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import duckdb

from graph.errors import SourceError
from graph.ingest.claims import file_name, write_claims
from graph.ingest.delivery import Delivery, discover
from graph.ingest.engine import Connection, engine, scalar, scan, told
from graph.ingest.identifiers import open_identifiers
from graph.ingest.landing import checksum, land
from graph.ingest.scrub import Scrubber, read_roster
from graph.ingest.scrub.landing import has_notes
from graph.ingest.state import StateFolder
from graph.ingest.view import open_view
from graph.settings import Settings
from graph.sources import Mapping

TOKEN = re.compile(r"\bv\d+:[a-z2-7]{32}\b")
"""The token of a person: nobody has to see it to judge a mapping."""


@dataclass(frozen=True, slots=True)
class Part:
    """What a select yields: how many rows, and the first of them."""

    name: str
    rows: int
    columns: tuple[str, ...]
    first: tuple[tuple[Any, ...], ...]


@dataclass(slots=True)
class Preview:
    """Rows of the files, what each select yields, and what would be put aside, by reason."""

    files: list[str] = field(default_factory=list)
    rows_in: int = 0
    rows_quarantined: int = 0
    parts: list[Part] = field(default_factory=list)
    aside: list[dict[str, Any]] = field(default_factory=list)


def preview(settings: Settings, mapping: Mapping, data: Path, rows: int) -> Preview:
    """Land the files below ``data`` (or that one file) in a folder that is thrown away, and run the selects.

    What the twin knows already is used to resolve identifiers; nothing is written to TWIN_HOME or the graph.
    """
    with _thrown_away(settings) as private, engine(private) as connection:
        delivery = _delivery(private, mapping, data)
        committed = StateFolder(settings).committed
        scrubber = None
        if any(has_notes(table) for table in mapping.tables):
            scrubber = Scrubber(read_roster(connection, committed, []))
        landed = tuple(
            land(connection, private, found, checksum(found), delivery.date, scrubber) for found in delivery.files
        )
        open_identifiers(connection, committed)
        found = Preview(sorted({one.file for one in landed}))
        try:
            view = open_view(connection, private.home, mapping, landed)
            write_claims(connection, mapping, private.home / "claims", delivery.date.isoformat(), approve_deletes=True)
            found.parts = list(_parts(connection, private.home / "claims" / mapping.name, mapping, rows))
            view.close(connection)
        except duckdb.Error as error:
            raise SourceError(f"mapping {mapping.name!r}: {told(error)}") from error
        found.rows_in = sum(one.rows for one in landed)
        put_aside = int(scalar(connection, "SELECT count(DISTINCT (file, line)) FROM aside"))
        found.rows_quarantined = sum(one.quarantined for one in landed) + put_aside
        found.aside = _aside(connection, [private.home / one.quarantine for one in landed])
    return found


@contextmanager
def _thrown_away(settings: Settings) -> Iterator[Settings]:
    """Settings with a home of its own that is removed; the keys are the twin's, so that tokens are known again."""
    with tempfile.TemporaryDirectory(prefix="twin-check-") as folder:
        home = Path(folder)
        (home / "keys").mkdir(mode=0o700)
        # One by one: a key that is missing is made here, not there.
        for key in (settings.home / "keys").glob("[!.]*"):
            (home / "keys" / key.name).symlink_to(key)
        yield replace(settings, home=home)


def _delivery(settings: Settings, mapping: Mapping, data: Path) -> Delivery:
    """The last delivery of a folder, or one that is this file alone."""
    if not data.is_file():
        return _taken(mapping, discover(data, (mapping,))[-1])
    alone = settings.home / "delivery"
    alone.mkdir()
    (alone / data.name).symlink_to(data.absolute())
    return _taken(mapping, discover(alone, (mapping,))[0])


def _taken(mapping: Mapping, delivery: Delivery) -> Delivery:
    if delivery.held:
        raise SourceError(f"source {mapping.name!r} would be held: {delivery.held[0].reason}")
    return delivery


def _parts(connection: Connection, folder: Path, mapping: Mapping, rows: int) -> Iterator[Part]:
    for at, claim in enumerate(mapping.claims):
        path = folder / file_name(at, claim)
        name = claim.target if claim.kind == "node" else f"({claim.start[0]})-[:{claim.target}]->({claim.end[0]})"
        count = int(scalar(connection, f"SELECT count(*) FROM {scan([path])}")) if path.exists() else 0
        first = connection.execute(f"SELECT * FROM ({claim.select}) LIMIT {rows}")
        columns = tuple(column[0] for column in first.description)
        yield Part(name, count, columns, tuple(tuple(map(_without_token, row)) for row in first.fetchall()))


def _without_token(value: Any) -> Any:
    return TOKEN.sub("(token)", value) if isinstance(value, str) else value


def _aside(connection: Connection, paths: list[Path]) -> list[dict[str, Any]]:
    """Reasons with how many rows each has, and one row to look at."""
    each = 'SELECT "table", file, line, "column", reason FROM '
    both = " UNION ALL ".join([f"{each} aside", *(f"{each} {scan([path])}" for path in paths)])
    rows = connection.execute(
        f'SELECT "table", "column", reason, count(*), min(file || \':\' || line::BIGINT) FROM ({both}) GROUP BY ALL '
        'ORDER BY count(*) DESC, "table", "column", reason'
    ).fetchall()
    return [dict(zip(("table", "column", "reason", "rows", "example"), row, strict=True)) for row in rows]
