"""GraphiQL: local files, development on loopback only."""

import json
import re
import zipfile
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from api.app import build_app
from api.graphiql.fetch import fetch
from api.graphiql.files import fetched, folder, packages
from api.graphiql.routes import HERE, POLICY
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
    response = client.get("/dev/token?role=field_rep&territory=T-1", headers=OWN_PAGE)
    token = response.json()["token"]
    asked = client.post(
        "/graphql", json={"query": "{ viewer { role territories } }"}, headers={"authorization": f"Bearer {token}"}
    )
    assert asked.json() == {"data": {"viewer": {"role": "field_rep", "territories": ["T-1"]}}}
    assert client.get("/dev/roles", headers=OWN_PAGE).json() == list(load_policy().roles)
    # then a page of another site, a rebound name, and an unknown role get nothing
    assert client.get("/dev/token?role=field_rep").status_code == 404
    assert client.get("/dev/token?role=field_rep", headers={**OWN_PAGE, "host": "example.org"}).status_code == 404
    assert client.get("/dev/token?role=admin", headers=OWN_PAGE).status_code == 404


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
