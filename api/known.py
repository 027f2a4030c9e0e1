"""Tokens that were found valid a moment ago, so that the requests of a page pay for one signature.

Nothing is kept beyond a token's own end, and a key that is withdrawn counts a few seconds longer at most.
"""

import base64
import hashlib
import time
from collections import OrderedDict
from collections.abc import Callable

import orjson

from api.tokens import Caller

SECONDS = 5.0
MOST = 10_000


class KnownTokens:
    """Remembers for whom a token speaks; ``check`` says so, or raises, when it is not known. By its hash: the token
    itself is not kept."""

    def __init__(self, check: Callable[[str | None], Caller], now: Callable[[], float] = time.time) -> None:
        self._check, self._now = check, now
        self._known: OrderedDict[bytes, tuple[Caller, float]] = OrderedDict()

    def caller(self, authorization: str | None) -> Caller:
        """Who the header's token speaks for; raise what the check raises."""
        now = self._now()
        digest = hashlib.sha256((authorization or "").encode()).digest()
        known = self._known.get(digest)
        if known is not None and now < known[1]:
            return known[0]
        self._known.pop(digest, None)
        caller = self._check(authorization)
        self._known[digest] = caller, min(now + SECONDS, _end(authorization or ""))
        if len(self._known) > MOST:
            self._known.popitem(last=False)
        return caller


def _end(authorization: str) -> float:
    """The `exp` of a token that was checked."""
    payload = authorization.split(".")[1]
    return float(orjson.loads(base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4)))["exp"])
