"""GraphQL over HTTP: media types, refusals, limits, errors that say nothing."""

import logging
from typing import Any

import pytest

from tests.api.conftest import Api, Asker

JSON = {"content-type": "application/json"}
RESPONSE_JSON = {"accept": "application/graphql-response+json"}


def headers(asker: Asker, **more: str) -> dict[str, str]:
    return {"authorization": f"Bearer {asker.token}", **JSON, **more}


def test_both_media_types_of_an_answer(rep: Asker) -> None:
    plain = rep.client.post("/graphql", json={"query": "{__typename}"}, headers=headers(rep))
    newer = rep.client.post("/graphql", json={"query": "{__typename}"}, headers=headers(rep, **RESPONSE_JSON))
    assert plain.json() == newer.json() == {"data": {"__typename": "Query"}}
    assert plain.headers["content-type"] == "application/json; charset=utf-8"
    assert newer.headers["content-type"] == "application/graphql-response+json; charset=utf-8"
    assert plain.headers["cache-control"] == "no-store"


MALFORMED: list[tuple[str, bytes]] = [
    ("no JSON", b"{"),
    ("a batch", b'[{"query": "{__typename}"}, {"query": "{__typename}"}]'),
    ("no query", b"{}"),
    ("a number as query", b'{"query": 1}'),
    ("variables as text", b'{"query": "{__typename}", "variables": "x"}'),
    ("extensions as a list", b'{"query": "{__typename}", "extensions": []}'),
    ("no digest", b'{"documentId": "sha256:abc"}'),
    ("an identifier of another kind", b'{"documentId": "getHcps"}'),
    ("a digest of something else", b'{"query": "{__typename}", "documentId": "sha256:' + b"0" * 64 + b'"}'),
    ("another version", b'{"extensions": {"persistedQuery": {"version": 2, "sha256Hash": "' + b"0" * 64 + b'"}}}'),
]


@pytest.mark.parametrize(("name", "body"), MALFORMED, ids=[name for name, _ in MALFORMED])
def test_a_request_that_is_none_is_http_400_in_either_media_type(rep: Asker, name: str, body: bytes) -> None:
    for accept in ({}, RESPONSE_JSON):
        response = rep.client.post("/graphql", content=body, headers=headers(rep, **accept))
        assert response.status_code == 400
        assert {error["extensions"]["code"] for error in response.json()["errors"]} == {"BAD_USER_INPUT"}


BODIES: list[tuple[str, bytes, str]] = [
    ("no GraphQL", b'{"query": "{"}', "GRAPHQL_PARSE_FAILED"),
    ("no field", b'{"query": "{nothing}"}', "GRAPHQL_VALIDATION_FAILED"),
    ("a mutation", b'{"query": "mutation {hcp}"}', "GRAPHQL_VALIDATION_FAILED"),
    ("two operations, no name", b'{"query": "query A {__typename} query B {__typename}"}', "BAD_USER_INPUT"),
    ("a name that is none", b'{"query": "query A {__typename}", "operationName": "B"}', "BAD_USER_INPUT"),
    ("too long a page", b'{"query": "{hcps(first: 1001) {totalCount}}"}', "BAD_USER_INPUT"),
    ("a negative page", b'{"query": "{hcps(first: -1) {totalCount}}"}', "BAD_USER_INPUT"),
    ("a false cursor", b'{"query": "{hcps(after: \\"x\\") {totalCount edges {cursor}}}"}', "BAD_USER_INPUT"),
    ("an operator without value", b'{"query": "{hcps(where: {pageRank: {gt: null}}) {totalCount}}"}', "BAD_USER_INPUT"),
]


@pytest.mark.parametrize(("name", "body", "code"), BODIES, ids=[name for name, _, _ in BODIES])
def test_a_request_that_cannot_be_answered_is_refused_with_its_code(
    rep: Asker, name: str, body: bytes, code: str
) -> None:
    plain = rep.client.post("/graphql", content=body, headers=headers(rep))
    newer = rep.client.post("/graphql", content=body, headers=headers(rep, **RESPONSE_JSON))
    assert (plain.status_code, newer.status_code) == (200, 400)
    for response in (plain, newer):
        found = response.json()
        assert set(found) == {"errors"}
        assert {error["extensions"]["code"] for error in found["errors"]} == {code}
        assert found["errors"][0]["extensions"]["requestId"] == response.headers["x-request-id"]


