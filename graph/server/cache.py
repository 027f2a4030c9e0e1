"""The jars on this machine: fetched once per lock, verified, shared by every home."""

import hashlib
import os
import shutil
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from graph.errors import InstallationError
from graph.server.filelock import held
from graph.server.lockfile import Artifact, Lock
from graph.server.repository import Repository, disk_error

THREADS = 8
SPARE_BYTES = 200_000_000
COMPLETE = "complete"

Progress = Callable[[int, int], None]
"""Called with (bytes done, bytes in all), from several threads but never from two at once."""


@dataclass(frozen=True, slots=True)
class Installed:
    """What one installation did."""

    folder: Path
    jars: int
    fetched: int
    bytes_fetched: int
    seconds: float


class JarCache:
    """The folder of one lock: ``lib/`` and ``plugins/``, and a marker once all is verified."""

    def __init__(self, root: Path, lock: Lock) -> None:
        self.lock = lock
        self.folder = root / "neo4j" / lock.fingerprint

    def path(self, artifact: Artifact) -> Path:
        return self.folder / artifact.folder / artifact.file

    def is_complete(self) -> bool:
        """Every jar is there in its size, and was verified when it came."""
        return (self.folder / COMPLETE).exists() and all(self._right_size(a) for a in self.lock.artifacts)

    def install(self, repository: str | None, progress: Progress | None = None, verify: bool = False) -> Installed:
        """Fetch what is missing, eight at a time; raise `InstallationError`.

        With ``verify`` the checksums of jars that are there are computed again, and wrong ones replaced.
        """
        started = time.monotonic()
        if not verify and self.is_complete():
            return Installed(self.folder, len(self.lock.artifacts), 0, 0, time.monotonic() - started)
        with self._writable():
            missing = [a for a in self.lock.artifacts if not self._verified(a)]
            self._check_space(missing)
            tally = _Tally(sum(a.size for a in missing), progress)
            if missing:
                self._fetch_all(missing, Repository(repository), tally)
            marker = self.folder / COMPLETE
            marker.write_text(f"{len(self.lock.artifacts)} jars\n", encoding="utf-8")
        seconds = time.monotonic() - started
        return Installed(self.folder, len(self.lock.artifacts), len(missing), tally.done, seconds)

    def _fetch_all(self, missing: list[Artifact], repository: Repository, tally: "_Tally") -> None:
        # Biggest first: the last seconds are then shared by many small files.
        missing = sorted(missing, key=lambda artifact: -artifact.size)
        gave_up = threading.Event()

        def fetch(artifact: Artifact) -> None:
            if gave_up.is_set():
                return
            try:
                repository.fetch(artifact, self.path(artifact), tally.add)
            except BaseException:
                gave_up.set()
                raise

        with ThreadPoolExecutor(THREADS) as pool:
            for _ in pool.map(fetch, missing):
                pass

    @contextmanager
    def _writable(self) -> Iterator[None]:
        """The folders exist and no other process installs at the same time."""
        try:
            for name in ("lib", "plugins"):
                (self.folder / name).mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise disk_error(error, self.folder) from error
        with held(self.folder / "install.lock", "another installation of Neo4j", seconds=900):
            yield

    def _check_space(self, missing: list[Artifact]) -> None:
        needed = sum(artifact.size for artifact in missing)
        free = shutil.disk_usage(self.folder).free
        if missing and free < needed + SPARE_BYTES:
            raise InstallationError(
                f"{str(self.folder)!r} has {free / 1e6:.0f} MB free and {(needed + SPARE_BYTES) / 1e6:.0f} MB "
                f"are needed: free some space or set TWIN_CACHE to another disk"
            )

    def _right_size(self, artifact: Artifact) -> bool:
        try:
            return os.stat(self.path(artifact)).st_size == artifact.size  # noqa: PTH116 - 342 of them at each start
        except OSError:
            return False

    def _verified(self, artifact: Artifact) -> bool:
        """The jar is there and is the one of the lock."""
        if not self._right_size(artifact):
            return False
        with self.path(artifact).open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest() == artifact.sha256


class _Tally:
    """Bytes that arrived, counted over all threads."""

    def __init__(self, total: int, progress: Progress | None) -> None:
        self.total, self.done = total, 0
        self._progress, self._guard = progress, threading.Lock()

    def add(self, count: int) -> None:
        with self._guard:
            self.done += count
            if self._progress is not None:
                self._progress(self.done, self.total)
