"""X5: keys that rotate, an identity provider that is down, slow, huge, elsewhere, and floods of unknown keys."""

import asyncio
import logging
import socket
import time
from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import Any

import pytest

from api.claims import Caller
from api.errors import Unauthenticated, Unavailable
from api.key_fetch import Fetcher, FetchFailed
from api.key_sets import LARGEST_SET
from api.key_sources import MOST_WAITING, KeyAddress, KeyFile
from api.tokens import Tokens
from graph.errors import ConfigurationError
from graph.governance import load_policy
from graph.token_settings import ALGORITHMS
from tests.api import issuer
from tests.api.issuer import Provider, provider, signed

POLICY = load_policy()
FIRST, SECOND = issuer.okp("first"), issuer.ec("second")
CALLER = Caller("someone", "field_rep", "field_engagement", ("T-1",))
LARGE = LARGEST_SET + 1


class Clock:
    """A clock that the test moves, in seconds."""

    def __init__(self) -> None:
        self.now = 1_000.0

    def __call__(self) -> float:
        return self.now


def tokens_of(found: Provider, clock: Callable[[], float] = time.monotonic, deadline: float = 5.0) -> Tokens:
    fetch = Fetcher(found.url, largest=LARGEST_SET, deadline_seconds=deadline)
    return Tokens(KeyAddress(found.url, ALGORITHMS, fetch, clock), issuer.SETTINGS, lambda: POLICY)


def first() -> str:
    return f"Bearer {signed(FIRST, 'Ed25519')}"


def second() -> str:
    return f"Bearer {signed(SECOND, 'ES256')}"


async def refused(waiting: Coroutine[Any, Any, Caller]) -> bool:
    try:
        await waiting
    except Unauthenticated:
        return True
    return False


def test_keys_rotate_without_a_failed_request() -> None:
    async def run(found: Provider) -> int:
        clock = Clock()
        tokens = tokens_of(found, clock)
        await tokens.open()
        # given tokens of the first key, accepted with the keys that were there at start
        assert [await tokens.identify(first()) for _ in range(20)] == [CALLER] * 20
        # when the provider adds a second key and signs with it half a minute later
        found.content = issuer.jwks(FIRST, SECOND)
        clock.now += 31
        # then tokens of both are accepted, many at once, after one more fetch
        both = await asyncio.gather(*(tokens.identify(token) for token in [first(), second()] * 20))
        assert both == [CALLER] * 40
        # and when the first key is withdrawn, its tokens go within five minutes, also those seen a moment ago
        found.content = issuer.jwks(SECOND)
        old = first()
        assert await tokens.identify(old) == CALLER
        clock.now += 301
        assert await tokens.identify(second()) == CALLER
        await settled(tokens)
        assert await refused(tokens.identify(old))
        assert await tokens.identify(second()) == CALLER
        await tokens.close()
        return found.asked

    with provider(issuer.jwks(FIRST)) as found:
        assert asyncio.run(run(found)) == 3
        assert found.request.startswith(b"GET /keys?of=company HTTP/1.1\r\nhost: 127.0.0.1:")


async def settled(tokens: Tokens) -> None:
    """Wait until nothing is fetched in the background."""
    flight = tokens._source._flight  # type: ignore[attr-defined]
    if flight is not None:
        await asyncio.wait([flight])


def test_a_flood_of_unknown_keys_fetches_twice_a_minute() -> None:
    async def run(found: Provider) -> list[int]:
        clock = Clock()
        tokens = tokens_of(found, clock)
        await tokens.open()
        asked = []
        # given two hundred tokens a second, each with a key id of its own, for a minute and a half
        strangers = [f"Bearer {signed(FIRST, 'Ed25519', kid=f'unknown-{n}')}" for n in range(200)]
        for _ in range(90):
            clock.now += 1
            assert all(await asyncio.gather(*(refused(tokens.identify(token)) for token in strangers)))
            asked.append(found.asked)
        # then whoever has a known key is served meanwhile
        assert await tokens.identify(first()) == CALLER
        await tokens.close()
        return asked

    with provider(issuer.jwks(FIRST)) as found:
        asked = asyncio.run(run(found))
    # then the provider was asked at start and every thirty seconds, by one request at a time
    assert [asked[0], asked[28], asked[29], asked[58], asked[59], asked[89]] == [1, 1, 2, 2, 3, 4]


