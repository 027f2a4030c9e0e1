"""Requests over HTTP/1.1 with as little work on this side as possible: it shares the machine with what is measured."""

from __future__ import annotations

import json
import selectors
import socket
import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

END = b"\r\n\r\n"


@dataclass(frozen=True, slots=True)
class Call:
    """One POST to an address, ready to be sent."""

    address: str
    body: bytes
    token: str

    @classmethod
    def of(cls, address: str, document: str, variables: Mapping[str, Any], token: str) -> Call:
        return cls(address, json.dumps({"query": document, "variables": variables}).encode(), token)

    @property
    def text(self) -> bytes:
        parts = urlsplit(self.address)
        head = (
            f"POST {parts.path or '/graphql'} HTTP/1.1\r\nhost: {parts.netloc}\r\ncontent-type: application/json\r\n"
            f"accept: application/json\r\nauthorization: Bearer {self.token}\r\n"
            f"content-length: {len(self.body)}\r\n\r\n"
        )
        return head.encode() + self.body

    def connected(self) -> socket.socket:
        parts = urlsplit(self.address)
        opened = socket.create_connection((str(parts.hostname), int(parts.port or 80)))
        opened.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        return opened


def answer(call: Call) -> dict[str, Any]:
    """The decoded answer to one request."""
    with call.connected() as opened:
        received = _exchange(opened, call.text)
    _check(received)
    head, _, body = received.partition(END)
    if b"chunked" in head.lower():
        body = _joined(body)
    decoded: dict[str, Any] = json.loads(body)
    return decoded


def one_at_a_time(call: Call, seconds: float) -> list[float]:
    """Seconds of each request of one connection that asks again and again, at least three times."""
    times: list[float] = []
    text = call.text
    until = time.perf_counter() + seconds
    with call.connected() as opened:
        while len(times) < 3 or time.perf_counter() < until:
            started = time.perf_counter()
            received = _exchange(opened, text)
            times.append(time.perf_counter() - started)
            _check(received)
    return times


def side_by_side(call: Call, seconds: float, connections: int = 16) -> tuple[int, int, float]:
    """How many requests were answered, how many ended in an error, in how many seconds, with every connection asking
    again as soon as it has an answer."""
    text = call.text
    answered = failed = 0
    with selectors.DefaultSelector() as selector:
        opened = [call.connected() for _ in range(connections)]
        for each in opened:
            selector.register(each, selectors.EVENT_READ, bytearray())
            each.sendall(text)
        waiting = connections
        started = time.perf_counter()
        while waiting:
            for key, _ in selector.select():
                each, received = key.fileobj, key.data
                assert isinstance(each, socket.socket)  # noqa: S101
                chunk = each.recv(1 << 18)
                if not chunk:
                    raise ConnectionError("the server closed a connection")
                received += chunk
                if not _complete(received):
                    continue
                good = _good(received)
                received.clear()
                answered, failed = answered + good, failed + (not good)
                if time.perf_counter() - started < seconds:
                    each.sendall(text)
                else:
                    selector.unregister(each)
                    waiting -= 1
        took = time.perf_counter() - started
        for each in opened:
            each.close()
    return answered, failed, took


def _exchange(opened: socket.socket, text: bytes) -> bytes:
    opened.sendall(text)
    received = bytearray()
    while not _complete(received):
        chunk = opened.recv(1 << 18)
        if not chunk:
            raise ConnectionError("the server closed the connection")
        received += chunk
    return bytes(received)


def _complete(received: bytearray) -> bool:
    end = received.find(END)
    if end < 0:
        return False
    head = bytes(received[:end]).lower()
    at = head.find(b"content-length:")
    if at >= 0:
        return len(received) >= end + len(END) + int(head[at + 15 :].split(b"\r\n", 1)[0])
    return received.endswith(b"0\r\n\r\n")


def _good(received: bytes | bytearray) -> bool:
    """An error of GraphQL may come with the status 200."""
    return received.startswith(b"HTTP/1.1 200") and b'"errors":' not in received


def _check(received: bytes) -> None:
    if not _good(received):
        raise RuntimeError(f"a request was not answered: {received[:400]!r}")


def _joined(body: bytes) -> bytes:
    """The chunks of a chunked body."""
    joined = b""
    while body:
        size, _, rest = body.partition(b"\r\n")
        length = int(size, 16)
        joined, body = joined + rest[:length], rest[length + 2 :]
    return joined
