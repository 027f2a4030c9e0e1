"""The ledger: every run with what became of each source, in the graph and as lines of `TWIN_HOME/state/runs.jsonl`."""

from __future__ import annotations

import datetime
import fcntl
import json
import os
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from graph.errors import SourceError
from graph.failpoint import failpoint
from graph.ingest.report import SourceReport
from graph.ingest.state import State
from graph.settings import Settings
from graph.sources import Mapping
from graph.store import Store
from graph.store.patience import patiently


def ledger_file(settings: Settings) -> Path:
    """The file copy, one JSON object per line, only ever appended to."""
    return settings.home / "state" / "runs.jsonl"


def append(settings: Settings, entry: dict[str, Any]) -> None:
    """Add a line that is on the disk when this returns."""
    path = ledger_file(settings)
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    failpoint("ledger.begun")
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        size = os.fstat(descriptor).st_size
        torn = size > 0 and os.pread(descriptor, 1, size - 1) != b"\n"
        # A line that a crash has cut off stays alone on its line.
        os.write(descriptor, (b"\n" if torn else b"") + json.dumps(entry).encode() + b"\n")
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
    failpoint("ledger.appended")


def entries(settings: Settings) -> list[dict[str, Any]]:
    """All lines that are whole, oldest first."""
    path = ledger_file(settings)
    if not path.exists():
        return []
    found = []
    for line in path.read_text(encoding="utf-8").splitlines():
        try:
            found.append(json.loads(line))
        except ValueError:
            continue
    return found


def approved(settings: Settings, run: str | None) -> frozenset[tuple[str, str]]:
    """The (source, checksum) pairs that were held for approval in a run; raise `SourceError` when there are none."""
    if run is None:
        return frozenset()
    pairs = {
        (source["name"], digest)
        for entry in entries(settings)
        if entry.get("run") == run
        for source in entry["sources"]
        if source["state"] == "held" and source["approvable"]
        for digest in source["files"]
    }
    if not pairs:
        raise SourceError(f"run {run!r} holds nothing that waits for approval: see `twin runs`")
    return frozenset(pairs)


def record_held(store: Store, run: str, delivered: datetime.date, held: Iterable[SourceReport]) -> None:
    """Note in the graph what was held in a run; the run may have applied nothing."""
    rows = [{"name": one.name, "reason": one.reason} for one in held]
    now = datetime.datetime.now(datetime.UTC)
    parameters = {"run": run, "delivered_on": delivered, "started_at": now, "sources": rows}
    patiently(lambda: store.transact(lambda work: work.run("refresh/record_held", parameters)))
    failpoint("ledger.written")


def settle_sources(
    store: Store, state: State, held: dict[str, str], seen: set[str], mappings: Iterable[Mapping]
) -> None:
    """Bring what the graph says of each source up to date: held or not, how fresh, overdue or not. Written only when it
    differs.

    ``held`` has the reasons of this refresh, ``seen`` the sources that it looked at; of all others it stays as it is.
    """
    have = {row["name"]: row for row in patiently(lambda: store.read("refresh/source_states"))}
    today = datetime.date.fromisoformat(state.delivered) if state.delivered else datetime.date.min
    rows = []
    for mapping in mappings:
        entry, had = state.sources.get(mapping.name, {}), have.get(mapping.name, {})
        if not entry and mapping.name not in held:
            continue
        reason = held.get(mapping.name) if mapping.name in seen else had.get("held_reason")
        now = {
            "dataTime": _day(entry.get("data_time")),
            "deliveredOn": _day(entry.get("delivered")),
            "state": "withdrawn" if entry.get("withdrawn") else "held" if reason else "loaded",
            "heldReason": reason,
            "expectedEveryDays": mapping.expected_every_days,
            "staleSince": _stale_since(entry.get("delivered"), mapping.expected_every_days, today),
        }
        before = {
            "dataTime": _plain(had.get("data_time")),
            "deliveredOn": _plain(had.get("delivered_on")),
            "state": had.get("state"),
            "heldReason": had.get("held_reason"),
            "expectedEveryDays": had.get("expected_every_days"),
            "staleSince": _plain(had.get("stale_since")),
        }
        if now != before:
            rows.append({"name": mapping.name, **now})
    if rows:
        parameters = {"sources": rows, "today": today if state.delivered else None}
        patiently(lambda: store.transact(lambda work: work.run("refresh/set_source_states", parameters)))


def _day(text: str | None) -> datetime.date | None:
    return None if text is None else datetime.date.fromisoformat(text)


def _plain(day: Any) -> datetime.date | None:
    """A date of Neo4j as one of Python."""
    return None if day is None else datetime.date.fromisoformat(day.iso_format())


def _stale_since(delivered: str | None, every: int | None, today: datetime.date) -> datetime.date | None:
    """The day on which the next delivery was due, once that is before ``today``."""
    if delivered is None or every is None:
        return None
    due = datetime.date.fromisoformat(delivered) + datetime.timedelta(days=every)
    return due if due < today else None
