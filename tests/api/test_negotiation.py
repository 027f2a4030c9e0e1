"""Media types, queries by GET, pages of other origins."""

from collections.abc import Iterator
from dataclasses import replace

import httpx2
import pytest
from starlette.testclient import TestClient

from api import protocol
from api.app import build_app
from api.errors import NotAcceptable
from api.protocol import GRAPHQL_JSON, JSON, answer_type
from graph.errors import ConfigurationError
from graph.request_settings import RequestSettings
from graph.settings import Settings
from tests.api.conftest import Api, Asker

ACCEPTED: list[tuple[str | None, str | None]] = [
    (None, JSON),
    ("", JSON),
    ("*/*", JSON),
    ("application/*", JSON),
    (JSON, JSON),
    (GRAPHQL_JSON, GRAPHQL_JSON),
    (f"{GRAPHQL_JSON}, {JSON}", GRAPHQL_JSON),
    (f"{JSON}, {GRAPHQL_JSON}", GRAPHQL_JSON),
    (f"{GRAPHQL_JSON};q=0.5, {JSON}", JSON),
    (f"{GRAPHQL_JSON}, */*;q=0.1", GRAPHQL_JSON),
    (f"{JSON}, */*", JSON),
    (f"{GRAPHQL_JSON}; charset=utf-8, {JSON}; q=0.9", GRAPHQL_JSON),
    ("APPLICATION/JSON; Charset=UTF-8", JSON),
    (f"{GRAPHQL_JSON};q=0, */*", JSON),
    (f"{JSON};q=0, {GRAPHQL_JSON};q=0.001", GRAPHQL_JSON),
    ("text/html, application/xhtml+xml", None),
    (f"{JSON};q=0", None),
    (f"{JSON};charset=utf-16", None),
    (f"{JSON};q=many", None),
    ("text/event-stream", None),
]


@pytest.mark.parametrize(("accept", "expected"), ACCEPTED)
def test_the_media_type_that_is_preferred_most(accept: str | None, expected: str | None) -> None:
    if expected is None:
        with pytest.raises(NotAcceptable):
            answer_type(accept)
    else:
        assert answer_type(accept) == expected


def asked(asker: Asker, **headers: str) -> httpx2.Response:
    given = {"authorization": f"Bearer {asker.token}", "content-type": JSON, **headers}
    return asker.client.post("/graphql", content=b'{"query": "{__typename}"}', headers=given)


def test_who_accepts_neither_is_told_so(rep: Asker) -> None:
    response = asked(rep, accept="text/html")
    assert (response.status_code, response.headers["content-type"]) == (406, f"{JSON}; charset=utf-8")
    assert response.json()["errors"][0]["extensions"]["code"] == "BAD_USER_INPUT"


@pytest.mark.parametrize(
    ("content_type", "status"),
    [
        ("application/json; charset=utf-8", 200),
        ('Application/JSON;charset="UTF-8"', 200),
        ("application/json; charset=utf-16", 415),
        ("application/graphql", 415),
        ("application/graphql+json", 415),
    ],
)
def test_the_body_is_json_in_utf_8(rep: Asker, content_type: str, status: int) -> None:
    assert asked(rep, **{"content-type": content_type}).status_code == status


def test_an_answer_that_is_too_large_is_refused(rep: Asker, monkeypatch: pytest.MonkeyPatch) -> None:
    query = "{ hcps(first: 6) { edges { node { npi lastName } } } }"
    answer = rep.post(query)
    monkeypatch.setattr(protocol, "LARGEST_ANSWER", len(answer.content))
    assert rep.post(query).content == answer.content
    monkeypatch.setattr(protocol, "LARGEST_ANSWER", len(answer.content) - 1)
    found = rep.ask(query)
    assert "data" not in found
    assert found["errors"][0]["extensions"]["code"] == "COST_LIMIT_EXCEEDED"


@pytest.fixture(scope="module")
def by_get(rep: Asker, api_settings: Settings) -> Iterator[Asker]:
    """The same caller before a server that answers GET, and pages of one other origin."""
    allowed = replace(api_settings.requests, allow_get=True, allowed_origins=("https://app.example.org",))
    app = build_app(replace(api_settings, requests=allowed))
    with TestClient(app, base_url="http://127.0.0.1:8000", client=("127.0.0.1", 5)) as client:
        yield Asker(client, rep.token)


