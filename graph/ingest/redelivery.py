"""Files that came again with the content that is known: the data are as fresh as that delivery, and nothing changes."""

from __future__ import annotations

from collections.abc import Iterable

from graph.ingest.arrival import New
from graph.ingest.job import Job
from graph.ingest.state import State


def noted(job: Job, state: State, again: Iterable[New], date: str) -> State:
    """``state`` with the files that came again on ``date``: they are not read again, their snapshot is of it."""
    found = state.copy()
    for one in again:
        source = one.found.source
        found.stamps[one.stamp_key(date)] = [*one.stamp, one.sha256]
        entry, mapping = found.sources.get(source), job.mapping(source)
        if entry is None or mapping.kind != "snapshot" or date <= (entry.get("delivered") or ""):
            continue
        entry["delivered"] = date
        if mapping.as_fresh_as_delivered:
            entry["data_time"] = date
        found.delivered = max(date, found.delivered or "")
    return found