@pytest.mark.parametrize("content_type", ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data", ""])
def test_what_a_foreign_page_can_send_without_preflight_is_refused(rep: Asker, content_type: str) -> None:
    given = {**headers(rep), "content-type": content_type}
    assert rep.client.post("/graphql", content=b'{"query": "{__typename}"}', headers=given).status_code == 415


def test_a_query_by_get_is_not_answered(rep: Asker) -> None:
    response = rep.client.get("/graphql?query={__typename}", headers=headers(rep))
    assert "data" not in response.text[:20]
    assert '__typename": "Query' not in response.text


def test_a_body_that_is_too_large_is_refused(rep: Asker) -> None:
    body = b'{"query": "{__typename}", "extensions": {"padding": "' + b"x" * 200_000 + b'"}}'
    assert rep.client.post("/graphql", content=body, headers=headers(rep)).status_code == 413


LIMITS: list[tuple[str, str]] = [
    ("tokens", "{" + " a: __typename" * 600 + "}"),
    ("bytes", "{__typename #" + "x" * 15_400 + "\n}"),
    ("operations", " ".join(f"query Q{i} {{__typename}}" for i in range(11))),
    ("variables", "query (" + " ".join(f"$v{i}: String" for i in range(61)) + ") {__typename}"),
    ("directives", "{__typename" + " @include(if: true)" * 51 + "}"),
    ("fields", "{" + " ".join(f"x{i}" for i in range(501)) + "}"),
    ("long text", '{hcp(npi: "' + "1" * 2_001 + '") {npi}}'),
    ("long number", "{hcps(first: " + "1" * 41 + ") {totalCount}}"),
    ("deep value", "{hcps(where: " + "{NOT: " * 16 + "{}" + "}" * 16 + ") {totalCount}}"),
    ("fragments", "{__typename}" + "".join(f" fragment F{i} on Query {{__typename}}" for i in range(101))),
    ("spreads", "{" + " ...F" * 101 + "} fragment F on Query {__typename}"),
    ("depth", "{ hcp(npi: \"1\") { " + "peers { hcp { " * 9 + "npi" + " } }" * 9 + " } }"),
    ("aliases", "{" + "".join(f" a{i}: __typename" for i in range(61)) + "}"),
    ("duplicates", "{" + " __typename" * 11 + "}"),
    ("merged duplicates", "{" + (' hcp(npi: "1") {' + " peers { hcp { npi } }" * 4 + " }") * 3 + " }"),
    ("fragment bomb", "{ ...F0 }" + "".join(
        f" fragment F{i} on Query {{ ...F{i + 1} ...F{i + 1} }}" for i in range(30)
    ) + " fragment F30 on Query { __typename }"),
    ("fan out", "{ hcps(first: 1000) { edges { node { peers(first: 100) { hcp { npi } } } } } }"),
    ("deep fan out", "{ hcps { edges { node { peers(first: 50) { hcp { peers(first: 50) { year } } } } } } }"),
]  # fmt: skip


@pytest.mark.parametrize(("name", "query"), LIMITS, ids=[name for name, _ in LIMITS])
def test_a_document_beyond_a_limit_is_refused_before_it_runs(rep: Asker, name: str, query: str) -> None:
    found = rep.ask(query)
    assert [error["extensions"]["code"] for error in found["errors"]] == ["COST_LIMIT_EXCEEDED"]


def test_a_fragment_that_contains_itself_is_refused(rep: Asker) -> None:
    found = rep.refusals('{ hcp(npi: "1") { ...F } } fragment F on Hcp { peers { hcp { ...F } } }')
    assert found == ["a fragment contains itself"]


def test_a_variable_of_the_wrong_type_is_named_and_its_value_not_repeated(rep: Asker) -> None:
    found = rep.refusals("query ($npi: String!) { hcp(npi: $npi) { npi } }", npi={"secret": "1999900007"})
    assert found == ["variable $npi is not as its type says"]


@pytest.mark.parametrize(
    "query",
    [
        '{ hcp(npi: "1") { lastNam } }',
        "{ hcps(whre: {}) { totalCount } }",
        "{ hcps(sort: [{npi: DSC}]) { totalCount } }",
        '{ hcp(npi: "1") { ... on Hcpp { npi } } }',
        '{ hcps(where: {lastNme: {eq: "x"}}) { totalCount } }',
        "query ($x: HcpWher) { hcps(where: $x) { totalCount } }",
    ],
)
def test_no_message_suggests_a_name(rep: Asker, query: str) -> None:
    assert not any("Did you mean" in message for message in rep.refusals(query))


def test_an_enum_variable_of_a_wrong_value_gets_no_suggestion(rep: Asker) -> None:
    found = rep.refusals("query ($s: [HcpSort!]) { hcps(sort: $s) { totalCount } }", s=[{"npi": "DSC"}])
    assert found == ["variable $s is not as its type says"]


INJECTIONS = ["' OR 1=1 //", "\\' RETURN 1 //", "`}) DETACH DELETE n //", "$claim_territories", '"}}', "\x00", "T-2"]


@pytest.mark.parametrize("text", INJECTIONS)
def test_texts_travel_as_parameters(rep: Asker, api: Api, text: str) -> None:
    before = api.store.read("MATCH (n) RETURN count(n) AS n")
    found: dict[str, Any] = rep.ask(
        """query ($t: String!, $id: ID!) { hcps(where: {OR: [{npi: {eq: $t}}, {lastName: {contains: $t}}]}) {
          totalCount } product(id: $id) { brand } }""",
        t=text,
        id=text,
    )
    assert found["data"] == {"hcps": {"totalCount": 0}, "product": None}
    unknown = rep.ask("query ($id: ID!) { accessFrictions(product: $id) { totalCount } }", id=text)
    assert [one["extensions"]["code"] for one in unknown["errors"]] == ["NOT_FOUND"]
    assert api.store.read("MATCH (n) RETURN count(n) AS n") == before


def test_response_names_that_are_words_of_cypher_are_only_names(rep: Asker) -> None:
    found = rep.data(
        "{ MATCH: hcps(first: 1) { null: totalCount DELETE: edges { RETURN: node { _: npi true: id } } } }"
    )
    assert found == {"MATCH": {"null": 6, "DELETE": [{"RETURN": {"_": "1999900001", "true": "h01"}}]}}


def test_an_unexpected_failure_is_masked_and_logged_without_values(
    api: Api, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    # given an engine that fails with a message that holds a secret
    async def fail(*_: object) -> None:
        raise RuntimeError("bolt://neo4j:password@host MATCH (n) 1999900007")

    monkeypatch.setattr(api.client.app.state.engine, "run", fail)  # type: ignore[attr-defined]
    # when somebody asks
    with caplog.at_level(logging.DEBUG, logger="twin.api"):
        response = api.as_("field_rep", "T-1").post("{ hcps { totalCount } }")
    # then the answer has a code and a request id, and the log the same id and the kind of failure
    error = response.json()["errors"][0]
    assert response.status_code == 500
    assert error["message"] == "something failed here"
    assert error["extensions"]["code"] == "INTERNAL_SERVER_ERROR"
    assert error["extensions"]["requestId"] in caplog.text
    assert "RuntimeError" in caplog.text
    assert "password" not in caplog.text + response.text
    assert "1999900007" not in caplog.text


def test_more_requests_than_the_bound_are_told_to_come_back(api: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(api.client.app.state.engine, "_most_in_flight", 0)  # type: ignore[attr-defined]
    response = api.as_("field_rep", "T-1").post("{ hcps { totalCount } }")
    assert (response.status_code, response.headers["retry-after"]) == (503, "1")
    assert response.json()["errors"][0]["extensions"]["code"] == "SERVICE_UNAVAILABLE"
