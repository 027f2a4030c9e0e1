"""A TCP proxy in front of Neo4j that cuts, delays, slices and stops connections at points of the Bolt protocol."""

from __future__ import annotations

import asyncio
import contextlib
import socket
import struct
import threading
from collections import Counter, deque
from collections.abc import Coroutine
from dataclasses import dataclass, field
from types import TracebackType
from typing import Any, Literal
from urllib.parse import urlsplit

from tests.faults.bolt import (
    ANSWER_TO_HANDSHAKE_BYTES,
    ANSWERS,
    HANDSHAKE_BYTES,
    REQUESTS,
    UNANSWERED,
    Messages,
    plain_handshake,
)

Moment = Literal["before", "after"]
RESET_AT_ONCE = struct.pack("ii", 1, 0)


@dataclass(slots=True)
class Cut:
    """Reset the connection at the ``count``-th ``message`` of a client, counted over all connections.

    ``before``: the request never reaches the server. ``after``: the server has answered it, the client never hears.
    With ``marker`` only the message of a transaction that has sent these bytes counts, the first one that comes.
    """

    message: str
    moment: Moment
    count: int = 1
    marker: bytes = b""
    done: bool = False


@dataclass(slots=True)
class Hold:
    """Keep the ``count``-th ``message`` back, with all that follows on its connection, until it is released."""

    message: str
    count: int
    reached: threading.Event = field(default_factory=threading.Event)
    released: threading.Event = field(default_factory=threading.Event)


@dataclass(slots=True, eq=False)
class _Link:
    """One client on both sides; ``asked`` are its requests that have no answer yet, ``True`` where the cut comes.

    ``said`` is what it has sent since its transaction began.
    """

    client: asyncio.StreamWriter
    server: asyncio.StreamWriter
    said: bytes = b""
    asked: deque[bool] = field(default_factory=deque)


