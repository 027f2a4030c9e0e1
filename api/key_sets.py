"""Public keys of whoever signs tokens, each bound to the algorithms that its own entry allows."""

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import orjson
from joserfc.errors import JoseError
from joserfc.jwk import ECKey, Key, OKPKey, RSAKey
from joserfc.util import base64_to_int

KINDS: dict[str, type[ECKey] | type[OKPKey] | type[RSAKey]] = {"EC": ECKey, "OKP": OKPKey, "RSA": RSAKey}
FITTING = {("OKP", "Ed25519"): ("Ed25519", "EdDSA"), ("EC", "P-256"): ("ES256",), ("RSA", None): ("PS256", "RS256")}
SHORTEST_MODULUS = 2048
LARGEST_SET = 262_144
MOST_KEYS = 100
LONGEST_NAME = 200


class KeysRefused(ValueError):
    """A set of keys cannot be used; the message says why and repeats no key."""


@dataclass(frozen=True, slots=True)
class PublicKeys:
    """Keys by id and algorithm. Sets with the same ``fingerprint`` accept the same tokens."""

    found: Mapping[tuple[str, str], Key]
    fingerprint: str

    @classmethod
    def of(cls, keys: list[Key], algorithms: tuple[str, ...]) -> "PublicKeys":
        """From keys of which each may be used with what fits it; raise `KeysRefused` when two have one name."""
        found: dict[tuple[str, str], Key] = {}
        for key in keys:
            key.ensure_kid()
            for algorithm in fitting_algorithms(key.as_dict(private=False)):
                if algorithm not in algorithms:
                    continue
                if found.setdefault((str(key.kid), algorithm), key) is not key:
                    raise KeysRefused("two keys have the same kid: give each its own")
        if not found:
            raise KeysRefused(f"there is no public key for {', '.join(algorithms)} in it")
        content = sorted((kid, algorithm, key.thumbprint()) for (kid, algorithm), key in found.items())
        return cls(found, hashlib.sha256(orjson.dumps(content)).hexdigest())

    def find(self, kid: str, algorithm: str) -> Key | None:
        """The key of this id if it may be used with the algorithm."""
        return self.found.get((kid, algorithm))


def public_keys(content: bytes, algorithms: tuple[str, ...]) -> PublicKeys:
    """The usable keys of a JWKS document; raise `KeysRefused`.

    What is for something else (encryption, another algorithm, a curve nobody here knows) is left out, as RFC 7517
    says. A private or secret key makes the whole set unusable: whoever read it could sign.
    """
    if len(content) > LARGEST_SET:
        raise KeysRefused(f"it has more than {LARGEST_SET} bytes")
    try:
        entries = orjson.loads(content)["keys"]
    except (ValueError, TypeError, KeyError) as error:
        raise KeysRefused('it is not a JSON object with a list "keys"') from error
    if not isinstance(entries, list) or len(entries) > MOST_KEYS:
        raise KeysRefused(f'"keys" is not a list of at most {MOST_KEYS} keys')
    return PublicKeys.of(list(_usable(entries)), algorithms)


def _usable(entries: list[Any]) -> Iterator[Key]:
    for entry in entries:
        if not isinstance(entry, dict):
            raise KeysRefused("an entry is not a key")
        if entry.get("kty") == "oct" or "d" in entry or "k" in entry:
            raise KeysRefused("a private or secret key is in it: publish public keys alone, and replace that key")
        kind = KINDS.get(str(entry.get("kty")))
        if kind is None or not fitting_algorithms(entry) or not _is_name(entry.get("kid", "thumbprint")):
            continue
        try:
            if kind is RSAKey and base64_to_int(entry["n"]).bit_length() < SHORTEST_MODULUS:
                continue
            key = kind.import_key(entry)
        except (JoseError, ValueError, TypeError, KeyError):
            continue
        yield key


def _is_name(kid: object) -> bool:
    return isinstance(kid, str) and 0 < len(kid) <= LONGEST_NAME


def fitting_algorithms(entry: Mapping[str, Any]) -> tuple[str, ...]:
    """The algorithms for which a key may verify, by its own kty, crv, alg, use and key_ops."""
    if entry.get("use", "sig") != "sig":
        return ()
    operations = entry.get("key_ops", ["verify"])
    if not isinstance(operations, list) or "verify" not in operations:
        return ()
    kind = str(entry.get("kty"))
    curve = None if kind == "RSA" else str(entry.get("crv"))
    fitting = FITTING.get((kind, curve), ())
    wanted = entry.get("alg")
    return fitting if wanted is None else tuple(name for name in fitting if name == wanted)
