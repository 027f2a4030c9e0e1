"""Tokens that attack: none is accepted, and all are refused in the same words (X2, X3, X4, X6 and keys misused)."""

import base64
import hmac
import json
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import orjson
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from joserfc.jwk import Key
from starlette.testclient import TestClient

from api.app import build_app
from api.errors import Unauthenticated
from api.key_sources import KeyFile
from api.tokens import Caller, Tokens
from graph.governance import load_policy
from graph.settings import Settings
from graph.token_settings import ALGORITHMS
from tests.api import issuer
from tests.api.issuer import AUDIENCE, ISSUER, base64url, claims, part, signature, signed

POLICY = load_policy()
OKP, OKP_OLD, EC, RSA, PSS = (
    issuer.okp("ed", use="sig", key_ops=["sign", "verify"]),
    issuer.okp("ed-old", alg="EdDSA"),
    issuer.ec("ec", use="sig"),
    issuer.rsa("rsa", use="sig", alg="RS256"),
    issuer.rsa("pss", alg="PS256"),
)
STRANGER = issuer.okp("ed")
GOOD: dict[str, Callable[[], str]] = {
    "Ed25519": lambda: signed(OKP, "Ed25519"),
    "EdDSA": lambda: signed(OKP, "EdDSA"),
    "EdDSA by name": lambda: signed(OKP_OLD, "EdDSA"),
    "ES256": lambda: signed(EC, "ES256"),
    "RS256": lambda: signed(RSA, "RS256"),
    "PS256": lambda: signed(PSS, "PS256"),
    "the type in full": lambda: signed(OKP, "Ed25519", typ="application/at+jwt"),
    "the type in capitals": lambda: signed(OKP, "Ed25519", typ="AT+JWT"),
    "a thumbprint of the certificate": lambda: signed(RSA, "RS256", x5t="abc"),
    "a list of one audience": lambda: signed(OKP, "Ed25519", claims(aud=[AUDIENCE])),
    "a life of an hour": lambda: signed(OKP, "Ed25519", claims(exp=claims()["iat"] + 3600)),
    "issued 20 seconds from now": lambda: signed(OKP, "Ed25519", claims(iat=int(time.time()) + 20)),
    "an unknown claim": lambda: signed(OKP, "Ed25519", claims(jti="1", scope="openid")),
}


@pytest.fixture(scope="module")
def keys(tmp_path_factory: pytest.TempPathFactory) -> Path:
    file = tmp_path_factory.mktemp("keys") / "jwks.json"
    file.write_bytes(issuer.jwks(OKP, OKP_OLD, EC, RSA, PSS))
    return file


@pytest.fixture(scope="module")
def tokens(keys: Path) -> Tokens:
    return Tokens(KeyFile(keys, ALGORITHMS), issuer.SETTINGS, lambda: POLICY)


@pytest.mark.parametrize("name", GOOD)
def test_what_is_to_be_refused_differs_from_this_in_one_point(tokens: Tokens, name: str) -> None:
    assert tokens.caller(f"Bearer {GOOD[name]()}") == Caller("someone", "field_rep", "field_engagement", ("T-1",))


def unsigned(algorithm: Any, end: str = "") -> str:
    return f"{part({'alg': algorithm, 'typ': 'at+jwt', 'kid': 'ed'})}.{part(claims())}.{end}"


def with_secret(secret: bytes, key: Key, algorithm: str = "HS256") -> str:
    """Signed with something public as if it were a shared secret."""
    header = part({"alg": algorithm, "typ": "at+jwt", "kid": key.kid})
    text = f"{header}.{part(claims())}"
    digest = hmac.digest(secret, text.encode(), f"sha{algorithm.removeprefix('HS')}")
    return f"{text}.{base64url(digest)}"


def keyed(payload: dict[str, Any] | bytes | None = None, **header: Any) -> str:
    return signed(OKP, "Ed25519", payload, **header)


def unencoded() -> str:
    """RFC 7797: the payload as it is, so that the signature covers another text than the one that is decoded."""
    header = part({"alg": "Ed25519", "typ": "at+jwt", "kid": "ed", "b64": False, "crit": ["b64"]})
    text = f"{header}.{part(claims())}"
    return f"{text}.{signature('Ed25519', OKP, text)}"


def swapped() -> str:
    """The claims of one token under the signature of another."""
    header, _, end = keyed().split(".")
    return f"{header}.{part(claims(role='market_access', purpose='access_strategy'))}.{end}"


