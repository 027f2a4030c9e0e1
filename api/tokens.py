"""Bearer tokens: asymmetric signatures only, short-lived, one role, territories and purpose as claims.

Development tokens are signed with a key in TWIN_HOME/keys. Where TWIN_JWKS_URL or TWIN_JWKS_FILE is set, and always in
production, that key is not used: public keys come from there, tokens from the organisation's identity provider.
"""

import hashlib
import json
import re
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, NoReturn

import orjson
from joserfc import jws, jwt
from joserfc._rfc7515.model import JWSAlgModel  # the library exports this type nowhere else
from joserfc.errors import JoseError, UnsupportedAlgorithmError
from joserfc.jwk import OKPKey
from joserfc.util import urlsafe_b64decode

from api.claims import LONGEST_LIFE, Caller, caller_of, check_claims, write_claim
from api.errors import Unauthenticated, Unavailable
from api.key_fetch import Fetcher
from api.key_sets import LARGEST_SET, PublicKeys
from api.key_sources import KeyAddress, KeyFile, KeySource, OwnKey
from graph.errors import ConfigurationError
from graph.governance.policy import Policy
from graph.keyfile import read_or_create
from graph.settings import Settings
from graph.token_settings import DEVELOPMENT_TOKENS, TokenSettings

__all__ = ["ALGORITHM", "LONGEST_LIFE", "TYPE", "Caller", "Tokens", "development_key", "sign"]
ALGORITHM = "Ed25519"
TYPE = "at+jwt"
REFUSED = "a valid bearer token is needed"
NO_KEYS = "tokens cannot be verified now: try again in a few seconds"
LONGEST_TOKEN = 8192
LONGEST_NAME = 200
HEADERS = {"alg", "kid", "typ", "x5t", "x5t#S256"}
COMPACT = re.compile(r"([A-Za-z0-9_-]+)\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+")
REMEMBERED_SECONDS = 60.0
MOST_REMEMBERED = 10_000


class UnknownKey(Unauthenticated):
    """The token names a key that is not known yet; answered like every other refusal."""


class Pinned(jws.JWSRegistry):
    """The deployment's algorithms and no other, whatever else the library knows."""

    def get_alg(self, name: str) -> JWSAlgModel:
        if name not in (self.allowed or ()):
            raise UnsupportedAlgorithmError("not allowed")
        # The library's own look-up warns of `EdDSA`, an older name: the key's curve is checked already.
        return self.algorithms[name]


@dataclass(frozen=True, slots=True)
class Remembered:
    """A verified token: whom it speaks for, until when by its own claims, and when that was found."""

    caller: Caller
    expires: int
    verified_at: float


def development_key(settings: Settings) -> OKPKey:
    """The signing key of development, made at first use; refused in production."""
    if settings.profile == "production":
        raise ConfigurationError(
            "TWIN_PROFILE='production' signs no tokens: let your identity provider do it and set TWIN_JWKS_URL"
        )
    content = read_or_create(
        settings.home / "keys" / "token.key",
        lambda: orjson.dumps(OKPKey.generate_key("Ed25519", {"use": "sig"}, auto_kid=True).as_dict(private=True)),
    )
    return OKPKey.import_key(orjson.loads(content))


def sign(
    key: OKPKey,
    caller: Caller,
    *,
    lifetime: int = LONGEST_LIFE,
    now: int | None = None,
    names: TokenSettings = DEVELOPMENT_TOKENS,
) -> str:
    """A token for the caller that lives ``lifetime`` seconds, with the issuer, audience and claims of ``names``."""
    issued = int(time.time()) if now is None else now
    claims: dict[str, Any] = {"iss": names.issuer, "aud": names.audience, "sub": caller.subject}
    claims |= {"iat": issued, "exp": issued + lifetime}
    for name, value in (
        (names.subject, caller.subject),
        (names.role, caller.role),
        (names.purpose, caller.purpose),
        (names.territories, list(caller.territories)),
    ):
        write_claim(claims, name, value)
    if caller.agent is not None:
        claims["act"] = {"sub": caller.agent}
    return jwt.encode({"alg": ALGORITHM, "typ": TYPE, "kid": key.kid}, claims, key, algorithms=[ALGORITHM])


