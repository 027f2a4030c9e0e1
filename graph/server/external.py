"""A server that somebody else runs: described, never started or stopped."""

from graph.errors import StoreUnavailable
from graph.server.bolt import ask_versions
from graph.server.local import Status
from graph.settings import Settings
from graph.store.connection import find_connection


def describe(settings: Settings) -> Status:
    """The status of the server that ``NEO4J_URI`` names; ``running`` says whether it answers us."""
    connection = find_connection(settings)
    try:
        versions = ask_versions(connection.uri, connection.user, connection.password)
    except StoreUnavailable:
        return Status(False, connection.uri, None, connection.user, None, None, None, None)
    return Status(True, connection.uri, None, connection.user, None, versions.neo4j, versions.gds, None)
