"""Secret keys of a twin, one for each purpose, each in a file of its own that only its owner may read.

Keys of person tokens have versions: `person_token.v1.key`, and `person_token.current` names the one that new tokens are
made with. A token carries its version, so a newer key changes no token that exists.
"""

import contextlib
import os
import re
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


def person_key(settings: Settings) -> tuple[str, bytes]:
    """The version and the key that person tokens are made with; raise when the key of that version is missing."""
    folder = settings.home / "keys"
    first, unversioned = folder / "person_token.v1.key", folder / "person_token.key"
    if unversioned.exists() and not first.exists():
        unversioned.replace(first)
    pointer = folder / "person_token.current"
    version = pointer.read_text(encoding="ascii").strip() if pointer.exists() else "v1"
    if re.fullmatch(r"v[1-9]\d*", version) is None:
        raise ConfigurationError(f"{str(pointer)!r} says {version!r}: write the version of a key, such as v1")
    # Only the first key is made: another one that is missing was lost, and a fresh one would give other tokens.
    if version != "v1" and not (folder / f"person_token.{version}.key").exists():
        raise ConfigurationError(f"{str(pointer)!r} says {version!r}, but no key of that version is there: restore it")
    return version, load_key(settings, f"person_token.{version}")


def _make(path: Path) -> None:
    """Make the key whole or not at all; when another thread or process was first, theirs stands."""
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    unfinished = path.with_name(f".{path.name}.{secrets.token_hex(8)}")
    descriptor = os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(descriptor, "w", encoding="ascii") as file:
            file.write(secrets.token_hex(SIZE) + "\n")
            file.flush()
            os.fsync(file.fileno())
        with contextlib.suppress(FileExistsError):
            os.link(unfinished, path)
    finally:
        unfinished.unlink()
