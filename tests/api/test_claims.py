"""Claims as providers write them: where role, purpose and territories stand, one active role, agents, id tokens."""

import time
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from api.claims import Caller
from api.errors import Unauthenticated
from api.key_sources import KeyFile
from api.tokens import MOST_REMEMBERED, Tokens, development_key, sign
from graph.governance import load_policy
from graph.settings import Settings
from graph.token_settings import ALGORITHMS, ClaimName, TokenSettings
from tests.api import issuer
from tests.api.issuer import claims, signed

POLICY = load_policy()
KEY = issuer.rsa("company", alg="RS256", use="sig")
REP = Caller("someone", "field_rep", "field_engagement", ("T-1",))


@pytest.fixture(scope="module")
def keys(tmp_path_factory: pytest.TempPathFactory) -> Path:
    file = tmp_path_factory.mktemp("keys") / "jwks.json"
    file.write_bytes(issuer.jwks(KEY))
    return file


def asked(keys: Path, settings: TokenSettings, payload: dict[str, Any], typ: Any = "at+jwt") -> Caller | None:
    """Whom the claims speak for; None when the token is refused."""
    tokens = Tokens(KeyFile(keys, ALGORITHMS), settings, lambda: POLICY)
    try:
        return tokens.caller(f"Bearer {signed(KEY, 'RS256', payload, typ=typ)}")
    except Unauthenticated:
        return None


def named(**names: str) -> TokenSettings:
    return replace(issuer.SETTINGS, **{name: ClaimName(text) for name, text in names.items()})


BARE = claims(role=..., purpose=..., territories=...)
PROVIDERS: dict[str, tuple[TokenSettings, dict[str, Any], Caller | None]] = {
    "roles of a realm among others": (
        named(role="realm_access.roles"),
        BARE
        | {"purpose": "field_engagement", "territories": ["T-1"]}
        | {"realm_access": {"roles": ["offline_access", "field_rep", "uma_authorization"]}},
        REP,
    ),
    "names that are addresses": (
        named(
            role="https://example.org/role",
            purpose="https://example.org/purpose",
            territories="https://example.org/territories",
        ),
        BARE
        | {
            "https://example.org/role": "field_rep",
            "https://example.org/purpose": "field_engagement",
            "https://example.org/territories": ["T-1"],
        },
        REP,
    ),
    "the subject under another name": (
        named(subject="employee.number"),
        claims(employee={"number": "E-77"}),
        replace(REP, subject="E-77"),
    ),
    "another name, which is not there": (named(subject="employee.number"), claims(), None),
    "a path through a text": (named(role="role.name"), claims(), None),
    "the usual name where another is set": (named(role="realm_access.roles"), claims(), None),
}


@pytest.mark.parametrize("name", PROVIDERS)
def test_claims_of_a_provider(keys: Path, name: str) -> None:
    settings, payload, expected = PROVIDERS[name]
    now = claims()  # the table was made when the module was read, perhaps longer ago than a token lives
    assert asked(keys, settings, payload | {"iat": now["iat"], "exp": now["exp"]}) == expected


ROLES: dict[str, tuple[Any, Any, str | None]] = {
    "one": ("field_rep", ..., "field_rep"),
    "a list of one": (["field_rep"], ..., "field_rep"),
    "one beside others that mean nothing here": (["admin", "field_rep"], ..., "field_rep"),
    "the same twice": (["field_rep", "field_rep"], ..., "field_rep"),
    "several, none active": (["field_rep", "market_access"], ..., None),
    "several, one active": (["field_rep", "market_access"], "field_rep", "field_rep"),
    "several, another active": (["market_access"], "field_rep", None),
    "several, an unknown one active": (["field_rep", "admin"], "admin", None),
    "several active": (["field_rep", "market_access"], ["field_rep"], None),
    "one, another active": ("market_access", "field_rep", None),
    "none of the policy": (["admin"], ..., None),
    "none": ([], ..., None),
    "not texts": ([["field_rep"]], ..., None),
    "an object": ({"field_rep": True}, ..., None),
    "two in one text": ("field_rep market_access", ..., None),
    "too many": (["field_rep"] * 201, ..., None),
}


@pytest.mark.parametrize("name", ROLES)
def test_one_role_is_active(keys: Path, name: str) -> None:
    role, active, expected = ROLES[name]
    found = asked(keys, issuer.SETTINGS, claims(role=role, active_role=active))
    assert (None if found is None else found.role) == expected


def test_territories_are_a_list_or_absent(keys: Path) -> None:
    cases: list[tuple[Any, tuple[str, ...] | None]] = [
        (..., ()),
        ([], ()),
        (["T-2", "T-1", "T-2"], ("T-2", "T-1")),
        ("T-1", None),
        ([1], None),
        ([""], None),
        (["T-1", None], None),
    ]
    for value, expected in cases:
        found = asked(keys, issuer.SETTINGS, claims(territories=value))
        assert (None if found is None else found.territories) == expected, value