def padded(token: str) -> str:
    return ".".join(piece + "=" * (-len(piece) % 4) for piece in token.split("."))


def malleable(token: str) -> str:
    """Another text for the same signature: the last character holds bits that no byte uses."""
    alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
    return token[:-1] + alphabet[alphabet.index(token[-1]) + 1]


def flattened(token: str) -> str:
    header, payload, end = token.split(".")
    return json.dumps({"protected": header, "payload": payload, "signature": end})


def curve_of_other_length() -> str:
    """A signature that is right for another curve, under the id of the key of this one."""
    return signed(issuer.ec("ec", "P-384"), "ES384")


FORGED: dict[str, Callable[[], str]] = {
    "alg none": lambda: unsigned("none"),
    "alg None": lambda: unsigned("None"),
    "alg NONE": lambda: unsigned("NONE"),
    "alg nOnE with a signature": lambda: unsigned("nOnE", "AA"),
    "alg empty": lambda: unsigned(""),
    "alg null": lambda: unsigned(None),
    "alg as list": lambda: unsigned(["Ed25519"]),
    "alg as object": lambda: unsigned({"name": "Ed25519"}),
    "alg with a blank": lambda: keyed(header={"alg": "Ed25519 ", "typ": "at+jwt", "kid": "ed"}),
    "alg in small letters": lambda: keyed(header={"alg": "ed25519", "typ": "at+jwt", "kid": "ed"}),
    "no alg": lambda: keyed(header={"typ": "at+jwt", "kid": "ed"}),
    "null signature": lambda: unsigned("Ed25519"),
    "signature of zeros": lambda: unsigned("Ed25519", base64url(bytes(64))),
    "ECDSA signature of zeros": lambda: (
        f"{part({'alg': 'ES256', 'typ': 'at+jwt', 'kid': 'ec'})}.{part(claims())}.{base64url(bytes(64))}"
    ),
    "signature cut short": lambda: keyed()[:-4],
    "empty secret": lambda: with_secret(b"", OKP),
    "blank secret": lambda: with_secret(b" ", OKP),
    "public key as secret, raw": lambda: with_secret(OKP.public_key.public_bytes_raw(), OKP),
    "public key as secret, as JWK": lambda: with_secret(json.dumps(RSA.as_dict(private=False)).encode(), RSA),
    "public key as secret, as PEM": lambda: with_secret(RSA.as_pem(private=False), RSA),
    "public key as secret, HS512": lambda: with_secret(RSA.as_pem(private=False), RSA, "HS512"),
    "an algorithm that is not allowed": lambda: signed(RSA, "RS512"),
    "another key under this id": lambda: signed(STRANGER, "Ed25519"),
    "the id of another key": lambda: keyed(kid="ed-old"),
    "a key of another algorithm": lambda: keyed(header={"alg": "ES256", "typ": "at+jwt", "kid": "ed"}),
    "PS256 with a key for RS256": lambda: signed(RSA, "PS256"),
    "RS256 with a key for PS256": lambda: signed(PSS, "RS256"),
    "Ed25519 with a key for EdDSA": lambda: signed(OKP_OLD, "Ed25519"),
    "another curve": curve_of_other_length,
    "embedded jwk": lambda: signed(STRANGER, "Ed25519", jwk=STRANGER.as_dict(private=False)),
    "embedded jwk, rightly signed": lambda: keyed(jwk=OKP.as_dict(private=False)),
    "jku": lambda: keyed(jku="https://attacker.example.org/jwks"),
    "x5u": lambda: keyed(x5u="https://attacker.example.org/cert"),
    "x5c": lambda: keyed(x5c=["MIIB"]),
    "kid as path": lambda: keyed(kid="../../../../dev/null"),
    "kid as query": lambda: keyed(kid="' OR 1=1 --"),
    "kid as address": lambda: keyed(kid="https://attacker.example.org/key"),
    "kid with a null byte": lambda: keyed(kid="ed\x00"),
    "kid of 500 characters": lambda: keyed(kid="e" * 500),
    "kid empty": lambda: keyed(kid=""),
    "kid as number": lambda: keyed(kid=1),
    "kid as list": lambda: keyed(kid=["ed"]),
    "kid as object": lambda: keyed(kid={"ed": 1}),
    "kid null": lambda: keyed(kid=None),
    "no kid": lambda: keyed(kid=...),
    "unknown crit": lambda: keyed(crit=["exp"], exp=1),
    "crit that names nothing": lambda: keyed(crit=[]),
    "crit as text": lambda: keyed(crit="kid"),
    "b64 false": unencoded,
    "b64 true": lambda: keyed(b64=True, crit=["b64"]),
    "compressed": lambda: keyed(zip="DEF"),
    "encrypted, it says": lambda: keyed(enc="A256GCM"),
    "claims of another token": swapped,
    "typ JWT": lambda: keyed(typ="JWT"),
    "no typ": lambda: keyed(typ=...),
    "typ of a logout token": lambda: keyed(typ="logout+jwt"),
    "typ as list": lambda: keyed(typ=["at+jwt"]),
}
now = int(time.time())
MOMENTS: dict[str, Any] = {
    "text": str(now + 600),
    "float": float(now + 600),
    "fraction": now + 600.5,
    "9e99": 9e99,
    "beyond any date": 2**63,
    "negative": -1,
    "zero": 0,
    "truth": True,
    "null": None,
    "list": [now + 600],
    "missing": ...,
}
CLAIMS: dict[str, dict[str, Any]] = {
    **{f"exp {name}": {"exp": value} for name, value in MOMENTS.items()},
    **{f"iat {name}": {"iat": value} for name, value in MOMENTS.items()},
    **{f"nbf {name}": {"nbf": value} for name, value in MOMENTS.items() if value is not ...},
    "exp past": {"iat": now - 700, "exp": now - 1},
    "exp now": {"iat": now - 700, "exp": now},
    "exp before iat": {"iat": now + 20, "exp": now + 10},
    "exp more than an hour after iat": {"exp": now + 3700},
    "iat more than an hour ago": {"iat": now - 3700},
    "iat future": {"iat": now + 120},
    "nbf future": {"nbf": now + 120},
    "iss missing": {"iss": ...},
    "iss null": {"iss": None},
    "iss of another": {"iss": "https://login.example.com/realms/company"},
    "iss of another tenant": {"iss": "https://login.example.org/realms/other"},
    "iss as list": {"iss": [ISSUER]},
    "iss with something behind": {"iss": f"{ISSUER}/"},
    "iss in part": {"iss": ISSUER[:-1]},
    "iss in capitals": {"iss": ISSUER.upper()},
    "aud missing": {"aud": ...},
    "aud null": {"aud": None},
    "aud of another": {"aud": "https://other.example.org"},
    "aud in part": {"aud": AUDIENCE[:-1]},
    "aud with more": {"aud": f"{AUDIENCE} other"},
    "aud empty": {"aud": ""},
    "aud as empty list": {"aud": []},
    "aud as list of several": {"aud": [AUDIENCE, "account"]},
    "aud as list of lists": {"aud": [[AUDIENCE]]},
    "aud as object": {"aud": {AUDIENCE: True}},
    "id token: nonce": {"nonce": "n"},
    "id token: hash": {"at_hash": "h"},
    "id token: typ": {"typ": "ID"},
    "refresh token: typ": {"typ": "Refresh"},
    "1,000 claims": {f"c{n}": n for n in range(1_000)},
    "101 claims": {f"c{n}": n for n in range(93)},
    "sub with a line break": {"sub": "someone\n{}"},
    "sub with a surrogate": {"sub": "\ud800"},
    "sub of 300 characters": {"sub": "s" * 300},
    "sub as number": {"sub": 7},
    "act nested": {"act": {"sub": "agent", "act": {"sub": "another"}}},
    "act as text": {"act": "agent"},
    "act null": {"act": None},
    "act without sub": {"act": {}},
    "act with an empty sub": {"act": {"sub": ""}},
    "act with a list": {"act": {"sub": ["agent"]}},
    "act with a role": {"act": {"sub": "agent", "role": "market_access"}},
}
TEXT = orjson.dumps(claims()).decode()
BROKEN: dict[str, Callable[[], str]] = {
    "64 kB": lambda: keyed(claims(note="n" * 48_000)),
    "8,193 characters": lambda: "a" * 8_193,
    "a name twice": lambda: keyed(TEXT.replace('"sub"', '"role":"market_access","sub"').encode()),
    "a name twice in the header": lambda: keyed(header=b'{"alg":"none","alg":"Ed25519","typ":"at+jwt","kid":"ed"}'),
    "a name twice, deeper": lambda: keyed(TEXT.replace("}", ',"x":{"a":1,"a":2}}').encode()),
    "no JSON": lambda: keyed(b"role=admin"),
    "JSON with a comment": lambda: keyed(f"{TEXT}//".encode()),
    "JSON and more JSON": lambda: keyed(f"{TEXT}{TEXT}".encode()),
    "NaN": lambda: keyed(TEXT.replace("600", "NaN").replace('"sub"', '"x":NaN,"sub"').encode()),
    "Infinity": lambda: keyed(TEXT.replace('"sub"', '"x":Infinity,"sub"').encode()),
    "5,000 digits": lambda: keyed(TEXT.replace('"sub"', f'"x":{"1" * 4_500},"sub"').encode()),
    "UTF-16": lambda: keyed(TEXT.encode("utf-16")),
    "UTF-8 with a mark": lambda: keyed(TEXT.encode("utf-8-sig")),
    "not UTF-8": lambda: keyed(TEXT.encode()[:-1] + b"\xff}"),
    "a list": lambda: keyed(f"[{TEXT}]".encode()),
    "brackets without end": lambda: keyed(b"[" * 5_000),
    "objects without end": lambda: keyed(b'{"a":' * 1_000),
    "a header of brackets": lambda: keyed(header=b"[" * 700),
    "a header that is a list": lambda: keyed(header=b'["alg"]'),
    "a long header": lambda: keyed(header=json.dumps({"alg": "Ed25519", "x5t": "x" * 900}).encode()),
    "padding": lambda: padded(keyed()),
    "plain base64": lambda: keyed().replace("-", "+").replace("_", "/") + "+",
    "bad base64": lambda: "!" + keyed()[1:],
    "bits that no byte uses": lambda: malleable(keyed()),
    "a blank inside": lambda: keyed().replace(".", ". ", 1),
    "a line break behind": lambda: keyed() + "\n",
    "trailing data": lambda: keyed() + ".AAAA",
    "trailing letters": lambda: keyed() + "AAAA",
    "two parts": lambda: keyed().rpartition(".")[0],
    "empty parts": lambda: "..",
    "five parts, as if encrypted": lambda: "a.b.c.d.e",
    "the JSON form": lambda: flattened(keyed()),
    "letters of another script": lambda: keyed()[:-1] + "é",
}
ATTACKS: dict[str, Callable[[], str]] = {
    **{f"X2 {name}": make for name, make in FORGED.items()},
    **{f"X3 X4 {name}": lambda changes=changes: keyed(claims(**changes)) for name, changes in CLAIMS.items()},
    **{f"X6 {name}": make for name, make in BROKEN.items()},
}


