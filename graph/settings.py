"""Settings come from the environment once, at the edge, as one frozen value."""

import os
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from graph.errors import ConfigurationError
from graph.failpoint import parsed
from graph.request_settings import VARIABLES as REQUEST_VARIABLES
from graph.request_settings import RequestSettings
from graph.token_settings import DEVELOPMENT_TOKENS, TOKEN_VARIABLES, TokenSettings

KNOWN_VARIABLES = frozenset(
    {
        "TWIN_HOME",
        "TWIN_CACHE",
        "TWIN_REPOSITORY",
        "TWIN_BOLT_PORT",
        "TWIN_HTTP_PORT",
        "TWIN_HOST",
        "TWIN_PORT",
        "TWIN_PROFILE",
        "TWIN_POLICY_FILE",
        "TWIN_AUDIT_CHECKPOINTS",
        "TWIN_METRICS_PORT",
        "TWIN_FAILPOINT",
        *TOKEN_VARIABLES,
        *REQUEST_VARIABLES,
    }
)


NEO4J_SCHEMES = ("bolt", "bolt+s", "bolt+ssc", "neo4j", "neo4j+s", "neo4j+ssc")


@dataclass(frozen=True, slots=True)
class Settings:
    """Where the twin keeps its files and which Neo4j it talks to.

    ``neo4j_uri`` is ``None`` when the local server is used. Ports are ``None`` unless somebody
    asked for one: a wanted port that is taken is an error, a default one that is taken moves.
    """

    home: Path
    cache: Path
    neo4j_uri: str | None
    neo4j_user: str
    neo4j_password: str | None = field(repr=False)
    repository: str | None
    bolt_port: int | None
    http_port: int | None
    host: str
    port: int | None
    profile: str
    java: str | None
    audit_checkpoints: Path
    policy_file: Path | None = None
    tokens: TokenSettings = DEVELOPMENT_TOKENS
    requests: RequestSettings = field(default_factory=RequestSettings)
    metrics_port: int | None = None

    @classmethod
    def load(cls, environment: Mapping[str, str] | None = None) -> "Settings":
        """Read and check the environment; raise `ConfigurationError` naming the variable."""
        env = os.environ if environment is None else environment
        unknown = sorted(name for name in env if name.startswith("TWIN_") and name not in KNOWN_VARIABLES)
        if unknown:
            known = ", ".join(sorted(KNOWN_VARIABLES))
            raise ConfigurationError(f"unknown setting {unknown[0]!r}: use one of {known}")
        profile = env.get("TWIN_PROFILE", "development")
        if profile not in ("development", "production"):
            raise ConfigurationError(f"TWIN_PROFILE={profile!r}: use development or production")
        _check_failpoint(env.get("TWIN_FAILPOINT"), profile)
        bolt_port, http_port = _port(env, "TWIN_BOLT_PORT"), _port(env, "TWIN_HTTP_PORT")
        if bolt_port is not None and bolt_port == http_port:
            raise ConfigurationError(f"TWIN_BOLT_PORT and TWIN_HTTP_PORT are both {bolt_port}: use two ports")
        home = _folder(env, "TWIN_HOME", _user_data_folder(env))
        return cls(
            home=home,
            cache=_folder(env, "TWIN_CACHE", _user_cache_folder(env)),
            neo4j_uri=_neo4j_uri(env),
            neo4j_user=env.get("NEO4J_USER") or "neo4j",
            neo4j_password=_secret(env, "NEO4J_PASSWORD"),
            repository=env.get("TWIN_REPOSITORY") or None,
            bolt_port=bolt_port,
            http_port=http_port,
            host=env.get("TWIN_HOST") or "127.0.0.1",
            port=_port(env, "TWIN_PORT"),
            profile=profile,
            java=env.get("NEO4J_JAVA") or None,
            audit_checkpoints=_folder(env, "TWIN_AUDIT_CHECKPOINTS", home / "audit-checkpoints"),
            metrics_port=_port(env, "TWIN_METRICS_PORT"),
            policy_file=_file(env, "TWIN_POLICY_FILE"),
            tokens=TokenSettings.load(env),
            requests=RequestSettings.load(env),
        )


def _check_failpoint(value: str | None, profile: str) -> None:
    if not value:
        return
    if profile == "production":
        raise ConfigurationError("TWIN_FAILPOINT ends the process on purpose: unset it in the production profile")
    try:
        parsed(value)
    except ValueError as error:
        raise ConfigurationError(f"TWIN_FAILPOINT={value!r}: {error}") from error


def _file(env: Mapping[str, str], name: str) -> Path | None:
    value = env.get(name)
    return Path(value).expanduser().absolute() if value else None


def _folder(env: Mapping[str, str], name: str, default: Path) -> Path:
    value = env.get(name)
    return Path(value).expanduser().absolute() if value else default


def _user_data_folder(env: Mapping[str, str]) -> Path:
    if sys.platform == "darwin":
        return Path.home() / "Library" / "Application Support" / "knowledge-twin"
    return Path(env.get("XDG_DATA_HOME") or Path.home() / ".local" / "share") / "knowledge-twin"


def _user_cache_folder(env: Mapping[str, str]) -> Path:
    if sys.platform == "darwin":
        return Path.home() / "Library" / "Caches" / "knowledge-twin"
    return Path(env.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "knowledge-twin"


def _neo4j_uri(env: Mapping[str, str]) -> str | None:
    value = env.get("NEO4J_URI")
    if not value:
        return None
    if value.partition("://")[0] not in NEO4J_SCHEMES:
        raise ConfigurationError(f"NEO4J_URI={value!r} is no Bolt address: write it like bolt://db.example.org:7687")
    return value


def _port(env: Mapping[str, str], name: str) -> int | None:
    value = env.get(name)
    if not value:
        return None
    if not value.isdecimal() or not 0 < int(value) < 65536:
        raise ConfigurationError(f"{name}={value!r} is not a port: use a number from 1 to 65535")
    return int(value)


def _secret(env: Mapping[str, str], name: str) -> str | None:
    """A secret given directly or, better, as a file named by ``<name>_FILE``."""
    direct, file = env.get(name), env.get(f"{name}_FILE")
    if direct and file:
        raise ConfigurationError(f"{name} and {name}_FILE are both set: keep one")
    if not file:
        return direct or None
    try:
        return Path(file).expanduser().read_text(encoding="utf-8").strip()
    except OSError as error:
        raise ConfigurationError(f"{name}_FILE={file!r} cannot be read: {error.strerror}") from error
