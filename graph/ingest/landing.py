"""Landing: a file becomes typed, tokenised Parquet beside its checksum; rows that break the contract are put aside.

Personal columns are tokens and notes are scrubbed before the first byte is stored. Of the original only the rows that
were put aside are kept, sealed, for thirty days.
"""

import datetime
import hashlib
import json
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from graph.errors import SourceError
from graph.ingest.archive import opened, unpacked
from graph.ingest.delivery import Found
from graph.ingest.engine import Connection, copy, literal, scalar
from graph.ingest.judge import hold_what_is_something_else, judge, warnings
from graph.ingest.originals import seal, sealed_beside
from graph.ingest.reading import documents, read
from graph.ingest.scrub import VERSION, Scrubber
from graph.ingest.scrub.landing import has_notes, scrub_notes
from graph.settings import Settings
from graph.sources import Table

NAMED = 5
"""So many new columns are named in a warning; the others are counted."""


@dataclass(frozen=True, slots=True)
class Landed:
    """One landed file. ``parquet`` and ``quarantine`` are paths below TWIN_HOME; dates are ISO texts.

    ``warnings`` tell what is new in the file and no reason to hold it.
    """

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
    warnings: tuple[str, ...] = ()

    @property
    def record_file(self) -> str:
        """The file as records and quarantine name it: delivery date and path."""
        return f"{self.delivered}/{self.file}"

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> "Landed":
        return cls(**data | {"warnings": tuple(data.get("warnings", ()))})

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
    edition = edition_of(found.table, found.name)
    # Equal files of two editions are two facts: that the later one says the same.
    return digest if edition is None else hashlib.sha256(f"{digest} {edition}".encode()).hexdigest()


def _digest(found: Found, members: tuple[str, ...]) -> str:
    with opened(found.path, members, found.name) as file:
        return hashlib.file_digest(file, "sha256").hexdigest()  # type: ignore[arg-type]


def land(
    connection: Connection,
    settings: Settings,
    found: Found,
    sha256: str,
    delivered: datetime.date,
    scrubber: Scrubber | None = None,
) -> Landed:
    """Land one file; done before with the same content, contract and date, it is taken as it lies.

    ``scrubber`` is needed where the table has notes. Raises `SourceError` when the file is cut off, or is something
    else than its contract says: a column is missing or has another type or unit, or too many rows break it.
    """
    table = found.table
    stem = f"{delivered.isoformat()}_{sha256[:16]}_{contract_of(table)}"
    folder = settings.home / "landing" / found.source / table.name
    note = folder / f"{stem}.json"
    if note.exists():
        landed = Landed.from_json(json.loads(note.read_text(encoding="utf-8"))["landed"])
        if (settings.home / landed.parquet).exists() and landed.file == found.name:
            return landed
    parquet = folder / f"{stem}.parquet"
    quarantine = settings.home / "quarantine" / found.source / f"{table.name}_{stem}.parquet"
    with unpacked(found.path, found.members, found.name, settings.home / "state" / "spill") as path:
        shape, rows = read(connection, table, path, found.name)
        held = documents(table, path, rows)
    if found.rows is not None and found.rows != held:
        raise SourceError(
            f"file {found.name!r} has {held} records, its manifest says {found.rows}: it is cut off, deliver it again"
        )
    scrub_notes(connection, table, shape, scrubber)
    judge(connection, table, shape)
    hold_what_is_something_else(connection, table, shape, found.name, rows)
    copy(connection, "SELECT * EXCLUDE (_problem) FROM judged WHERE _problem IS NULL", parquet)
    copy(connection, put_aside_of(found.source, table.name, delivered.isoformat(), found.name), quarantine)
    seal(connection, settings, sealed_beside(quarantine), shape)
    unread = sorted(shape.others) if table.unpivot is None else []
    landed = Landed(
        source=found.source,
        table=table.name,
        file=found.name,
        sha256=sha256,
        delivered=delivered.isoformat(),
        edition=edition_of(table, found.name),
        complete=found.complete,
        rows=rows if table.counted else 0,
        quarantined=int(scalar(connection, "SELECT count(DISTINCT _line) FROM put_aside")) if table.counted else 0,
        parquet=parquet.relative_to(settings.home).as_posix(),
        quarantine=quarantine.relative_to(settings.home).as_posix(),
        warnings=(*_new_columns(note, unread), *warnings(connection, table)),
    )
    for left in ("raw", "judged", "put_aside", "unreadable"):
        connection.execute(f"DROP TABLE IF EXISTS {left}")
    unfinished = note.with_name(note.name + ".part")
    unfinished.write_text(json.dumps({"landed": landed.to_json(), "unread": unread}), encoding="utf-8")
    unfinished.replace(note)
    return landed


def contract_of(table: Table) -> str:
    """Eight digits that change with the contract: what was landed by another one is landed anew."""
    return hashlib.sha256(f"{table!r}{VERSION if has_notes(table) else ''}".encode()).hexdigest()[:8]


def _new_columns(note: Path, unread: list[str]) -> list[str]:
    """Columns that neither the contract nor the newest file landed before knows."""
    earlier = [path for path in note.parent.glob("*.json") if path.name[:10] <= note.name[:10] and path != note]
    if not earlier:
        return []
    before = json.loads(max(earlier).read_text(encoding="utf-8"))
    known = before.get("unread")
    if known is None:
        return []
    new = [repr(name) for name in unread if name not in known]
    if len(new) < 2:
        return [f"column {name} is new: the contract does not read it" for name in new]
    shown = ", ".join(new[:NAMED]) + (f" and {len(new) - NAMED} more" if len(new) > NAMED else "")
    return [f"{len(new)} columns are new ({shown}): the contract does not read them"]


def put_aside_of(source: str, table: str, delivered: str, file: str) -> str:
    """SQL for the quarantined rows of a file from `put_aside`: position, reason, and a value where allowed."""
    return f"""SELECT {literal(source)} AS source, {literal(table)} AS "table", DATE {literal(delivered)} AS delivered,
      {literal(f"{delivered}/{file}")} AS file, _line AS line, "column", reason, value FROM put_aside ORDER BY line"""


def edition_of(table: Table, name: str) -> str | None:
    """The date in a file's path (eight digits, or a year of four or two) as ISO text; raise `SourceError` when the
    table has editions and the path none.
    """
    if table.edition is None:
        return None
    match = table.edition.search(name)
    digits = next((group for group in match.groups() if group), "") if match is not None else ""
    shape = {8: "%Y%m%d", 2: "%y"}.get(len(digits), "%Y")
    try:
        return datetime.datetime.strptime(digits, shape).date().isoformat()  # noqa: DTZ007
    except ValueError:
        raise SourceError(f"file {name!r} tells no edition date: its path needs one such as 20250101") from None
