"""An identity provider for tests: keys of every kind, tokens of any shape, an address that misbehaves on demand."""

import base64
import json
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from joserfc import jws
from joserfc.jwk import ECKey, Key, OKPKey, RSAKey

from graph.token_settings import TokenSettings

ISSUER = "https://login.example.org/realms/company"
AUDIENCE = "https://twin.example.org"
SETTINGS = TokenSettings(issuer=ISSUER, audience=AUDIENCE)


def okp(kid: str, **more: Any) -> OKPKey:
    return OKPKey.generate_key("Ed25519", {"kid": kid, **more})


def ec(kid: str, curve: str = "P-256", **more: Any) -> ECKey:
    return ECKey.generate_key(curve, {"kid": kid, **more})  # type: ignore[arg-type]


def rsa(kid: str, bits: int = 2048, **more: Any) -> RSAKey:
    return RSAKey.generate_key(bits, {"kid": kid, **more})


def jwks(*keys: Key) -> bytes:
    """A JWKS document with the public halves."""
    return json.dumps({"keys": [key.as_dict(private=False) for key in keys]}).encode()


def claims(**changes: Any) -> dict[str, Any]:
    """Claims that are accepted, with changes; ``...`` leaves a claim out."""
    now = int(time.time())
    good: dict[str, Any] = {
        "iss": ISSUER,
        "aud": AUDIENCE,
        "sub": "someone",
        "iat": now,
        "exp": now + 600,
        "role": "field_rep",
        "purpose": "field_engagement",
        "territories": ["T-1"],
    }
    return {name: value for name, value in {**good, **changes}.items() if value is not ...}


def base64url(content: bytes) -> str:
    return base64.urlsafe_b64encode(content).rstrip(b"=").decode()


def part(value: Any) -> str:
    return base64url(json.dumps(value).encode())


def signature(algorithm: str, key: Key, signing_input: str) -> str:
    """A signature over any text at all, also over what no library would write."""
    model = jws.JWSRegistry.algorithms[algorithm]
    return base64url(model.sign(signing_input.encode(), key))


def signed(
    key: Key,
    algorithm: str,
    payload: dict[str, Any] | bytes | None = None,
    header: dict[str, Any] | bytes | None = None,
    **more: Any,
) -> str:
    """A token signed for real over any header and payload; ``more`` changes the usual header."""
    usual = {"alg": algorithm, "typ": "at+jwt", "kid": key.kid, **more}
    first = {name: value for name, value in usual.items() if value is not ...} if header is None else header
    body = claims() if payload is None else payload
    left = base64url(first) if isinstance(first, bytes) else part(first)
    right = base64url(body) if isinstance(body, bytes) else part(body)
    return f"{left}.{right}.{signature(algorithm, key, f'{left}.{right}')}"


class Provider:
    """Answers GET on a loopback port as ``answer`` says: it is given the connection and may do anything with it."""

    def __init__(self, content: bytes) -> None:
        self.content = content
        self.asked = 0
        self.answer: Callable[[socket.socket], None] = self.well
        self._listening = socket.create_server(("127.0.0.1", 0))
        self.port = self._listening.getsockname()[1]
        self.url = f"http://127.0.0.1:{self.port}/keys?of=company"
        self.request = b""
        self._ended = threading.Event()
        self._threads = [threading.Thread(target=self._accept)]
        self._threads[0].start()

    def well(self, connection: socket.socket) -> None:
        head = f"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: {len(self.content)}\r\n\r\n"
        connection.sendall(head.encode() + self.content)

    def with_status(self, status: str, *headers: str) -> Callable[[socket.socket], None]:
        lines = [f"HTTP/1.1 {status}", f"Content-Length: {len(self.content)}", *headers, "", ""]
        return lambda connection: connection.sendall("\r\n".join(lines).encode() + self.content)

    def in_drops(self, connection: socket.socket) -> None:
        """A byte now and then: never silent, never done."""
        for byte in b"HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n" + b" " * 1000:
            if self._ended.wait(0.02):
                return
            connection.sendall(bytes([byte]))

    def without_end(self, connection: socket.socket) -> None:
        connection.sendall(b"HTTP/1.1 200 OK\r\n\r\n")
        while not self._ended.is_set():
            connection.sendall(b" " * 65_536)

    def _accept(self) -> None:
        while True:
            try:
                connection, _ = self._listening.accept()
            except OSError:
                return
            self.asked += 1
            thread = threading.Thread(target=self._serve, args=(connection,))
            self._threads.append(thread)
            thread.start()

    def _serve(self, connection: socket.socket) -> None:
        with connection:
            connection.settimeout(5)
            try:
                self.request = connection.recv(65_536)
                self.answer(connection)
            except OSError:
                return

    def close(self) -> None:
        """Stop listening and wait for what is being answered."""
        self._ended.set()
        self._listening.shutdown(socket.SHUT_RDWR)
        self._listening.close()
        for thread in self._threads:
            thread.join(10)


@contextmanager
def provider(content: bytes) -> Iterator[Provider]:
    """A provider on loopback for as long as the block lasts."""
    found = Provider(content)
    try:
        yield found
    finally:
        found.close()
