"""Bearer tokens: Ed25519 only, short-lived, one role, territories and purpose as claims.

Development tokens are signed with a key in TWIN_HOME/keys. In production that key is not used: public keys come
from the JWKS file named by TWIN_JWKS_FILE, tokens from the organisation's identity provider.
"""

import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import orjson
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import Key, KeySet, OKPKey

from api.errors import Unauthenticated
from graph.errors import ConfigurationError
from graph.governance.policy import Policy
from graph.keyfile import read_or_create
from graph.settings import Settings

ALGORITHM = "Ed25519"
TYPE = "at+jwt"
ISSUER = "knowledge-twin"
AUDIENCE = "knowledge-twin-api"
LONGEST_LIFE = 3600
LEEWAY = 30
MOST_TERRITORIES = 200
LONGEST_TOKEN = 8192


@dataclass(frozen=True, slots=True)
class Caller:
    """Who asks: one role, for one purpose, in these territories."""

    subject: str
    role: str
    purpose: str
    territories: tuple[str, ...] = ()


def development_key(settings: Settings) -> OKPKey:
    """The signing key of development, made at first use; refused in production."""
    if settings.profile == "production":
        raise ConfigurationError(
            "TWIN_PROFILE='production' signs no tokens: let your identity provider do it and set TWIN_JWKS_FILE"
        )
    content = read_or_create(
        settings.home / "keys" / "token.key",
        lambda: orjson.dumps(OKPKey.generate_key("Ed25519", {"use": "sig"}, auto_kid=True).as_dict(private=True)),
    )
    return OKPKey.import_key(orjson.loads(content))


def sign(key: OKPKey, caller: Caller, *, lifetime: int = LONGEST_LIFE, now: int | None = None) -> str:
    """A token for the caller that lives ``lifetime`` seconds."""
    issued = int(time.time()) if now is None else now
    claims: dict[str, Any] = {
        "iss": ISSUER,
        "aud": AUDIENCE,
        "sub": caller.subject,
        "iat": issued,
        "exp": issued + lifetime,
        "role": caller.role,
        "purpose": caller.purpose,
        "territories": list(caller.territories),
    }
    return jwt.encode({"alg": ALGORITHM, "typ": TYPE, "kid": key.kid}, claims, key, algorithms=[ALGORITHM])


class Tokens:
    """Checks tokens against public keys and the policy's roles."""

    def __init__(self, keys: KeySet, policy: Policy) -> None:
        self._keys, self._policy = keys, policy

    @classmethod
    def of(cls, settings: Settings, policy: Policy) -> "Tokens":
        """With the keys of the profile: the JWKS file when one is set, else the development key."""
        if settings.jwks_file is not None:
            return cls(_public_keys(settings.jwks_file), policy)
        if settings.profile == "production":
            raise ConfigurationError("TWIN_JWKS_FILE is not set: production needs the public keys of your tokens")
        return cls(KeySet([OKPKey.import_key(development_key(settings).as_dict(private=False))]), policy)

    def caller(self, authorization: str | None) -> Caller:
        """Who the header's token speaks for; raise `Unauthenticated`, always with the same message."""
        scheme, _, token = (authorization or "").partition(" ")
        if scheme.lower() != "bearer" or not token or len(token) > LONGEST_TOKEN:
            raise Unauthenticated("a valid bearer token is needed")
        try:
            decoded = jwt.decode(token, self._keys, algorithms=[ALGORITHM])
            claims = self._checked(decoded.header, decoded.claims)
        except (JoseError, ValueError, TypeError, KeyError) as error:
            raise Unauthenticated("a valid bearer token is needed") from error
        return claims

    def _checked(self, header: dict[str, Any], claims: dict[str, Any]) -> Caller:
        if header.get("typ") != TYPE or "jwk" in header or "jku" in header or "x5u" in header:
            raise ValueError("header")
        now = time.time()
        issued, expires = claims["iat"], claims["exp"]
        for moment in (issued, expires, claims.get("nbf", 0)):
            if isinstance(moment, bool) or not isinstance(moment, int | float):
                raise TypeError("time")
        if claims["iss"] != ISSUER or claims["aud"] not in (AUDIENCE, [AUDIENCE]):
            raise ValueError("issuer or audience")
        if (
            not issued - LEEWAY <= now < expires
            or expires - issued > LONGEST_LIFE
            or claims.get("nbf", 0) > now + LEEWAY
        ):
            raise ValueError("lifetime")
        subject, role, purpose = claims["sub"], claims["role"], claims["purpose"]
        territories = claims.get("territories", [])
        if not isinstance(subject, str) or not subject or role not in self._policy.roles:
            raise ValueError("subject or role")
        if purpose not in self._policy.roles[role].purposes:
            raise ValueError("purpose")
        if not isinstance(territories, list) or len(territories) > MOST_TERRITORIES:
            raise ValueError("territories")
        if not all(isinstance(name, str) and 0 < len(name) <= 100 for name in territories):
            raise TypeError("territories")
        return Caller(subject, role, purpose, tuple(dict.fromkeys(territories)))


def _public_keys(file: Path) -> KeySet:
    try:
        found = orjson.loads(file.read_bytes())["keys"]
        keys: list[OKPKey] = [OKPKey.import_key(entry) for entry in found if entry.get("kty") == "OKP"]
    except (OSError, ValueError, TypeError, KeyError, JoseError) as error:
        raise ConfigurationError(
            f"TWIN_JWKS_FILE={str(file)!r} is not a set of keys ({error}): use a JWKS file"
        ) from error
    usable: list[Key] = [key for key in keys if key.curve_name == "Ed25519" and not key.is_private]
    if not usable or len(usable) != len(found):
        raise ConfigurationError(f"TWIN_JWKS_FILE={str(file)!r}: put public Ed25519 keys there and nothing else")
    return KeySet(usable)
