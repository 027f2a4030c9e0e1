"""Apply steps to the graph: in one transaction when they are few, in marked, resumable batches when they are many."""

import datetime
import json
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from graph.errors import GraphMismatch, SourceError
from graph.failpoint import failpoint
from graph.ingest.commit import certain, marked
from graph.ingest.difference import Step, Steps
from graph.ingest.engine import Connection, scan
from graph.progress import Progress
from graph.stopping import safe_place
from graph.store import Store, Work, publish
from graph.store.patience import patiently
from graph.store.publish import level, raise_writing
from graph.store.store import REFUSED, is_passing

Chunk = tuple[str, list[Any]]
"""A statement and some of its rows."""

ROWS_PER_STATEMENT = 10_000
ROWS_IN_ONE_TRANSACTION = 100_000
ROWS_PER_BATCH = 50_000


@dataclass(frozen=True, slots=True)
class Run:
    """A run as its mark and its ledger entry need it; kept beside the steps so that it can be resumed.

    ``sources`` has, of each source that was taken, what its node and `LOADED` say; dates are ISO texts.
    """

    id: str
    delivered_on: str
    started_at: str
    fingerprint: str
    inserted: int
    updated: int
    tombstoned: int
    sources: list[dict[str, Any]]
    rows_per_statement: int = field(default_factory=lambda: ROWS_PER_STATEMENT)
    rows_per_batch: int = field(default_factory=lambda: ROWS_PER_BATCH)


@dataclass(frozen=True, slots=True)
class Applied:
    """Write transactions of data (the ledger's own are not counted), and the published sequence."""

    transactions: int
    sequence: int


class Poisoned(SourceError):
    """Neo4j refuses a row of the chunk at this place; ``first`` is the first chunk of the same transaction.

    Settled by whoever applies a run that may be planned anew; people see it when a part of the run is in the graph.
    """

    def __init__(self, first: int, at: int, code: str) -> None:
        super().__init__(
            f"Neo4j refuses a row ({code}) after a part of the run is in the graph: correct the record, restore graph "
            "and TWIN_HOME/state from one backup (or start with both empty), then refresh again"
        )
        self.first, self.at, self.code = first, at, code


def save(run: Run, steps: Steps) -> None:
    """Keep run and steps where `resume` finds them."""
    data = {"run": asdict(run), "steps": [asdict(step) for step in steps.listed]}
    # A run that changes nothing in the graph has no steps, which would have made it.
    steps.folder.mkdir(parents=True, exist_ok=True)
    (steps.folder / "steps.json").write_text(json.dumps(data), encoding="utf-8")


def load(folder: Path) -> tuple[Run, list[Step]]:
    """What `save` kept."""
    data = json.loads((folder / "steps.json").read_text(encoding="utf-8"))
    return Run(**data["run"]), [Step(**step) for step in data["steps"]]


def apply(connection: Connection, store: Store, folder: Path, *, done: int = 0) -> Applied:
    """Write the saved steps of ``folder``, from batch ``done`` on; readers see all of it or nothing.

    Neo4j may be paused or restarted meanwhile: a commit whose answer is lost is read back by its mark.
    """
    run, steps = load(folder)
    total = sum(step.rows for step in steps)
    failpoint("apply.begun")
    with Progress("apply", total) as progress:
        work = _Work(connection, store, folder, run, steps, progress)
        if total <= ROWS_IN_ONE_TRANSACTION and done == 0:
            return work.in_one()
        return work.in_batches(done)


