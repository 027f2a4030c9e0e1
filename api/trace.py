"""What became of one request, noted while it is answered: read by the audit, the metrics and the log."""

import secrets
import time
from collections.abc import Mapping
from dataclasses import dataclass, field

from api.errors import RequestError, Unavailable
from api.granted import NOTHING, Granted
from api.tokens import Caller


@dataclass(slots=True)
class Trace:
    """``code`` is that of the refusal, None when the request was answered; ``document`` is the digest of its text.

    ``granted`` and ``rows`` are what the answer holds; ``restricted`` counts by rule what was left out of it.
    ``reason`` says what kept a request from being answered that may be tried again.
    """

    request_id: str = field(default_factory=lambda: secrets.token_hex(8))
    started: float = field(default_factory=time.perf_counter)
    caller: Caller | None = None
    policy_version: str | None = None
    policy_fingerprint: str | None = None
    document: str | None = None
    operation: str | None = None
    granted: Granted = NOTHING
    rows: int = 0
    restricted: Mapping[str, int] = field(default_factory=dict)
    cost: int = 0
    statements: int = 0
    published: int | None = None
    code: str | None = None
    reason: str | None = None

    def refuse(self, error: RequestError) -> None:
        """Note why there is no answer."""
        self.code = error.code
        self.reason = error.reason if isinstance(error, Unavailable) else None

    @property
    def seconds(self) -> float:
        """Since the request came."""
        return time.perf_counter() - self.started
