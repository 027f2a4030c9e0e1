"""What tokens must look like in this deployment: who issues them, for whom, how signed, and which claims say what."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from graph.errors import ConfigurationError

ALGORITHMS = ("Ed25519", "EdDSA", "ES256", "PS256", "RS256")
"""All that can be allowed; every one is asymmetric. Providers sign with RS256 unless told otherwise."""
TYPES = ("at+jwt", "JWT")
LOOPBACK = ("127.0.0.1", "localhost", "::1")
TOKEN_VARIABLES = frozenset(
    {
        "TWIN_JWKS_FILE",
        "TWIN_JWKS_URL",
        "TWIN_JWT_ISSUER",
        "TWIN_JWT_AUDIENCE",
        "TWIN_JWT_ALGORITHMS",
        "TWIN_JWT_TYPE",
        "TWIN_CLAIM_SUBJECT",
        "TWIN_CLAIM_ROLE",
        "TWIN_CLAIM_ACTIVE_ROLE",
        "TWIN_CLAIM_PURPOSE",
        "TWIN_CLAIM_TERRITORIES",
    }
)


@dataclass(frozen=True, slots=True)
class ClaimName:
    """Where a claim stands: a name that is an address is one key, any other is a path of keys in dots."""

    text: str

    @property
    def path(self) -> tuple[str, ...]:
        return (self.text,) if "://" in self.text else tuple(self.text.split("."))


@dataclass(frozen=True, slots=True)
class TokenSettings:
    """What is accepted. The defaults are those of development, where this machine signs its own tokens."""

    jwks_file: Path | None = None
    jwks_url: str | None = None
    issuer: str = "knowledge-twin"
    audience: str = "knowledge-twin-api"
    algorithms: tuple[str, ...] = ALGORITHMS
    type: str = "at+jwt"
    subject: ClaimName = ClaimName("sub")
    role: ClaimName = ClaimName("role")
    active_role: ClaimName = ClaimName("active_role")
    purpose: ClaimName = ClaimName("purpose")
    territories: ClaimName = ClaimName("territories")

    @classmethod
    def load(cls, env: Mapping[str, str]) -> "TokenSettings":
        """Read and check the environment; raise `ConfigurationError` naming the variable."""
        default = cls()
        file, url = env.get("TWIN_JWKS_FILE"), env.get("TWIN_JWKS_URL")
        if file and url:
            raise ConfigurationError("TWIN_JWKS_FILE and TWIN_JWKS_URL are both set: keep one")
        token_type = env.get("TWIN_JWT_TYPE") or default.type
        if token_type not in TYPES:
            raise ConfigurationError(f"TWIN_JWT_TYPE={token_type!r}: use {' or '.join(TYPES)}")
        return cls(
            jwks_file=Path(file).expanduser().absolute() if file else None,
            jwks_url=_url(url) if url else None,
            issuer=env.get("TWIN_JWT_ISSUER") or default.issuer,
            audience=env.get("TWIN_JWT_AUDIENCE") or default.audience,
            algorithms=_algorithms(env.get("TWIN_JWT_ALGORITHMS")),
            type=token_type,
            subject=_claim(env, "TWIN_CLAIM_SUBJECT", default.subject),
            role=_claim(env, "TWIN_CLAIM_ROLE", default.role),
            active_role=_claim(env, "TWIN_CLAIM_ACTIVE_ROLE", default.active_role),
            purpose=_claim(env, "TWIN_CLAIM_PURPOSE", default.purpose),
            territories=_claim(env, "TWIN_CLAIM_TERRITORIES", default.territories),
        )


DEVELOPMENT_TOKENS = TokenSettings()


def _url(value: str) -> str:
    try:
        address = urlsplit(value)
        host, _port = address.hostname, address.port
    except ValueError as error:
        raise ConfigurationError(f"TWIN_JWKS_URL={value!r} is no address ({error}): write it with https://") from error
    if address.username is not None or address.password is not None:
        raise ConfigurationError("TWIN_JWKS_URL holds a user or a password: public keys need none, leave it out")
    if not value.isascii() or not value.isprintable() or " " in value or address.fragment:
        raise ConfigurationError(f"TWIN_JWKS_URL={value!r} is no address: leave out blanks, controls and the fragment")
    if not host or not (address.scheme == "https" or (address.scheme == "http" and host in LOOPBACK)):
        raise ConfigurationError(f"TWIN_JWKS_URL={value!r}: write it with https:// (http:// on loopback alone)")
    return value


def _algorithms(value: str | None) -> tuple[str, ...]:
    if not value:
        return ALGORITHMS
    names = tuple(name.strip() for name in value.split(","))
    for name in names:
        if name not in ALGORITHMS:
            raise ConfigurationError(f"TWIN_JWT_ALGORITHMS={value!r}: {name!r} is none of {', '.join(ALGORITHMS)}")
    return names


def _claim(env: Mapping[str, str], name: str, default: ClaimName) -> ClaimName:
    value = env.get(name)
    if not value:
        return default
    claim = ClaimName(value)
    if not all(claim.path) or not value.isprintable() or " " in value:
        raise ConfigurationError(f"{name}={value!r} names no claim: write role, realm_access.role or an address")
    return claim