def test_what_no_key_could_make_right_asks_for_none() -> None:
    async def run(found: Provider) -> None:
        tokens = tokens_of(found)
        # given tokens with an unknown key id that are refused for something else in the header
        for header in (
            {"alg": "HS256", "typ": "at+jwt", "kid": "new"},
            {"alg": "none", "typ": "at+jwt", "kid": "new"},
            {"alg": "Ed25519", "typ": "JWT", "kid": "new"},
            {"alg": "Ed25519", "typ": "at+jwt", "kid": "n" * 201},
            {"alg": "Ed25519", "typ": "at+jwt", "kid": "new", "jku": found.url},
        ):
            tokens._source._tried_at = None  # type: ignore[attr-defined]
            await tokens.open()
            asked = found.asked
            tokens._source._tried_at = None  # type: ignore[attr-defined]
            assert await refused(tokens.identify(f"Bearer {signed(FIRST, 'Ed25519', header=header)}"))
            assert found.asked == asked, header
        # then only one that is refused for its key alone leads to a fetch
        assert await refused(tokens.identify(f"Bearer {signed(FIRST, 'Ed25519', kid='new')}"))
        assert found.asked == asked + 1
        await tokens.close()

    with provider(issuer.jwks(FIRST)) as found:
        asyncio.run(run(found))


def test_while_the_provider_is_down_the_last_keys_are_good_for_a_day(caplog: pytest.LogCaptureFixture) -> None:
    async def run(found: Provider) -> None:
        clock = Clock()
        tokens = tokens_of(found, clock)
        await tokens.open()
        # given a provider that answers with an error from now on
        found.answer = found.with_status("503 Service Unavailable")
        # then its last keys are used for a day
        for hours in (1, 12, 10.9):
            clock.now += hours * 3600
            assert await tokens.identify(first()) == CALLER
            await settled(tokens)
        clock.now += 0.2 * 3600
        # and after that nobody is judged, until it answers again
        with pytest.raises(Unavailable, match="tokens cannot be verified now"):
            await tokens.identify(first())
        found.answer = found.well
        clock.now += 6
        assert await tokens.identify(first()) == CALLER
        await tokens.close()

    with provider(issuer.jwks(FIRST)) as found, caplog.at_level(logging.ERROR, "twin.api"):
        asyncio.run(run(found))
        lines = [record.getMessage() for record in caplog.records]
        assert lines == [f"TWIN_JWKS_URL={found.url!r} cannot be used, the keys before stay: it answers 503"] * 3 + [
            f"TWIN_JWKS_URL={found.url!r} cannot be used, no token can be verified: it answers 503"
        ]


def test_a_provider_that_is_down_at_start_is_asked_again() -> None:
    async def run(found: Provider) -> None:
        clock = Clock()
        tokens = tokens_of(found, clock)
        found.answer = found.with_status("500 Internal Server Error")
        await tokens.open()
        # given no keys: every token is answered with a 503, also a forged one, and asking is not hurried
        for token in (first(), "Bearer a.b.c"):
            with pytest.raises(Unavailable):
                await tokens.identify(token)
        assert found.asked == 1
        # when it is back
        found.answer = found.well
        clock.now += 5
        # then the next request is answered
        assert await tokens.identify(first()) == CALLER
        await tokens.close()

    with provider(issuer.jwks(FIRST)) as found:
        asyncio.run(run(found))


