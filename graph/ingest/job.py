"""What all runs of a refresh share, and the lease under which one of them writes."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from graph.ingest.engine import Connection
from graph.ingest.lease import apply_lease
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
    approved: frozenset[tuple[str, str]] = frozenset()

    @contextmanager
    def writing(self) -> Iterator[Fence]:
        """Alone with the graph, after waiting for whoever writes now."""
        with apply_lease(self.settings, self.store, self.owner) as fence:
            yield fence

    def mapping(self, name: str) -> Mapping:
        """The mapping of a source."""
        return next(mapping for mapping in self.mappings if mapping.name == name)
