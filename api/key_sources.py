"""Where public keys come from: this machine, a file that may change, or an address whose keys rotate.

A source that cannot be read keeps what it had. Whoever verifies asks `current`, which never waits; what may take time
happens in `renewed`, for a token that names a key nobody knows yet.
"""

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable
from contextlib import suppress
from pathlib import Path
from typing import Protocol

from joserfc.jwk import OKPKey

from api.errors import Unavailable
from api.key_fetch import FetchFailed
from api.key_sets import KeysRefused, PublicKeys, public_keys
from graph.errors import ConfigurationError

log = logging.getLogger("twin.api")
LOOK_SECONDS = 1.0
REFRESH_SECONDS = 300.0
RETRY_SECONDS = 30.0
FIRST_RETRY_SECONDS = 5.0
LAST_GOOD_SECONDS = 86_400.0
MOST_WAITING = 256


class KeySource(Protocol):
    """Public keys, as they are now."""

    def current(self) -> PublicKeys | None:
        """The keys to verify with; None when there are none that may still be trusted."""

    def tend(self) -> None:
        """Start what is due in the background; needs a running event loop."""

    async def renewed(self) -> bool:
        """Look for other keys unless that was just done; whether there are other keys now."""

    async def close(self) -> None:
        """Give up what runs in the background."""


class OwnKey:
    """The development key of this machine."""

    def __init__(self, key: OKPKey, algorithms: tuple[str, ...]) -> None:
        try:
            self._keys = PublicKeys.of([OKPKey.import_key(key.as_dict(private=False))], algorithms)
        except KeysRefused as error:
            raise ConfigurationError(
                "TWIN_JWT_ALGORITHMS leaves out Ed25519, with which development tokens are signed: "
                "add it, or set TWIN_JWKS_URL or TWIN_JWKS_FILE"
            ) from error

    def current(self) -> PublicKeys | None:
        return self._keys

    def tend(self) -> None:
        """Nothing is ever due."""

    async def renewed(self) -> bool:
        return False

    async def close(self) -> None:
        """Nothing runs."""


class KeyFile:
    """A JWKS file, read again when it changes; a change that cannot be used leaves the keys before in force."""

    def __init__(self, file: Path, algorithms: tuple[str, ...]) -> None:
        self._file, self._algorithms = file, algorithms
        self._stamp, self._looked = self._stamped(), time.monotonic()
        try:
            self._keys = self._read()
        except (OSError, KeysRefused) as error:
            raise ConfigurationError(
                f"TWIN_JWKS_FILE={str(file)!r} is not a set of public keys ({_reason(error)}): use a JWKS file"
            ) from error

    def current(self) -> PublicKeys | None:
        if time.monotonic() - self._looked >= LOOK_SECONDS:
            self._look()
        return self._keys

    def tend(self) -> None:
        """Looking at a file takes no time: `current` does it."""

    async def renewed(self) -> bool:
        before = self._keys
        self._look()
        return self._keys is not before

    async def close(self) -> None:
        """Nothing runs."""

    def _look(self) -> None:
        self._looked = time.monotonic()
        stamp = self._stamped()
        if stamp == self._stamp:
            return
        self._stamp = stamp
        try:
            keys = self._read()
        except (OSError, KeysRefused) as error:
            log.error("TWIN_JWKS_FILE=%r cannot be used, the keys before stay: %s", str(self._file), _reason(error))
            return
        if keys.fingerprint != self._keys.fingerprint:
            self._keys = keys

    def _read(self) -> PublicKeys:
        return public_keys(self._file.read_bytes(), self._algorithms)

    def _stamped(self) -> tuple[int, int, int] | None:
        with suppress(OSError):
            found = self._file.stat()
            return found.st_mtime_ns, found.st_size, found.st_ino
        return None


class KeyAddress:
    """The JWKS of an identity provider, fetched anew every five minutes and for key ids that are not known.

    One fetch runs at a time. An unknown key id leads to at most one fetch in thirty seconds, so the last fetch answers
    for every key id that was not in it until then. While fetching fails, the last good set is used, for a day at most.
    """

    def __init__(
        self,
        url: str,
        algorithms: tuple[str, ...],
        fetch: Callable[[], Awaitable[bytes]],
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._url, self._algorithms, self._fetch, self._clock = url, algorithms, fetch, clock
        self._keys: PublicKeys | None = None
        self._fetched_at: float | None = None
        self._tried_at: float | None = None
        self._flight: asyncio.Task[None] | None = None
        self._waiting = 0

    def current(self) -> PublicKeys | None:
        if self._fetched_at is None or self._clock() - self._fetched_at > LAST_GOOD_SECONDS:
            return None
        return self._keys

    def tend(self) -> None:
        if self._flight is not None or not self._may_try():
            return
        if self._fetched_at is None or self._clock() - self._fetched_at >= REFRESH_SECONDS:
            self._start()

    async def renewed(self) -> bool:
        before = self.current()
        if self._flight is None and not self._may_try():
            return False
        if self._waiting >= MOST_WAITING:
            raise Unavailable("too many requests are in flight: try again in a second", "busy")
        flight = self._flight or self._start()
        self._waiting += 1
        try:
            # Whoever gives up waiting does not end the fetch that others wait for.
            await asyncio.shield(flight)
        finally:
            self._waiting -= 1
        return self.current() is not before

    async def close(self) -> None:
        if self._flight is not None:
            self._flight.cancel()
            await asyncio.wait([self._flight])

    def _may_try(self) -> bool:
        pause = FIRST_RETRY_SECONDS if self.current() is None else RETRY_SECONDS
        return self._tried_at is None or self._clock() - self._tried_at >= pause

    def _start(self) -> asyncio.Task[None]:
        self._tried_at = self._clock()
        self._flight = asyncio.get_running_loop().create_task(self._renew())
        return self._flight

    async def _renew(self) -> None:
        try:
            keys = public_keys(await self._fetch(), self._algorithms)
        except (FetchFailed, KeysRefused) as error:
            kept = "the keys before stay" if self.current() is not None else "no token can be verified"
            log.error("TWIN_JWKS_URL=%r cannot be used, %s: %s", self._url, kept, error)
            return
        finally:
            self._flight = None
        self._fetched_at = self._clock()
        if self._keys is None or keys.fingerprint != self._keys.fingerprint:
            self._keys = keys


def _reason(error: OSError | KeysRefused) -> str:
    return (error.strerror or type(error).__name__) if isinstance(error, OSError) else str(error)