def test_a_slow_provider_keeps_nobody_waiting_whose_key_is_known() -> None:
    async def run(found: Provider) -> None:
        clock = Clock()
        tokens = tokens_of(found, clock, deadline=1.5)
        await tokens.open()
        # given keys that are due, and a provider that sends a byte now and then
        found.answer = found.in_drops
        clock.now += 301
        started = time.monotonic()
        assert [await tokens.identify(first()) for _ in range(50)] == [CALLER] * 50
        assert time.monotonic() - started < 1.4
        # then who brings an unknown key waits for that fetch, which ends at the deadline, and no longer
        assert await refused(tokens.identify(second()))
        assert 1.4 < time.monotonic() - started < 6
        assert found.asked == 2
        await tokens.close()

    with provider(issuer.jwks(FIRST)) as found:
        asyncio.run(run(found))


def test_no_more_wait_for_a_slow_provider_than_can() -> None:
    async def run(found: Provider) -> None:
        tokens = tokens_of(found, Clock(), deadline=0.6)
        found.answer = found.in_drops
        asked = await asyncio.gather(
            *(tokens.identify(second()) for _ in range(MOST_WAITING + 10)), return_exceptions=True
        )
        words = [str(answer) for answer in asked]
        assert words.count("too many requests are in flight: try again in a second") == 10
        assert words.count("tokens cannot be verified now: try again in a few seconds") == MOST_WAITING
        await tokens.close()

    with provider(issuer.jwks(FIRST)) as found:
        asyncio.run(run(found))


def test_who_gives_up_does_not_end_the_fetch_of_others() -> None:
    async def run(found: Provider) -> None:
        tokens = tokens_of(found, Clock())
        hold = asyncio.Event()
        content = found.content

        async def held() -> bytes:
            await hold.wait()
            return content

        tokens._source._fetch = held  # type: ignore[attr-defined]
        impatient, patient = (asyncio.create_task(tokens.identify(first())) for _ in range(2))
        await asyncio.sleep(0)
        impatient.cancel()
        await asyncio.wait([impatient])
        hold.set()
        assert await patient == CALLER
        await tokens.close()

    with provider(issuer.jwks(FIRST)) as found:
        asyncio.run(run(found))


def huge_at_once(found: Provider) -> Callable[[socket.socket], None]:
    head = f"HTTP/1.1 200 OK\r\nContent-Length: {LARGE}\r\n\r\n".encode()
    return lambda connection: connection.sendall(head + b" " * LARGE)


def compressed(found: Provider) -> Callable[[socket.socket], None]:
    return found.with_status("200 OK", "Content-Encoding: gzip")


