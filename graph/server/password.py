"""The password of the local server: random, in a file that only its owner reads, never anywhere else."""

import os
import secrets
from pathlib import Path

from graph.errors import ServerError


def ensure_password(file: Path) -> str:
    """The password in the file; made on first use. Tightens the file's mode when others could read it."""
    try:
        descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return read_password(file)
    password = secrets.token_urlsafe(24)
    with os.fdopen(descriptor, "w", encoding="utf-8") as handle:
        handle.write(password + "\n")
        handle.flush()
        os.fsync(handle.fileno())
    return password


def read_password(file: Path) -> str:
    """The password in the file; raise `ServerError` when there is none."""
    try:
        password = file.read_text(encoding="utf-8").strip()
        if file.stat().st_mode & 0o077:
            file.chmod(0o600)
    except OSError as error:
        raise ServerError(f"password file {str(file)!r} cannot be read ({error.strerror}): put it back") from error
    if len(password) < 8:
        raise ServerError(f"password file {str(file)!r} holds no password of 8 characters or more: put it back")
    return password