@pytest.mark.parametrize("name", ATTACKS)
def test_an_attack_is_refused(tokens: Tokens, name: str) -> None:
    with pytest.raises(Unauthenticated, match=r"^a valid bearer token is needed$"):
        tokens.caller(f"Bearer {ATTACKS[name]()}")


def test_the_rest_of_a_token_of_a_broken_one_is_right(tokens: Tokens) -> None:
    # given the helpers that make broken tokens, used without breaking anything
    whole = [keyed(TEXT.encode()), keyed(header=orjson.dumps({"alg": "Ed25519", "typ": "at+jwt", "kid": "ed"}))]
    # then what they make is accepted: what is refused above is refused for what its name says
    assert [tokens.caller(f"Bearer {token}").subject for token in whole] == ["someone", "someone"]
    assert base64.urlsafe_b64decode(malleable(keyed()).split(".")[2] + "==") == base64.urlsafe_b64decode(
        keyed().split(".")[2] + "=="
    )


def test_every_refusal_is_the_same_answer(keys: Path, tmp_path: Path) -> None:
    # given the API with these keys
    production = Settings.load(
        {
            "TWIN_HOME": str(tmp_path),
            "TWIN_PROFILE": "production",
            "TWIN_JWKS_FILE": str(keys),
            "TWIN_JWT_ISSUER": ISSUER,
            "TWIN_JWT_AUDIENCE": AUDIENCE,
            "NEO4J_URI": "bolt://localhost:1",  # nobody gets that far
            "NEO4J_PASSWORD": "none",
        }
    )
    # when every attack is tried on it, and no token at all
    tried = [f"Bearer {make()}" for make in ATTACKS.values()] + ["", "Bearer", "Basic dXNlcjpwYXNz", "Bearer null"]
    printable = [header for header in tried if header.isascii() and header.isprintable()]
    assert len(tried) - len(printable) == 2
    seen = set()
    with TestClient(build_app(production)) as client:
        for header in printable:
            answer = client.post("/graphql", json={"query": "{ viewer { role } }"}, headers={"authorization": header})
            request_id = answer.headers["x-request-id"]
            headers = tuple(sorted((n, v.replace(request_id, "*")) for n, v in answer.headers.items()))
            seen.add((answer.status_code, headers, answer.text.replace(request_id, "*")))
    # then nobody can tell one refusal from another
    assert len(seen) == 1
    status, _, text = seen.pop()
    assert status == 401
    assert json.loads(text)["errors"] == [
        {
            "message": "a valid bearer token is needed",
            "extensions": {"code": "UNAUTHENTICATED", "requestId": "*"},
        }
    ]


