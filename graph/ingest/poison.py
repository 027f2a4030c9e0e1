"""A row that only Neo4j refuses: found by halving, traced to its record, and put aside so that the others land."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from itertools import islice
from pathlib import Path
from typing import Any

from graph.errors import SourceError
from graph.failpoint import failpoint
from graph.ingest.apply import Chunk, Poisoned, chunks, load
from graph.ingest.engine import Connection, literal, scan
from graph.ingest.job import Job
from graph.progress import say
from graph.store import Store, Work
from graph.store.store import REFUSED, is_passing


@dataclass(frozen=True, slots=True)
class Rejected:
    """A record that Neo4j refuses, with the code it answers."""

    source: str
    record: str
    code: str

    def to_json(self) -> dict[str, Any]:
        return asdict(self)

    def error(self) -> SourceError:
        return SourceError(f"record {self.record!r} of {self.source} is refused by Neo4j ({self.code})")


class _RolledBack(Exception):
    """The trial went through and leaves nothing."""


def put_aside(job: Job, staged: Path, poison: Poisoned) -> list[Rejected]:
    """The records behind the first row that Neo4j refuses; raise `SourceError` when it cannot be traced."""
    folder = staged / "steps"
    run, steps = load(folder)
    if poison.first:
        raise poison
    sent = list(islice(chunks(job.connection, folder, steps, run.rows_per_statement), poison.at + 1))
    text, row = _find(job.store, sent)
    failpoint("poison.found")
    rejected = [Rejected(source, record, poison.code) for source, record in _records(job.connection, staged, text, row)]
    if not rejected:
        raise SourceError(f"Neo4j refuses a row ({poison.code}) that no record of a source stands behind")
    for one in rejected:
        say(str(one.error()))
    return rejected


def _find(store: Store, sent: list[Chunk]) -> tuple[str, Any]:
    """The row with which the last chunk begins to be refused; one transaction per halving, none of them stays."""
    *before, (text, rows) = sent
    passes, refused = 0, len(rows)
    while refused - passes > 1:
        middle = (passes + refused) // 2
        if _goes_through(store, [*before, (text, rows[:middle])]):
            passes = middle
        else:
            refused = middle
    return text, rows[refused - 1]


def _goes_through(store: Store, sent: list[Chunk]) -> bool:
    def trial(work: Work) -> None:
        for text, rows in sent:
            work.run(text, {"rows": rows})
        raise _RolledBack

    try:
        store.transact(trial)
    except _RolledBack:
        return True
    except REFUSED as error:
        if is_passing(error):
            raise
    return False


def _records(connection: Connection, staged: Path, text: str, row: Any) -> list[tuple[str, str]]:
    """(source, record) of every claim about the entity or the relationship that the row writes."""
    relationship = "(second:" in text
    columns = ("_start", "_end") if relationship else ("_id",)
    where = " AND ".join(f"{column} = {literal(str(row[at]))}" for at, column in enumerate(columns))
    found: set[tuple[str, str]] = set()
    for path in sorted((staged / "claims").glob("*/*.parquet")):
        have = {one[0] for one in connection.execute(f"DESCRIBE SELECT * FROM {scan([path])}").fetchall()}
        if set(columns) <= have and ("_start" in have) == relationship:
            rows = connection.execute(
                f"SELECT DISTINCT _record FROM {scan([path])} WHERE {where} AND _run = getvariable('run')"
            ).fetchall()
            found |= {(path.parent.name, record) for (record,) in rows if record is not None}
    return sorted(found)
