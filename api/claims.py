"""Who a verified token speaks for: its claims, read strictly, under the names that the deployment gave them."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from graph.governance.policy import Policy
from graph.token_settings import ClaimName, TokenSettings

LONGEST_LIFE = 3600
LEEWAY = 30
LAST_MOMENT = 2**40
MOST_CLAIMS = 100
MOST_ROLES = 200
MOST_TERRITORIES = 200
LONGEST_TEXT = 200
OF_ID_TOKENS = ("nonce", "at_hash", "c_hash", "s_hash")
OTHER_TYPES = ("ID", "Refresh", "Offline", "Logout")


class ClaimsRefused(ValueError):
    """A claim is missing or not as it must be; the message is for tests and never for callers."""


@dataclass(frozen=True, slots=True)
class Caller:
    """Who asks: one role, for one purpose, in these territories; ``agent`` when software asks for that person."""

    subject: str
    role: str
    purpose: str
    territories: tuple[str, ...] = ()
    agent: str | None = None


def check_claims(claims: Mapping[str, Any], wanted: TokenSettings, kind: str | None, now: float) -> None:
    """Issuer, audience, life and kind of a token; raise `ClaimsRefused`."""
    if len(claims) > MOST_CLAIMS:
        raise ClaimsRefused("too many claims")
    if claims.get("iss") != wanted.issuer:
        raise ClaimsRefused("issuer")
    # A token for several audiences can be played back here by each of the others.
    if claims.get("aud") not in (wanted.audience, [wanted.audience]):
        raise ClaimsRefused("audience")
    issued, expires = _moment(claims, "iat"), _moment(claims, "exp")
    if not issued - LEEWAY <= now < expires or not 0 < expires - issued <= LONGEST_LIFE:
        raise ClaimsRefused("lifetime")
    if "nbf" in claims and _moment(claims, "nbf") > now + LEEWAY:
        raise ClaimsRefused("not yet")
    if any(name in claims for name in OF_ID_TOKENS) or claims.get("typ") in OTHER_TYPES:
        raise ClaimsRefused("an id token")
    if kind != "at+jwt" and not isinstance(claims.get("scope", claims.get("scp")), str | list):
        # Without the type that says so, the scope tells an access token from an id token.
        raise ClaimsRefused("no scope")


def caller_of(claims: Mapping[str, Any], names: TokenSettings, policy: Policy) -> Caller:
    """The caller that the claims name; raise `ClaimsRefused`."""
    role = _role(claims, names, policy)
    purpose = read_claim(claims, names.purpose)
    if not isinstance(purpose, str) or purpose not in policy.roles[role].purposes:
        raise ClaimsRefused("purpose")
    territories = read_claim(claims, names.territories)
    if territories is None:
        territories = []
    if not isinstance(territories, list) or len(territories) > MOST_TERRITORIES:
        raise ClaimsRefused("territories")
    scope = tuple(dict.fromkeys(_text(name, "territories") for name in territories))
    subject = _text(read_claim(claims, names.subject), "subject")
    return Caller(subject, role, purpose, scope, _agent(claims))


def _role(claims: Mapping[str, Any], names: TokenSettings, policy: Policy) -> str:
    """The active role: the only one that the policy knows, or that of several which the token names as active."""
    found, active = read_claim(claims, names.role), read_claim(claims, names.active_role)
    held = [found] if isinstance(found, str) else found
    if not isinstance(held, list) or len(held) > MOST_ROLES or not all(isinstance(role, str) for role in held):
        raise ClaimsRefused("role")
    known = {role for role in held if role in policy.roles}
    if active is not None:
        if not isinstance(active, str) or active not in known:
            raise ClaimsRefused("active role")
        return active
    if len(known) != 1:
        raise ClaimsRefused("no role, or several and none of them active")
    return str(known.pop())


def _agent(claims: Mapping[str, Any]) -> str | None:
    """The agent that acts for the subject (RFC 8693); one that acts for another agent is refused."""
    if "act" not in claims:
        return None
    act = claims["act"]
    if not isinstance(act, dict) or act.keys() != {"sub"}:
        raise ClaimsRefused("act")
    return _text(act["sub"], "act")


def read_claim(claims: Mapping[str, Any], name: ClaimName) -> Any:
    """The value at a claim's place; None when it is not there."""
    value: Any = claims
    for key in name.path:
        if not isinstance(value, dict) or key not in value:
            return None
        value = value[key]
    return value


def write_claim(claims: dict[str, Any], name: ClaimName, value: Any) -> None:
    """Put a value at a claim's place."""
    *outer, last = name.path
    for key in outer:
        claims = claims.setdefault(key, {})
    claims[last] = value


def _moment(claims: Mapping[str, Any], name: str) -> int:
    value = claims.get(name)
    if isinstance(value, bool) or not isinstance(value, int) or not 0 < value < LAST_MOMENT:
        raise ClaimsRefused(name)
    return value


def _text(value: object, what: str) -> str:
    if not isinstance(value, str) or not 0 < len(value) <= LONGEST_TEXT or not value.isprintable():
        raise ClaimsRefused(what)
    return value
