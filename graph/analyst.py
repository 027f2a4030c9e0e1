"""A py2neo graph for notebooks: reading only, over Bolt, from people who like its data frames.

py2neo is at the end of its life and speaks only old versions of Bolt, so this is all that the twin offers of it and
nothing else in the twin uses it. It is the optional extra ``analyst``.
"""

from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from graph.errors import ConfigurationError, InstallationError
from graph.settings import Settings
from graph.store.connection import find_connection

if TYPE_CHECKING:
    from py2neo import Graph

DATABASE = "neo4j"


def analyst_graph(settings: Settings) -> "Graph":
    """A ``py2neo.Graph`` on the settings' Neo4j, or on the local one, whose every transaction is a read.

    Use ``.query(text, parameters)`` with ``.to_data_frame()`` or ``.to_table()``; texts come from
    `cypher.statement`. Neo4j refuses whatever writes, in whichever way py2neo sends it.

    Raise `ConfigurationError` when the address is not ``bolt://``, `InstallationError` without py2neo,
    `StoreUnavailable` when no server is known.
    """
    connection = find_connection(settings)
    if urlsplit(connection.uri).scheme != "bolt":
        raise ConfigurationError(
            f"NEO4J_URI={connection.uri!r}: py2neo reads over 'bolt://' only; give such an address"
        )
    try:
        from py2neo import Graph
    except ImportError as error:
        raise InstallationError("py2neo is missing: run `pip install py2neo` (the extra 'analyst')") from error

    class ReadingGraph(Graph):  # type: ignore[misc, unused-ignore]
        """py2neo opens each transaction by one of two methods; here neither can open one that writes."""

        def auto(self, readonly: bool = True) -> Any:  # noqa: ARG002 - py2neo's signature
            return super().auto(readonly=True)

        def begin(self, readonly: bool = True) -> Any:  # noqa: ARG002 - py2neo's signature
            return super().begin(readonly=True)

    # The database is always named: py2neo's own way to find the default one fails on Neo4j 5.
    return ReadingGraph(connection.uri, auth=connection.auth, name=DATABASE)
