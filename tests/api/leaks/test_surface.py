"""Leak classes of the surface: cursors, errors, caches, transports, tokens, limits, and the side door."""

import base64
import json
import re
import time
from pathlib import Path
from typing import Any

import neo4j
import psutil
import pytest
import yaml
from joserfc import jwt
from joserfc.jwk import OctKey
from starlette.websockets import WebSocketDisconnect

from api.engine import Engine
from api.tokens import TYPE, Caller, development_key, sign
from graph.settings import Settings
from graph.store.connection import find_connection
from tests.api.conftest import Api, Asker
from tests.api.leaks.attack import FOREIGN, ROLES, UNKNOWN

PAGE = """query ($after: String, $sort: [HcpSort!]) { hcps(first: 2, after: $after, sort: $sort) {
  edges { cursor node { id } } pageInfo { endCursor } } }"""
BY_NAME = [{"lastName": "ASC"}]
INVALID = "the cursor is not valid for this request: leave out `after` to start again"
ROOT = Path(__file__).parents[3]


def _cursor(asker: Asker) -> str:
    return str(asker.data(PAGE, sort=BY_NAME)["hcps"]["pageInfo"]["endCursor"])


def test_class_05_a_cursor_holds_no_value_and_is_bound_to_its_request(api: Api, rep: Asker) -> None:
    cursor = _cursor(rep)
    inside = base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4))
    assert not any(value in inside for value in (b"Name", b"h02", b"ASC"))
    # then it opens for the same caller alone, in the same order
    for asker, sort in (
        (rep, [{"lastName": "DESC"}]),
        (api.as_("field_rep", "T-2"), BY_NAME),
        (api.as_("brand"), BY_NAME),
    ):
        assert asker.refusals(PAGE, after=cursor, sort=sort) == [INVALID]


def test_class_06_a_forged_cursor_has_one_answer(rep: Asker) -> None:
    cursor = _cursor(rep)
    flipped = [cursor[:at] + ("A" if cursor[at] != "A" else "B") + cursor[at + 1 :] for at in range(0, len(cursor), 7)]
    for forged in (*flipped, "", "WyJOYW1lMDEiLCAiaDAxIl0", cursor + "AAAA", cursor[:-4], "0", "a" * 1_900):
        assert rep.refusals(PAGE, after=forged, sort=BY_NAME) == [INVALID]


def test_class_18_nothing_is_written_and_no_mutation_tells_what_exists(api: Api, rep: Asker) -> None:
    before = api.store.read("MATCH (n) RETURN count(n) AS nodes")
    answers = set()
    for npi in (FOREIGN, UNKNOWN):
        for document in (
            f'mutation {{ deleteHcp(npi: "{npi}") {{ npi }} }}',
            f'mutation {{ hcp(npi: "{npi}") {{ npi }} }}',
            f'query {{ __typename }} mutation M {{ updateHcps(where: {{npi: {{eq: "{npi}"}}}}) {{ npi }} }}',
        ):
            found = rep.ask(document)
            assert "data" not in found
            answers.add(tuple(error["message"] for error in found["errors"]))
    assert not [message for messages in answers for message in messages if FOREIGN in message]
    assert rep.data("{ __schema { mutationType { name } } }") == {"__schema": {"mutationType": None}}
    assert api.store.read("MATCH (n) RETURN count(n) AS nodes") == before


