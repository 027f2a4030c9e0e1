"""Settings of tokens: defaults of development, addresses, algorithms, names of claims."""

from pathlib import Path

import pytest

from graph.errors import ConfigurationError
from graph.settings import Settings
from graph.token_settings import ALGORITHMS, ClaimName, TokenSettings


def test_nothing_set_is_development() -> None:
    assert Settings.load({}).tokens == TokenSettings()
    assert TokenSettings().algorithms == ALGORITHMS
    assert (TokenSettings().issuer, TokenSettings().type) == ("knowledge-twin", "at+jwt")


def test_all_can_be_set() -> None:
    found = TokenSettings.load(
        {
            "TWIN_JWKS_URL": "https://login.example.org/keys",
            "TWIN_JWT_ISSUER": "https://login.example.org",
            "TWIN_JWT_AUDIENCE": "https://twin.example.org",
            "TWIN_JWT_ALGORITHMS": "RS256, ES256",
            "TWIN_JWT_TYPE": "JWT",
            "TWIN_CLAIM_SUBJECT": "oid",
            "TWIN_CLAIM_ROLE": "realm_access.roles",
            "TWIN_CLAIM_ACTIVE_ROLE": "active",
            "TWIN_CLAIM_PURPOSE": "https://example.org/purpose",
            "TWIN_CLAIM_TERRITORIES": "areas",
        }
    )
    assert found == TokenSettings(
        None,
        "https://login.example.org/keys",
        "https://login.example.org",
        "https://twin.example.org",
        ("RS256", "ES256"),
        "JWT",
        ClaimName("oid"),
        ClaimName("realm_access.roles"),
        ClaimName("active"),
        ClaimName("https://example.org/purpose"),
        ClaimName("areas"),
    )
    assert found.role.path == ("realm_access", "roles")
    assert found.purpose.path == ("https://example.org/purpose",)
    assert TokenSettings.load({"TWIN_JWKS_FILE": "keys.json"}).jwks_file == Path("keys.json").absolute()


@pytest.mark.parametrize(
    "url",
    ["https://login.example.org/keys?p=1", "http://127.0.0.1:8080/keys", "http://localhost/keys", "http://[::1]:9/k"],
)
def test_an_address_that_can_be_used(url: str) -> None:
    assert TokenSettings.load({"TWIN_JWKS_URL": url}).jwks_url == url


WRONG = [
    ("TWIN_JWKS_URL", "http://login.example.org/keys", "write it with https://"),
    ("TWIN_JWKS_URL", "http://127.0.0.1.example.org/keys", "write it with https://"),
    ("TWIN_JWKS_URL", "http://localhost@login.example.org/keys", "holds a user or a password"),
    ("TWIN_JWKS_URL", "https://user:secret@login.example.org/keys", "holds a user or a password"),
    ("TWIN_JWKS_URL", "file:///etc/keys", "write it with https://"),
    ("TWIN_JWKS_URL", "login.example.org/keys", "write it with https://"),
    ("TWIN_JWKS_URL", "https://", "write it with https://"),
    ("TWIN_JWKS_URL", "https://login.example.org:99999/keys", "is no address"),
    ("TWIN_JWKS_URL", "https://login.example.org/keys#part", "fragment"),
    ("TWIN_JWKS_URL", "https://login.example.org/a b", "leave out blanks"),
    ("TWIN_JWT_ALGORITHMS", "RS256,HS256", "'HS256' is none of"),
    ("TWIN_JWT_ALGORITHMS", "none", "'none' is none of"),
    ("TWIN_JWT_ALGORITHMS", "RS256,", "'' is none of"),
    ("TWIN_JWT_TYPE", "id+jwt", "use at\\+jwt or JWT"),
    ("TWIN_CLAIM_ROLE", "realm_access.", "names no claim"),
    ("TWIN_CLAIM_ROLE", "a b", "names no claim"),
]


@pytest.mark.parametrize(("name", "value", "complaint"), WRONG)
def test_what_is_wrong_is_named_and_no_secret_repeated(name: str, value: str, complaint: str) -> None:
    with pytest.raises(ConfigurationError, match=complaint) as caught:
        Settings.load({name: value})
    assert str(caught.value).startswith(name)
    assert "secret" not in str(caught.value)


def test_keys_have_one_place() -> None:
    with pytest.raises(ConfigurationError, match="TWIN_JWKS_FILE and TWIN_JWKS_URL are both set: keep one"):
        Settings.load({"TWIN_JWKS_FILE": "keys.json", "TWIN_JWKS_URL": "https://login.example.org/keys"})
