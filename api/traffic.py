"""Whether requests are being answered: what can wait lets them go first."""

import asyncio
import time
from collections.abc import Iterator
from contextlib import contextmanager

QUIET_SECONDS = 1.0
LOOK_SECONDS = 0.1


class Traffic:
    """The requests in flight, and when the last one left. Used in one event loop."""

    def __init__(self) -> None:
        self.in_flight = 0
        self._left = float("-inf")

    @contextmanager
    def request(self) -> Iterator[None]:
        """Count a request while it is answered."""
        self.in_flight += 1
        try:
            yield
        finally:
            self.in_flight -= 1
            self._left = time.monotonic()

    async def quiet(self) -> None:
        """Return once no request is in flight and the last one left a second ago."""
        while (seconds := self._seconds_to_wait()) > 0:
            await asyncio.sleep(seconds)

    def _seconds_to_wait(self) -> float:
        return LOOK_SECONDS if self.in_flight else self._left + QUIET_SECONDS - time.monotonic()
