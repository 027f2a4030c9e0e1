"""The twelve points of graphql-cop, and what else the closed profile keeps shut."""

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import httpx2
import pytest
from graphql import get_introspection_query
from joserfc.jwk import OKPKey
from starlette.testclient import TestClient

from api.app import build_app
from api.tokens import Caller, sign
from graph.settings import Settings
from tests.api.conftest import Api, Asker

TYPENAME = {"query": "{__typename}"}


@pytest.fixture(scope="module")
def closed(api: Api, api_settings: Settings, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Asker]:
    """A colleague of market access before the production profile."""
    key = OKPKey.generate_key("Ed25519", {"use": "sig"}, auto_kid=True)
    file: Path = tmp_path_factory.mktemp("keys") / "keys.json"
    file.write_text(json.dumps({"keys": [key.as_dict(private=False)]}), encoding="utf-8")
    settings = replace(api_settings, profile="production", tokens=replace(api_settings.tokens, jwks_file=file))
    with TestClient(build_app(settings)) as client:
        yield Asker(client, sign(key, Caller("tester", "market_access", "access_strategy")))


def code(response: httpx2.Response) -> str:
    return str(response.json()["errors"][0]["extensions"]["code"])


def test_1_no_message_suggests_a_field(closed: Asker) -> None:
    assert closed.refusals("{ hcpz { totalCount } }") == ["Cannot query field 'hcpz' on type 'Query'."]


def test_2_introspection_is_off(closed: Asker) -> None:
    assert closed.refusals("{ __schema { types { name } } }") == ["Cannot query field '__schema' on type 'Query'."]
    assert closed.data('{ __typename a: __type(name: "Hcp") { name } }') == {"__typename": "Query", "a": None}
    assert "Hcp" not in closed.post(get_introspection_query()).text


@pytest.mark.parametrize("path", ["/graphql", "/graphiql", "/playground", "/console", "/altair", "/voyager", "/"])
def test_3_there_is_no_page_to_ask_from(closed: Asker, path: str) -> None:
    response = closed.client.get(path, headers={"accept": "text/html"})
    assert response.status_code in (404, 405)
    assert "<" not in response.text


@pytest.mark.parametrize("query", ["query={__typename}", "query=mutation{hcp}"])
def test_4_and_10_nothing_is_answered_by_get(closed: Asker, query: str) -> None:
    headers = {"authorization": f"Bearer {closed.token}", "graphql-require-preflight": "1"}
    response = closed.client.get(f"/graphql?{query}", headers=headers)
    assert (response.status_code, response.headers["allow"]) == (405, "POST")
    assert response.headers["content-security-policy"] == "default-src 'none'; frame-ancestors 'none'"


def test_5_aliases_are_limited(closed: Asker) -> None:
    response = closed.post("{" + " ".join(f"alias{i}: __typename" for i in range(101)) + "}")
    assert code(response) == "COST_LIMIT_EXCEEDED"


def test_6_batches_are_refused(closed: Asker) -> None:
    response = closed.client.post("/graphql", json=[TYPENAME] * 10, headers={"authorization": f"Bearer {closed.token}"})
    assert (response.status_code, code(response)) == (400, "BAD_USER_INPUT")


def test_7_no_tracing(closed: Asker) -> None:
    headers = {
        "authorization": f"Bearer {closed.token}",
        "x-apollo-tracing": "1",
        "apollo-federation-include-trace": "ftv1",
    }
    response = closed.client.post("/graphql", json=TYPENAME, headers=headers)
    assert response.json() == {"data": {"__typename": "Query"}}


def test_8_directives_are_limited(closed: Asker) -> None:
    assert code(closed.post("{ __typename " + "@aa" * 60 + " }")) == "COST_LIMIT_EXCEEDED"
    assert closed.refusals("{ __typename @aa }") == ["Unknown directive '@aa'."]


def test_9_introspection_in_a_circle_is_refused_where_it_is_on(rep: Asker) -> None:
    circle = "fields { type { fields { type { fields { type { fields { type { name } } } } } } } }"
    response = rep.post(f"{{ __schema {{ types {{ {circle} }} }} }}")
    assert code(response) in ("GRAPHQL_VALIDATION_FAILED", "COST_LIMIT_EXCEEDED")


@pytest.mark.parametrize("kind", ["application/x-www-form-urlencoded", "text/plain", "multipart/form-data; boundary=x"])
def test_11_what_a_form_can_send_is_refused(closed: Asker, kind: str) -> None:
    headers = {"authorization": f"Bearer {closed.token}", "content-type": kind}
    response = closed.client.post("/graphql", content=b"query={__typename}", headers=headers)
    assert (response.status_code, code(response)) == (415, "BAD_USER_INPUT")


@pytest.mark.parametrize(
    "text", ["qwerty cop {abc}", "query { __typename", "\x00", "{ __typename }}", "subscription { a }"]
)
def test_12_errors_are_terse(closed: Asker, text: str) -> None:
    error = closed.ask(text)["errors"][0]
    assert set(error) == {"message", "extensions"}
    assert set(error["extensions"]) == {"code", "requestId"}
    assert not any(word in error["message"] for word in ("Traceback", ".py", "line ", "GraphQL request"))
