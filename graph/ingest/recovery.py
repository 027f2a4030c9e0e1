"""What a refresh settles before it begins: a run that was cut off, and whether graph and state belong together."""

from collections.abc import Iterator
from contextlib import contextmanager

from graph.errors import GraphMismatch, SourceError
from graph.failpoint import failpoint
from graph.ingest.apply import apply, load
from graph.ingest.engine import Connection
from graph.ingest.lease import WAIT_SECONDS, apply_lease
from graph.ingest.owner import owner
from graph.ingest.state import StateFolder
from graph.schema.derive import constraint_statements
from graph.settings import Settings
from graph.store import Store
from graph.store.patience import patiently
from graph.store.publish import level


def recover(connection: Connection, store: Store, folder: StateFolder) -> None:
    """Promote, finish or forget the runs that were cut off, as their marks in the graph tell. Needs the lease."""
    failpoint("recover.begun")
    for path, state in folder.whole():
        marks = patiently(lambda state=state: store.read("refresh/run_mark", run=state.run))  # type: ignore[misc]
        failpoint("recover.mark_read")
        if not marks:
            continue
        steps = path / "steps"
        if not marks[0]["finished"]:
            if load(steps)[0].fingerprint != marks[0]["fingerprint"]:
                raise GraphMismatch(
                    f"the graph has half of run {state.run!r} with other differences than TWIN_HOME/state: restore "
                    "both from one backup, or start with both empty"
                )
            apply(connection, store, steps, done=int(marks[0]["batches"]))
            failpoint("recover.finished")
        folder.promote(path)
        failpoint("recover.promoted")
        break
    folder.clean()
    failpoint("recover.discarded")
    # Also without a run that was cut off: a scoring may have died between the counters.
    patiently(lambda: level(store))
    failpoint("recover.levelled")


@contextmanager
def sole_writer(settings: Settings, store: Store, *, wait_seconds: float = WAIT_SECONDS) -> Iterator[None]:
    """Hold the lease for writing for a job other than a refresh, after waiting for it.

    Raise `LeaseHeld` when the wait is over or, after half a refresh, `SourceError`: such a job levels the counters,
    which would show readers what a refresh that was cut off has left.
    """
    ensure_schema(store)
    with owner(settings) as me, apply_lease(settings, store, me, wait_seconds=wait_seconds):
        for _, state in StateFolder(settings).whole():
            if store.read("refresh/run_mark", run=state.run):
                raise SourceError("a refresh was cut off: run `twin refresh` to finish it, then run again")
        yield


def belongs(store: Store, folder: StateFolder, *, replay: bool = False) -> None:
    """Raise `GraphMismatch` unless the graph's last run is the one of the state.

    With ``replay`` a graph that is some runs behind (it was restored from an older dump) gets the state it belongs to,
    if that is still there: the deliveries since then are then loaded again.
    """
    rows = patiently(lambda: store.read("refresh/last_run"))
    last = rows[0]["run"] if rows else None
    state = folder.load()
    if last == state.run:
        return
    if last is None:
        raise GraphMismatch(
            f"the graph is empty, TWIN_HOME/state has run {state.run!r} (is it another database, or a new data "
            "folder?): restore the graph, or start with both empty"
        )
    kept = folder.kept(last)
    if kept is None:
        raise GraphMismatch(
            f"the graph was last written by run {last!r}, TWIN_HOME/state by {state.run!r}: restore both from one "
            "backup, or start with both empty"
        )
    if not replay:
        raise GraphMismatch(
            f"the graph ends with run {last!r} (sequence {rows[0]['sequence']}), TWIN_HOME/state with {state.run!r}: "
            "an older dump was restored; run `twin refresh --replay` with the deliveries since then"
        )
    folder.rewind(kept)


def ensure_schema(store: Store) -> None:
    """Make the constraints and indexes that are missing."""
    have = {row["name"] for row in store.read("refresh/schema_names")}
    for text in constraint_statements():
        name = text.split()[2]
        if name not in have:
            patiently(lambda text=text: store.run_schema(text))  # type: ignore[misc]
