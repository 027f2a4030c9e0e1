"""Who holds a lease: a name with a locked file, so that another process on this machine knows who is dead."""

from __future__ import annotations

import fcntl
import os
import platform
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from graph.settings import Settings

_left: set[str] = set()


def leave(name: str) -> None:
    """Keep its file when the owner ends: a lease of it may stay in the graph, and others have to see it is dead."""
    _left.add(name)


@contextmanager
def owner(settings: Settings) -> Iterator[str]:
    """A name of this process whose file is locked as long as the block lasts; the system frees it when it dies."""
    folder = _folder(settings)
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    name = f"{platform.node() or 'host'}-{os.getpid()}-{secrets.token_hex(4)}"
    path = folder / f"{name}.lock"
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield name
    finally:
        if name not in _left:
            path.unlink(missing_ok=True)
        os.close(descriptor)


def is_dead(settings: Settings, name: str) -> bool:
    """True when the owner lived on this home and lives no more; an owner elsewhere is never known to be dead."""
    path = _folder(settings) / f"{name}.lock"
    try:
        descriptor = os.open(path, os.O_RDWR | os.O_CLOEXEC)
    except FileNotFoundError:
        return False
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    finally:
        os.close(descriptor)
    return True


def sweep(settings: Settings, name: str) -> None:
    """Forget a dead owner, after its leases were taken over."""
    (_folder(settings) / f"{name}.lock").unlink(missing_ok=True)


def _folder(settings: Settings) -> Path:
    return settings.home / "state" / "owners"
