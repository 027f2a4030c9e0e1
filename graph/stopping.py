"""`SIGTERM` or Ctrl-C asks a job to stop at the next safe place: what is committed stands, the next run goes on."""

from __future__ import annotations

import os
import signal
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from graph.errors import Stopped

# A plain flag: a handler that runs while this thread waits for an event could not set it.
_asked = False
_interrupts: list[Callable[[], None]] = []
_inside = False
_at_once = False


@contextmanager
def stoppable() -> Iterator[None]:
    """Within the block `SIGTERM` and Ctrl-C are remembered, long queries interrupted; a second one ends the process.

    Whatever fails inside after it was asked for is `Stopped`. A block inside another one, or outside the main thread,
    changes nothing.
    """
    global _inside, _asked
    if _inside or threading.current_thread() is not threading.main_thread():
        yield
        return
    _inside = True
    before = {one: signal.getsignal(one) for one in (signal.SIGTERM, signal.SIGINT)}
    for one, had in before.items():
        # A job in the background of a shell ignores Ctrl-C. Python's own answer to it would be lost in DuckDB.
        if had is not signal.SIG_IGN:
            signal.signal(one, _ask)
    try:
        yield
    except Exception as error:
        if _asked and not isinstance(error, Stopped):
            raise _stopped() from error
        raise
    finally:
        for one, had in before.items():
            signal.signal(one, had)
        _asked = False
        _inside = False


@contextmanager
def stopped_at_once() -> Iterator[None]:
    """Within the block a stop does not wait for a safe place: what runs inside may be cut off anywhere and repeated."""
    global _at_once
    safe_place()
    _at_once = True
    try:
        yield
    finally:
        _at_once = False


def _ask(number: int, _frame: object) -> None:
    global _asked
    if _asked:
        signal.signal(number, signal.SIG_DFL)
        os.kill(os.getpid(), number)
    _asked = True
    for interrupt in tuple(_interrupts):
        interrupt()
    if _at_once:
        raise _stopped()


@contextmanager
def interrupted_by_stop(interrupt: Callable[[], None]) -> Iterator[None]:
    """Within the block a stop calls ``interrupt``."""
    _interrupts.append(interrupt)
    try:
        yield
    finally:
        _interrupts.remove(interrupt)


def asked() -> bool:
    """True once a stop was asked for."""
    return _asked


def safe_place() -> None:
    """Raise `Stopped` when a stop was asked for: nothing is half done here."""
    if _asked:
        raise _stopped()


def pause(seconds: float) -> None:
    """Sleep, and raise `Stopped` as soon as a stop is asked for."""
    until = time.monotonic() + seconds
    while (left := until - time.monotonic()) > 0:
        safe_place()
        time.sleep(min(left, 0.2))
    safe_place()


def _stopped() -> Stopped:
    return Stopped("stopped as asked at a safe place: run the same command again to go on")
