"""Landing: a file becomes typed, tokenised Parquet beside its checksum; rows that break the contract are put aside.

Nothing of the original is kept: personal columns are tokens before the first byte is stored.
"""

import datetime
import hashlib
import json
from dataclasses import asdict, dataclass
from typing import Any

from graph.errors import SourceError
from graph.ingest.archive import opened, unpacked
from graph.ingest.contract import checked, cleaned, problem, row_problem
from graph.ingest.csvfile import Layout
from graph.ingest.delivery import Found
from graph.ingest.engine import Connection, copy, literal, quoted, scalar
from graph.ingest.reading import read
from graph.settings import Settings
from graph.sources import Column, Table


@dataclass(frozen=True, slots=True)
class Landed:
    """One landed file. ``parquet`` and ``quarantine`` are paths below TWIN_HOME; dates are ISO texts."""

    source: str
    table: str
    file: str
    sha256: str
    delivered: str
    edition: str | None
    complete: bool
    rows: int
    quarantined: int
    parquet: str
    quarantine: str

    @property
    def record_file(self) -> str:
        """The file as records and quarantine name it: delivery date and path."""
        return f"{self.delivered}/{self.file}"

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> "Landed":
        return cls(**data)

    def to_json(self) -> dict[str, Any]:
        return asdict(self)


def checksum(found: Found) -> str:
    """SHA-256 of the file, with its edition where it has one; raise `SourceError` when the manifest lists another."""
    delivered = digest = _digest(found, ())
    if found.members:
        digest = _digest(found, found.members)
    if found.sha256 is not None and found.sha256 != delivered:
        raise SourceError(
            f"file {found.name!r} has checksum {delivered[:12]!r}, its manifest says {found.sha256[:12]!r}: "
            "deliver it again"
        )
    edition = _edition(found.table, found.name)
    # Equal files of two editions are two facts: that the later one says the same.
    return digest if edition is None else hashlib.sha256(f"{digest} {edition}".encode()).hexdigest()


def _digest(found: Found, members: tuple[str, ...]) -> str:
    with opened(found.path, members, found.name) as file:
        return hashlib.file_digest(file, "sha256").hexdigest()  # type: ignore[arg-type]


def land(connection: Connection, settings: Settings, found: Found, sha256: str, delivered: datetime.date) -> Landed:
    """Land one file; done before with the same content, contract and date, it is taken as it lies."""
    table = found.table
    contract = hashlib.sha256(repr(table).encode()).hexdigest()[:8]
    stem = f"{delivered.isoformat()}_{sha256[:16]}_{contract}"
    folder = settings.home / "landing" / found.source / table.name
    note = folder / f"{stem}.json"
    if note.exists():
        landed = Landed.from_json(json.loads(note.read_text(encoding="utf-8")))
        if (settings.home / landed.parquet).exists() and landed.file == found.name:
            return landed
    parquet = folder / f"{stem}.parquet"
    quarantine = settings.home / "quarantine" / found.source / f"{table.name}_{stem}.parquet"
    with unpacked(found.path, found.members, found.name, settings.home / "state" / "spill") as path:
        shape, rows = read(connection, table, path, found.name)
    if found.rows is not None and found.rows != rows:
        raise SourceError(
            f"file {found.name!r} has {rows} records, its manifest says {found.rows}: it is cut off, deliver it again"
        )
    _judge(connection, table, shape)
    _make_put_aside(connection)
    copy(connection, "SELECT * EXCLUDE (_problem) FROM judged WHERE _problem IS NULL", parquet)
    copy(connection, _put_aside(found, delivered), quarantine)
    landed = Landed(
        source=found.source,
        table=table.name,
        file=found.name,
        sha256=sha256,
        delivered=delivered.isoformat(),
        edition=_edition(table, found.name),
        complete=found.complete,
        rows=rows if table.counted else 0,
        quarantined=int(scalar(connection, "SELECT count(DISTINCT _line) FROM put_aside")) if table.counted else 0,
        parquet=parquet.relative_to(settings.home).as_posix(),
        quarantine=quarantine.relative_to(settings.home).as_posix(),
    )
    for left in ("raw", "judged", "put_aside", "unreadable"):
        connection.execute(f"DROP TABLE IF EXISTS {left}")
    unfinished = note.with_name(note.name + ".part")
    unfinished.write_text(json.dumps(landed.to_json()), encoding="utf-8")
    unfinished.replace(note)
    return landed


