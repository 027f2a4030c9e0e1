"""Appends lines at once, has them on disk at most 50 ms later, and signs how far that is.

A line is written to the system before its answer leaves, so that a killed process loses none. While there is something
to flush, the file is flushed so often that a power cut loses at most what was answered in the last 50 ms, and not more
often: each flush takes half a millisecond of CPU from the requests.
"""

import datetime
import errno
import logging
import os
import secrets
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from graph.errors import AuditUnavailable
from graph.governance.audit.chain import Head, canonical, link
from graph.governance.audit.checkpoints import Checkpoints, last_heads
from graph.governance.audit.segments import SEGMENT_BYTES, segment_path, sync_folder, take
from graph.keyfile import read_or_create

log = logging.getLogger("twin.audit")
CHAIN_KEY = "audit.key"
CHECKPOINT_KEY = "audit_checkpoint.key"
FLUSH_SECONDS, LONGEST_WAIT = 0.01, 0.03
IDLE_SECONDS = 0.5
LATE_SECONDS = 5.0
CHECKPOINT_SECONDS = 10.0
CHECKPOINT_LINES = 10_000


def signing_key(file: Path) -> Ed25519PrivateKey:
    """The key that signs checkpoints, made at first use."""
    return Ed25519PrivateKey.from_private_bytes(read_or_create(file, lambda: secrets.token_bytes(32)))


