"""A store is opened by the Neo4j that wrote it, or by a later patch of the same line, and by nothing else."""

from graph.errors import ServerError
from graph.server.home import ServerHome
from graph.server.record import StoreRecord, read_store, write


def check_store(home: ServerHome, version: str) -> None:
    """Claim a new store for this version; raise `ServerError` when the data are another's."""
    store = read_store(home.store)
    if store is None and not (home.data / "databases").exists():
        write(home.store, StoreRecord(version, password_set=False))
    elif store is None or not may_open(version, store.neo4j):
        written_by = "an unknown version" if store is None else f"{store.neo4j!r}"
        raise ServerError(
            f"the store in {str(home.data)!r} was written by Neo4j {written_by}, this is {version!r}: "
            f"use the release of the twin that wrote it, set TWIN_HOME to a new folder, "
            f"or move {str(home.folder)!r} away and load the sources again"
        )


def may_open(version: str, written_by: str) -> bool:
    """Same line (major.minor) and not an older patch."""
    ours, theirs = _numbers(version), _numbers(written_by)
    return ours[:2] == theirs[:2] and ours >= theirs


def _numbers(version: str) -> tuple[int, ...]:
    try:
        return tuple(int(part) for part in version.split("-")[0].split("."))
    except ValueError:
        raise ServerError(f"{version!r} is not a version of Neo4j: put the server's store.json back") from None
