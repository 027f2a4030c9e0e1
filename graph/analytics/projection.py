"""The in-memory graph that algorithms run on: named with the run, dropped whatever happens."""

import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from graph.store.connection import Connection

NODES = "HCP"
_PATIENTS = {"patients": {"property": "patients", "aggregation": "MAX"}}
RELATIONSHIPS = {
    # Of several years the one with most patients counts.
    "FORWARD": {"type": "SHARES_PATIENTS", "orientation": "NATURAL", "properties": _PATIENTS},
    # Leiden wants undirected relationships; the others respect who came first.
    "BOTH": {"type": "SHARES_PATIENTS", "orientation": "UNDIRECTED", "properties": _PATIENTS},
}


@contextmanager
def graph_data_science(connection: Connection) -> Iterator[Any]:
    """The client over Bolt (the open library has no Arrow server), without progress bars; closed at the end."""
    with warnings.catch_warnings():
        # The client and its table library announce their own retirements; nothing of ours can act on them.
        warnings.simplefilter("ignore")
        from graphdatascience import GraphDataScience

        client = GraphDataScience(connection.uri, auth=connection.auth, arrow=False, show_progress=False)
        try:
            yield client
        finally:
            client.close()


@contextmanager
def projection(client: Any, name: str) -> Iterator[tuple[Any, Any]]:
    """Project the shared-patient network as ``name``; give (graph, what was projected) and drop it always."""
    graph, result = client.graph.project.native(name, NODES, RELATIONSHIPS)
    try:
        yield graph, result
    finally:
        graph.drop(fail_if_missing=False)