class Tokens:
    """Checks tokens against public keys and the roles of the policy in force."""

    def __init__(self, source: KeySource, settings: TokenSettings, policy: Callable[[], Policy]) -> None:
        self._source, self._settings, self._policy = source, settings, policy
        self._registry = Pinned(algorithms=settings.algorithms)
        self._remembered: dict[bytes, Remembered] = {}
        self._remembered_for: tuple[PublicKeys, Policy] | None = None

    @classmethod
    def of(cls, settings: Settings, policy: Callable[[], Policy]) -> "Tokens":
        """With the keys of the profile: the provider's when an address or a file is set, else the development key."""
        return cls(_source(settings), settings.tokens, policy)

    async def identify(self, authorization: str | None) -> Caller:
        """Like `caller`; where the token's key is not known, the provider is asked for its keys first."""
        self._source.tend()
        try:
            return self.caller(authorization)
        except (UnknownKey, Unavailable):
            if not await self._source.renewed():
                raise
        return self.caller(authorization)

    async def open(self) -> None:
        """Have the keys before the first token comes; when they cannot be had, later requests try again."""
        await self._source.renewed()

    async def close(self) -> None:
        """End what runs in the background."""
        await self._source.close()

    def caller(self, authorization: str | None) -> Caller:
        """Who the header's token speaks for; raise `Unauthenticated`, always with the same message.

        Without keys that may be trusted no token is judged: that is `Unavailable`.
        """
        scheme, _, token = (authorization or "").partition(" ")
        if scheme.lower() != "bearer" or not 0 < len(token) <= LONGEST_TOKEN or not token.isascii():
            raise Unauthenticated(REFUSED)
        keys = self._source.current()
        if keys is None:
            raise Unavailable(NO_KEYS, "keys")
        policy = self._policy()
        remembered = self._recall(token, keys, policy)
        if remembered is not None:
            return remembered
        try:
            caller, expires = self._verified(token, keys, policy)
        except (JoseError, ValueError, TypeError, KeyError, RecursionError) as error:
            raise Unauthenticated(REFUSED) from error
        if len(self._remembered) >= MOST_REMEMBERED:
            del self._remembered[next(iter(self._remembered))]
        self._remembered[_digest(token)] = Remembered(caller, expires, time.monotonic())
        return caller

    def _recall(self, token: str, keys: PublicKeys, policy: Policy) -> Caller | None:
        """What was found less than a minute ago with the same keys and policy, and not past the token's end."""
        if self._remembered_for is None or self._remembered_for[0] is not keys or self._remembered_for[1] is not policy:
            self._remembered.clear()
            self._remembered_for = (keys, policy)
        digest = _digest(token)
        found = self._remembered.get(digest)
        if found is None:
            return None
        if time.monotonic() - found.verified_at >= REMEMBERED_SECONDS or time.time() >= found.expires:
            del self._remembered[digest]
            return None
        return found.caller

    def _verified(self, token: str, keys: PublicKeys, policy: Policy) -> tuple[Caller, int]:
        form = COMPACT.fullmatch(token)
        if form is None:
            raise ValueError("not a compact token")
        header = strict_json(urlsafe_b64decode(form[1].encode()))
        if header.keys() - HEADERS:
            # Also `crit`, `b64`, and whatever brings a key along or says where one lies: jwk, jku, x5c, x5u.
            raise ValueError("header")
        algorithm, kid = header.get("alg"), header.get("kid")
        if algorithm not in self._settings.algorithms:
            raise ValueError("algorithm")
        kind = self._type(header.get("typ"))
        if not isinstance(kid, str) or not 0 < len(kid) <= LONGEST_NAME:
            raise ValueError("key id")
        key = keys.find(kid, algorithm)
        if key is None:
            raise UnknownKey(REFUSED)
        signed = jws.deserialize_compact(token, key, registry=self._registry)
        claims = strict_json(bytes(signed.payload))
        check_claims(claims, self._settings, kind, time.time())
        return caller_of(claims, self._settings, policy), claims["exp"]

    def _type(self, value: object) -> str | None:
        """The token's type without its optional prefix; media types know no case (RFC 9068, section 4)."""
        if value is not None and not isinstance(value, str):
            raise TypeError("typ")
        given = None if value is None else value.lower().removeprefix("application/")
        if given == TYPE:
            return TYPE
        if self._settings.type == "JWT" and given in (None, "jwt"):
            return given
        raise ValueError("typ")


def strict_json(content: bytes) -> dict[str, Any]:
    """A JSON object in UTF-8 in which no name occurs twice and every number is one; raise `ValueError` otherwise."""
    found = json.loads(content.decode(), object_pairs_hook=_unique, parse_constant=_no_number)
    if not isinstance(found, dict):
        raise TypeError("not an object")
    return found


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("a name occurs twice")
    return found


def _no_number(name: str) -> NoReturn:
    raise ValueError(f"{name} is no number")


def _digest(token: str) -> bytes:
    """What a token is remembered under: whoever reads this process's memory finds no token there."""
    return hashlib.sha256(token.encode()).digest()


def _source(settings: Settings) -> KeySource:
    wanted = settings.tokens
    if wanted.jwks_url is not None:
        fetch = Fetcher(wanted.jwks_url, largest=LARGEST_SET)
        return KeyAddress(wanted.jwks_url, wanted.algorithms, fetch)
    if wanted.jwks_file is not None:
        return KeyFile(wanted.jwks_file, wanted.algorithms)
    if settings.profile == "production":
        raise ConfigurationError(
            "neither TWIN_JWKS_URL nor TWIN_JWKS_FILE is set: production needs the public keys of your tokens"
        )
    return OwnKey(development_key(settings), wanted.algorithms)