class FaultProxy:
    """Forwards to the server at ``uri`` from a thread of its own; use it as a context manager."""

    def __init__(self, uri: str) -> None:
        self._target = urlsplit(uri)
        self._links: set[_Link] = set()
        self._seen: Counter[str] = Counter()
        self._cuts: list[Cut] = []
        self._holds: list[Hold] = []
        self._open = threading.Event()
        self._loop = asyncio.new_event_loop()
        self._ended: asyncio.Event | None = None
        self._flowing: asyncio.Event | None = None
        self._thread = threading.Thread(target=self._run, name="fault proxy", daemon=True)
        self._port = 0
        self.delay = 0.0
        """Seconds before each forwarded message."""
        self.slice_bytes = 0
        """Size of the pieces in which bytes are forwarded; nought for as they come."""
        self.refuse = False
        """Whether new connections are reset at once."""

    @property
    def uri(self) -> str:
        return f"bolt://127.0.0.1:{self._port}"

    @property
    def seen(self) -> Counter[str]:
        """How many requests of each name have come so far."""
        return Counter(self._seen)

    def cut(self, message: str, moment: Moment, count: int = 1, marker: bytes = b"") -> Cut:
        """Plan a cut at the ``count``-th ``message`` from now on, or at the first of a marked transaction."""
        planned = Cut(message, moment, self._seen[message] + count, marker)
        self._cuts.append(planned)
        return planned

    def hold(self, message: str, count: int = 1) -> Hold:
        """Plan to keep back the ``count``-th ``message`` from now on."""
        planned = Hold(message, self._seen[message] + count)
        self._holds.append(planned)
        return planned

    def stop_flow(self) -> None:
        """Forward nothing until `resume_flow`, while connections stay open: a half-open network."""
        self._call(self._set_flow(False))

    def resume_flow(self) -> None:
        self._call(self._set_flow(True))

    def drop_all(self) -> None:
        """Reset every connection that is open."""
        self._call(self._drop_all())

    def __enter__(self) -> FaultProxy:
        self._thread.start()
        if not self._open.wait(10):
            raise RuntimeError("the proxy did not open its port within 10 seconds")
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        assert self._ended is not None
        self._loop.call_soon_threadsafe(self._ended.set)
        self._thread.join(10)

    def _call(self, coroutine: Coroutine[Any, Any, None]) -> None:
        asyncio.run_coroutine_threadsafe(coroutine, self._loop).result(10)

    def _run(self) -> None:
        asyncio.set_event_loop(self._loop)
        self._loop.run_until_complete(self._serve())
        self._loop.close()

    async def _serve(self) -> None:
        self._ended, self._flowing = asyncio.Event(), asyncio.Event()
        self._flowing.set()
        server = await asyncio.start_server(self._accept, "127.0.0.1", 0)
        self._port = server.sockets[0].getsockname()[1]
        self._open.set()
        await self._ended.wait()
        server.close()
        self._flowing.set()
        await self._drop_all()
        left = [task for task in asyncio.all_tasks() if task is not asyncio.current_task()]
        for task in left:
            task.cancel()
        await asyncio.gather(*left, return_exceptions=True)

    async def _set_flow(self, on: bool) -> None:
        assert self._flowing is not None
        if on:
            self._flowing.set()
        else:
            self._flowing.clear()

    async def _drop_all(self) -> None:
        for link in list(self._links):
            _reset(link)

    async def _accept(self, client_in: asyncio.StreamReader, client_out: asyncio.StreamWriter) -> None:
        if self.refuse:
            _abort(client_out)
            return
        try:
            server_in, server_out = await asyncio.open_connection(self._target.hostname, self._target.port)
        except OSError:
            _abort(client_out)
            return
        link = _Link(client_out, server_out)
        self._links.add(link)
        try:
            await asyncio.gather(self._requests(link, client_in), self._answers(link, server_in))
        except (OSError, asyncio.IncompleteReadError, _Cut):
            pass
        finally:
            _reset(link)
            self._links.discard(link)

    async def _requests(self, link: _Link, client: asyncio.StreamReader) -> None:
        await self._forward(link.server, plain_handshake(await client.readexactly(HANDSHAKE_BYTES)), whole=True)
        messages = Messages(REQUESTS)
        while data := await client.read(1 << 16):
            for name, raw in messages.feed(data):
                self._seen[name] += 1
                await self._keep_back(name)
                link.said = b"" if name == "BEGIN" else link.said + raw
                planned = self._planned(name, link)
                if planned is not None:
                    planned.done = True
                    if planned.moment == "before":
                        raise _Cut
                if name not in UNANSWERED:
                    link.asked.append(planned is not None)
                await self._forward(link.server, raw)
        raise _Cut

    async def _answers(self, link: _Link, server: asyncio.StreamReader) -> None:
        # In one piece: the driver takes four bytes that come one by one for another protocol.
        await self._forward(link.client, await server.readexactly(ANSWER_TO_HANDSHAKE_BYTES), whole=True)
        messages = Messages(ANSWERS)
        while data := await server.read(1 << 16):
            for name, raw in messages.feed(data):
                if name != "RECORD" and link.asked and link.asked.popleft():
                    raise _Cut
                await self._forward(link.client, raw)
        raise _Cut

    async def _keep_back(self, name: str) -> None:
        for hold in self._holds:
            if hold.message == name and hold.count == self._seen[name]:
                hold.reached.set()
                while not hold.released.is_set():
                    await asyncio.sleep(0.01)

    def _planned(self, name: str, link: _Link) -> Cut | None:
        for cut in self._cuts:
            due = cut.marker in link.said if cut.marker else cut.count == self._seen[name]
            if not cut.done and cut.message == name and due:
                return cut
        return None

    async def _forward(self, target: asyncio.StreamWriter, data: bytes, *, whole: bool = False) -> None:
        assert self._flowing is not None
        await self._flowing.wait()
        if self.delay:
            await asyncio.sleep(self.delay)
        step = len(data) if whole else self.slice_bytes or len(data)
        for at in range(0, len(data), step):
            target.write(data[at : at + step])
            await target.drain()
            if self.slice_bytes:
                await asyncio.sleep(0)


class _Cut(Exception):
    """The connection ends here."""


def _reset(link: _Link) -> None:
    _abort(link.client)
    _abort(link.server)


def _abort(writer: asyncio.StreamWriter) -> None:
    """Close with a reset, not with a polite end of the stream."""
    sock = writer.get_extra_info("socket")
    if sock is not None:
        with contextlib.suppress(OSError):
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, RESET_AT_ONCE)
    writer.transport.abort()
