"""One writer at a time: an advisory lock on a file in TWIN_HOME, released by the system when the holder dies.

It guards one machine. A second machine that writes to the same Neo4j is not fenced off by it.
"""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager

from graph.errors import LeaseHeld
from graph.settings import Settings


@contextmanager
def lease(settings: Settings) -> Iterator[None]:
    """Hold the writer's lock; raise `LeaseHeld` at once when another process does."""
    settings.home.mkdir(parents=True, exist_ok=True)
    path = settings.home / "refresh.lock"
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise LeaseHeld(
                f"another refresh or scoring holds {str(path)!r}: wait for it to end, then run again"
            ) from None
        yield
    finally:
        os.close(descriptor)