def _judge(connection: Connection, table: Table, shape: Layout) -> None:
    """Make the temporary table `judged`: typed columns, `_line`, and `_problem` where a row breaks the contract."""
    columns = [checked(column) for column in table.columns]
    texts = ", ".join(f"{_text(one.column, shape, table)} AS {quoted(one.column.name)}" for one in columns)
    base = f"SELECT _line, {texts} FROM raw"
    if table.unpivot is not None:
        name, value = table.unpivot.name, table.unpivot.value
        titles = ", ".join(f"{quoted(f'c{at}')} AS {quoted(title)}" for title, at in shape.others.items())
        over = ", ".join(quoted(title) for title in shape.others)
        base = (
            f"SELECT * EXCLUDE (_value), trim(_value) AS {quoted(value)} FROM (UNPIVOT "
            f"(SELECT _line, {texts}, {titles} FROM raw) ON {over} INTO NAME {quoted(name)} VALUE _value) "
            "WHERE trim(_value) NOT IN ('', '0')"
        )
        columns = [*columns, checked(Column(value, (value,), type="integer", minimum=table.unpivot.minimum))]
    typed = ", ".join(f"{one.value} AS {quoted(one.column.name)}" for one in columns)
    extra = f", {quoted(table.unpivot.name)}" if table.unpivot is not None else ""
    first = problem(columns)
    connection.execute("DROP TABLE IF EXISTS judged")
    connection.execute(
        f"CREATE TEMP TABLE judged AS SELECT * EXCLUDE (_first), coalesce(_first, {row_problem(table)}) AS _problem "
        f"FROM (SELECT _line{extra}, {typed}, {first} AS _first FROM ({base}))"
    )


def _text(column: Column, shape: Layout, table: Table) -> str:
    """SQL for the cleaned text of a column, a list of texts in slot order for a repeated one."""
    places = [cleaned(quoted(f"c{at}"), table.masks) for at in shape.positions[column.name]]
    if column.repeat:
        return f"[{', '.join(places)}]::VARCHAR[]"
    return places[0] if places else "NULL::VARCHAR"


def _put_aside(found: Found, delivered: datetime.date) -> str:
    """SQL for the quarantined rows of `judged` and `unreadable`: position, reason, and a value where allowed."""
    return f"""SELECT {literal(found.source)} AS source, {literal(found.table.name)} AS "table",
      DATE {literal(delivered.isoformat())} AS delivered, {literal(f"{delivered}/{found.name}")} AS file, _line AS line,
      "column", reason, value FROM put_aside ORDER BY line"""


def _edition(table: Table, name: str) -> str | None:
    """The date in a file's path: eight digits, or a year of four or two."""
    if table.edition is None:
        return None
    match = table.edition.search(name)
    digits = next((group for group in match.groups() if group), "") if match is not None else ""
    shape = {8: "%Y%m%d", 2: "%y"}.get(len(digits), "%Y")
    try:
        return datetime.datetime.strptime(digits, shape).date().isoformat()  # noqa: DTZ007
    except ValueError:
        raise SourceError(f"file {name!r} tells no edition date: its path needs one such as 20250101") from None


def _make_put_aside(connection: Connection) -> None:
    """Make the temporary table `put_aside` from `judged` and `unreadable`."""
    connection.execute("DROP TABLE IF EXISTS put_aside")
    connection.execute(
        """CREATE TEMP TABLE put_aside AS
        SELECT _line, _problem."column" AS "column", _problem.reason AS reason, _problem.value AS value
        FROM judged WHERE _problem IS NOT NULL
        UNION ALL SELECT _line, NULL, reason, NULL FROM unreadable"""
    )
