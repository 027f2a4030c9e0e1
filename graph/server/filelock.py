"""One process at a time: an advisory lock on a file, released by the system even when the holder is killed."""

import fcntl
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from graph.errors import ServerError


@contextmanager
def held(file: Path, by_whom: str, seconds: float) -> Iterator[None]:
    """Hold the lock; wait up to ``seconds`` for it, then raise `ServerError` that names who holds it."""
    deadline = time.monotonic() + seconds
    # Not inherited by the server that is started under the lock: it would hold it for life.
    descriptor = os.open(file, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        while True:
            try:
                fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
                break
            except BlockingIOError:
                if time.monotonic() > deadline:
                    raise ServerError(
                        f"{by_whom} holds {str(file)!r} for more than {seconds:.0f} s: wait for it or end it"
                    ) from None
                time.sleep(0.1)
        yield
    finally:
        os.close(descriptor)