@pytest.mark.parametrize("header", ["Apollo-Require-Preflight", "X-Apollo-Operation-Name", "GraphQL-Require-Preflight"])
def test_a_query_by_get_needs_a_header_that_no_foreign_page_can_send(by_get: Asker, header: str) -> None:
    parameters = {"query": "query A($n: String!) { __type(name: $n) { name } }", "variables": '{"n": "Hcp"}'}
    headers = {"authorization": f"Bearer {by_get.token}"}
    without = by_get.client.get("/graphql", params=parameters, headers=headers)
    with_it = by_get.client.get("/graphql", params=parameters, headers={**headers, header: "yes"})
    assert (without.status_code, without.json()["errors"][0]["extensions"]["code"]) == (403, "BAD_USER_INPUT")
    assert with_it.json() == {"data": {"__type": {"name": "Hcp"}}}


@pytest.mark.parametrize(
    "query",
    ["", "query=", "query={__typename}&query={__typename}", "query={__typename}&variables=[1]",
     "query={__typename}&extensions={", "query={__typename}&variables=%22x%22", "query=%ff",
     "&".join(f"p{i}=1" for i in range(40))],
)  # fmt: skip
def test_a_query_string_that_is_none_is_refused(by_get: Asker, query: str) -> None:
    headers = {"authorization": f"Bearer {by_get.token}", "graphql-require-preflight": "1"}
    response = by_get.client.get(f"/graphql?{query}", headers=headers)
    assert (response.status_code, response.json()["errors"][0]["extensions"]["code"]) == (400, "BAD_USER_INPUT")


def test_a_mutation_by_get_is_refused(by_get: Asker) -> None:
    headers = {"authorization": f"Bearer {by_get.token}", "graphql-require-preflight": "1", "accept": GRAPHQL_JSON}
    response = by_get.client.get("/graphql?query=mutation{hcp}", headers=headers)
    assert (response.status_code, response.json()["errors"][0]["message"]) == (400, "only queries are answered")


def test_where_get_is_answered_graphiql_has_another_address(by_get: Asker) -> None:
    assert by_get.client.get("/graphiql", headers={"accept": "text/html"}).status_code in (200, 503)


def test_only_pages_of_named_origins_may_read_answers(by_get: Asker, rep: Asker) -> None:
    # given a page of the named origin, one of another, and a server that names none
    wish = {"access-control-request-method": "POST", "access-control-request-headers": "authorization,content-type"}
    named, other = {"origin": "https://app.example.org"}, {"origin": "https://evil.example.org"}
    # when their browsers ask whether they may, and then ask
    assert by_get.client.options("/graphql", headers={**named, **wish}).status_code == 200
    assert by_get.client.options("/graphql", headers={**other, **wish}).status_code == 400
    # then only the first is told yes, without cookies
    assert asked(by_get, **named).headers["access-control-allow-origin"] == "https://app.example.org"
    assert "access-control-allow-credentials" not in asked(by_get, **named).headers
    assert "access-control-allow-origin" not in asked(by_get, **other).headers
    assert "access-control-allow-origin" not in asked(rep, **named).headers


@pytest.mark.parametrize("path", ["/livez", "/readyz", "/nowhere", "/graphql?query={__typename}", "/dev/token"])
def test_every_response_has_the_safe_headers(api: Api, path: str) -> None:
    headers = api.client.get(path).headers
    assert headers["cache-control"] == "no-store"
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "no-referrer"
    assert headers["cross-origin-resource-policy"] == "same-origin"
    assert "frame-ancestors 'none'" in headers["content-security-policy"]


WRONG = [
    ({"TWIN_ALLOWED_ORIGINS": "*"}, "'\\*' is no origin"),
    ({"TWIN_ALLOWED_ORIGINS": "https://a.example.org,b.example.org"}, "'b.example.org' is no origin"),
    ({"TWIN_ALLOWED_ORIGINS": "https://a.example.org/"}, "is no origin"),
    ({"TWIN_TRUSTED_ONLY": "true", "TWIN_DOCUMENTS_FILE": "x"}, "TWIN_TRUSTED_ONLY='true': use yes or no"),
    ({"TWIN_TRUSTED_ONLY": "yes"}, "set TWIN_DOCUMENTS_FILE"),
    ({"TWIN_COST_PER_SECOND": "0"}, "TWIN_COST_PER_SECOND='0': use a whole number from 1 on"),
    ({"TWIN_COST_BURST": "99999"}, "TWIN_COST_BURST='99999': use a whole number from 100000 on"),
]


@pytest.mark.parametrize(("variables", "message"), WRONG)
def test_a_wrong_setting_is_named(variables: dict[str, str], message: str) -> None:
    with pytest.raises(ConfigurationError, match=message):
        RequestSettings.load(variables)