def test_an_agent_is_named_and_stays_within_the_person(keys: Path) -> None:
    # given a token that a provider exchanged (RFC 8693) so that an agent acts for the rep
    found = asked(keys, issuer.SETTINGS, claims(act={"sub": "assistant-7"}))
    # then subject, role, purpose and territories are those of the rep
    assert found == replace(REP, agent="assistant-7")
    # and whoever may be acted for does not become an agent by that
    assert asked(keys, issuer.SETTINGS, claims(may_act={"sub": "assistant-7"})) == REP


def test_access_tokens_without_a_type_of_their_own(keys: Path) -> None:
    # given a provider that cannot write at+jwt
    lax = replace(issuer.SETTINGS, type="JWT")
    access = claims(scope="twin")
    # then JWT and nothing are types too, when a scope says that it is an access token
    assert asked(keys, lax, access, typ="JWT") == REP
    assert asked(keys, lax, claims(scp=["twin"]), typ=...) == REP
    assert asked(keys, lax, claims(), typ="at+jwt") == REP
    # and id tokens, and whatever else the provider signs, are refused
    assert asked(keys, lax, claims(), typ="JWT") is None
    assert asked(keys, lax, access | {"nonce": "n"}, typ="JWT") is None
    assert asked(keys, lax, access | {"typ": "ID"}, typ="JWT") is None
    assert asked(keys, lax, access | {"aud": "the-web-page"}, typ="JWT") is None
    assert asked(keys, lax, access, typ="logout+jwt") is None
    # where nobody said so, the type is needed
    assert asked(keys, issuer.SETTINGS, access, typ="JWT") is None


def test_development_tokens_follow_the_names_of_the_deployment(tmp_path: Path) -> None:
    # given settings as for a provider, without its keys
    settings = Settings.load(
        {
            "TWIN_HOME": str(tmp_path),
            "TWIN_JWT_ISSUER": "https://login.example.org",
            "TWIN_JWT_AUDIENCE": "twin",
            "TWIN_CLAIM_ROLE": "realm_access.roles",
            "TWIN_CLAIM_TERRITORIES": "https://example.org/territories",
            "TWIN_CLAIM_SUBJECT": "employee.number",
        }
    )
    token = sign(development_key(settings), REP, names=settings.tokens)
    # then a token signed here is accepted here, and not where the names are others
    assert Tokens.of(settings, lambda: POLICY).caller(f"Bearer {token}") == REP
    plain = Tokens.of(Settings.load({"TWIN_HOME": str(tmp_path)}), lambda: POLICY)
    with pytest.raises(Unauthenticated):
        plain.caller(f"Bearer {token}")


class Moments:
    """Both clocks, moved by the test."""

    def __init__(self) -> None:
        self.wall, self.steady = time.time(), 1_000.0

    def time(self) -> float:
        return self.wall

    def monotonic(self) -> float:
        return self.steady

    def pass_(self, seconds: float) -> None:
        self.wall += seconds
        self.steady += seconds


def test_a_token_is_remembered_for_a_minute_and_never_past_its_end(keys: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    # given clocks and a count of verifications
    moments = Moments()
    monkeypatch.setattr("api.tokens.time", moments)
    tokens = Tokens(KeyFile(keys, ALGORITHMS), issuer.SETTINGS, lambda: POLICY)
    verified = []
    verify = tokens._verified
    monkeypatch.setattr(tokens, "_verified", lambda *given: (verified.append(given), verify(*given))[1])
    now = int(moments.wall)
    long, short = (f"Bearer {signed(KEY, 'RS256', claims(iat=now, exp=now + life))}" for life in (600, 20))
    # when both are used again and again
    for _ in range(5):
        assert (tokens.caller(long), tokens.caller(short)) == (REP, REP)
    assert len(verified) == 2
    # then the short one ends with its own time
    moments.pass_(21)
    with pytest.raises(Unauthenticated):
        tokens.caller(short)
    # and the long one is verified again after a minute
    moments.pass_(38)
    assert tokens.caller(long) == REP
    assert len(verified) == 3
    moments.pass_(2)
    assert tokens.caller(long) == REP
    assert len(verified) == 4


def test_what_is_remembered_is_bounded_and_holds_no_token(keys: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("api.tokens.MOST_REMEMBERED", 3)
    tokens = Tokens(KeyFile(keys, ALGORITHMS), issuer.SETTINGS, lambda: POLICY)
    given = [f"Bearer {signed(KEY, 'RS256', claims(jti=str(n)))}" for n in range(5)]
    assert [tokens.caller(token) for token in given] == [REP] * 5
    assert [len(digest) for digest in tokens._remembered] == [32] * 3
    assert MOST_REMEMBERED == 10_000


def test_another_policy_forgets_what_was_remembered(keys: Path) -> None:
    # given a policy in force that knows the role, and then one that does not
    without = replace(POLICY, roles={name: role for name, role in POLICY.roles.items() if name != "field_rep"})
    in_force = [POLICY]
    tokens = Tokens(KeyFile(keys, ALGORITHMS), issuer.SETTINGS, lambda: in_force[0])
    token = f"Bearer {signed(KEY, 'RS256')}"
    assert tokens.caller(token) == REP
    in_force[0] = without
    # then a token with that role is refused at once
    with pytest.raises(Unauthenticated):
        tokens.caller(token)