WHOLE = signed(OKP, "Ed25519")


@settings(deadline=None)
@given(st.integers(0, len(WHOLE) - 1), st.integers(1, 63))
def test_no_other_character_anywhere(keys: Path, at: int, shift: int) -> None:
    # given a token of which one character is another of the alphabet
    alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
    place = alphabet.find(WHOLE[at])
    other = alphabet[(place + shift) % 64]
    changed = WHOLE[:at] + other + WHOLE[at + 1 :]
    tokens = Tokens(KeyFile(keys, ALGORITHMS), issuer.SETTINGS, lambda: POLICY)
    # then it is nobody's
    with pytest.raises(Unauthenticated):
        tokens.caller(f"Bearer {changed}")


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=6,
)


@settings(deadline=None)
@given(
    st.sampled_from(["iss", "aud", "iat", "exp", "role", "purpose"]),
    json_values.filter(lambda value: value not in (AUDIENCE, [AUDIENCE], ISSUER)),
)
def test_no_other_value_of_a_deciding_claim(keys: Path, name: str, value: Any) -> None:
    # given any JSON in the place of a claim (a number of our days is a moment, and texts are roles and purposes)
    if isinstance(value, int) and not isinstance(value, bool) and 0 < value < 2**40:
        value = -value
    if value in ("field_rep", ["field_rep"], "field_engagement"):
        value = ""
    tokens = Tokens(KeyFile(keys, ALGORITHMS), issuer.SETTINGS, lambda: POLICY)
    # then the token, which is signed for real, is refused
    with pytest.raises(Unauthenticated):
        tokens.caller(f"Bearer {signed(OKP, 'Ed25519', claims(**{name: value}))}")


