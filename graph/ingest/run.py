"""One delivery on its way into the graph: each source for itself as far as its claims, then all of them as one."""

from __future__ import annotations

import datetime
import hashlib
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import duckdb

from graph.errors import SourceError
from graph.ingest import apply as applying
from graph.ingest.claims import write_claims
from graph.ingest.delivery import Delivery, Found
from graph.ingest.difference import Steps
from graph.ingest.engine import Connection, literal, quoted, scalar
from graph.ingest.held import Held
from graph.ingest.identifiers import forget_since, last_learned, learned, open_identifiers, save_identifiers
from graph.ingest.landing import Landed, checksum, land
from graph.ingest.quarantine import in_delivery, save_aside
from graph.ingest.report import RefreshReport, SourceReport
from graph.ingest.scrub import Scrubber, read_roster, vocabulary
from graph.ingest.scrub.landing import has_notes
from graph.ingest.state import State, StateFolder
from graph.ingest.stepping import Occasion, plan_steps
from graph.ingest.view import open_view
from graph.progress import say
from graph.settings import Settings
from graph.sources import Mapping
from graph.store import Store


@dataclass(frozen=True, slots=True)
class Job:
    """What all runs of a refresh share."""

    settings: Settings
    store: Store
    connection: Connection
    state_folder: StateFolder
    mappings: tuple[Mapping, ...]
    approve_deletes: bool


