"""Secret keys of a twin, each in a file of its own that only its owner may read."""

import os
import secrets
import stat
from pathlib import Path

from graph.errors import ConfigurationError
from graph.settings import Settings

SIZE = 32


def load_key(settings: Settings, name: str) -> bytes:
    """The key ``name``, made at first use with mode 0600; raise when others could read it."""
    path = settings.home / "keys" / f"{name}.key"
    if not path.exists():
        _make(path)
    if os.name == "posix" and stat.S_IMODE(path.stat().st_mode) & 0o077:
        raise ConfigurationError(f"key file {str(path)!r} can be read by others: run `chmod 600` on it")
    try:
        key = bytes.fromhex(path.read_text(encoding="ascii").strip())
    except ValueError:
        key = b""
    if len(key) != SIZE:
        raise ConfigurationError(f"key file {str(path)!r} does not hold {SIZE} bytes in hexadecimal: restore it")
    return key


def _make(path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return
    with os.fdopen(descriptor, "w", encoding="ascii") as file:
        file.write(secrets.token_hex(SIZE) + "\n")
        file.flush()
        os.fsync(file.fileno())
