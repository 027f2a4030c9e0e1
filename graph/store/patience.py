"""Waiting for a server that is paused, restarted or busy: full jitter between tries, one deadline for all of them."""

import random
import time
from collections.abc import Callable
from typing import TypeVar

from graph.errors import LoginRefused, StoreUnavailable
from graph.progress import say
from graph.stopping import pause

Result = TypeVar("Result")
SECONDS = 300.0
LONGEST_PAUSE = 5.0


class Patience:
    """One deadline over any number of waits."""

    def __init__(self, seconds: float = SECONDS) -> None:
        self._deadline = time.monotonic() + seconds
        self._longest = 0.1

    def wait(self, error: StoreUnavailable) -> None:
        """Sleep before the next try; raise ``error`` when there is none."""
        if isinstance(error, LoginRefused) or time.monotonic() >= self._deadline:
            raise error
        if self._longest == 0.1:
            say(f"waiting for Neo4j: {error}")
        pause(random.uniform(0, self._longest))
        self._longest = min(LONGEST_PAUSE, 2 * self._longest)

    def again(self, do: Callable[[], Result]) -> Result:
        """``do`` until it answers; it must be harmless to repeat."""
        while True:
            try:
                return do()
            except StoreUnavailable as error:
                self.wait(error)


def patiently(do: Callable[[], Result]) -> Result:
    """``do`` until it answers, within a deadline of its own."""
    return Patience().again(do)
