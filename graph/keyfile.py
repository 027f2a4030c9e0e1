"""Secrets in files that only their owner reads, made at first use."""

import os
from collections.abc import Callable
from pathlib import Path

from graph.errors import ConfigurationError


def read_or_create(file: Path, make: Callable[[], bytes]) -> bytes:
    """The content of a secret file, created atomically with mode 0600 when it is not there.

    Raise `ConfigurationError` when others may read it: a secret that others know is none.
    """
    if not file.exists():
        file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        fresh = file.with_name(f".{file.name}.{os.getpid()}")
        descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "wb") as handle:
            handle.write(make())
        try:
            os.link(fresh, file)  # the first of several processes wins; the others read its secret
        except FileExistsError:
            pass
        finally:
            fresh.unlink()
    if file.stat().st_mode & 0o077:
        raise ConfigurationError(f"{str(file)!r} may be read by others: run chmod 600 on it")
    return file.read_bytes()
