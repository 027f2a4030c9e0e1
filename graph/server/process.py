"""The process of the server: started detached, recognised for sure, stopped alone."""

import contextlib
import os
import signal
from dataclasses import dataclass
from pathlib import Path

import psutil

from graph.errors import ServerError

PROC = Path("/proc")
START_TIME_FIELD = 19  # of /proc/<pid>/stat, counted after the name, which may hold anything


@dataclass(frozen=True, slots=True)
class ServerProcess:
    """One process, told from a later one with the same number by when it started (see `start_mark`)."""

    pid: int
    started: str

    def is_alive(self) -> bool:
        return self._find() is not None

    def memory(self) -> int | None:
        """Resident bytes, or ``None`` when it is gone."""
        process = self._find()
        return None if process is None else int(process.memory_info().rss)

    def stop(self, seconds: float = 30.0) -> bool:
        """Ask it to end and, after ``seconds``, end it; say whether it ended by itself."""
        process = self._find()
        if process is None:
            return True
        process.send_signal(signal.SIGTERM)
        try:
            process.wait(seconds)
        except psutil.TimeoutExpired:
            process.kill()
            process.wait(10)
            return False
        return True

    def _find(self) -> "psutil.Process | None":
        try:
            process = psutil.Process(self.pid)
            if process.status() == psutil.STATUS_ZOMBIE:
                self._reap()
                return None
            return process if start_mark(self.pid) == self.started else None
        except (psutil.Error, OSError):
            return None

    def _reap(self) -> None:
        with contextlib.suppress(ChildProcessError):  # started by another process: the system takes care of it
            os.waitpid(self.pid, os.WNOHANG)


def start_mark(pid: int) -> str:
    """When the process started, in a form that no setting of the clock changes and no restart of the machine repeats.

    Raises `psutil.Error` or `OSError` when there is no such process.
    """
    if not (PROC / "stat").exists():
        return f"{psutil.Process(pid).create_time():.3f}"
    ticks = (PROC / str(pid) / "stat").read_text(encoding="utf-8", errors="replace").rpartition(")")[2].split()
    boot = (PROC / "sys" / "kernel" / "random" / "boot_id").read_text(encoding="ascii").strip()
    return f"{boot}:{ticks[START_TIME_FIELD]}"


def launch(java: Path, arguments: Path, console: Path) -> ServerProcess:
    """Start Java with an argument file, detached from the terminal, its output going to ``console``."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("NEO4J_", "TWIN_"))}
    flags = os.O_WRONLY | os.O_CREAT | os.O_TRUNC
    try:
        pid = os.posix_spawn(
            str(java),
            [str(java), f"@{arguments}"],
            environment,
            file_actions=[
                (os.POSIX_SPAWN_OPEN, 0, os.devnull, os.O_RDONLY, 0),
                (os.POSIX_SPAWN_OPEN, 1, str(console), flags, 0o600),
                (os.POSIX_SPAWN_DUP2, 1, 2),
            ],
            setsid=True,
        )
        return ServerProcess(pid, start_mark(pid))
    except (OSError, psutil.Error) as error:
        raise ServerError(f"Java at {str(java)!r} cannot be started ({error}): run 'twin doctor'") from error
