"""A running API over the hand-made world, asked as the roles would ask it."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx2
import pytest
from starlette.testclient import TestClient

from api.app import build_app
from api.tokens import Caller, development_key, sign
from graph.governance import load_policy
from graph.schema.derive import constraint_statements
from graph.settings import Settings
from graph.store import Store, open_store
from tests.api import world
from tests.conftest import settings_for, wipe


@dataclass(frozen=True, slots=True)
class Asker:
    """Asks the API with one token."""

    client: TestClient
    token: str = field(repr=False)

    def post(self, query: str, **variables: Any) -> httpx2.Response:
        """The raw response to a document."""
        return self.client.post(
            "/graphql",
            json={"query": query, "variables": variables},
            headers={"authorization": f"Bearer {self.token}"},
        )

    def ask(self, query: str, **variables: Any) -> dict[str, Any]:
        """The whole answer."""
        return self.post(query, **variables).json()

    def data(self, query: str, **variables: Any) -> dict[str, Any]:
        """The data of an answer without errors."""
        answer = self.ask(query, **variables)
        assert "errors" not in answer, answer["errors"]
        return answer["data"]

    def refusals(self, query: str, **variables: Any) -> list[str]:
        """The messages of an answer that has no data."""
        answer = self.ask(query, **variables)
        assert "data" not in answer, answer
        return [error["message"] for error in answer["errors"]]


@dataclass(frozen=True, slots=True)
class Api:
    """The application on the hand-made world."""

    client: TestClient
    settings: Settings
    store: Store

    def as_(self, role: str, *territories: str, subject: str = "tester") -> Asker:
        """Somebody with a role and territories."""
        caller = Caller(subject, role, load_policy().roles[role].purposes[0], territories)
        return Asker(self.client, sign(development_key(self.settings), caller))


def rebuild(store: Store) -> None:
    """The hand-made world and nothing else."""
    for text in constraint_statements():
        store.run_schema(text)
    wipe(store)
    world.build(store)


@pytest.fixture(scope="module")
def api_settings(empty_server: Settings, tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """Settings with a home of their own on the shared empty server."""
    with open_store(empty_server) as store:
        connection = store.connection
    home: Path = tmp_path_factory.mktemp("api")
    return settings_for(home, NEO4J_URI=connection.uri, NEO4J_USER=connection.user, NEO4J_PASSWORD=connection.password)


@pytest.fixture(scope="module")
def api(api_settings: Settings) -> Iterator[Api]:
    """The API over HTTP, once for the tests of a module, which only read."""
    with open_store(api_settings) as store:
        rebuild(store)
        with TestClient(build_app(api_settings)) as client:
            yield Api(client, api_settings, store)


@pytest.fixture(scope="module")
def rep(api: Api) -> Asker:
    """The rep of T-1."""
    return api.as_("field_rep", "T-1")


@pytest.fixture(scope="module")
def access(api: Api) -> Asker:
    """A colleague of market access."""
    return api.as_("market_access")