class AuditLog:
    """One chain, held by this process until it is closed. Safe to use from several threads."""

    def __init__(self, home: Path, checkpoints: Path, observe_flush: Callable[[float], None] = lambda _: None) -> None:
        """Take a chain and say that it was taken; raise `AuditUnavailable` when that cannot be written.

        ``observe_flush`` is told, after each flush, how many seconds the oldest line had waited for it.
        """
        self._key = read_or_create(home / "keys" / CHAIN_KEY, lambda: secrets.token_bytes(32))
        signer = signing_key(home / "keys" / CHECKPOINT_KEY)
        self._observe_flush = observe_flush
        self._lock, self._wake, self._closing = threading.Lock(), threading.Event(), False
        self._failure: str | None = None
        self._unsure = False
        self._refused = 0
        self._pending: list[tuple[int, int, bytes]] = []
        self._waiting_since: float | None = None
        self._second, self._left_out = 0, Counter[str]()
        self._retired: list[int] = []
        try:
            taken = take(home / "audit", self._key, last_heads(checkpoints))
            self._checkpoints = Checkpoints(checkpoints, taken.chain, signer)
            self._descriptor = os.open(taken.segment, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
            sync_folder(taken.folder)
        except OSError as error:
            raise AuditUnavailable(f"the audit in {str(home / 'audit')!r} cannot be opened: {_named(error)}") from error
        self.chain, self._folder, self._chain_lock = taken.chain, taken.folder, taken.lock
        self._head, self._durable, self._vouched = taken.head, taken.head, Head(0, b"")
        self._size = taken.size
        self._vouched_at = 0.0
        if taken.broken:
            log.error("audit chains %s are not what was written: run `twin audit verify`", ", ".join(taken.broken))
        if taken.torn_bytes:
            log.warning("%d bytes of a line that a crash cut off were removed from the audit", taken.torn_bytes)
        self.append({"kind": "started", "torn_bytes": taken.torn_bytes, "broken_chains": list(taken.broken)})
        self._flush()
        self._vouch()
        self._thread = threading.Thread(target=self._keep_flushing, name="audit-flush", daemon=True)
        self._thread.start()

    @property
    def sequence(self) -> int:
        """The sequence of the last line."""
        return self._head.sequence

    @property
    def checkpoint_age(self) -> float:
        """Seconds since a checkpoint vouched for all lines of its time; infinite when none did."""
        return time.monotonic() - self._vouched_at if self._vouched_at else float("inf")

    @property
    def lag(self) -> float:
        """Seconds for which the oldest line that is not known to be on disk has waited."""
        since = self._waiting_since
        return 0.0 if since is None else time.monotonic() - since

    @property
    def failure(self) -> str | None:
        """Why nothing can be written, or None."""
        if self._failure is None and self.lag > LATE_SECONDS:
            return "the disk does not take what was written"
        return self._failure

    def append(self, event: Mapping[str, Any]) -> None:
        """Write one line; raise `AuditUnavailable` when it cannot be written, and leave no part of it."""
        with self._lock, self._counting_refusals():
            self._require_writable()
            self._write(event)

    def append_sparsely(self, kind: str, name: str, event: Mapping[str, Any]) -> None:
        """Write the first such event of each second and count the others by ``name``: a flood does not fill the disk.

        The count goes with the next such line, at most about a second later.
        """
        with self._lock, self._counting_refusals():
            self._require_writable()
            second = int(time.monotonic())
            if second == self._second:
                self._left_out[name] += 1
                return
            self._write({"kind": kind, **event, "left_out": dict(self._left_out)})
            self._second, self._left_out = second, Counter()

    def resume(self) -> bool:
        """Try again after a failure: what was acknowledged is written once more, then a line says what happened."""
        with self._lock:
            if self._failure is None:
                return self.failure is None
            try:
                for descriptor, offset, line in self._pending:
                    _write_whole(descriptor, line, offset)
                os.ftruncate(self._descriptor, self._size)
                os.fdatasync(self._descriptor)
                self._pending, self._waiting_since = [], None
                self._durable, self._unsure = self._head, False
                failure, self._failure = self._failure, None
                self._write({"kind": "resumed", "failure": failure, "refused": self._refused})
            except AuditUnavailable:
                return False
            except OSError as error:
                self._fail(error)
                return False
            self._refused = 0
            return True

    def close(self) -> None:
        """Say so, flush, sign and let go of the chain. A full disk does not keep a process from ending."""
        self._closing = True
        self._wake.set()
        self._thread.join()
        with self._lock:
            if self._failure is None:
                try:
                    self._write({"kind": "stopped", "left_out": dict(self._left_out)})
                except AuditUnavailable:
                    log.error("the audit cannot be written: %s", self._failure)
        self._flush()
        self._vouch()
        os.close(self._descriptor)
        os.close(self._chain_lock)

    @contextmanager
    def _counting_refusals(self) -> Iterator[None]:
        try:
            yield
        except AuditUnavailable:
            self._refused += 1
            raise

    def _require_writable(self) -> None:
        failure = self.failure
        if failure is not None:
            raise AuditUnavailable(f"the audit cannot be written: {failure}")

    def _write(self, event: Mapping[str, Any]) -> None:
        moment = datetime.datetime.now(datetime.UTC).isoformat(timespec="milliseconds")
        content = canonical({**event, "sequence": self._head.sequence + 1, "time": moment})
        head, line = link(self._key, self._head, content)
        try:
            if self._size and self._size + len(line) > SEGMENT_BYTES:
                self._begin_segment(head.sequence)
            _write_whole(self._descriptor, line, self._size)
        except OSError as error:
            self._fail(error)
            raise AuditUnavailable(f"the audit cannot be written: {self._failure}") from error
        self._pending.append((self._descriptor, self._size, line))
        self._head, self._size = head, self._size + len(line)
        if self._waiting_since is None:
            self._waiting_since = time.monotonic()
            self._wake.set()

    def _begin_segment(self, first: int) -> None:
        """Go on in a new file once the old one is on disk: a chain never has a hole before its last segment."""
        os.fdatasync(self._descriptor)
        file = segment_path(self._folder, first)
        fresh = os.open(file, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            sync_folder(self._folder)
        except OSError:
            os.close(fresh)
            file.unlink()  # its name says which line it begins with
            raise
        self._retired.append(self._descriptor)
        self._descriptor, self._size = fresh, 0

    def _fail(self, error: Exception) -> None:
        if self._failure is None:
            log.error("the audit cannot be written: %s; requests are refused", _named(error))
        self._failure = _named(error)
        try:
            os.ftruncate(self._descriptor, self._size)
        except OSError:
            return  # `resume` does it before it writes

    def _keep_flushing(self) -> None:
        while not self._closing:
            self._wake.wait(IDLE_SECONDS)
            self._wake.clear()
            began = time.monotonic()
            self._write_left_out()
            self._flush()
            due = time.monotonic() - self._vouched_at >= CHECKPOINT_SECONDS
            if due or self._durable.sequence - self._vouched.sequence >= CHECKPOINT_LINES:
                self._vouch()
            # A line waits for the flush before it, the pause and its own flush: less than 50 ms where the disk can.
            time.sleep(max(FLUSH_SECONDS, LONGEST_WAIT - 2 * (time.monotonic() - began)))

    def _write_left_out(self) -> None:
        with self._lock:
            if self._left_out and int(time.monotonic()) != self._second and self._failure is None:
                try:
                    self._write({"kind": "left_out", "left_out": dict(self._left_out)})
                except AuditUnavailable:
                    return
                self._left_out.clear()

    def _flush(self) -> None:
        with self._lock:
            if self._unsure or not self._pending:
                return
            many, since, head, descriptor = len(self._pending), self._waiting_since, self._head, self._descriptor
            retired, self._retired = self._retired, []
            began = time.monotonic()
        try:
            os.fdatasync(descriptor)  # retired segments were flushed before the one after them began
        except OSError as error:
            with self._lock:
                # What the system could not flush it may forget: lines stay pending until they were written again.
                self._unsure, self._retired = True, [*retired, *self._retired]
                self._fail(error)
            return
        with self._lock:
            del self._pending[:many]
            self._durable = head
            self._waiting_since = began if self._pending else None
            if self._pending:
                self._wake.set()
        for one in retired:
            os.close(one)
        if since is not None:
            self._observe_flush(time.monotonic() - since)

    def _vouch(self) -> None:
        head = self._durable
        if head.sequence > self._vouched.sequence:
            try:
                self._checkpoints.write(head)
            except OSError as error:
                log.error("no checkpoint of the audit could be written: %s", _named(error))
                return
            self._vouched = head
        self._vouched_at = time.monotonic()


def _write_whole(descriptor: int, line: bytes, offset: int) -> None:
    if os.pwrite(descriptor, line, offset) != len(line):
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


def _named(error: Exception) -> str:
    """The kind of a failure, without paths or values."""
    if isinstance(error, OSError) and error.errno is not None:
        return f"{errno.errorcode.get(error.errno, str(error.errno))}, {os.strerror(error.errno)}"
    return str(error)
