"""The files of a chain: ``<chain>/<first sequence>.jsonl``, only ever appended to by the process that holds its lock.

Each process on one home has a chain of its own. A process takes the first chain that nobody holds and goes on with it.
"""

import fcntl
import os
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import count
from pathlib import Path

from graph.errors import AuditTampered
from graph.governance.audit.chain import Head, code_of, follow, origin

SEGMENT_BYTES = 16 * 2**20
"""A segment is read whole when its chain is taken, which takes a tenth of a second at this size."""
_READ_AT_ONCE = 2**20


@dataclass(frozen=True, slots=True)
class Taken:
    """A chain that this process holds: its end, the file to go on with, what was cut off, which chains were broken."""

    chain: str
    folder: Path
    lock: int
    head: Head
    segment: Path
    size: int
    torn_bytes: int
    broken: tuple[str, ...]


def segment_path(folder: Path, first: int) -> Path:
    return folder / f"{first:012d}.jsonl"


def segments(folder: Path) -> list[Path]:
    """The segments of a chain in their order."""
    return sorted(folder.glob("*.jsonl"))


def lines(file: Path) -> Iterator[bytes]:
    """The lines of a segment with their ends; the last one may have none."""
    with file.open("rb") as handle:
        yield from handle


def sync_folder(folder: Path) -> None:
    """Have the names in a folder on disk."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def take(folder: Path, key: bytes, vouched: dict[str, Head]) -> Taken:
    """Take a free chain below ``folder`` and heal its end.

    A last line without its end is what a crash leaves: it was never acknowledged, and is cut. A chain with anything
    else wrong, or that ends before its last checkpoint (``vouched``), is left to `verify` as it is: another one begins.
    """
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    broken: list[str] = []
    for number in count(1):
        chain = f"{number:04d}"
        own = folder / chain
        if not own.exists():
            own.mkdir(mode=0o700, exist_ok=True)
            sync_folder(folder)
        lock = os.open(own / "lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            return _resume(own, chain, key, vouched.get(chain), lock, tuple(broken))
        except BlockingIOError:
            os.close(lock)
        except AuditTampered:
            broken.append(chain)
            os.close(lock)
        except BaseException:
            os.close(lock)
            raise
    raise AssertionError("count does not end")


def _resume(own: Path, chain: str, key: bytes, vouched: Head | None, lock: int, broken: tuple[str, ...]) -> Taken:
    present = segments(own)
    head = origin(key, chain)
    if len(present) > 1:
        head = Head(_first(present[-1]) - 1, code_of(_last_line(present[-2])))
    file = present[-1] if present else segment_path(own, 1)
    size = torn = 0
    if present:
        for line in lines(file):
            if not line.endswith(b"\n"):
                torn = len(line)
                break
            head = follow(key, head, line)
            size += len(line)
            if vouched is not None and head.sequence == vouched.sequence and head.code != vouched.code:
                raise AuditTampered("is not the line that a checkpoint vouches for")
    if vouched is not None and head.sequence < vouched.sequence:
        raise AuditTampered("ends before its last checkpoint")
    if torn:
        os.truncate(file, size)
    return Taken(chain, own, lock, head, file, size, torn, broken)


def _first(segment: Path) -> int:
    if not segment.stem.isdecimal():
        raise AuditTampered("is no segment")
    return int(segment.stem)


def _last_line(segment: Path) -> bytes:
    with segment.open("rb") as handle:
        handle.seek(0, os.SEEK_END)
        handle.seek(-min(handle.tell(), _READ_AT_ONCE), os.SEEK_CUR)
        return handle.read().splitlines(keepends=True)[-1] if segment.stat().st_size else b""