class _Work:
    """The steps of one run on their way."""

    def __init__(
        self, connection: Connection, store: Store, folder: Path, run: Run, steps: list[Step], progress: Progress
    ) -> None:
        self.connection, self.store, self.folder = connection, store, folder
        self.run, self.steps, self.progress = run, steps, progress

    def in_one(self) -> Applied:
        """One transaction with the counters around its commit; without rows only the ledger is written."""
        before, rows = 0, bool(self.steps)

        def everything(work: Work) -> None:
            _mark(work, self.run, 1)
            failpoint("apply.marked")
            for at, (text, chunk) in enumerate(self._chunks()):
                safe_place()
                _write(work, 0, at, text, chunk)
                self.progress.advance(len(chunk))
                failpoint("apply.chunk_sent")
            _finish(work, self.run, batch=1, sequence=before + rows)

        def attempt() -> None:
            nonlocal before
            # Asked anew each time: an attempt that was rolled back may have raised the counters.
            before = patiently(lambda: published(self.store))
            self.progress.restart()
            if rows:
                publish(self.store, everything)
            else:
                self.store.transact(everything)
                failpoint("apply.empty_committed")

        self._certain(1, attempt)
        return Applied(int(rows), patiently(lambda: level(self.store)) if rows else before)

    def in_batches(self, done: int) -> Applied:
        """Several transactions, each with its number in the mark; `writing` differs from `published` all the while."""
        before = patiently(lambda: published(self.store))
        if done == 0:
            patiently(lambda: raise_writing(self.store))
            failpoint("apply.writing_raised")
        number, transactions, first = 0, 0, 0
        for batch, last in _batches(self._chunks(), self.run.rows_per_batch):
            number += 1
            start, first = first, first + len(batch)
            if number <= done:
                continue
            safe_place()
            failpoint("apply.batch_begun")

            def write(
                work: Work,
                batch: list[Chunk] = batch,
                last: bool = last,
                number: int = number,
                start: int = start,
            ) -> None:
                _mark(work, self.run, number)
                for at, (text, rows) in enumerate(batch, start):
                    _write(work, start, at, text, rows)
                if last:
                    _finish(work, self.run, batch=number, sequence=before + 1)

            try:
                self._certain(number, lambda write=write: self.store.transact(write))  # type: ignore[misc]
            except Exception:
                if number == 1 and not patiently(lambda: marked(self.store, self.run.id, self.run.fingerprint)):
                    level(self.store)
                raise
            failpoint("apply.last_batch_committed" if last else "apply.batch_committed")
            transactions += 1
            self.progress.advance(sum(len(rows) for _, rows in batch))
        return Applied(transactions, patiently(lambda: level(self.store)))

    def _chunks(self) -> Iterator[Chunk]:
        return chunks(self.connection, self.folder, self.steps, self.run.rows_per_statement)

    def _certain(self, batch: int, attempt: Callable[[], object]) -> None:
        certain(self.store, self.run.id, self.run.fingerprint, batch, attempt)


def _batches(chunks: Iterator[Chunk], size: int) -> Iterator[tuple[list[Chunk], bool]]:
    """Chunks in groups of about ``size`` rows; the flag tells the last group."""
    group: list[Chunk] = []
    rows = 0
    for chunk in chunks:
        if rows + len(chunk[1]) > size and group:
            yield group, False
            group, rows = [], 0
        group.append(chunk)
        rows += len(chunk[1])
    yield group, True


def chunks(connection: Connection, folder: Path, steps: list[Step], size: int) -> Iterator[Chunk]:
    """The steps' statements with up to ``size`` rows each."""
    for step in steps:
        rows = connection.cursor().execute(f"SELECT * FROM {scan([folder / step.file])}")
        while chunk := rows.fetchmany(size):
            yield step.text, chunk


def _write(work: Work, first: int, at: int, text: str, rows: list[Any]) -> None:
    try:
        written = work.run(text, {"rows": rows})[0]["written"]
    except REFUSED as error:
        if is_passing(error):
            raise
        raise Poisoned(first, at, str(error.code)) from error
    if written != len(rows):
        raise GraphMismatch(
            f"the graph took {written} of {len(rows)} rows of {text.splitlines()[-2]!r}: it is not the graph that "
            "TWIN_HOME/state belongs to; restore both from one backup, or start with both empty"
        )


def _mark(work: Work, run: Run, batch: int) -> None:
    work.run(
        "refresh/mark_run",
        {
            "run": run.id,
            "delivered_on": datetime.date.fromisoformat(run.delivered_on),
            "started_at": datetime.datetime.fromisoformat(run.started_at),
            "fingerprint": run.fingerprint,
            "batch": batch,
        },
    )


def _finish(work: Work, run: Run, *, batch: int, sequence: int) -> None:
    _mark(work, run, batch)
    failpoint("apply.finishing")
    work.run(
        "refresh/finish_run",
        {
            "run": run.id,
            "finished_at": datetime.datetime.now(datetime.UTC),
            "inserted": run.inserted,
            "updated": run.updated,
            "tombstoned": run.tombstoned,
            "sequence": sequence,
            "sources": [_dated(source) for source in run.sources],
        },
    )
    failpoint("apply.finished")


def _dated(source: dict[str, Any]) -> dict[str, Any]:
    """ISO texts of the saved run as dates."""
    dates = {name: source[name] for name in ("dataTime", "deliveredOn")}
    return source | {
        name: None if value is None else datetime.date.fromisoformat(value) for name, value in dates.items()
    }


def published(store: Store) -> int:
    """The published sequence; 0 before the first refresh."""
    rows = store.read("refresh/published")
    return int(rows[0]["sequence"]) if rows else 0