def test_class_20_a_failure_says_nothing_of_query_or_graph(
    rep: Asker, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    # given a driver whose error holds statement, value and address
    async def fails(*_: Any, **__: Any) -> Any:
        raise RuntimeError("MATCH (n:HCP {npi: '1999900003'}) at bolt://secret:7687")

    monkeypatch.setattr(Engine, "run", fails)
    response = rep.post("query ($npi: String!) { hcp(npi: $npi) { npi } }", npi="1999900003")
    # then neither answer nor log repeats it
    assert response.json()["errors"][0]["extensions"]["code"] == "INTERNAL_SERVER_ERROR"
    for text in (response.text, caplog.text):
        assert not any(secret in text for secret in ("MATCH", "1999900003", "bolt", "secret"))


def test_class_25_there_is_no_subscription(api: Api, rep: Asker) -> None:
    assert "data" not in rep.ask("subscription { hcps { totalCount } }")
    assert rep.data("{ __schema { subscriptionType { name } } }") == {"__schema": {"subscriptionType": None}}
    for protocol in ("graphql-transport-ws", "graphql-ws"):
        with (
            pytest.raises(WebSocketDisconnect),
            api.client.websocket_connect("/graphql", subprotocols=[protocol]),
        ):
            pass  # pragma: no cover - refused before


def test_class_26_batches_and_aliases_multiply_nothing(rep: Asker) -> None:
    one = {"query": "{ hcps { totalCount } }"}
    batch = rep.client.post("/graphql", json=[one] * 5, headers={"authorization": f"Bearer {rep.token}"})
    assert batch.json()["errors"][0]["extensions"]["code"] == "BAD_USER_INPUT"
    guesses = " ".join(f'a{n}: hcp(npi: "{1_999_900_000 + n}") {{ npi }}' for n in range(100))
    assert rep.ask(f"{{ {guesses} }}")["errors"][0]["extensions"]["code"] == "COST_LIMIT_EXCEEDED"


def test_class_27_nothing_that_is_kept_crosses_from_one_caller_to_another(api: Api) -> None:
    # given one document, asked in turn by callers with other roles, scopes and subjects
    query = """{ hcps { totalCount } influences(product: "OWN-1", first: 1) { edges { node { band } } }
      viewer { role subject } }"""
    callers = [
        api.as_("field_rep", "T-1"),
        api.as_("brand"),
        api.as_("field_rep", "T-2", subject="u-2"),
        api.as_("field_rep"),
    ]
    first = [asker.ask(query)["data"]["hcps"]["totalCount"] for asker in callers]
    again = [asker.ask(query)["data"]["hcps"]["totalCount"] for asker in reversed(callers)]
    assert first == list(reversed(again)) == [6, 12, 6, 0]
    # and one that only a role may ask, after that role has asked it
    valued = '{ influences(product: "OWN-1") { edges { node { value } } } }'
    assert "errors" not in api.as_("brand").ask(valued)
    assert api.as_("field_rep", "T-1").refusals(valued) == ["Cannot query field 'value' on type 'Influence'."]


def test_class_28_no_answer_comes_in_parts(rep: Asker) -> None:
    for directive in ("@defer", "@stream(initialCount: 0)"):
        found = rep.ask(f"{{ hcps {{ edges {directive} {{ node {{ id }} }} }} }}")
        assert [error["message"] for error in found["errors"]] == [f"Unknown directive '{directive.split('(')[0]}'."]
    for accept in ("multipart/mixed; deferSpec=20220824, application/json", "text/event-stream, application/json"):
        response = rep.client.post(
            "/graphql",
            json={"query": "{ hcps { totalCount } }"},
            headers={"authorization": f"Bearer {rep.token}", "accept": accept},
        )
        assert response.headers["content-type"].startswith("application/json")
        assert response.json() == {"data": {"hcps": {"totalCount": 6}}}


@pytest.mark.parametrize("role", [["field_rep", "brand"], [], "", None, "agent", {"field_rep": True}])
def test_class_29_one_role_and_no_mixture(api: Api, role: Any) -> None:
    token = sign(development_key(api.settings), Caller("tester", role, "field_engagement", ("T-1",)))
    response = Asker(api.client, token).post("{ hcps { totalCount } }")
    assert (response.status_code, response.json()["errors"][0]["extensions"]["code"]) == (401, "UNAUTHENTICATED")


def test_class_29_an_agent_sees_no_more_than_its_person(api: Api) -> None:
    # given an agent of each role
    for role, purpose in ROLES.items():
        person, agent = (
            Asker(api.client, sign(development_key(api.settings), Caller("u-1", role, purpose, ("T-1",), agent=name)))
            for name in (None, "helper")
        )
        members = [_members(asker) for asker in (person, agent)]
        # then what it can ask is a part of what its person can
        assert members[1] < members[0] or members[1] == members[0]
        assert not any("optedOutOn" in member or member.startswith("MedicalInquiry.") for member in members[1])
    # and no token bears the agent's role itself
    assert agent.ask("{ viewer { role } }")["data"]["viewer"]["role"] == role


def _members(asker: Asker) -> set[str]:
    found = asker.data("{ __schema { types { name fields { name } inputFields { name } } } }")["__schema"]["types"]
    return {
        f"{kind['name']}.{member['name']}" for kind in found for member in (kind["fields"] or kind["inputFields"] or ())
    }


def test_class_30_extensions_trace_and_explain_nothing(rep: Asker) -> None:
    query = "{ hcps { totalCount } }"
    plain = rep.post(query).json()
    for asked in ({"tracing": {"version": 1}}, {"explain": True}, {"cost": True}, {"federatedTracing": "ftv1"}):
        response = rep.client.post(
            "/graphql",
            json={"query": query, "extensions": asked},
            headers={
                "authorization": f"Bearer {rep.token}",
                "apollo-federation-include-trace": "ftv1",
                "x-apollo-tracing": "1",
            },
        )
        assert response.json() == plain == {"data": {"hcps": {"totalCount": 6}}}
    for name, document in (
        ("_service", "{ _service { sdl } }"),
        ("_entities", "{ _entities(representations: []) { __typename } }"),
    ):
        assert rep.refusals(document) == [f"Cannot query field '{name}' on type 'Query'."]


def test_class_31_no_foreign_page_can_ask(rep: Asker) -> None:
    token = {"authorization": f"Bearer {rep.token}"}
    body = json.dumps({"query": "{ hcps { totalCount } }"})
    for kind in (
        "text/plain",
        "application/x-www-form-urlencoded",
        "multipart/form-data; boundary=x",
        "text/plain; application/json",
    ):
        response = rep.client.post("/graphql", content=body, headers={**token, "content-type": kind})
        assert "totalCount" not in response.text
    assert 'totalCount":6' not in rep.client.get("/graphql", params={"query": "{ hcps { totalCount } }"}).text
    asked = rep.client.post(
        "/graphql", content=body, headers={**token, "content-type": "application/json", "origin": "https://example.org"}
    )
    assert not [name for name in asked.headers if name.startswith("access-control-")]


def test_class_32_no_forged_token_is_somebody(api: Api, rep: Asker) -> None:
    public = json.dumps(development_key(api.settings).as_dict(private=False)).encode()
    head, body, seal = rep.token.split(".")
    raised = json.loads(base64.urlsafe_b64decode(body + "==")) | {"role": "brand", "purpose": "brand_strategy"}

    def encoded(value: Any) -> str:
        return base64.urlsafe_b64encode(json.dumps(value).encode()).rstrip(b"=").decode()

    forged = [
        f"{encoded({'alg': 'none', 'typ': TYPE})}.{encoded(raised)}.",
        f"{head}.{encoded(raised)}.{seal}",
        f"{head}.{body}.",
        jwt.encode({"alg": "HS256", "typ": TYPE}, raised, OctKey.import_key(public)),
        sign(development_key(api.settings), Caller("x", "brand", "brand_strategy"), now=int(time.time()) - 4_000),
        sign(development_key(api.settings), Caller("x", "brand", "field_engagement")),
    ]
    for token in forged:
        assert Asker(api.client, token).post("{ hcps { totalCount } }").status_code == 401


HOSTILE = [
    "' OR true //",
    "\\' RETURN 1 //",
    "`}) DETACH DELETE n //",
    "$claim_territories",
    '"}}',
    "T-2",
    "\u0000",
    "{npi}",
]


@pytest.mark.parametrize("text", HOSTILE)
def test_class_33_no_text_becomes_cypher(api: Api, rep: Asker, text: str) -> None:
    before = api.store.read("MATCH (n) RETURN count(n) AS nodes")
    query = """query ($t: String!, $id: ID!, $ids: [String!]) { hcp(npi: $t) { npi } node(id: $id) { id }
      hcps(where: {OR: [{lastName: {startsWith: $t, contains: $t}}, {npi: {in: $ids}}]}) { totalCount } }"""
    found = rep.ask(query, t=text, id=text, ids=[text])
    # then hostile texts are names of nothing
    assert found["data"] == {"hcp": None, "node": None, "hcps": {"totalCount": 0}}
    unknown = rep.ask("query ($id: ID!) { accessFrictions(product: $id) { totalCount } }", id=text)
    assert (unknown["data"], [one["extensions"]["code"] for one in unknown["errors"]]) == (None, ["NOT_FOUND"])
    named = rep.data("{ MATCH: hcps { RETURN: totalCount } published: hcps { data: totalCount } }")
    assert named == {"MATCH": {"RETURN": 6}, "published": {"data": 6}}
    assert api.store.read("MATCH (n) RETURN count(n) AS nodes") == before


def test_class_34_no_form_gets_around_a_limit_or_makes_it_slow(rep: Asker) -> None:
    chain = " ".join(f"fragment F{i} on Query {{ ...F{i + 1} ...F{i + 1} }}" for i in range(60))
    wide = "{ hcps(first: 1000) { edges { node { peers(first: 100) { hcp { npi } } } } } }"
    documents = {
        "fragments that double": f"{{ ...F0 }} {chain} fragment F60 on Query {{ __typename }}",
        "a fragment named like introspection": f"{{ ...__schema }} fragment __schema on Query {wide}",
        "an inline fragment": f"{{ ... on Query {wide} }}",
        "skipped in part": wide.replace("npi }", "npi @skip(if: false) }"),
        "through a node": """{ node(id: "h01") { ... on Hcp { peers(first: 1000) { hcp {
          peers(first: 100) { hcp { npi } } } } } } }""",
    }
    for name, document in documents.items():
        started = time.process_time()
        found = rep.ask(document)
        assert found["errors"][0]["extensions"]["code"] == "COST_LIMIT_EXCEEDED", name
        assert time.process_time() - started < 2, name


def test_class_35_the_database_listens_on_this_machine_to_those_who_log_in(empty_server: Settings, api: Api) -> None:
    # given the server that the twin started
    status = json.loads((empty_server.home / "neo4j" / "server.json").read_text(encoding="utf-8"))
    listening = [found for found in psutil.Process(status["pid"]).net_connections("tcp") if found.status == "LISTEN"]
    assert listening
    assert {found.laddr.ip.removeprefix("::ffff:") for found in listening} == {"127.0.0.1"}
    # then nobody comes in without the password, which only its owner reads
    uri = find_connection(empty_server).uri
    for wrong in (None, ("neo4j", "neo4j"), ("neo4j", "")):
        with (
            pytest.raises((neo4j.exceptions.AuthError, neo4j.exceptions.ClientError)),
            neo4j.GraphDatabase.driver(uri, auth=wrong) as driver,
        ):
            driver.verify_connectivity()
    assert (empty_server.home / "neo4j" / "password").stat().st_mode & 0o077 == 0


def test_class_35_containers_open_no_port_to_others_and_browser_says_whom_it_is_for() -> None:
    services = yaml.safe_load((ROOT / "docker-compose.yml").read_text(encoding="utf-8"))["services"]
    ports = [str(port) for service in services.values() for port in service.get("ports", ())]
    assert ports
    assert [port for port in ports if not re.match(r"^(127\.0\.0\.1|\$\{\w+:-127\.0\.0\.1\}):", port)] == []
    guide = (ROOT / "graph" / "server" / "pages" / "guide.html").read_text(encoding="utf-8")
    assert "administrator" in guide.lower()
