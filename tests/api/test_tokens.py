"""Tokens of development: what is not exactly ours is nobody's. Those of a provider: test_token_attacks.py."""

import base64
import json
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from joserfc import jwt
from joserfc.jwk import OctKey, OKPKey

from api.errors import Unauthenticated
from api.tokens import TYPE, Caller, Tokens, development_key, sign
from graph.errors import ConfigurationError
from graph.governance import load_policy
from graph.settings import Settings

POLICY = load_policy()
ISSUER, AUDIENCE = "knowledge-twin", "knowledge-twin-api"
REP = Caller("someone", "field_rep", "field_engagement", ("T-1", "T-2"))


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings.load({"TWIN_HOME": str(tmp_path)})


@pytest.fixture
def tokens(settings: Settings) -> Tokens:
    return Tokens.of(settings, lambda: POLICY)


def claims(**changes: Any) -> dict[str, Any]:
    now = int(time.time())
    good = {
        "iss": ISSUER,
        "aud": AUDIENCE,
        "sub": "someone",
        "iat": now,
        "exp": now + 600,
        "role": "field_rep",
        "purpose": "field_engagement",
        "territories": ["T-1"],
    }
    return {name: value for name, value in {**good, **changes}.items() if value is not ...}


def test_a_signed_token_gives_the_caller_back(settings: Settings, tokens: Tokens) -> None:
    assert tokens.caller(f"Bearer {sign(development_key(settings), REP)}") == REP


def test_an_agent_speaks_for_a_person(settings: Settings, tokens: Tokens) -> None:
    # given a token of the rep that names the agent which acts for the rep
    caller = Caller(REP.subject, REP.role, REP.purpose, REP.territories, agent="assistant-7")
    # then it is the rep's in everything, and says by whom it was used
    assert tokens.caller(f"Bearer {sign(development_key(settings), caller)}") == caller


def test_the_key_file_is_its_owners_alone(settings: Settings) -> None:
    development_key(settings)
    file = settings.home / "keys" / "token.key"
    assert file.stat().st_mode & 0o777 == 0o600
    file.chmod(0o644)
    with pytest.raises(ConfigurationError, match="may be read by others"):
        development_key(settings)


now = int(time.time())
WRONG_CLAIMS: dict[str, dict[str, Any]] = {
    "another issuer": {"iss": "https://example.org"},
    "another audience": {"aud": "somewhere"},
    "several audiences": {"aud": [AUDIENCE, "somewhere"]},
    "expired": {"iat": now - 700, "exp": now - 100},
    "from the future": {"iat": now + 600, "exp": now + 900},
    "not yet": {"nbf": now + 600},
    "too long a life": {"exp": now + 7200},
    "no end": {"exp": ...},
    "an end as text": {"exp": "tomorrow"},
    "an end as truth": {"exp": True},
    "no subject": {"sub": ...},
    "an empty subject": {"sub": ""},
    "no role": {"role": ...},
    "an unknown role": {"role": "admin"},
    "several roles": {"role": ["field_rep", "market_access"]},
    "the purpose of another role": {"purpose": "access_strategy"},
    "no purpose": {"purpose": ...},
    "territories as text": {"territories": "T-1"},
    "territories as objects": {"territories": [{"id": "T-1"}]},
    "too many territories": {"territories": [str(n) for n in range(201)]},
}


@pytest.mark.parametrize("name", WRONG_CLAIMS)
def test_a_token_with_wrong_claims_is_refused(settings: Settings, tokens: Tokens, name: str) -> None:
    key = development_key(settings)
    token = jwt.encode(
        {"alg": "Ed25519", "typ": TYPE, "kid": key.kid}, claims(**WRONG_CLAIMS[name]), key, algorithms=["Ed25519"]
    )
    with pytest.raises(Unauthenticated, match=r"^a valid bearer token is needed$"):
        tokens.caller(f"Bearer {token}")


def _part(value: dict[str, Any]) -> str:
    return base64.urlsafe_b64encode(json.dumps(value).encode()).rstrip(b"=").decode()


def without_signature(key: OKPKey) -> str:
    return f"{_part({'alg': 'none', 'typ': TYPE, 'kid': key.kid})}.{_part(claims())}."


def signed_with_the_public_key_as_secret(key: OKPKey) -> str:
    secret = OctKey.import_key(str(key.as_dict(private=False)["x"]))
    return jwt.encode({"alg": "HS256", "typ": TYPE, "kid": key.kid}, claims(), secret, algorithms=["HS256"])


