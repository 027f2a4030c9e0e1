"""What a refresh settles before it begins: a run that was cut off, and whether graph and state belong together."""

from collections.abc import Iterator
from contextlib import contextmanager

from graph.errors import GraphMismatch, SourceError
from graph.ingest.apply import apply
from graph.ingest.engine import Connection
from graph.ingest.lease import lease
from graph.ingest.state import State, StateFolder
from graph.schema.derive import constraint_statements
from graph.settings import Settings
from graph.store import Store
from graph.store.publish import level


def recover(connection: Connection, store: Store, folder: StateFolder) -> None:
    """Promote, finish or forget a staged run, as its mark in the graph tells."""
    staged = folder.load_staged()
    marks = [] if staged is None else store.read("refresh/run_mark", run=staged.run)
    if marks and not marks[0]["finished"]:
        apply(connection, store, folder.staged / "steps", done=int(marks[0]["batches"]))
    if marks:
        folder.promote()
    else:
        folder.discard()
    # Also without a staged run: a scoring may have been cut off between the counters.
    level(store)


@contextmanager
def sole_writer(settings: Settings) -> Iterator[None]:
    """Hold the writer's lock for a job other than a refresh; raise `LeaseHeld` or, after half a refresh, `SourceError`.

    Such a job levels the counters, which would show readers what a refresh that was cut off has left.
    """
    with lease(settings):
        if StateFolder(settings).load_staged() is not None:
            raise SourceError("a refresh was cut off: run `twin refresh` to finish it, then run again")
        yield


def belongs(store: Store, state: State) -> None:
    """Raise `SourceError` unless the graph's last run is the one of the state."""
    rows = store.read("refresh/last_run")
    last = rows[0]["run"] if rows else None
    if last != state.run:
        raise GraphMismatch(
            f"the graph was last written by run {last!r}, TWIN_HOME/state by {state.run!r}: restore both from one "
            "backup, or start with both empty"
        )


def ensure_schema(store: Store) -> None:
    """Make the constraints and indexes that are missing."""
    have = {row["name"] for row in store.read("refresh/schema_names")}
    for text in constraint_statements():
        name = text.split()[2]
        if name not in have:
            store.run_schema(text)
