"""The refresh job: files become claims, claims become differences, differences go into the graph in one piece.

`refresh` is one-shot and idempotent: what was seen is skipped, what has not changed is not written, and a run that
was cut off is finished or forgotten at the next start.
"""

from __future__ import annotations

import datetime
import hashlib
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from graph.errors import SourceError
from graph.history.changes import log_changes
from graph.ingest import apply as applying
from graph.ingest.claims import write_claims
from graph.ingest.delivery import Delivery, Found, discover
from graph.ingest.difference import Steps, Tally, add_identifiers, add_nodes, add_relationships, compare
from graph.ingest.engine import Connection, engine, literal, quoted, scalar
from graph.ingest.fold import fold, targets
from graph.ingest.identifiers import learned, open_identifiers, save_identifiers
from graph.ingest.landing import Landed, checksum, land
from graph.ingest.lease import lease
from graph.ingest.quarantine import in_delivery, save_aside
from graph.ingest.recovery import belongs, ensure_schema, recover
from graph.ingest.report import RefreshReport, SourceReport
from graph.ingest.state import State, StateFolder
from graph.ingest.view import open_view
from graph.progress import say
from graph.settings import Settings
from graph.sources import Mapping, load_mappings
from graph.store import Store, plan_anew


def refresh(
    settings: Settings,
    store: Store,
    folder: Path,
    *,
    sources: Sequence[str] = (),
    as_of: datetime.date | None = None,
    approve_deletes: bool = False,
) -> RefreshReport:
    """Apply the deliveries in ``folder`` in order of their dates; return what happened.

    ``sources`` limits the call to some mappings, ``as_of`` to deliveries up to a date. Raises `SourceError` when a
    delivery cannot be used (the committed state stands) and `LeaseHeld` when another refresh is writing.
    """
    started = time.monotonic()
    mappings = load_mappings()
    chosen = _chosen(mappings, sources)
    with lease(settings), engine(settings) as connection:
        state_folder = StateFolder(settings)
        recover(connection, store, state_folder)
        belongs(store, state_folder.load())
        ensure_schema(store)
        report = RefreshReport(state_folder.load().run, applying.published(store))
        for delivery in discover(folder, chosen, as_of=as_of):
            run = _Run(settings, store, connection, state_folder, mappings, delivery, approve_deletes)
            report.add(run.refresh())
    if report.write_transactions:
        plan_anew(store)
    report.seconds = time.monotonic() - started
    return report


def _chosen(mappings: tuple[Mapping, ...], sources: Sequence[str]) -> tuple[Mapping, ...]:
    names = [mapping.name for mapping in mappings]
    for source in sources:
        if source not in names:
            raise SourceError(f"no source is called {source!r}: use one of {', '.join(names)}")
    return tuple(mapping for mapping in mappings if not sources or mapping.name in sources)


