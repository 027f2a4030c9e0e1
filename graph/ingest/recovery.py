"""What a refresh settles before it begins: a run that was cut off, and whether graph and state belong together."""

from graph.errors import SourceError
from graph.ingest.apply import apply
from graph.ingest.engine import Connection
from graph.ingest.state import State, StateFolder
from graph.schema.derive import constraint_statements
from graph.store import Store
from graph.store.publish import level


def recover(connection: Connection, store: Store, folder: StateFolder) -> None:
    """Promote, finish or forget a staged run, as its mark in the graph tells."""
    staged = folder.load_staged()
    if staged is None:
        folder.discard()
        return
    marks = store.read("refresh/run_mark", run=staged.run)
    if marks and not marks[0]["finished"]:
        apply(connection, store, folder.staged / "steps", done=int(marks[0]["batches"]))
    if marks:
        folder.promote()
    else:
        folder.discard()
    level(store)


def belongs(store: Store, state: State) -> None:
    """Raise `SourceError` unless the graph's last run is the one of the state."""
    rows = store.read("refresh/last_run")
    last = rows[0]["run"] if rows else None
    if last != state.run:
        raise SourceError(
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