class Run:
    """One delivery; `refresh` has a line per stage."""

    def __init__(self, job: Job, delivery: Delivery) -> None:
        self.job, self.delivery = job, delivery
        self.connection = job.connection
        self.date = delivery.date.isoformat()
        self.committed = job.state_folder.load()
        self.started_at = datetime.datetime.now(datetime.UTC)
        self.reports = {name: SourceReport(name) for name in delivery.sources}
        self.held: dict[str, Held] = {}
        self.scrubber: Scrubber | None = None
        self.stages: dict[str, float] = {}
        for held in delivery.held:
            self._hold(held)

    def refresh(self) -> RefreshReport:
        """Land, claim, fold, compare, apply, promote; nothing at all when the delivery was seen before."""
        with self._stage("discover"):
            new = self._unseen()
        self.run = _run_id(self.committed.run, new)
        with self._stage("land"):
            landed = self._land(new)
        if not landed:
            return self._report(applying.published(self.job.store))
        self.staged = self.job.state_folder.begin()
        with self._stage("claim"):
            self._claim(landed)
        if not self.dirty:
            self.job.state_folder.discard()
            return self._report(applying.published(self.job.store))
        with self._stage("difference"):
            self._difference()
        with self._stage("apply"):
            applied = applying.apply(self.connection, self.job.store, self.staged / "steps")
        with self._stage("promote"):
            self.job.state_folder.promote()
        self.committed = self.state
        say(
            f"{self.date}: {self.tally.inserted:,} new, {self.tally.updated:,} changed, {self.tally.tombstoned:,} ended"
        )
        return self._report(applied.sequence, applied.transactions)

    @contextmanager
    def _stage(self, name: str) -> Iterator[None]:
        started = time.monotonic()
        yield
        self.stages[name] = self.stages.get(name, 0.0) + time.monotonic() - started

    def _hold(self, held: Held) -> None:
        """The source stays as it was; the others go on."""
        if held.source not in self.held:
            say(f"{self.date}: {held.source} is held: {held.reason}")
            self.held[held.source] = held
            self.reports.setdefault(held.source, SourceReport(held.source)).hold(held)

    def _unseen(self) -> list[tuple[Found, str]]:
        """The files with their checksums that the committed state does not have."""
        kinds = {mapping.name: mapping.kind for mapping in self.job.mappings}
        unseen = []
        for one in self.delivery.files:
            if one.source in self.held:
                continue
            try:
                digest = checksum(one)
            except SourceError as error:
                self._hold(Held.by(one.source, error))
                continue
            whole = kinds[one.source] == "snapshot"
            if not self.committed.has(one.source, one.table.name, digest, self.date, whole=whole):
                unseen.append((one, digest))
        return unseen

    def _land(self, new: list[tuple[Found, str]]) -> list[Landed]:
        """The new files of the sources that can be used."""
        landed: list[Landed] = []
        # Notes last: whoever else this delivery names is on the roster by then.
        for found, digest in sorted(new, key=lambda one: has_notes(one[0].table)):
            if found.source in self.held:
                continue
            try:
                scrubber = self._scrubber(landed) if has_notes(found.table) else None
                landed.append(land(self.connection, self.job.settings, found, digest, self.delivery.date, scrubber))
            except SourceError as error:
                self._hold(Held.by(found.source, error))
            except duckdb.Error as error:
                # Its text may repeat a raw line, which may speak of a person.
                reason = f"file {found.name!r} cannot be read ({type(error).__name__}): deliver it again"
                self._hold(Held(found.source, reason))
        return [one for one in landed if one.source not in self.held]

    def _scrubber(self, landed: list[Landed]) -> Scrubber:
        """Made once per run, from the committed names and those that were just landed."""
        if self.scrubber is None:
            named = vocabulary(self.job.mappings, self.job.settings.home, landed)
            self.scrubber = Scrubber(read_roster(self.connection, self.job.state_folder.committed, named))
        return self.scrubber

    def _claim(self, landed: list[Landed]) -> None:
        """Claims of every source that has new files or builds on newly learned identifiers."""
        connection = self.connection
        self.state = State(
            run=self.run,
            # Never earlier than before: a delivery that is late is recorded when it is applied.
            delivered=max(self.date, self.committed.delivered or ""),
            files=[*self.committed.files, *landed],
            sources={name: dict(entry) for name, entry in self.committed.sources.items()},
        )
        open_identifiers(connection, self.staged)
        delivered = self.new_sources = {one.source for one in landed}
        self.dirty: set[str] = set()
        self._occasion().announce(connection)
        taught: set[str] = set()
        for mapping in self.job.mappings:
            files = self.state.of(mapping.name)
            if mapping.name not in delivered and not (files and taught & set(mapping.after)):
                continue
            known, last = learned(connection), last_learned(connection)
            try:
                self._claim_source(mapping, files)
            except (SourceError, duckdb.Error) as error:
                self._take_back(mapping, last)
                reason = error if isinstance(error, SourceError) else SourceError(_defect(mapping, error))
                self._hold(Held.by(mapping.name, reason))
                continue
            self.dirty.add(mapping.name)
            if learned(connection) > known:
                taught.add(mapping.name)
        save_identifiers(connection, self.staged)
        save_aside(connection, self.staged, self.dirty)
        self._count_rows([one for one in landed if one.source not in self.held])

    def _claim_source(self, mapping: Mapping, files: tuple[Landed, ...]) -> None:
        view = open_view(self.connection, self.job.settings.home, mapping, files)
        counts = write_claims(
            self.connection, mapping, self.staged / "claims", self.date, approve_deletes=self.job.approve_deletes
        )
        self._data_time(mapping)
        view.close(self.connection)
        report = self.reports.setdefault(mapping.name, SourceReport(mapping.name))
        report.inserted, report.updated = counts.inserted, counts.updated
        report.unchanged, report.tombstoned = counts.unchanged, counts.tombstoned
        report.state = "loaded"

    def _take_back(self, mapping: Mapping, last: int) -> None:
        """The source's claims, identifiers, quarantine and files are those of the committed state again."""
        forget_since(self.connection, last)
        self.connection.execute(f"DELETE FROM aside WHERE source = {literal(mapping.name)}")
        self.job.state_folder.take_back(Path("claims") / mapping.name)
        names = [name for name, _ in mapping.prepare] + [table.name for table in mapping.tables]
        for name in names:
            self.connection.execute(f"DROP TABLE IF EXISTS {quoted(name)}")
        had = {id(one) for one in self.committed.files}
        self.state.files = [one for one in self.state.files if one.source != mapping.name or id(one) in had]
        self.state.sources.pop(mapping.name, None)
        if mapping.name in self.committed.sources:
            self.state.sources[mapping.name] = dict(self.committed.sources[mapping.name])

    def _data_time(self, mapping: Mapping) -> None:
        times = [
            scalar(self.connection, f"SELECT max(({mapping.data_time})::DATE) FROM {quoted(table.name)}")
            for table in mapping.tables
        ]
        newest = max((one for one in times if one is not None), default=None)
        self.state.sources[mapping.name] = {
            "data_time": None if newest is None else newest.isoformat(),
            "mapping_version": mapping.version,
        }

    def _count_rows(self, landed: list[Landed]) -> None:
        aside = in_delivery(self.connection, landed)
        for report in self.reports.values():
            mine = [one for one in landed if one.source == report.name]
            report.rows_in = sum(one.rows for one in mine)
            report.rows_quarantined = sum(one.quarantined for one in mine) + aside.get(report.name, 0)
            report.rows_loaded = report.rows_in - report.rows_quarantined

    def _difference(self) -> None:
        """Steps from the committed to the newly folded rows, with the changes to log."""
        steps, self.tally = plan_steps(self.connection, self.job.mappings, self._occasion())
        applying.save(self._ledger_entry(steps), steps)
        self.job.state_folder.ready(self.state)

    def _occasion(self) -> Occasion:
        return Occasion(
            run=self.run,
            date=self.date,
            recorded=self.state.delivered or self.date,
            state=self.committed,
            committed=self.job.state_folder.committed,
            staged=self.staged,
            delivered=frozenset(self.new_sources - self.held.keys()),
            dirty=frozenset(self.dirty),
        )

    def _ledger_entry(self, steps: Steps) -> applying.Run:
        rows = []
        for report in self.reports.values():
            if report.state != "loaded":
                continue
            entry = self.state.sources[report.name]
            counts = [report.rows_in, report.rows_loaded, report.rows_quarantined]
            rows.append([report.name, entry["mapping_version"], entry["data_time"], *counts])
        return applying.Run(
            id=self.run,
            delivered_on=self.date,
            started_at=self.started_at.isoformat(),
            fingerprint=steps.fingerprint(),
            inserted=self.tally.inserted,
            updated=self.tally.updated,
            tombstoned=self.tally.tombstoned,
            sources=rows,
        )

    def _report(self, sequence: int, transactions: int = 0) -> RefreshReport:
        for report in self.reports.values():
            report.data_time = self.committed.sources.get(report.name, {}).get("data_time")
        return RefreshReport(
            run=self.committed.run,
            published_seq=sequence,
            write_transactions=transactions,
            sources=list(self.reports.values()),
            stages=self.stages,
            usable=any(report.state != "held" for report in self.reports.values()),
        )


def _defect(mapping: Mapping, error: duckdb.Error) -> str:
    return f"mapping {mapping.name!r}: {str(error).strip().splitlines()[0][:300]}"


def _run_id(previous: str | None, new: list[tuple[Found, str]]) -> str:
    """The run's id follows from the run before it and the content it takes."""
    content = "|".join([previous or "", *sorted(f"{one.source}/{one.name}/{digest}" for one, digest in new)])
    return f"run_{hashlib.sha256(content.encode()).hexdigest()[:16]}"
