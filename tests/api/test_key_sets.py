"""Keys are bound to what their own entry allows; a set with a secret in it is not used at all."""

import json
from typing import Any

import pytest
from joserfc.jwk import Key, OctKey

from api.key_sets import MOST_KEYS, KeysRefused, PublicKeys, fitting_algorithms, public_keys
from graph.token_settings import ALGORITHMS
from tests.api import issuer
from tests.api.issuer import base64url

OKP, EC, RSA = issuer.okp("okp"), issuer.ec("ec"), issuer.rsa("rsa")

FITTING: list[tuple[Key, dict[str, Any], tuple[str, ...]]] = [
    (OKP, {}, ("Ed25519", "EdDSA")),
    (OKP, {"alg": "EdDSA"}, ("EdDSA",)),
    (OKP, {"alg": "ES256"}, ()),
    (EC, {}, ("ES256",)),
    (EC, {"alg": "ES384"}, ()),
    (EC, {"crv": "P-384"}, ()),
    (EC, {"crv": "secp256k1"}, ()),
    (EC, {"alg": "ECDH-ES"}, ()),
    (RSA, {}, ("PS256", "RS256")),
    (RSA, {"alg": "RS256"}, ("RS256",)),
    (RSA, {"alg": "RS512"}, ()),
    (RSA, {"alg": "RSA-OAEP"}, ()),
    (RSA, {"use": "sig"}, ("PS256", "RS256")),
    (RSA, {"use": "enc"}, ()),
    (RSA, {"key_ops": ["verify"]}, ("PS256", "RS256")),
    (RSA, {"key_ops": ["encrypt"]}, ()),
    (RSA, {"key_ops": []}, ()),
    (RSA, {"key_ops": "verify"}, ()),
    (RSA, {"kty": "EC"}, ()),
    (RSA, {"kty": None}, ()),
]


@pytest.mark.parametrize(("key", "changes", "expected"), FITTING)
def test_the_algorithms_that_fit_a_key(key: Key, changes: dict[str, Any], expected: tuple[str, ...]) -> None:
    assert fitting_algorithms({**key.as_dict(private=False), **changes}) == expected


def entries(*keys: Key | dict[str, Any]) -> bytes:
    return json.dumps({"keys": [key if isinstance(key, dict) else key.as_dict(private=False) for key in keys]}).encode()


def names(keys: PublicKeys) -> list[tuple[str, str]]:
    return sorted(keys.found)


def test_a_providers_set_is_taken_without_what_is_for_something_else() -> None:
    # given what providers publish: keys to sign, keys to encrypt, kinds and curves that nobody here knows, a weak one
    public = RSA.as_dict(private=False)
    content = entries(
        {**public, "kid": "sign", "use": "sig", "alg": "RS256", "x5c": ["MIIB"], "x5t": "t", "issuer": "x"},
        {**public, "kid": "encrypt", "use": "enc", "alg": "RSA-OAEP"},
        issuer.ec("p384", "P-384"),
        {"kty": "AKP", "alg": "ML-DSA-44", "kid": "later", "pub": "AA"},
        {"kty": "OKP", "crv": "X25519", "x": "AA", "kid": "agreement"},
        {"kty": "EC", "crv": "P-256", "x": "AA", "y": "AA", "kid": "not on the curve"},
        {"kty": "RSA", "kid": "halved", "n": public["n"]},
        {**public, "kid": 7},
        {**public, "kid": ""},
        {**public, "kid": "weak", "n": base64url((2**1023 + 1).to_bytes(128, "big"))},
    )
    # then the first alone can be used, for its algorithm alone
    assert names(public_keys(content, ALGORITHMS)) == [("sign", "RS256")]


def test_a_key_without_an_id_is_known_by_its_thumbprint() -> None:
    entry = {name: value for name, value in OKP.as_dict(private=False).items() if name != "kid"}
    found = names(public_keys(entries(entry), ALGORITHMS))
    assert found == [(OKP.thumbprint(), "Ed25519"), (OKP.thumbprint(), "EdDSA")]


REFUSED: dict[str, tuple[bytes, str]] = {
    "nothing": (b"", "not a JSON object"),
    "a list": (b"[]", "not a JSON object"),
    "no keys": (b"{}", "not a JSON object"),
    "keys as object": (b'{"keys": {}}', "not a list"),
    "too many keys": (entries(*[{"kty": "?"}] * (MOST_KEYS + 1)), "at most 100 keys"),
    "none": (b'{"keys": []}', "no public key for"),
    "a text as key": (b'{"keys": ["key"]}', "an entry is not a key"),
    "a shared secret": (entries(OKP, OctKey.generate_key(256).as_dict(private=True)), "private or secret key"),
    "a private key": (entries(EC, OKP.as_dict(private=True)), "private or secret key"),
    "one id twice": (entries(OKP, issuer.okp("okp")), "two keys have the same kid"),
    "too large": (b" " * 262_145, "more than 262144 bytes"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_a_set_that_cannot_be_used(name: str) -> None:
    content, complaint = REFUSED[name]
    with pytest.raises(KeysRefused, match=complaint):
        public_keys(content, ALGORITHMS)


def test_one_id_for_keys_of_different_kinds_is_no_question() -> None:
    found = public_keys(entries(OKP, issuer.ec("okp")), ALGORITHMS)
    assert names(found) == [("okp", "ES256"), ("okp", "Ed25519"), ("okp", "EdDSA")]


def test_only_what_the_deployment_allows() -> None:
    assert names(public_keys(entries(OKP, EC, RSA), ("ES256", "RS256"))) == [("ec", "ES256"), ("rsa", "RS256")]
    with pytest.raises(KeysRefused, match="no public key for ES256"):
        public_keys(entries(OKP), ("ES256",))


def test_sets_are_the_same_when_they_accept_the_same_tokens() -> None:
    there = public_keys(entries(OKP, EC), ALGORITHMS).fingerprint
    assert public_keys(entries(EC, OKP, {"kty": "?"}), ALGORITHMS).fingerprint == there
    assert public_keys(entries(OKP), ALGORITHMS).fingerprint != there
    assert public_keys(entries(OKP, issuer.ec("ec")), ALGORITHMS).fingerprint != there
