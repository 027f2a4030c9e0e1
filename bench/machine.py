"""What a measurement ran on, and clocks that tell the work of the client from that of the server."""

from __future__ import annotations

import os
import platform
import resource
import time
from pathlib import Path

import psutil


def described() -> str:
    """CPU, cores and load, as printed above every table."""
    names = [line.partition(":")[2].strip() for line in _cpu_lines() if line.startswith("model name")]
    name = names[0] if names else platform.processor() or "unknown CPU"
    return f"{name}, {os.cpu_count()} cores, Python {platform.python_version()}, load {os.getloadavg()[0]:.1f}"


def _cpu_lines() -> list[str]:
    path = Path("/proc/cpuinfo")
    return path.read_text(encoding="utf-8").splitlines() if path.exists() else []


class Clock:
    """Elapsed seconds, and CPU seconds of this process with its ended children and of a server."""

    def __init__(self, server_pid: int | None = None) -> None:
        self._server = None if server_pid is None else psutil.Process(server_pid)
        self._started = self._now()

    def _now(self) -> tuple[float, float, float]:
        own = sum(
            used.ru_utime + used.ru_stime
            for used in (resource.getrusage(resource.RUSAGE_SELF), resource.getrusage(resource.RUSAGE_CHILDREN))
        )
        times = None if self._server is None else self._server.cpu_times()
        return time.monotonic(), own, 0.0 if times is None else times.user + times.system

    def read(self) -> dict[str, float]:
        """Seconds since the clock was made: ``wall``, ``client`` and ``server`` CPU."""
        names = ("wall", "client", "server")
        return {name: now - then for name, now, then in zip(names, self._now(), self._started, strict=True)}


def peak_memory_of_children() -> float:
    """Largest resident memory of an ended child, in MB."""
    return resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
