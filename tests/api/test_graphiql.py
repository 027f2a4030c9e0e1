"""GraphiQL: local files, development on loopback only."""

import base64
import json
import re
import zipfile
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from graphql import build_schema, parse, validate
from starlette.testclient import TestClient

from api.app import build_app
from api.graphiql.fetch import fetch
from api.graphiql.files import fetched, folder, packages
from api.graphiql.routes import HERE, POLICY, example_of
from api.permissions import PermissionSet
from graph.errors import InstallationError
from graph.governance import load_policy
from graph.settings import Settings
from graph.token_settings import TokenSettings

OWN_PAGE = {"x-twin-development": "1"}


@pytest.fixture(scope="module")
def client(api_settings: Settings) -> Iterator[TestClient]:
    with TestClient(build_app(api_settings), base_url="http://127.0.0.1:8000", client=("127.0.0.1", 5)) as client:
        yield client


def test_the_page_names_no_other_host_and_its_policy_allows_none() -> None:
    own = "".join((HERE / name).read_text(encoding="utf-8") for name in ("page.html", "start.js", "page.css"))
    assert re.findall(r"(?:https?:)?//[a-z]", own.replace("// GraphiQL", "")) == []
    assert "http" not in POLICY
    assert "'unsafe-eval'" not in POLICY
    assert "script-src 'self';" in POLICY


def test_tokens_are_signed_for_the_own_page_only(client: TestClient) -> None:
    # given a request as the page makes it
    response = client.get("/dev/token?role=field_rep&territory=T-1&subject=u-1&agent=assistant", headers=OWN_PAGE)
    token = response.json()["token"]
    asked = client.post(
        "/graphql",
        json={"query": "{ viewer { subject role territories } }"},
        headers={"authorization": f"Bearer {token}"},
    )
    assert asked.json() == {"data": {"viewer": {"subject": "u-1", "role": "field_rep", "territories": ["T-1"]}}}
    assert claims_of(token)["act"] == {"sub": "assistant"}
    # and one that leaves both empty
    plain = claims_of(client.get("/dev/token?role=field_rep&subject=&agent=", headers=OWN_PAGE).json()["token"])
    assert (plain["sub"], plain.get("act")) == ("graphiql", None)
    # then a page of another site, a rebound name, and an unknown role get nothing
    assert client.get("/dev/token?role=field_rep").status_code == 404
    assert client.get("/dev/token?role=field_rep", headers={**OWN_PAGE, "host": "example.org"}).status_code == 404
    assert client.get("/dev/token?role=admin", headers=OWN_PAGE).status_code == 404


def claims_of(token: str) -> dict[str, Any]:
    """The claims of a token, unverified."""
    payload = token.split(".")[1]
    claims: dict[str, Any] = json.loads(base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4)))
    return claims


def test_each_role_comes_with_what_it_is_and_an_example_that_fits_its_schema(client: TestClient) -> None:
    roles = load_policy().roles
    found = client.get("/dev/roles", headers=OWN_PAGE).json()
    assert [(one["name"], one["doc"]) for one in found] == [(name, role.doc) for name, role in roles.items()]
    for one in found:
        schema = build_schema(PermissionSet(load_policy(), one["name"], roles[one["name"]].purposes[0]).sdl)
        assert validate(schema, parse(one["example"])) == []
    # then each has one of its own, and a role that nobody wrote one for has the general one
    assert len({one["example"] for one in found}) == len(found)
    assert validate(schema, parse(example_of("somebody"))) == []


def test_another_machine_gets_no_token(api_settings: Settings) -> None:
    with TestClient(build_app(api_settings), base_url="http://127.0.0.1:8000", client=("192.0.2.1", 5)) as client:
        assert client.get("/dev/token?role=field_rep", headers=OWN_PAGE).status_code == 404


@pytest.mark.parametrize("path", ["/graphql", "/dev/token?role=field_rep", "/dev/roles", "/graphiql/start.js"])
def test_nothing_of_it_exists_beyond_loopback_or_in_production(
    api_settings: Settings, tmp_path: Path, path: str
) -> None:
    from joserfc.jwk import OKPKey

    keys = tmp_path / "keys.json"
    keys.write_text(json.dumps({"keys": [OKPKey.generate_key("Ed25519").as_dict(private=False)]}))
    production = replace(api_settings, profile="production", tokens=TokenSettings(jwks_file=keys))
    for settings in (replace(api_settings, host="0.0.0.0"), production):  # noqa: S104 - that is the point
        with TestClient(build_app(settings), base_url="http://127.0.0.1:8000", client=("127.0.0.1", 5)) as client:
            assert client.get(path, headers=OWN_PAGE).status_code in (404, 405)


def test_files_outside_the_list_are_not_served(client: TestClient) -> None:
    for name in ("page.html", "routes.py", "graphiql.lock.json", "..%2fapp.py", "token.key"):
        assert client.get(f"/graphiql/{name}").status_code == 404


def test_what_is_fetched_is_verified(tmp_path: Path) -> None:
    # given a repository that delivers something else under the right name
    package = packages()[0]
    wrong = tmp_path / "wrong.jar"
    with zipfile.ZipFile(wrong, "w") as archive:
        archive.writestr("x", "y")
    settings = Settings.load({"TWIN_HOME": str(tmp_path), "TWIN_CACHE": str(tmp_path / "cache")})
    folder(settings).mkdir(parents=True)
    part = folder(settings) / f"{package.artifact}-{package.version}.jar.part"
    part.write_bytes(wrong.read_bytes().ljust(package.size, b"\0"))
    # when it is fetched
    with pytest.raises(InstallationError, match="is refused: its sha256 is"):
        fetch(settings)
    # then nothing of it is there
    assert not fetched(settings)
    assert list(folder(settings).iterdir()) == []
