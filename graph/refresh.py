"""The refresh job: files become claims, claims become differences, differences go into the graph in one piece.

`refresh` is one-shot and idempotent: what was seen is skipped, what has not changed is not written, a run that was cut
off is finished or forgotten at the next start, and a source that cannot be used holds up no other.
"""

from __future__ import annotations

import datetime
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from itertools import chain
from pathlib import Path

from graph.errors import SourceError
from graph.failpoint import failpoint
from graph.history.stepping import plan_steps
from graph.ingest import apply as applying
from graph.ingest.arrival import retry_all
from graph.ingest.delivery import Delivery, discover
from graph.ingest.engine import engine
from graph.ingest.job import Job
from graph.ingest.lease import leases
from graph.ingest.ledger import approved, settle_sources
from graph.ingest.originals import sweep
from graph.ingest.owner import owner
from graph.ingest.recovery import ensure_schema
from graph.ingest.report import RefreshReport
from graph.ingest.retry import unknown_references
from graph.ingest.run import Run
from graph.ingest.state import StateFolder
from graph.settings import Settings
from graph.sources import Mapping, load_mappings
from graph.stopping import safe_place, stoppable
from graph.store import Store, plan_anew


def refresh(
    settings: Settings,
    store: Store,
    folder: Path,
    *,
    sources: Sequence[str] = (),
    as_of: datetime.date | None = None,
    approve_deletes: str | None = None,
    replay: bool = False,
) -> RefreshReport:
    """Apply the deliveries in ``folder`` in order of their dates; return what happened.

    ``sources`` limits the call to some mappings, ``as_of`` to deliveries up to a date; ``approve_deletes`` names a run
    whose held deletes are meant; ``replay`` goes on from a graph that was restored from an older dump. A source whose
    delivery cannot be used is held, as the report says: its committed state stands and the others go on. Raises
    `SourceError` when nothing could be used, `LeaseHeld` when another refresh works on a source, `Stopped` on SIGTERM.
    """
    started = time.monotonic()
    failpoint("refresh.begun")
    mappings = load_mappings()
    deliveries = discover(folder, _chosen(mappings, sources), as_of=as_of)
    failpoint("refresh.discovered")
    names = sorted({name for delivery in deliveries for name in delivery.sources})
    with stoppable(), _job(settings, store, mappings, names, approve_deletes, replay) as job:
        report = RefreshReport(job.state_folder.load().run, applying.published(store))
        sweep(settings.home)
        # Each run begins with the state that the one before it has left.
        for run in chain(_computed_anew(job, names), (Run(job, delivery) for delivery in deliveries)):
            safe_place()
            report.add(run.refresh())
        _settle(job, report)
        if report.write_transactions:
            plan_anew(store, changed=report.changed)
            failpoint("refresh.planned_anew")
    if not report.usable:
        raise SourceError("; ".join(f"{one.name} is held: {one.reason}" for one in report.held))
    report.seconds = time.monotonic() - started
    failpoint("refresh.reported")
    return report


def retry(settings: Settings, store: Store, sources: Sequence[str] = ()) -> RefreshReport:
    """Load the quarantined rows that satisfy the contract by now, or name what is known by now; a run of their own."""
    mappings = load_mappings()
    names = [mapping.name for mapping in _chosen(mappings, sources)]
    with stoppable(), _job(settings, store, mappings, names, None, replay=False) as job:
        state = job.state_folder.load()
        known = {name for name in names if name in state.sources and not state.sources[name].get("withdrawn")}
        landed = retry_all(job, known)
        again = known & unknown_references(job.connection, job.state_folder.committed)
        report = RefreshReport(state.run, applying.published(store))
        if landed or again:
            date = datetime.date.fromisoformat(state.delivered or "")
            report.add(Run(job, Delivery(date, ()), again=frozenset(again), retried=tuple(landed)).refresh())
            _settle(job, report)
            plan_anew(store, changed=report.changed)
    return report


def withdraw(settings: Settings, store: Store, source: str) -> RefreshReport:
    """Take back everything a source claims; what the others say is folded anew. It is not taken until `admit`."""
    mappings = load_mappings()
    _chosen(mappings, [source])
    with stoppable(), _job(settings, store, mappings, [source], None, replay=False) as job:
        state = job.state_folder.load()
        if source not in state.sources or state.sources[source].get("withdrawn"):
            raise SourceError(f"source {source!r} claims nothing: there is nothing to withdraw")
        date = datetime.date.fromisoformat(state.delivered or "")
        report = Run(job, Delivery(date, ()), withdrawn=frozenset({source})).refresh()
        _settle(job, report)
        plan_anew(store, changed=report.changed)
    return report


def admit(settings: Settings, store: Store, source: str) -> None:
    """Let a source that was withdrawn be taken again at the next refresh."""
    mappings = load_mappings()
    _chosen(mappings, [source])
    with _job(settings, store, mappings, [source], None, replay=False) as job, job.writing() as fence:
        state = job.state_folder.load()
        if not state.sources.get(source, {}).get("withdrawn"):
            raise SourceError(f"source {source!r} is not withdrawn: there is nothing to admit")
        del state.sources[source]
        job.state_folder.amend(state, fence.token)


@contextmanager
def _job(
    settings: Settings,
    store: Store,
    mappings: tuple[Mapping, ...],
    names: list[str],
    approve_deletes: str | None,
    replay: bool,
) -> Iterator[Job]:
    """The leases of the sources, an engine, and a state that belongs to the graph."""
    ensure_schema(store)
    failpoint("refresh.schema_ready")
    allowed = approved(settings, approve_deletes)
    with owner(settings) as me, leases(settings, store, me, names), engine(settings) as connection:
        failpoint("refresh.sources_leased")
        job = Job(settings, store, connection, StateFolder(settings), mappings, me, plan_steps, allowed)
        with job.writing(replay=replay):
            pass
        yield job


def _computed_anew(job: Job, names: list[str]) -> list[Run]:
    """A run for the sources whose mapping is another than the one that made their claims."""
    state = job.state_folder.load()
    again = {
        mapping.name
        for mapping in job.mappings
        if mapping.name in names
        and mapping.name in state.sources
        and not state.sources[mapping.name].get("withdrawn")
        and state.sources[mapping.name].get("mapping_version") != mapping.version
    }
    if not again:
        return []
    return [Run(job, Delivery(datetime.date.fromisoformat(state.delivered or ""), ()), again=frozenset(again))]


def _settle(job: Job, report: RefreshReport) -> None:
    """What the ledger says of each source: held or not, overdue or not."""
    state = job.state_folder.load()
    held = {one.name: str(one.reason) for one in report.held}
    seen = {one.name for one in report.sources}
    settle_sources(job.store, state, held, seen, job.mappings)


def _chosen(mappings: tuple[Mapping, ...], sources: Sequence[str]) -> tuple[Mapping, ...]:
    names = [mapping.name for mapping in mappings]
    for source in sources:
        if source not in names:
            raise SourceError(f"no source is called {source!r}: use one of {', '.join(names)}")
    return tuple(mapping for mapping in mappings if not sources or mapping.name in sources)
