"""`twin refresh` as a process of its own, with what it took."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any


@dataclass(frozen=True, slots=True)
class Job:
    """A finished refresh: its report, elapsed and CPU seconds, largest resident memory in MB."""

    report: dict[str, Any]
    seconds: float
    cpu: float
    memory: float


def refresh_job(home: Path, folder: Path, *options: str) -> Job:
    """Run `twin refresh --json` on a home whose server runs; a failure ends the measurement."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith("NEO4J_")}
    started = time.monotonic()
    with subprocess.Popen(
        [sys.executable, "-m", "api.cli", "refresh", "--from", str(folder), "--json", *options],
        env={**environment, "TWIN_HOME": str(home)},
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        output = process.stdout.read() if process.stdout is not None else ""
        _, status, used = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
    seconds = time.monotonic() - started
    if process.returncode != 0:
        raise RuntimeError(f"twin refresh ended with {process.returncode}")
    return Job(json.loads(output), seconds, used.ru_utime + used.ru_stime, used.ru_maxrss / 1024)
