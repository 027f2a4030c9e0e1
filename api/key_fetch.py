"""Fetch a small public document over HTTP without blocking: bounded in time and size, redirects refused."""

import asyncio
import ssl
from urllib.parse import urlsplit

import h11

DEADLINE_SECONDS = 5.0
CHUNK = 65_536
LARGEST_HEADERS = 16_384


class FetchFailed(Exception):
    """There is no answer that can be used; the message says why in a few words."""


class Fetcher:
    """Reads one address. Whoever answers there is trusted for its content alone: no cookies, no proxy, no redirect."""

    def __init__(self, url: str, *, largest: int, deadline_seconds: float = DEADLINE_SECONDS) -> None:
        self.url = url
        self._address = urlsplit(url)
        self._largest, self._deadline = largest, deadline_seconds
        # Reading the certificate authorities takes tens of milliseconds: once, before anything is served.
        self._tls = ssl.create_default_context() if self._address.scheme == "https" else None

    async def __call__(self) -> bytes:
        """The body of a 200; raise `FetchFailed`, at the latest after the deadline."""
        try:
            async with asyncio.timeout(self._deadline):
                return await self._read()
        except TimeoutError as error:
            raise FetchFailed(f"no whole answer within {self._deadline:g} s") from error
        except ssl.SSLError as error:
            raise FetchFailed(f"TLS failed: {error.reason or type(error).__name__}") from error
        except OSError as error:
            raise FetchFailed(f"cannot be reached: {error.strerror or type(error).__name__}") from error
        except UnicodeError as error:
            raise FetchFailed("cannot be reached: no name of a host") from error
        except h11.ProtocolError as error:
            raise FetchFailed("what answers does not speak HTTP") from error

    async def _read(self) -> bytes:
        host = str(self._address.hostname)
        port = self._address.port or (443 if self._tls is not None else 80)
        reader, writer = await asyncio.open_connection(host, port, ssl=self._tls)
        try:
            connection = h11.Connection(h11.CLIENT, max_incomplete_event_size=LARGEST_HEADERS)
            for event in (self._request(), h11.EndOfMessage()):
                writer.write(connection.send(event) or b"")
            await writer.drain()
            return await self._body(connection, reader)
        finally:
            writer.transport.abort()

    def _request(self) -> h11.Request:
        target = (self._address.path or "/") + (f"?{self._address.query}" if self._address.query else "")
        headers = [
            ("host", self._address.netloc),
            ("accept", "application/jwk-set+json, application/json"),
            ("accept-encoding", "identity"),
            ("connection", "close"),
        ]
        return h11.Request(method="GET", target=target, headers=headers)

    async def _body(self, connection: h11.Connection, reader: asyncio.StreamReader) -> bytes:
        body = bytearray()
        while True:
            event = connection.next_event()
            if event is h11.NEED_DATA:
                connection.receive_data(await reader.read(CHUNK))
            elif isinstance(event, h11.Response):
                _check(event)
            elif isinstance(event, h11.Data):
                body += event.data
                if len(body) > self._largest:
                    raise FetchFailed(f"the answer has more than {self._largest} bytes")
            elif isinstance(event, h11.EndOfMessage):
                return bytes(body)


def _check(response: h11.Response) -> None:
    if 300 <= response.status_code < 400:
        raise FetchFailed(f"it answers {response.status_code}, and redirects are not followed: set the final address")
    if response.status_code != 200:
        raise FetchFailed(f"it answers {response.status_code}")
    if any(name == b"content-encoding" and value != b"identity" for name, value in response.headers):
        raise FetchFailed("it answers compressed, which was not asked for")
