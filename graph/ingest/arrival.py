"""What a delivery brings: the files that are new, landed several sources at a time. Nothing is written to the graph."""

from __future__ import annotations

import datetime
import os
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import duckdb

from graph.errors import SourceError
from graph.failpoint import failpoint
from graph.ingest.delivery import Delivery, Found
from graph.ingest.engine import another
from graph.ingest.held import Held
from graph.ingest.job import Job
from graph.ingest.landing import Landed, checksum, edition_of, land
from graph.ingest.retry import retried
from graph.ingest.scrub import Scrubber, read_roster, vocabulary
from graph.ingest.scrub.landing import has_notes
from graph.ingest.state import State
from graph.stopping import safe_place

AT_ONCE = max(2, min(4, os.cpu_count() or 2))
Hold = Callable[[Held], None]
Whole = tuple[str, str, str | None]
"""Source, table and edition of what files say together."""


@dataclass(frozen=True, slots=True)
class New:
    """A file that the committed state does not have, with its checksum and how it lay when that was made."""

    found: Found
    sha256: str
    stamp: tuple[int, int]

    @property
    def content(self) -> str:
        """What a run's id is made of."""
        return f"{self.found.source}/{self.found.name}/{self.sha256}"

    def stamp_key(self, date: str) -> str:
        """The key of `State.stamps` for a delivery of this date."""
        return stamp_key(self.found.source, self.found.table.name, date, self.found.name)


@dataclass(frozen=True, slots=True)
class Arrived:
    """A landed file with its stamp."""

    landed: Landed
    stamp: tuple[int, int]

    def stamped(self) -> tuple[str, list[Any]]:
        """The entry of `State.stamps`."""
        one = self.landed
        return stamp_key(one.source, one.table, one.delivered, one.file), [*self.stamp, one.sha256]


def stamp_key(source: str, table: str, delivered: str, name: str) -> str:
    """The key of `State.stamps`."""
    return f"{source}/{table}/{delivered}/{name}"


def unseen(job: Job, delivery: Delivery, state: State, hold: Hold, held: Iterable[str]) -> tuple[list[New], list[New]]:
    """The files that ``state`` does not have, and those it has of which it does not know that they came again.

    A source with a file that cannot be used is held. A file of the same size and modification time as when it was
    landed is not read again. Where a complete snapshot or edition lies in several files and one of them is new, all of
    them are: together they are the whole.
    """
    new: list[New] = []
    known: list[tuple[New, Whole]] = []
    changed: set[Whole] = set()
    out = set(held)
    date = delivery.date.isoformat()
    for found in delivery.files:
        safe_place()
        if found.source in out or state.sources.get(found.source, {}).get("withdrawn"):
            continue
        try:
            digest, stamp = _digest(found, delivery.date, state)
            kind = job.mapping(found.source).kind
            edition = edition_of(found.table, found.name) if kind == "editions" else None
        except (SourceError, OSError) as error:
            out.add(found.source)
            hold(_held(found, error))
            continue
        failpoint("discover.hashed")
        one, place = New(found, digest, stamp), (found.source, found.table.name, edition)
        if state.has(*place, digest, date, whole=kind != "delta", complete=found.complete):
            known.append((one, place))
        else:
            new.append(one)
            if kind != "delta" and found.complete:
                changed.add(place)
    new += [one for one, place in known if place in changed]
    again = [one for one, place in known if place not in changed]
    again = [one for one in again if state.stamps.get(one.stamp_key(date)) != [*one.stamp, one.sha256]]
    return new, [one for one in again if one.found.source not in out]


def _digest(found: Found, date: datetime.date, state: State) -> tuple[str, tuple[int, int]]:
    stamp = _stamp(found.path)
    known = state.stamps.get(stamp_key(found.source, found.table.name, date.isoformat(), found.name))
    if known is not None and tuple(known[:2]) == stamp:
        return str(known[2]), stamp
    digest = checksum(found)
    _still(found, stamp)
    return digest, stamp


def land_all(job: Job, new: list[New], date: datetime.date, hold: Hold) -> list[Arrived]:
    """Land the files, each source in a thread of its own; a source with a file that cannot be used is held.

    Notes come last: whoever else the delivery names is on the roster by then.
    """
    plain = [one for one in new if not has_notes(one.found.table)]
    noted = [one for one in new if has_notes(one.found.table)]
    arrived, out = _land_sources(job, plain, date, None, hold)
    if noted:
        scrubber = _scrubber(job, [one.landed for one in arrived])
        later, broken = _land_sources(job, [one for one in noted if one.found.source not in out], date, scrubber, hold)
        arrived, out = arrived + later, out | broken
    return [one for one in arrived if one.landed.source not in out]


def retry_all(job: Job, names: Iterable[str]) -> list[Arrived]:
    """What can be landed by now of the quarantined rows of the committed files of some sources."""
    state, chosen = job.state_folder.load(), set(names)
    files = [one for one in state.files if one.source in chosen]
    with another(job.connection, job.settings) as connection:
        landed = retried(connection, job.settings, job.mappings, files, lambda: _scrubber(job, []))
    found = []
    for one in landed:
        known = state.stamps.get(stamp_key(one.source, one.table, one.delivered, one.file), [0, 0])
        found.append(Arrived(one, (known[0], known[1])))
    return found


def _scrubber(job: Job, landed: list[Landed]) -> Scrubber:
    named = vocabulary(job.mappings, job.settings.home, landed)
    return Scrubber(read_roster(job.connection, job.state_folder.committed, named))


def _land_sources(
    job: Job, new: list[New], date: datetime.date, scrubber: Scrubber | None, hold: Hold
) -> tuple[list[Arrived], set[str]]:
    sources: dict[str, list[New]] = {}
    for one in new:
        sources.setdefault(one.found.source, []).append(one)
    arrived: list[Arrived] = []
    broken: set[str] = set()
    with ThreadPoolExecutor(AT_ONCE, thread_name_prefix="land") as pool:
        for found in pool.map(lambda files: _land_source(job, files, date, scrubber), sources.values()):
            if isinstance(found, Held):
                hold(found)
                broken.add(found.source)
            else:
                arrived += found
    safe_place()
    return arrived, broken


def _land_source(job: Job, files: list[New], date: datetime.date, scrubber: Scrubber | None) -> list[Arrived] | Held:
    """The landed files of one source, or why it is held."""
    arrived = []
    with another(job.connection, job.settings) as connection:
        for one in files:
            safe_place()
            failpoint("land.begun")
            try:
                landed = land(connection, job.settings, one.found, one.sha256, date, scrubber)
                _still(one.found, one.stamp)
            except (SourceError, duckdb.Error, OSError) as error:
                safe_place()
                return _held(one.found, error)
            failpoint("land.landed")
            # It may have been landed before, without the proof that it is complete.
            arrived.append(Arrived(replace(landed, complete=one.found.complete), one.stamp))
    failpoint("land.done")
    return arrived


def _held(found: Found, error: Exception) -> Held:
    if isinstance(error, SourceError):
        return Held.by(found.source, error)
    # The text of anything else may repeat a raw line, which may speak of a person.
    return Held(found.source, f"file {found.name!r} cannot be read ({type(error).__name__}): deliver it again")


def _stamp(path: Path) -> tuple[int, int]:
    status = path.stat()
    return status.st_size, status.st_mtime_ns


def _still(found: Found, stamp: tuple[int, int]) -> None:
    if _stamp(found.path) != stamp:
        raise SourceError(f"file {found.name!r} is still growing: it changed while it was read; deliver it whole")
