"""The refresh job: files become claims, claims become differences, differences go into the graph in one piece.

`refresh` is one-shot and idempotent: what was seen is skipped, what has not changed is not written, a run that was cut
off is finished or forgotten at the next start, and a source that cannot be used holds up no other.
"""

from __future__ import annotations

import datetime
import time
from collections.abc import Sequence
from pathlib import Path

from graph.errors import SourceError
from graph.ingest import apply as applying
from graph.ingest.delivery import discover
from graph.ingest.engine import engine
from graph.ingest.lease import lease
from graph.ingest.recovery import belongs, ensure_schema, recover
from graph.ingest.report import RefreshReport
from graph.ingest.run import Job, Run
from graph.ingest.state import StateFolder
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

    ``sources`` limits the call to some mappings, ``as_of`` to deliveries up to a date. A source whose delivery cannot
    be used is held, as the report says: its committed state stands and the others go on. Raises `SourceError` when
    nothing could be used, and `LeaseHeld` when another refresh is writing.
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
        job = Job(settings, store, connection, state_folder, mappings, approve_deletes)
        for delivery in discover(folder, chosen, as_of=as_of):
            report.add(Run(job, delivery).refresh())
    if report.write_transactions:
        plan_anew(store)
    if not report.usable:
        raise SourceError("; ".join(f"{one.name} is held: {one.reason}" for one in report.held))
    report.seconds = time.monotonic() - started
    return report


def _chosen(mappings: tuple[Mapping, ...], sources: Sequence[str]) -> tuple[Mapping, ...]:
    names = [mapping.name for mapping in mappings]
    for source in sources:
        if source not in names:
            raise SourceError(f"no source is called {source!r}: use one of {', '.join(names)}")
    return tuple(mapping for mapping in mappings if not sources or mapping.name in sources)
