"""What all runs of a refresh share, and the lease under which one of them writes."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import duckdb

from graph.failpoint import failpoint
from graph.ingest.engine import Connection
from graph.ingest.lease import apply_lease
from graph.ingest.occasion import PlanSteps
from graph.ingest.recovery import belongs, recover
from graph.ingest.state import StateFolder
from graph.settings import Settings
from graph.sources import Mapping
from graph.store import Store
from graph.store.fence import Fence


@dataclass(frozen=True, slots=True)
class Job:
    """``owner`` holds the leases; ``approved`` are the (source, checksum) pairs whose deletes somebody approved."""

    settings: Settings
    store: Store
    connection: Connection
    state_folder: StateFolder
    mappings: tuple[Mapping, ...]
    owner: str
    plan_steps: PlanSteps
    approved: frozenset[tuple[str, str]] = frozenset()

    @contextmanager
    def writing(self, *, replay: bool = False) -> Iterator[Fence]:
        """Alone with the graph, after waiting for whoever writes now.

        What that one left behind, if it died, is settled first; graph and state belong together within the block.
        """
        with apply_lease(self.settings, self.store, self.owner) as fence:
            recover(self.connection, self.store, self.state_folder)
            failpoint("refresh.recovered")
            belongs(self.store, self.state_folder, replay=replay)
            failpoint("refresh.belongs")
            try:
                yield fence
            except (OSError, duckdb.Error):
                # Whoever took the lease over has cleaned up what this run was reading: that is what to say then.
                self.store.transact(fence.hold)
                raise

    def mapping(self, name: str) -> Mapping:
        """The mapping of a source."""
        return next(mapping for mapping in self.mappings if mapping.name == name)
