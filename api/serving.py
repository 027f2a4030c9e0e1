"""Run the application with uvicorn: find a port, say where it listens once it answers, stop gracefully.

SIGTERM -> /readyz says 503, new requests get 503 with Retry-After -> ``drain_seconds`` later, when whoever balances
the load has noticed, nothing is accepted -> requests in flight are finished -> audit and connections are closed
"""

import asyncio
import gc
import os
import signal
import socket
import time
from collections.abc import Callable, Coroutine
from types import FrameType
from typing import Any

import uvicorn
from starlette.applications import Starlette

from graph.errors import ConfigurationError

GRACE_SECONDS = 12  # longer than the deadline of a request
DRAIN_SECONDS = 3.0
DEFAULT_PORT = 8000
PORTS_TRIED = 100


def listen(host: str, port: int | None) -> socket.socket:
    """A listening socket: the wanted port or an error; without a wish the default port or the next free one.

    It listens at once: until then another process may bind the same port, too, and one of both would end at its start.
    Who connects before requests are answered waits.
    """
    candidates = [port] if port is not None else [*range(DEFAULT_PORT, DEFAULT_PORT + PORTS_TRIED), 0]
    reason: str | None = None
    for candidate in candidates:
        family = socket.AF_INET6 if ":" in host else socket.AF_INET
        bound = socket.socket(family, socket.SOCK_STREAM)
        bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            bound.bind((host, candidate))
            bound.listen()
        except OSError as error:
            bound.close()
            if port is not None:
                raise ConfigurationError(
                    f"port {port} on {host!r} cannot be used ({error.strerror}): free it or choose another"
                ) from error
            reason = error.strerror
            continue
        return bound
    raise ConfigurationError(f"cannot listen on {host!r} ({reason}): check --host or TWIN_HOST, or choose a --port")


def address_of(bound: socket.socket) -> str:
    """The URL of a bound socket."""
    host, port = bound.getsockname()[:2]
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"


class _Server(uvicorn.Server):
    """Calls back once requests are answered, and on SIGHUP; on SIGTERM it turns requests away before it ends."""

    def __init__(
        self,
        config: uvicorn.Config,
        app: Starlette,
        drain_seconds: float,
        when_ready: Callable[[], None],
        when_hung_up: Callable[[], Coroutine[Any, Any, object]],
    ) -> None:
        super().__init__(config)
        self._app, self._drain_seconds = app, drain_seconds
        self._when_ready, self._when_hung_up = when_ready, when_hung_up
        self._stop_at = float("inf")
        self._running: set[asyncio.Task[object]] = set()
        self._in_terminal = os.isatty(0)

    def _hung_up(self) -> None:
        """Somebody asks for what is to be done on SIGHUP, or the terminal in which this runs was closed."""
        if self._in_terminal and not os.isatty(0):
            self.should_exit = True
            return
        task = asyncio.get_running_loop().create_task(self._when_hung_up())
        self._running.add(task)
        task.add_done_callback(self._running.discard)

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets=sockets)
        if self.started:
            # What start-up made lives as long as the process: keep the collector from looking at it again.
            gc.collect()
            gc.freeze()
            gc.set_threshold(50_000, 20, 20)
            if hasattr(signal, "SIGHUP"):
                asyncio.get_running_loop().add_signal_handler(signal.SIGHUP, self._hung_up)
            self._when_ready()

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        """The first SIGTERM begins to drain; another one, or Ctrl-C, stops at once."""
        if self.started:
            is_first = not self._app.state.health.draining
            self._app.state.health.draining = True
            if sig == signal.SIGTERM and is_first and self._drain_seconds > 0:
                self._stop_at = time.monotonic() + self._drain_seconds
                return
        super().handle_exit(sig, frame)

    async def on_tick(self, counter: int) -> bool:
        return await super().on_tick(counter) or time.monotonic() >= self._stop_at


def serve(
    app: Starlette,
    bound: socket.socket,
    when_ready: Callable[[], None],
    when_hung_up: Callable[[], Coroutine[Any, Any, object]],
    drain_seconds: float = 0.0,
) -> None:
    """Serve until SIGINT or SIGTERM; requests in flight are finished first. SIGHUP runs ``when_hung_up``.

    Raise the `TwinError` that kept the application from starting.
    """
    config = uvicorn.Config(
        app,
        access_log=False,
        server_header=False,
        log_config=None,  # `api.logs` has said where logs go
        log_level="warning",
        lifespan="on",
        timeout_graceful_shutdown=GRACE_SECONDS,
    )
    # uvicorn stops gracefully and then raises the signal again for whom it replaced: that is us, and we have stopped.
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: None)
    if hasattr(signal, "SIGHUP") and not os.isatty(0):
        signal.signal(signal.SIGHUP, signal.SIG_IGN)  # until somebody answers there is nothing to do again
    try:
        _Server(config, app, drain_seconds, when_ready, when_hung_up).run(sockets=[bound])
    except SystemExit:
        failure = getattr(app.state, "failure", None)
        if failure is not None:
            raise failure from None
        raise