def with_a_key_of_its_own_in_the_header(key: OKPKey) -> str:
    own = OKPKey.generate_key("Ed25519")
    header = {"alg": "Ed25519", "typ": TYPE, "kid": key.kid, "jwk": own.as_dict(private=False)}
    return jwt.encode(header, claims(), own, algorithms=["Ed25519"])


def by_another_key(key: OKPKey) -> str:
    other = OKPKey.generate_key("Ed25519")
    return jwt.encode({"alg": "Ed25519", "typ": TYPE, "kid": key.kid}, claims(), other, algorithms=["Ed25519"])


def of_another_type(key: OKPKey) -> str:
    return jwt.encode({"alg": "Ed25519", "typ": "JWT", "kid": key.kid}, claims(), key, algorithms=["Ed25519"])


def of_an_unknown_key_id(key: OKPKey) -> str:
    return jwt.encode({"alg": "Ed25519", "typ": TYPE, "kid": "../../x"}, claims(), key, algorithms=["Ed25519"])


def with_a_changed_role(key: OKPKey) -> str:
    header, _, signature = sign(key, REP).split(".")
    changed = claims(role="market_access", purpose="access_strategy")
    return f"{header}.{_part(changed)}.{signature}"


def with_a_critical_extension(key: OKPKey) -> str:
    _header, body, signature = sign(key, REP).split(".")
    return f"{_part({'alg': 'Ed25519', 'typ': TYPE, 'kid': key.kid, 'crit': ['b64'], 'b64': False})}.{body}.{signature}"


FORGERIES: list[Callable[[OKPKey], str]] = [
    without_signature,
    signed_with_the_public_key_as_secret,
    with_a_key_of_its_own_in_the_header,
    by_another_key,
    of_another_type,
    of_an_unknown_key_id,
    with_a_changed_role,
    with_a_critical_extension,
]


@pytest.mark.parametrize("forge", FORGERIES)
def test_a_forged_token_is_refused(settings: Settings, tokens: Tokens, forge: Callable[[OKPKey], str]) -> None:
    with pytest.raises(Unauthenticated, match=r"^a valid bearer token is needed$"):
        tokens.caller(f"Bearer {forge(development_key(settings))}")


@pytest.mark.parametrize(
    "header", [None, "", "Bearer", "Bearer ", "Basic dXNlcjpwYXNz", "Bearer a.b", "Bearer " + "a" * 9000]
)
def test_no_token_is_nobody(tokens: Tokens, header: str | None) -> None:
    with pytest.raises(Unauthenticated):
        tokens.caller(header)


def test_production_signs_nothing_and_wants_public_keys(tmp_path: Path) -> None:
    # given the production profile
    environment = {"TWIN_HOME": str(tmp_path), "TWIN_PROFILE": "production"}
    with pytest.raises(ConfigurationError, match="signs no tokens"):
        development_key(Settings.load(environment))
    with pytest.raises(ConfigurationError, match="neither TWIN_JWKS_URL nor TWIN_JWKS_FILE is set"):
        Tokens.of(Settings.load(environment), lambda: POLICY)
    # when it names a file with a public key
    key = OKPKey.generate_key("Ed25519", auto_kid=True)
    file = tmp_path / "keys.json"
    file.write_text(json.dumps({"keys": [key.as_dict(private=False)]}))
    tokens = Tokens.of(Settings.load({**environment, "TWIN_JWKS_FILE": str(file)}), lambda: POLICY)
    # then tokens of its private half are accepted
    assert tokens.caller(f"Bearer {sign(key, REP)}") == REP


@pytest.mark.parametrize(
    "content", ["", "{}", '{"keys": []}', '{"keys": [{"kty": "oct", "k": "c2VjcmV0"}]}', "private"]
)
def test_a_key_file_without_public_keys_is_refused(tmp_path: Path, content: str) -> None:
    file = tmp_path / "keys.json"
    if content == "private":
        content = json.dumps({"keys": [OKPKey.generate_key("Ed25519").as_dict(private=True)]})
    file.write_text(content)
    settings = Settings.load({"TWIN_HOME": str(tmp_path), "TWIN_JWKS_FILE": str(file)})
    with pytest.raises(ConfigurationError, match="TWIN_JWKS_FILE"):
        Tokens.of(settings, lambda: POLICY)