MISBEHAVING: dict[str, tuple[Callable[[Provider], Callable[[socket.socket], None]], str]] = {
    "a redirect": (
        lambda found: found.with_status("302 Found", "Location: http://127.0.0.1/keys"),
        "it answers 302, and redirects are not followed",
    ),
    "a permanent redirect": (
        lambda found: found.with_status("308 Permanent Redirect", "Location: /keys"),
        "it answers 308, and redirects are not followed",
    ),
    "not found": (lambda found: found.with_status("404 Not Found"), "it answers 404"),
    "no content": (lambda found: found.with_status("203 Non-Authoritative"), "it answers 203"),
    "slow": (lambda found: found.in_drops, "no whole answer within 0.5 s"),
    "silent": (lambda found: lambda connection: time.sleep(0.8), "no whole answer within 0.5 s"),
    "huge": (huge_at_once, f"the answer has more than {LARGEST_SET} bytes"),
    "endless": (lambda found: found.without_end, f"the answer has more than {LARGEST_SET} bytes"),
    "compressed": (compressed, "it answers compressed"),
    "endless headers": (
        lambda found: lambda connection: connection.sendall(b"HTTP/1.1 200 OK\r\n" + b"a: b\r\n" * 20_000),
        "does not speak HTTP",
    ),
    "not HTTP": (lambda found: lambda connection: connection.sendall(b"SSH-2.0-x\r\n\r\n"), "does not speak HTTP"),
    "cut short": (
        lambda found: lambda connection: connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n{"),
        "does not speak HTTP",
    ),
    "hung up": (lambda found: lambda connection: connection.close(), "(cannot be reached|does not speak HTTP)"),
}


@pytest.mark.parametrize("name", MISBEHAVING)
def test_an_answer_that_is_none(name: str) -> None:
    make, complaint = MISBEHAVING[name]
    with provider(issuer.jwks(FIRST)) as found:
        found.answer = make(found)
        started = time.monotonic()
        with pytest.raises(FetchFailed, match=complaint):
            asyncio.run(Fetcher(found.url, largest=LARGEST_SET, deadline_seconds=0.5)())
        assert time.monotonic() - started < 5
        assert found.asked == 1


def test_nobody_there_and_no_tls() -> None:
    with provider(b"") as found, pytest.raises(FetchFailed, match="TLS failed"):
        asyncio.run(Fetcher(found.url.replace("http:", "https:"), largest=LARGEST_SET, deadline_seconds=2)())
    with pytest.raises(FetchFailed, match=r"cannot be reached: "):
        asyncio.run(Fetcher(found.url, largest=LARGEST_SET)())


@pytest.mark.parametrize("chunked", [False, True])
def test_a_body_may_come_in_pieces(chunked: bool) -> None:
    content = issuer.jwks(FIRST)

    def answer(connection: socket.socket) -> None:
        half = len(content) // 2
        pieces = [content[:half], content[half:]]
        connection.sendall(b"HTTP/1.1 200 OK\r\n" + (b"Transfer-Encoding: chunked\r\n\r\n" if chunked else b"\r\n"))
        for piece in pieces:
            connection.sendall(b"%x\r\n%b\r\n" % (len(piece), piece) if chunked else piece)
        connection.sendall(b"0\r\n\r\n" if chunked else b"")

    with provider(content) as found:
        found.answer = answer
        assert asyncio.run(Fetcher(found.url, largest=LARGEST_SET)()) == content


def test_a_file_is_read_again_when_it_changes(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    # given a file with the first key
    file = tmp_path / "jwks.json"
    file.write_bytes(issuer.jwks(FIRST))
    tokens = Tokens(KeyFile(file, ALGORITHMS), issuer.SETTINGS, lambda: POLICY)
    token = first()
    assert asyncio.run(tokens.identify(token)) == CALLER
    # when it is replaced by one with the second, a token of the second is accepted at once
    replacement = tmp_path / "new.json"
    replacement.write_bytes(issuer.jwks(SECOND))
    replacement.replace(file)
    assert asyncio.run(tokens.identify(second())) == CALLER
    # and one of the first no more, although it was accepted a moment ago
    assert asyncio.run(refused(tokens.identify(token)))
    # when what comes then is no set of keys, or the file is gone, the keys before stay
    file.write_text("{", encoding="utf-8")
    assert asyncio.run(refused(tokens.identify(token)))
    assert asyncio.run(tokens.identify(second())) == CALLER
    file.unlink()
    assert asyncio.run(refused(tokens.identify(token)))
    assert asyncio.run(tokens.identify(second())) == CALLER
    said = [record.getMessage() for record in caplog.records]
    before = f"TWIN_JWKS_FILE={str(file)!r} cannot be used, the keys before stay: "
    assert said == [f'{before}it is not a JSON object with a list "keys"', f"{before}No such file or directory"]


def test_a_known_key_that_leaves_the_file_is_noticed_within_two_seconds(tmp_path: Path) -> None:
    # given a token that is remembered
    file = tmp_path / "jwks.json"
    file.write_bytes(issuer.jwks(FIRST, SECOND))
    tokens = Tokens(KeyFile(file, ALGORITHMS), issuer.SETTINGS, lambda: POLICY)
    token = first()
    assert [asyncio.run(tokens.identify(token)) for _ in range(3)] == [CALLER] * 3
    # when its key is taken out
    file.write_bytes(issuer.jwks(SECOND))
    # then it is refused soon, without a token of another key having come
    deadline = time.monotonic() + 2
    while not asyncio.run(refused(tokens.identify(token))):
        assert time.monotonic() < deadline
        time.sleep(0.05)


def test_a_missing_file_is_one_line(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match=r"is not a set of public keys \(No such file or directory\)"):
        KeyFile(tmp_path / "none.json", ALGORITHMS)
