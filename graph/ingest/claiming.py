"""The claims of a run, source by source: one that fails is as it was before, and the others go on."""

from __future__ import annotations

import datetime
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import duckdb

from graph.errors import SourceError
from graph.failpoint import failpoint
from graph.ingest.arrival import Arrived
from graph.ingest.claims import file_name, write_claims
from graph.ingest.engine import copy, literal, quoted, scalar, scan, told
from graph.ingest.held import Held
from graph.ingest.identifiers import forget_since, last_learned, learned, open_identifiers, save_identifiers
from graph.ingest.job import Job
from graph.ingest.landing import Landed
from graph.ingest.quarantine import in_delivery, save_aside
from graph.ingest.rejected import drop_rejected, note_rejected
from graph.ingest.report import SourceReport
from graph.ingest.restated import hold_shrunken
from graph.ingest.scope import Scope, Unfit, scope_of
from graph.ingest.state import State
from graph.ingest.view import open_view
from graph.sources import Mapping
from graph.stopping import safe_place


class Claiming:
    """``dirty`` are the sources whose claims were made anew, ``delivered`` those of them with new files."""

    def __init__(self, job: Job, run: str, date: str, committed: State, staged: Path) -> None:
        self.job, self.run, self.date, self.committed, self.staged = job, run, date, committed, staged
        self.connection = job.connection
        self.delivered: set[str] = set()
        self.dirty: set[str] = set()

    def claim(
        self,
        arrived: list[Arrived],
        again: frozenset[str],
        withdrawn: frozenset[str],
        reports: dict[str, SourceReport],
        hold: Callable[[Held], None],
    ) -> State:
        """Claims of every source that has new files, is computed anew, or builds on newly learned identifiers."""
        connection, held = self.connection, {name for name, one in reports.items() if one.state == "held"}
        landed = [one.landed for one in arrived if one.landed.source not in held]
        self.delivered = {one.source for one in landed}
        self.state = self._next_state([one for one in arrived if one.landed.source not in held])
        drop_rejected(self.connection, self.job.settings, self.state)
        self._announce()
        open_identifiers(connection, self.staged)
        failpoint("claim.begun")
        taught: set[str] = set()
        for mapping in self.job.mappings:
            safe_place()
            if mapping.name in withdrawn:
                self._withdraw(mapping, reports)
                continue
            files = self.state.of(mapping.name)
            asked = mapping.name in self.delivered | again or (files and taught & set(mapping.after))
            if not asked or self.committed.sources.get(mapping.name, {}).get("withdrawn"):
                continue
            known, named = learned(connection), bool(taught & set(mapping.after))
            done = self._try(mapping, landed, reports, hold, taught=mapping.name in again or named)
            if not done and named and self.state.of(mapping.name):
                # What it said before may speak of what has become known with this delivery.
                done = self._try(mapping, [], reports, hold, taught=True)
            if not done:
                continue
            self.dirty.add(mapping.name)
            if learned(connection) > known:
                taught.add(mapping.name)
            failpoint("claim.learned")
        save_identifiers(connection, self.staged)
        failpoint("claim.identifiers_saved")
        save_aside(connection, self.staged, self.dirty - withdrawn)
        failpoint("claim.quarantine_saved")
        self._count_rows([one for one in landed if one.source in self.delivered], reports)
        failpoint("claim.done")
        return self.state

    def _next_state(self, arrived: list[Arrived]) -> State:
        """The committed state with the new files; a file that was landed under an older contract is replaced."""
        replaced = {(one.landed.source, one.landed.table, one.landed.record_file) for one in arrived}
        kept = [one for one in self.committed.files if (one.source, one.table, one.record_file) not in replaced]
        return self.committed.copy(
            run=self.run,
            # Never earlier than before: a delivery that is late is recorded when it is applied.
            delivered=max(self.date, self.committed.delivered or ""),
            files=[*kept, *(one.landed for one in arrived)],
            stamps=self.committed.stamps | dict(one.stamped() for one in arrived),
        )

    def _announce(self) -> None:
        """The variables by which claims and changes are dated."""
        for name, value in (("run", literal(self.run)), ("delivered", f"DATE {literal(self.date)}")):
            self.connection.execute(f"SET VARIABLE {name} = {value}")
        self.connection.execute(f"SET VARIABLE recorded = DATE {literal(self.state.delivered or self.date)}")

    def _try(
        self,
        mapping: Mapping,
        landed: list[Landed],
        reports: dict[str, SourceReport],
        hold: Callable[[Held], None],
        *,
        taught: bool,
    ) -> bool:
        """Claim what the source says; False when that fails: its new files are out, and it is as it was."""
        last = last_learned(self.connection)
        try:
            self._claim(mapping, self.state.of(mapping.name), landed, reports, taught=taught)
        except (SourceError, duckdb.Error) as error:
            safe_place()
            self._take_back(mapping, last)
            self.delivered.discard(mapping.name)
            failpoint("claim.taken_back")
            reason = error if isinstance(error, SourceError) else SourceError(f"{mapping.name}: {told(error)}")
            hold(Held.by(mapping.name, reason))
            return False
        return True

    def _claim(
        self,
        mapping: Mapping,
        files: tuple[Landed, ...],
        landed: list[Landed],
        reports: dict[str, SourceReport],
        *,
        taught: bool,
    ) -> None:
        home, kept = self.job.settings.home, self.staged / "prepared" / mapping.name
        scope = scope_of(self.connection, home, mapping, files, self.committed, kept, taught=taught)
        try:
            view = open_view(self.connection, home, mapping, files, scope)
        except Unfit:
            self.connection.execute(f"DELETE FROM aside WHERE source = {literal(mapping.name)}")
            scope = replace(scope, partial=False, anew=True)
            view = open_view(self.connection, home, mapping, files, scope)
        note_rejected(self.connection, mapping, self.state)
        failpoint("claim.viewed")
        new = {(one.source, one.sha256) for one in landed if one.source == mapping.name}
        # What is computed anew without a file is approved for this version of the mapping.
        approved = (new or {(mapping.name, mapping.version)}) <= self.job.approved
        if not approved:
            hold_shrunken(self.connection, home, mapping, self.committed.of(mapping.name), files)
        counts = write_claims(
            self.connection,
            mapping,
            self.staged / "claims",
            self.date,
            approve_deletes=approved,
            scope=scope,
        )
        failpoint("claim.written")
        self._note(mapping, scope)
        view.close(self.connection)
        report = reports.setdefault(mapping.name, SourceReport(mapping.name))
        report.inserted, report.updated = counts.inserted, counts.updated
        report.unchanged, report.tombstoned = counts.unchanged, counts.tombstoned
        if report.state != "held":
            report.state = "loaded"

    def _note(self, mapping: Mapping, scope: Scope) -> None:
        """What the state says of the source from now on."""
        times = [
            scalar(self.connection, f"SELECT max(({mapping.data_time})::DATE) FROM {quoted(table.name)}")
            for table in mapping.tables
        ]
        had = self.committed.sources.get(mapping.name, {})
        # A snapshot that came again unchanged was delivered later than any file that was landed.
        before = had.get("data_time") if scope.partial or mapping.as_fresh_as_delivered else None
        if before is not None:
            times.append(datetime.date.fromisoformat(before))
        deliveries = [one.delivered for one in self.state.of(mapping.name)]
        if scope.partial and mapping.as_fresh_as_delivered:
            # Also where the newest file only repeats what was said.
            times.append(datetime.date.fromisoformat(max(deliveries)))
        newest = max((one for one in times if one is not None), default=None)
        self.state.sources[mapping.name] = {
            "data_time": None if newest is None else newest.isoformat(),
            "mapping_version": mapping.version,
            "delivered": max([*deliveries, had.get("delivered") or ""]) or None,
        }

    def _take_back(self, mapping: Mapping, last: int) -> None:
        """The source's claims, identifiers, quarantine and files are those of the committed state again."""
        forget_since(self.connection, last)
        self.connection.execute(f"DELETE FROM aside WHERE source = {literal(mapping.name)}")
        for part in ("claims", "prepared", "touched"):
            self.job.state_folder.take_back(Path(part) / mapping.name)
        left = "SELECT table_name FROM duckdb_tables() WHERE temporary AND table_name NOT IN ('identifier', 'aside')"
        for (name,) in self.connection.execute(left).fetchall():
            self.connection.execute(f"DROP TABLE {quoted(name)}")
        others = [one for one in self.state.files if one.source != mapping.name]
        self.state.files = [*others, *self.committed.of(mapping.name)]
        mine = f"{mapping.name}/"
        self.state.stamps = {key: one for key, one in self.state.stamps.items() if not key.startswith(mine)} | {
            key: one for key, one in self.committed.stamps.items() if key.startswith(mine)
        }
        self.state.sources.pop(mapping.name, None)
        if mapping.name in self.committed.sources:
            self.state.sources[mapping.name] = dict(self.committed.sources[mapping.name])

    def _withdraw(self, mapping: Mapping, reports: dict[str, SourceReport]) -> None:
        """The source claims nothing any more; its files are forgotten, and not taken until it is admitted again."""
        failpoint("withdraw.begun")
        report = reports.setdefault(mapping.name, SourceReport(mapping.name))
        for at, claim in enumerate(mapping.claims):
            path = self.staged / "claims" / mapping.name / file_name(at, claim)
            if path.exists():
                report.tombstoned += int(scalar(self.connection, f"SELECT count(*) FROM {scan([path])}"))
                copy(self.connection, f"SELECT * FROM {scan([path])} WHERE false", path)
        (self.staged / "quarantine" / f"{mapping.name}.parquet").unlink(missing_ok=True)
        self.state.files = [one for one in self.state.files if one.source != mapping.name]
        mine = f"{mapping.name}/"
        self.state.stamps = {key: one for key, one in self.state.stamps.items() if not key.startswith(mine)}
        entry = {"data_time": None, "mapping_version": mapping.version, "delivered": None, "withdrawn": True}
        self.state.sources[mapping.name] = entry
        self.dirty.add(mapping.name)
        report.state = "loaded"
        failpoint("withdraw.done")

    def _count_rows(self, landed: list[Landed], reports: dict[str, SourceReport]) -> None:
        aside = in_delivery(self.connection, landed)
        for report in reports.values():
            mine = [one for one in landed if one.source == report.name]
            report.rows_in = sum(one.rows for one in mine)
            report.rows_quarantined = sum(one.quarantined for one in mine) + aside.get(report.name, 0)
            report.rows_loaded = report.rows_in - report.rows_quarantined
            report.warnings = [f"{one.record_file}: {warning}" for one in mine for warning in one.warnings]
