"""Leases live in the graph, so that one writer is alone with it wherever the others run.

A lease has a token that is raised at each taking. Every write checks it in its own transaction (`graph.store.fence`),
so that a writer who slept through the end of its lease is refused and can damage nothing.
"""

from __future__ import annotations

import contextlib
import random
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from graph.errors import LeaseHeld, StoreBusy, StoreUnavailable
from graph.failpoint import failpoint
from graph.ingest.owner import is_dead, leave, sweep
from graph.settings import Settings
from graph.stopping import pause
from graph.store import Store, Work
from graph.store.fence import SECONDS, Fence
from graph.store.patience import Patience

APPLY = "apply"
WAIT_SECONDS = 600.0
LOCK_SECONDS = 10.0


@contextmanager
def leases(
    settings: Settings, store: Store, owner: str, names: Sequence[str], *, wait_seconds: float = 0.0
) -> Iterator[dict[str, Fence]]:
    """Hold all of the leases; raise `LeaseHeld` when another holds one longer than ``wait_seconds``."""
    wanted = sorted(set(names))
    if not wanted:
        yield {}
        return
    taken = _take(settings, store, owner, wanted, wait_seconds)
    failpoint("lease.taken")
    over = threading.Event()
    renewing = threading.Thread(target=_renew, args=(store, owner, wanted, over), daemon=True)
    renewing.start()
    try:
        yield taken
    finally:
        over.set()
        renewing.join()
        try:
            store.transact(
                lambda work: work.run("refresh/lease_release", {"names": wanted, "owner": owner}),
                fenced=False,
                timeout_seconds=LOCK_SECONDS,
            )
        except StoreUnavailable:
            # A lease that cannot be given back is taken over: its owner's file stays, and is free.
            leave(owner)
        failpoint("lease.released")


@contextmanager
def apply_lease(settings: Settings, store: Store, owner: str, *, wait_seconds: float = WAIT_SECONDS) -> Iterator[Fence]:
    """Hold the lease for writing, after waiting for it; within the block every write of ``store`` is fenced."""
    with leases(settings, store, owner, [APPLY], wait_seconds=wait_seconds) as taken, store.fenced(taken[APPLY]):
        yield taken[APPLY]


def _take(settings: Settings, store: Store, owner: str, names: list[str], wait_seconds: float) -> dict[str, Fence]:
    started = time.monotonic()
    deadline, longest, patience = started + wait_seconds, 0.2, Patience()
    while True:
        dead: list[str] = []

        def attempt(work: Work, dead: list[str] = dead) -> dict[str, Fence] | LeaseHeld:
            work.run("refresh/lease_lock", {"names": names})
            failpoint("lease.locked")
            for row in work.run("refresh/lease_holders", {"names": names}):
                if row["owner"] == owner:
                    continue
                if is_dead(settings, row["owner"]):
                    dead.append(row["owner"])
                elif row["live"]:
                    return LeaseHeld(
                        f"another run ({row['owner']}) works on {row['name']!r}: wait for it to end, then run again"
                    )
            rows = work.run("refresh/lease_take", {"names": names, "owner": owner, "seconds": SECONDS})
            return {row["name"]: Fence(row["name"], int(row["token"])) for row in rows}

        try:
            found = store.transact(attempt, fenced=False, timeout_seconds=LOCK_SECONDS)
        except StoreBusy as error:
            # The holder is in the middle of a transaction, or another reached for the same leases at this moment.
            if time.monotonic() >= max(deadline, started + LOCK_SECONDS):
                raise LeaseHeld(f"another run works on {names[0]!r}: wait for it to end, then run again") from error
            pause(random.uniform(0.05, longest))
            continue
        except StoreUnavailable as error:
            # The leases may be ours all the same: the answer to the commit may be what was lost.
            leave(owner)
            patience.wait(error)
            continue
        if not isinstance(found, LeaseHeld):
            for name in dead:
                _forget(settings, store, name)
            return found
        if time.monotonic() >= deadline:
            raise found
        pause(random.uniform(0.05, longest))
        longest = min(2.0, 1.5 * longest)


def _forget(settings: Settings, store: Store, name: str) -> None:
    """Sweep a dead owner whose last lease was taken over: by its file the others of its leases are known to be free."""
    with contextlib.suppress(StoreUnavailable):
        if not store.read("refresh/lease_left", owner=name):
            sweep(settings, name)


def _renew(store: Store, owner: str, names: list[str], over: threading.Event) -> None:
    """Renew until told that it is over. A renewal that fails is tried again; the fence tells when it is too late."""
    while not over.wait(SECONDS / 3):
        with contextlib.suppress(StoreUnavailable):
            store.transact(
                lambda work: work.run("refresh/lease_renew", {"names": names, "owner": owner, "seconds": SECONDS}),
                fenced=False,
                timeout_seconds=LOCK_SECONDS,
            )
            failpoint("lease.renewed")