@settings(deadline=None)
@given(st.dictionaries(st.text(max_size=10), json_values, max_size=5))
def test_any_header_is_refused_or_the_right_one(keys: Path, more: dict[str, Any]) -> None:
    # given a header with anything in it beside or instead of what belongs there, signed for real
    right = {"alg": "Ed25519", "typ": "at+jwt", "kid": "ed"}
    header = right | more
    tokens = Tokens(KeyFile(keys, ALGORITHMS), issuer.SETTINGS, lambda: POLICY)
    token = signed(OKP, "Ed25519", header=header)
    # then it is accepted only when nothing came of it
    if header == right:
        assert tokens.caller(f"Bearer {token}").subject == "someone"
    else:
        with pytest.raises(Unauthenticated):
            tokens.caller(f"Bearer {token}")


def test_one_algorithm_alone_when_a_deployment_says_so(keys: Path) -> None:
    only = replace(issuer.SETTINGS, algorithms=("RS256",))
    tokens = Tokens(KeyFile(keys, only.algorithms), only, lambda: POLICY)
    assert tokens.caller(f"Bearer {signed(RSA, 'RS256')}").subject == "someone"
    for refused in (signed(OKP, "Ed25519"), signed(EC, "ES256"), signed(PSS, "PS256")):
        with pytest.raises(Unauthenticated):
            tokens.caller(f"Bearer {refused}")


def test_a_refusal_costs_less_than_a_millisecond(tokens: Tokens) -> None:
    # given the dearest of the attacks and a good number of tries
    slow = {}
    for name, make in ATTACKS.items():
        header = f"Bearer {make()}"
        times = []
        for _ in range(7):
            started = time.process_time_ns()
            with pytest.raises(Unauthenticated):
                tokens.caller(header)
            times.append(time.process_time_ns() - started)
        if min(times) >= 1_000_000:
            slow[name] = min(times)
    # then none takes a millisecond of CPU
    assert slow == {}