class _Run:
    """One delivery on its way into the graph; `refresh` has a line per stage."""

    def __init__(
        self,
        settings: Settings,
        store: Store,
        connection: Connection,
        state_folder: StateFolder,
        mappings: tuple[Mapping, ...],
        delivery: Delivery,
        approve_deletes: bool,
    ) -> None:
        self.settings, self.store, self.connection = settings, store, connection
        self.state_folder, self.mappings, self.delivery = state_folder, mappings, delivery
        self.approve_deletes = approve_deletes
        self.date = delivery.date.isoformat()
        self.committed = state_folder.load()
        self.started_at = datetime.datetime.now(datetime.UTC)
        self.reports = {found.source: SourceReport(found.source) for found in delivery.files}
        self.stages: dict[str, float] = {}

    def refresh(self) -> RefreshReport:
        """Land, claim, fold, compare, apply, promote; nothing at all when the delivery was seen before."""
        new = self._unseen()
        if not new:
            return self._nothing_new()
        self.run = _run_id(self.committed.run, new)
        with self._stage("land"):
            landed = [land(self.connection, self.settings, *one, self.delivery.date) for one in new]
        self.state = self._next_state(landed)
        self.staged = self.state_folder.begin()
        with self._stage("claim"):
            self._claim(landed)
        with self._stage("difference"):
            self._difference(landed)
        with self._stage("apply"):
            applied = applying.apply(self.connection, self.store, self.staged / "steps")
        with self._stage("promote"):
            self.state_folder.promote()
        say(
            f"{self.date}: {self.tally.inserted:,} new, {self.tally.updated:,} changed, {self.tally.tombstoned:,} ended"
        )
        return RefreshReport(
            run=self.run,
            published_seq=applied.sequence,
            write_transactions=applied.transactions,
            sources=list(self.reports.values()),
            stages=self.stages,
        )

    @contextmanager
    def _stage(self, name: str) -> Iterator[None]:
        started = time.monotonic()
        yield
        self.stages[name] = self.stages.get(name, 0.0) + time.monotonic() - started

    def _unseen(self) -> list[tuple[Found, str]]:
        """The files with their checksums that the committed state does not have."""
        kinds = {mapping.name: mapping.kind for mapping in self.mappings}
        with self._stage("discover"):
            found = [(one, checksum(one)) for one in self.delivery.files]
        return [
            (one, digest)
            for one, digest in found
            if not self.committed.has(
                one.source, one.table.name, digest, self.date, whole=kinds[one.source] == "snapshot"
            )
        ]

    def _nothing_new(self) -> RefreshReport:
        for report in self.reports.values():
            report.data_time = self.committed.sources.get(report.name, {}).get("data_time")
        return RefreshReport(
            run=self.committed.run,
            published_seq=applying.published(self.store),
            sources=list(self.reports.values()),
            stages=self.stages,
        )

    def _next_state(self, landed: list[Landed]) -> State:
        committed = self.committed
        return State(
            run=self.run,
            delivered=self.date,
            files=[*committed.files, *landed],
            sources={name: dict(entry) for name, entry in committed.sources.items()},
        )

    def _claim(self, landed: list[Landed]) -> None:
        """Claims of every source that has new files or builds on newly learned identifiers."""
        connection = self.connection
        open_identifiers(connection, self.staged)
        delivered = {one.source for one in landed}
        self.dirty: set[str] = set()
        taught: set[str] = set()
        for mapping in self.mappings:
            files = self.state.of(mapping.name)
            if mapping.name not in delivered and not (files and taught & set(mapping.after)):
                continue
            known = learned(connection)
            view = open_view(connection, self.settings.home, mapping, files)
            counts = write_claims(
                connection, mapping, self.staged / "claims", self.date, approve_deletes=self.approve_deletes
            )
            self._data_time(mapping)
            view.close(connection)
            self.dirty.add(mapping.name)
            if learned(connection) > known:
                taught.add(mapping.name)
            report = self.reports.setdefault(mapping.name, SourceReport(mapping.name))
            report.inserted, report.updated = counts.inserted, counts.updated
            report.unchanged, report.tombstoned = counts.unchanged, counts.tombstoned
        save_identifiers(connection, self.staged)
        save_aside(connection, self.staged, self.dirty)
        self._count_rows(landed)

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
            report.data_time = self.state.sources.get(report.name, {}).get("data_time")

    def _difference(self, landed: list[Landed]) -> None:
        """Steps from the committed to the newly folded rows, with the changes to log."""
        connection, tally = self.connection, Tally()
        steps = Steps(connection, self.staged / "steps")
        baseline = {one.source for one in landed} - set(self.committed.sources)
        changes = Steps(connection, self.staged / "steps" / "changes")
        identifiers_added = False
        connection.execute(f"SET VARIABLE delivered = DATE {literal(self.date)}")
        for target in targets(connection, self.mappings, self.staged):
            if not target.is_node and not identifiers_added:
                add_identifiers(connection, steps)
                identifiers_added = True
            if not {one.source for one in target.sets} & self.dirty:
                continue
            new = fold(connection, target, self.staged / "graph")
            compare(connection, target, new, self.state_folder.committed / "graph" / target.file)
            found = (add_nodes if target.is_node else add_relationships)(connection, steps, target)
            tally.add(found)
            log_changes(changes, target, self.run, baseline)
        if not identifiers_added:
            add_identifiers(connection, steps)
        steps.take(changes)
        self.tally = tally
        applying.save(self._ledger_entry(steps), steps)
        self.state_folder.ready(self.state)

    def _ledger_entry(self, steps: Steps) -> applying.Run:
        rows = []
        for report in self.reports.values():
            entry = self.state.sources.get(report.name, {})
            rows.append(
                [
                    report.name,
                    entry.get("mapping_version"),
                    entry.get("data_time"),
                    report.rows_in,
                    report.rows_loaded,
                    report.rows_quarantined,
                ]
            )
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


def _run_id(previous: str | None, new: list[tuple[Found, str]]) -> str:
    """The run's id follows from the run before it and the content it takes."""
    content = "|".join([previous or "", *sorted(f"{one.source}/{one.name}/{digest}" for one, digest in new)])
    return f"run_{hashlib.sha256(content.encode()).hexdigest()[:16]}"
