"""A commit whose answer was lost is never guessed: its mark is read back and tells whether to try again."""

from __future__ import annotations

from collections.abc import Callable

from graph.errors import GraphMismatch, StoreUnavailable
from graph.failpoint import failpoint
from graph.store import Store
from graph.store.patience import Patience


def certain(store: Store, run: str, fingerprint: str, batch: int, attempt: Callable[[], object]) -> None:
    """``attempt`` until the batch is known to be in the graph, within one deadline; each time only when it is not.

    Raises `GraphMismatch` when the graph has the run with other differences.
    """
    patience = Patience()
    while True:
        try:
            attempt()
            return
        except StoreUnavailable as error:
            failpoint("apply.unsure")
            patience.wait(error)
        if patience.again(lambda: marked(store, run, fingerprint) >= batch):
            failpoint("apply.mark_read")
            return


def marked(store: Store, run: str, fingerprint: str) -> int:
    """How many batches of the run are in the graph.

    Read under the lease that the batch's transaction holds until it has ended: one whose answer was lost is waited for.
    """
    rows = store.transact(lambda work: work.run("refresh/run_mark", {"run": run}))
    if not rows:
        return 0
    if rows[0]["fingerprint"] != fingerprint:
        raise GraphMismatch(
            f"the graph has other differences of run {run!r} than TWIN_HOME/state: restore both from one backup, or "
            "start with both empty"
        )
    return int(rows[0]["batches"])
