"""One delivery on its way into the graph: each source for itself as far as its claims, then all of them as one."""

from __future__ import annotations

import datetime
import hashlib
import time
from collections.abc import Iterator
from contextlib import contextmanager

from graph.failpoint import failpoint
from graph.ingest import apply as applying
from graph.ingest import ledger
from graph.ingest.arrival import Arrived, New, land_all, unseen
from graph.ingest.claiming import Claiming
from graph.ingest.delivery import Delivery
from graph.ingest.held import Held
from graph.ingest.job import Job
from graph.ingest.occasion import Occasion
from graph.ingest.poison import put_aside
from graph.ingest.redelivery import noted
from graph.ingest.rejected import stamped
from graph.ingest.report import RefreshReport, SourceReport
from graph.progress import say
from graph.stopping import safe_place
from graph.store.fence import Fence
from graph.store.patience import patiently


class Run:
    """One delivery; `refresh` has a line per stage.

    ``again`` are sources to be computed anew without a delivery, ``withdrawn`` those whose claims go, ``retried`` files
    that landed anew with rows that were quarantined.
    """

    def __init__(
        self,
        job: Job,
        delivery: Delivery,
        *,
        again: frozenset[str] = frozenset(),
        withdrawn: frozenset[str] = frozenset(),
        retried: tuple[Arrived, ...] = (),
    ) -> None:
        self.job, self.delivery = job, delivery
        self.again, self.withdrawn, self.retried = again, withdrawn, retried
        self.date = delivery.date.isoformat()
        self.committed = job.state_folder.load()
        self.started_at = datetime.datetime.now(datetime.UTC)
        self.reports = {name: SourceReport(name) for name in (*delivery.sources, *sorted(withdrawn))}
        self.held: dict[str, Held] = {}
        self.new: list[New] = []
        self.came_again: list[New] = []
        self.stages: dict[str, float] = {}
        for held in delivery.held:
            self._hold(held)

    def refresh(self) -> RefreshReport:
        """Land, claim, fold, compare, apply, promote; nothing at all when the delivery was seen before."""
        with self._stage("discover"):
            self.new, self.came_again = unseen(self.job, self.delivery, self.committed, self._hold, self.held)
        with self._stage("land"):
            arrived = [*self.retried, *land_all(self.job, self.new, self.delivery.date, self._hold)]
        taken = bool(arrived or self.again or self.withdrawn)
        if not (taken or self.came_again):
            return self._nothing_taken()
        safe_place()
        with self.job.writing() as fence:
            # What other sources have committed while these landed is taken in.
            self.committed = noted(self.job, self.job.state_folder.load(), self._still_taken(), self.date)
            self.run = self._id()
            if not (taken and self._plan(arrived, fence)):
                if self.came_again and self.committed.run is not None:
                    self.job.state_folder.amend(self.committed, fence.token)
                return self._nothing_taken()
            with self._stage("apply"):
                applied = self._apply(arrived, fence)
            with self._stage("promote"):
                self.committed = self.state
                self._note(applied)
                self.job.state_folder.promote()
        failpoint("promote.done")
        say(
            f"{self.date}: {self.tally.inserted:,} new, {self.tally.updated:,} changed, {self.tally.tombstoned:,} ended"
        )
        return self._report(applied.sequence, applied.transactions)

    def _still_taken(self) -> list[New]:
        """The files that came again of sources that bring nothing else: those are as fresh as what becomes of that."""
        new = {one.found.source for one in self.new}
        return [one for one in self.came_again if one.found.source not in new | self.held.keys()]

    def _plan(self, arrived: list[Arrived], fence: Fence) -> bool:
        """The next state and its steps, staged; False when every source turned out to be held."""
        self.staged = self.job.state_folder.begin(self.run, fence.token)
        with self._stage("claim"):
            claiming = Claiming(self.job, self.run, self.date, self.committed, self.staged)
            self.state = claiming.claim(arrived, self.again, self.withdrawn, self.reports, self._hold)
        if not claiming.dirty:
            self.job.state_folder.discard()
            return False
        safe_place()
        with self._stage("difference"):
            failpoint("difference.begun")
            occasion = Occasion(
                run=self.run,
                state=self.committed,
                committed=self.job.state_folder.committed,
                staged=self.staged,
                delivered=frozenset(claiming.delivered - self.held.keys()),
                dirty=frozenset(claiming.dirty),
            )
            steps, self.tally = self.job.plan_steps(self.job.connection, self.job.mappings, occasion)
            failpoint("difference.stepped")
            applying.save(self._entry(steps.fingerprint()), steps)
            failpoint("difference.saved")
            self.job.state_folder.ready(self.state)
        safe_place()
        return True

    def _apply(self, arrived: list[Arrived], fence: Fence) -> applying.Applied:
        """Apply the planned steps; a record whose row Neo4j refuses is put aside, and the run planned anew."""
        while True:
            try:
                return applying.apply(self.job.connection, self.job.store, self.staged / "steps")
            except applying.Poisoned as poison:
                rejected = put_aside(self.job, self.staged, poison)
                failpoint("poison.put_aside")
                self.committed = self.committed.copy(
                    rejected=[*self.committed.rejected, *stamped(rejected, self.state)]
                )
                if not self._plan(arrived, fence):
                    raise rejected[0].error() from poison

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

    def _id(self) -> str:
        """The run's id follows from the run before it and the content it takes."""
        content = [self.committed.run or "", *sorted(one.content for one in self.new)]
        content += sorted(f"retried {one.landed.source}/{one.landed.parquet}" for one in self.retried)
        content += sorted(f"again {name} {self.job.mapping(name).version}" for name in self.again)
        content += sorted(f"withdraw {name}" for name in self.withdrawn)
        content += sorted(f"held {one.source} {one.reason}" for one in self.delivery.held)
        return f"run_{hashlib.sha256('|'.join(content).encode()).hexdigest()[:16]}"

    def _entry(self, fingerprint: str) -> applying.Run:
        sources = []
        brought = {one.found.source for one in self.new} | {one.landed.source for one in self.retried}
        for report in self.reports.values():
            if report.state == "loaded":
                entry = self.state.sources[report.name]
                sources.append(
                    {
                        "name": report.name,
                        "mappingVersion": entry.get("mapping_version"),
                        "dataTime": entry.get("data_time"),
                        "deliveredOn": entry.get("delivered"),
                        "rowsIn": report.rows_in,
                        "rowsLoaded": report.rows_loaded,
                        "rowsQuarantined": report.rows_quarantined,
                        "brought": report.name in brought,
                    }
                )
        return applying.Run(
            id=self.run,
            delivered_on=self.date,
            started_at=self.started_at.isoformat(),
            fingerprint=fingerprint,
            inserted=self.tally.inserted,
            updated=self.tally.updated,
            tombstoned=self.tally.tombstoned,
            sources=sources,
        )

    def _nothing_taken(self) -> RefreshReport:
        """Whatever is held is noted; nothing else happened."""
        if self.held:
            self.run = self._id()
            self._note(None)
        return self._report(patiently(lambda: applying.published(self.job.store)))

    def _note(self, applied: applying.Applied | None) -> None:
        """A line of the ledger's file; what is held also goes to the graph."""
        self._date_reports()
        held = [report for report in self.reports.values() if report.state == "held"]
        if held:
            ledger.record_held(self.job.store, self.run, self.delivery.date, held)
        files = {name: [one.sha256 for one in self.new if one.found.source == name] for name in self.reports}
        ledger.append(
            self.job.settings,
            {
                "run": self.run,
                "state": "held" if applied is None else "published",
                "delivered_on": self.date,
                "started_at": self.started_at.isoformat(),
                "finished_at": datetime.datetime.now(datetime.UTC).isoformat(),
                "sequence": None if applied is None else applied.sequence,
                "write_transactions": 0 if applied is None else applied.transactions,
                "sources": [
                    report.to_json()
                    | {"approvable": report.approvable, "files": files[report.name] or self._recomputed(report)}
                    for report in self.reports.values()
                    if report.state != "unchanged"
                ],
            },
        )

    def _date_reports(self) -> None:
        for report in self.reports.values():
            report.data_time = self.committed.sources.get(report.name, {}).get("data_time")

    def _recomputed(self, report: SourceReport) -> list[str]:
        """What an approval is about where no file came: the version of the mapping."""
        return [self.job.mapping(report.name).version] if report.approvable else []

    def _report(self, sequence: int, transactions: int = 0) -> RefreshReport:
        self._date_reports()
        for name in self.delivery.sources:
            if self.committed.sources.get(name, {}).get("withdrawn"):
                self.reports[name].warnings = [f"withdrawn: not taken until `twin source admit {name}`"]
        return RefreshReport(
            run=self.committed.run,
            published_seq=sequence,
            write_transactions=transactions,
            sources=list(self.reports.values()),
            stages=self.stages,
            usable=any(report.state != "held" for report in self.reports.values()),
        )
