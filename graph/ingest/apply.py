"""Apply steps to the graph: in one transaction when they are few, in marked, resumable batches when they are many."""

import datetime
import json
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from graph.errors import SourceError
from graph.ingest.difference import Step, Steps
from graph.ingest.engine import Connection, scan
from graph.progress import Progress
from graph.store import Store, Work, publish
from graph.store.publish import RAISE_WRITING, level

ROWS_PER_STATEMENT = 10_000
ROWS_IN_ONE_TRANSACTION = 100_000
ROWS_PER_BATCH = 50_000


@dataclass(frozen=True, slots=True)
class Run:
    """A run as its mark and its ledger entry need it; kept beside the steps so that it can be resumed.

    ``sources`` are rows of (name, mapping version, data time as ISO text, rows in, loaded, quarantined).
    """

    id: str
    delivered_on: str
    started_at: str
    fingerprint: str
    inserted: int
    updated: int
    tombstoned: int
    sources: list[list[Any]]


@dataclass(frozen=True, slots=True)
class Applied:
    """Write transactions of data (the ledger's own are not counted), and the published sequence."""

    transactions: int
    sequence: int


def save(run: Run, steps: Steps) -> None:
    """Keep run and steps where `resume` finds them."""
    data = {"run": asdict(run), "steps": [asdict(step) for step in steps.listed]}
    (steps.folder / "steps.json").write_text(json.dumps(data), encoding="utf-8")


def load(folder: Path) -> tuple[Run, list[Step]]:
    """What `save` kept."""
    data = json.loads((folder / "steps.json").read_text(encoding="utf-8"))
    return Run(**data["run"]), [Step(**step) for step in data["steps"]]


def apply(connection: Connection, store: Store, folder: Path, *, done: int = 0) -> Applied:
    """Write the saved steps of ``folder``, from batch ``done`` on; readers see all of it or nothing."""
    run, steps = load(folder)
    total = sum(step.rows for step in steps)
    before = published(store)
    with Progress("apply", total) as progress:
        if total == 0:
            store.transact(lambda work: _finish(work, run, batch=1, sequence=before))
            return Applied(0, before)
        if total <= ROWS_IN_ONE_TRANSACTION and done == 0:

            def everything(work: Work) -> None:
                _mark(work, run, 1)
                for text, rows in _chunks(connection, folder, steps):
                    _write(work, text, rows)
                    progress.advance(len(rows))
                _finish(work, run, batch=1, sequence=before + 1)

            _, sequence = publish(store, everything)
            return Applied(1, sequence)
        return _apply_batches(connection, store, folder, run, steps, done, progress, before)


def _apply_batches(
    connection: Connection,
    store: Store,
    folder: Path,
    run: Run,
    steps: list[Step],
    done: int,
    progress: Progress,
    before: int,
) -> Applied:
    """Several transactions, each with its number in the mark; `writing` differs from `published` all the while."""
    if done == 0:
        store.write(RAISE_WRITING)
    number, transactions = 0, 0
    for batch, last in _batches(_chunks(connection, folder, steps)):
        number += 1
        if number <= done:
            continue

        def write(
            work: Work, batch: list[tuple[str, list[Any]]] = batch, last: bool = last, number: int = number
        ) -> None:
            _mark(work, run, number)
            for text, rows in batch:
                _write(work, text, rows)
            if last:
                _finish(work, run, batch=number, sequence=before + 1)

        try:
            store.transact(write)
        except BaseException:
            # The answer to a commit may be lost: only the mark tells that readers still see the graph as it was.
            if number == 1 and not store.read("refresh/run_mark", run=run.id):
                level(store)
            raise
        transactions += 1
        progress.advance(sum(len(rows) for _, rows in batch))
    return Applied(transactions, level(store))


def _batches(chunks: Iterator[tuple[str, list[Any]]]) -> Iterator[tuple[list[tuple[str, list[Any]]], bool]]:
    """Chunks in groups of about ROWS_PER_BATCH rows; the flag tells the last group."""
    group: list[tuple[str, list[Any]]] = []
    rows = 0
    for chunk in chunks:
        if rows + len(chunk[1]) > ROWS_PER_BATCH and group:
            yield group, False
            group, rows = [], 0
        group.append(chunk)
        rows += len(chunk[1])
    yield group, True


def _chunks(connection: Connection, folder: Path, steps: list[Step]) -> Iterator[tuple[str, list[Any]]]:
    for step in steps:
        rows = connection.cursor().execute(f"SELECT * FROM {scan([folder / step.file])}")
        while chunk := rows.fetchmany(ROWS_PER_STATEMENT):
            yield step.text, chunk


def _write(work: Work, text: str, rows: list[Any]) -> None:
    written = work.run(text, {"rows": rows})[0]["written"]
    if written != len(rows):
        raise SourceError(
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
            "batch": batch,
        },
    )


def _finish(work: Work, run: Run, *, batch: int, sequence: int) -> None:
    _mark(work, run, batch)
    sources = [
        [name, version, None if data_time is None else datetime.date.fromisoformat(data_time), *rows]
        for name, version, data_time, *rows in run.sources
    ]
    work.run(
        "refresh/finish_run",
        {
            "run": run.id,
            "finished_at": datetime.datetime.now(datetime.UTC),
            "fingerprint": run.fingerprint,
            "inserted": run.inserted,
            "updated": run.updated,
            "tombstoned": run.tombstoned,
            "sequence": sequence,
            "sources": sources,
        },
    )


def published(store: Store) -> int:
    """The published sequence; 0 before the first refresh."""
    rows = store.read("refresh/published")
    return int(rows[0]["sequence"]) if rows else 0
