"""Settings of how requests come in: from where, as which documents, and how much of them."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from graph.errors import ConfigurationError

VARIABLES = frozenset(
    {"TWIN_ALLOWED_ORIGINS", "TWIN_DOCUMENTS_FILE", "TWIN_TRUSTED_ONLY", "TWIN_COST_PER_SECOND", "TWIN_COST_BURST"}
)
COST_PER_SECOND, COST_BURST = 50_000, 1_000_000
LEAST_BURST = 100_000
"""The dearest request there is, asked for the first time, costs less."""


@dataclass(frozen=True, slots=True)
class RequestSettings:
    """``allow_get`` answers queries by GET too; costs are in units of `api.rates`, for each client."""

    allow_get: bool = False
    allowed_origins: tuple[str, ...] = ()
    documents_file: Path | None = None
    trusted_only: bool = False
    cost_per_second: int = COST_PER_SECOND
    cost_burst: int = COST_BURST

    @classmethod
    def load(cls, env: Mapping[str, str]) -> "RequestSettings":
        """Read and check the environment; raise `ConfigurationError` naming the variable."""
        file = env.get("TWIN_DOCUMENTS_FILE")
        trusted_only = _yes(env, "TWIN_TRUSTED_ONLY")
        if trusted_only and not file:
            raise ConfigurationError(
                "TWIN_TRUSTED_ONLY=yes refuses everything without documents: set TWIN_DOCUMENTS_FILE to your manifest"
            )
        return cls(
            allowed_origins=_origins(env),
            documents_file=Path(file).expanduser().absolute() if file else None,
            trusted_only=trusted_only,
            cost_per_second=_number(env, "TWIN_COST_PER_SECOND", COST_PER_SECOND, 1),
            cost_burst=_number(env, "TWIN_COST_BURST", COST_BURST, LEAST_BURST),
        )


def _origins(env: Mapping[str, str]) -> tuple[str, ...]:
    origins = tuple(filter(None, (origin.strip() for origin in env.get("TWIN_ALLOWED_ORIGINS", "").split(","))))
    for origin in origins:
        scheme, _, host = origin.partition("://")
        if scheme not in ("http", "https") or not host or "*" in host or "/" in host:
            raise ConfigurationError(
                f"TWIN_ALLOWED_ORIGINS: {origin!r} is no origin: write it like https://app.example.org"
            )
    return origins


def _yes(env: Mapping[str, str], name: str) -> bool:
    value = env.get(name) or "no"
    if value not in ("yes", "no"):
        raise ConfigurationError(f"{name}={value!r}: use yes or no")
    return value == "yes"


def _number(env: Mapping[str, str], name: str, default: int, least: int) -> int:
    value = env.get(name)
    if not value:
        return default
    if not value.isdecimal() or not least <= int(value) <= 10**12:
        raise ConfigurationError(f"{name}={value!r}: use a whole number from {least} on")
    return int(value)
