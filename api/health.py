"""Whether the process lives, and whether it should be sent requests."""

import asyncio
import time

import orjson
from starlette.requests import Request
from starlette.responses import Response

from api.engine import Engine
from api.errors import Unavailable
from graph.governance.audit import AuditLog

KEPT_SECONDS = 1.0
COMMIT_SECONDS = 8.0
"""A little less than a request waits for a commit to end."""
RETRY_SECONDS = 0.2


class Health:
    """``draining`` is set once the process was told to stop."""

    def __init__(self, engine: Engine, audit: AuditLog) -> None:
        self._engine, self._audit = engine, audit
        self.draining = False
        self._known: tuple[float, str] = (float("-inf"), "")
        self._asking = asyncio.Lock()
        self._writing: tuple[int | None, float] = (None, float("-inf"))
        self._tried = float("-inf")

    def require_open(self) -> None:
        """Raise `Unavailable` when no request may be answered now, before anything is done for it."""
        if self.draining:
            raise Unavailable("the service is being stopped: try again", "draining")
        if not self.audit_is_writable():
            raise Unavailable("nothing can be answered now: try again in a second", "audit")

    def audit_is_writable(self) -> bool:
        """Whether operations can be recorded; after a failure it is tried again, five times a second at most."""
        if self._audit.failure is None:
            return True
        now = time.monotonic()
        if now - self._tried < RETRY_SECONDS:
            return False
        self._tried = now
        return self._audit.resume()

    async def checks(self) -> dict[str, str]:
        """What is checked, and what is wrong with it (``ok``: nothing)."""
        graph = await self._graph()
        return {
            "service": "being stopped" if self.draining else "ok",
            "policy": "ok",  # without one there is no application
            "neo4j": graph if graph == "does not answer" else "ok",
            "load": graph if graph == "under way" else "ok",
            "audit": "ok" if self.audit_is_writable() else "cannot be written",
        }

    async def _graph(self) -> str:
        """What Neo4j says, at most a second old."""
        async with self._asking:
            asked, known = self._known
            if time.monotonic() - asked < KEPT_SECONDS:
                return known
            try:
                found = self._load(*await self._engine.counters())
            except Unavailable:
                found = "does not answer"
            self._known = (time.monotonic(), found)
            return found

    def _load(self, published: int | None, writing: int | None) -> str:
        """A commit is waited for by whoever asks; what takes longer than they wait is a load in batches."""
        if published == writing:
            return "ok"
        now = time.monotonic()
        if writing != self._writing[0]:
            self._writing = (writing, now)
        return "ok" if now - self._writing[1] < COMMIT_SECONDS else "under way"


async def livez(_request: Request) -> Response:
    """The process answers: nothing is asked of anybody else."""
    return Response(b'{"status":"alive"}', media_type="application/json")


async def readyz(request: Request) -> Response:
    """200 when requests are welcome, else 503 with what is in the way."""
    checks = await request.app.state.health.checks()
    ready = all(found == "ok" for found in checks.values())
    body = {"status": "ready" if ready else "not ready", "checks": checks}
    return Response(orjson.dumps(body), 200 if ready else 503, media_type="application/json")
