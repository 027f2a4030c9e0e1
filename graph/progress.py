"""Progress of long work: a bar with rate and time left on a terminal, plain lines otherwise, silence on request."""

import sys
import time
from typing import TextIO

_quiet = False


def be_quiet(quiet: bool = True) -> None:
    """Silence all progress of this process, as `--json` does."""
    global _quiet
    _quiet = quiet


class Progress:
    """Counts ``done`` of ``total`` units; use as a context manager."""

    def __init__(self, title: str, total: int, unit: str = "rows", stream: TextIO | None = None) -> None:
        self._title, self._total, self._unit = title, total, unit
        self._stream = sys.stderr if stream is None else stream
        self._done = 0
        self._started = self._drawn = time.monotonic()

    def __enter__(self) -> "Progress":
        return self

    def __exit__(self, *error: object) -> None:
        if _quiet:
            return
        seconds = time.monotonic() - self._started
        end = "\r\033[K" if self._stream.isatty() else ""
        if error[0] is None:
            self._stream.write(f"{end}{self._title}: {self._done:,} {self._unit} in {seconds:.1f} s\n")
        self._stream.flush()

    def restart(self) -> None:
        """Count from nothing again."""
        self._done = 0

    def advance(self, units: int = 1) -> None:
        """Count ``units`` more; redraws at most four times a second and only on a terminal."""
        self._done += units
        now = time.monotonic()
        if _quiet or not self._stream.isatty() or now - self._drawn < 0.25:
            return
        self._drawn = now
        rate = self._done / max(now - self._started, 1e-6)
        left = (self._total - self._done) / rate if rate else 0.0
        filled = int(24 * min(self._done / self._total, 1.0)) if self._total else 24
        bar = "█" * filled + "·" * (24 - filled)
        self._stream.write(
            f"\r\033[K{self._title} {bar} {self._done:,}/{self._total:,} {self._unit}, {rate:,.0f}/s, {left:.0f} s left"
        )
        self._stream.flush()


def say(line: str) -> None:
    """One line of progress on standard error."""
    if not _quiet:
        sys.stderr.write(line + "\n")
        sys.stderr.flush()
