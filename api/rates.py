"""How much one client may ask in a while, in cost units: a bucket that refills steadily, for each client one.

A unit is one value of an answer, some 2 microseconds of work. What costs more than it returns is charged accordingly:
that a request comes at all, that a document is new here, and that its statement is new to Neo4j, which plans it anew
and keeps a thousand plans for everybody. The last is why a client cannot push out the plans of others.
"""

import math
import time
from collections import OrderedDict
from collections.abc import Callable

from api.errors import RateLimited

REQUEST = 500
NEW_DOCUMENT = 5_000
NEW_PLAN = 20_000
MOST_CLIENTS = 10_000

Spend = Callable[[int], None]


def free(_cost: int) -> None:
    """Spends nothing: for what the API asks itself."""


class Budgets:
    """The buckets of the clients seen last; one that is forgotten, among thousands, has most likely refilled."""

    def __init__(self, per_second: int, burst: int, clock: Callable[[], float] = time.monotonic) -> None:
        self._per_second, self._burst, self._clock = per_second, burst, clock
        self._left: OrderedDict[str, tuple[float, float]] = OrderedDict()

    def of(self, client: str) -> Spend:
        """What spends for one client; it raises `RateLimited` when too little is left, and then takes nothing."""

        def spend(cost: int) -> None:
            now = self._clock()
            left, at = self._left.get(client, (float(self._burst), now))
            left = min(self._burst, left + (now - at) * self._per_second)
            if cost > left:
                raise RateLimited(math.ceil((min(cost, self._burst) - left) / self._per_second))
            self._left[client] = (left - cost, now)
            self._left.move_to_end(client)
            if len(self._left) > MOST_CLIENTS:
                self._left.popitem(last=False)

        return spend
