"""One line per request, before its answer, with what was granted and without any value."""

import asyncio
import hashlib
from collections.abc import Iterator
from typing import Any

import httpx2
import orjson
import psutil
import pytest

from api.tokens import Caller, development_key, sign
from graph.governance import load_policy
from graph.governance.audit import segments, verify
from graph.settings import Settings
from tests.api import world
from tests.api.conftest import Api, Asker
from tests.api.test_serving import running

POLICY = load_policy()
QUERY = """query Doctors($first: Int!) {
  page: hcps(first: $first, sort: [{npi: ASC}]) {
    totalCount edges { cursor node { npi ...Names peers { hcp { npi } } } }
  }
  own: product(id: "OWN-1") { brand }
}
fragment Names on Hcp { lastName __typename }"""


def events(settings: Settings) -> list[dict[str, Any]]:
    """All events of a home, in the order of each chain."""
    return [
        orjson.loads(line)["event"]
        for chain in sorted((settings.home / "audit").iterdir())
        for file in segments.segments(chain)
        for line in segments.lines(file)
    ]


def of(settings: Settings, request_id: str) -> dict[str, Any]:
    """The only line of a request."""
    (found,) = [event for event in events(settings) if event.get("request") == request_id]
    return found


def test_an_answer_has_one_line_that_says_who_was_told_what(api: Api, rep: Asker) -> None:
    # when the rep of T-1 asks for three doctors with their peers, and a product
    response = rep.post(QUERY, first=3)
    answer = response.json()["data"]
    peers = sum(len(edge["node"]["peers"]) for edge in answer["page"]["edges"])
    # then
    line = of(api.settings, response.headers["x-request-id"])
    moment, sequence = line.pop("time"), line.pop("sequence")
    assert (len(moment), moment[-6:], sequence > 1) == (29, "+00:00", True)
    assert line == {
        "kind": "operation",
        "request": response.headers["x-request-id"],
        "subject": "tester",
        "agent": None,
        "role": "field_rep",
        "purpose": "field_engagement",
        "territories": {"count": 1, "sha256": hashlib.sha256(b"T-1").hexdigest()[:32]},
        "policy": POLICY.version,
        "policy_fingerprint": POLICY.fingerprint,
        "document": hashlib.sha256(QUERY.encode()).hexdigest(),
        "operation": "Doctors",
        "fields": [
            "Hcp.lastName",
            "Hcp.npi",
            "Hcp.peers",
            "HcpConnection.edges",
            "HcpConnection.totalCount",
            "HcpEdge.cursor",
            "HcpEdge.node",
            "HcpSort.npi",
            "Peer.hcp",
            "Product.brand",
            "Query.hcps",
            "Query.product",
        ],
        "rows": 3 + 2 * peers + 1,
        "restricted": {},
        "refused": None,
        "published": 7,
    }
    assert peers > 0


def test_what_a_rule_hid_is_counted_by_rule(api: Api, rep: Asker) -> None:
    # given h03 of T-1, who has opted out
    query = """query ($npi: String!) { hcp(npi: $npi) {
      rx: prescriptions(product: "OWN-1", first: 1) { trx } influence(product: "OWN-1") { band } } }"""
    response = rep.post(query, npi=world.npi(3))
    assert [mark["ids"] for mark in response.json()["extensions"]["restricted"]] == [["h03"], ["h03"]]
    line = of(api.settings, response.headers["x-request-id"])
    assert (line["restricted"], line["rows"]) == ({"prescriber_opt_out": 2}, 1)


def test_fields_that_a_variable_leaves_out_were_not_granted(api: Api, rep: Asker) -> None:
    query = "query ($more: Boolean!) { hcps(first: 1) { totalCount edges @include(if: $more) { node { npi } } } }"
    fields = {}
    for more in (True, False, True):
        response = rep.post(query, more=more)
        fields[more] = of(api.settings, response.headers["x-request-id"])["fields"]
    assert fields[False] == ["HcpConnection.totalCount", "Query.hcps"]
    assert set(fields[True]) == {*fields[False], "HcpConnection.edges", "HcpEdge.node", "Hcp.npi"}


def test_what_was_filtered_sorted_and_grouped_by_is_recorded(api: Api, rep: Asker) -> None:
    # given conditions in the document and in a variable, of which one is null, a sort by a related value, groups
    query = """query ($where: HcpWhere!) {
      hcps(where: $where) { groups { state pageRank { mean } } }
      interactions(where: {OR: [{hcp: {NOT: {lastName: {startsWith: "N"}}}}]}, sort: [{hcp: {city: DESC}}]) {
        totalCount } }"""
    where = {"AND": [{"affiliations": {"some": {"name": {"eq": "CANARY"}}}}, {"npi": None}]}
    response = rep.post(query, where=where)
    line = of(api.settings, response.headers["x-request-id"])
    # then each member is there, and not one value
    assert line["fields"] == [
        "AccountWhere.name",
        "HcpConnection.groups",
        "HcpGroup.pageRank",
        "HcpGroup.state",
        "HcpSort.city",
        "HcpWhere.affiliations",
        "HcpWhere.lastName",
        "InteractionConnection.totalCount",
        "InteractionSort.hcp",
        "InteractionWhere.hcp",
        "NumberSummary.mean",
        "Query.hcps",
        "Query.interactions",
    ]
    # and a document in which the variable has another shape has its own members
    response = rep.post(query, where={"city": {"eq": "x"}})
    assert "HcpWhere.city" in of(api.settings, response.headers["x-request-id"])["fields"]


def test_introspection_is_recorded_as_such(api: Api, rep: Asker) -> None:
    response = rep.post("{ __schema { types { name } } viewer { role } }")
    line = of(api.settings, response.headers["x-request-id"])
    assert line["fields"] == ["Query.__schema", "Query.viewer", "Viewer.role"]


REFUSED = [
    ("{", "GRAPHQL_PARSE_FAILED"),
    ("{ nothing }", "GRAPHQL_VALIDATION_FAILED"),
    ("{" + "".join(f" a{number}: __typename" for number in range(61)) + "}", "COST_LIMIT_EXCEEDED"),
    ("{ hcps(first: 1001) { totalCount } }", "BAD_USER_INPUT"),
]


@pytest.mark.parametrize(("query", "code"), REFUSED, ids=[code for _, code in REFUSED])
def test_a_refusal_has_its_line_with_its_code_and_no_field(api: Api, rep: Asker, query: str, code: str) -> None:
    response = rep.post(query)
    assert "data" not in response.json()
    line = of(api.settings, response.headers["x-request-id"])
    assert (line["refused"], line["fields"], line["rows"]) == (code, [], 0)
    assert (line["subject"], line["document"]) == ("tester", hashlib.sha256(query.encode()).hexdigest())


def test_every_request_has_exactly_one_line(api: Api, rep: Asker, access: Asker) -> None:
    before = len(events(api.settings))
    for asker in (rep, access):
        for query in ("{ viewer { role } }", "{ hcps { totalCount } }", "{ nothing }", "{"):
            asker.post(query)
    assert len(events(api.settings)) == before + 8


def test_a_request_of_nobody_is_recorded_without_its_token(api: Api) -> None:
    token = "eyJhbGciOiJub25lIn0.CANARY."
    response = api.client.post("/graphql", json={"query": "{ a }"}, headers={"authorization": f"Bearer {token}"})
    assert response.status_code == 401
    found = [event for event in events(api.settings) if event["kind"] == "unknown_caller"]
    assert {event["refused"] for event in found} == {"UNAUTHENTICATED"}
    assert not any("CANARY" in str(event) for event in found)


def test_no_literal_variable_value_or_person_is_in_the_audit(api: Api, rep: Asker) -> None:
    # given canaries in a literal, a variable, an operation name that the document lacks, and the names of doctors
    rep.post('{ hcps(where: {lastName: {eq: "CANARY-ONE"}}) { edges { node { lastName npi } } } }')
    rep.post("query ($n: String!) { hcp(npi: $n) { npi } }", n="CANARY-TWO")
    asked = {"query": "query A { viewer { role } }", "operationName": "CANARY_THREE"}
    rep.client.post("/graphql", json=asked, headers={"authorization": f"Bearer {rep.token}"})
    names = rep.data("{ hcps { edges { node { npi lastName firstName } } } }")["hcps"]["edges"]
    # then none of them is there
    content = b"".join(
        file.read_bytes() for chain in (api.settings.home / "audit").iterdir() for file in segments.segments(chain)
    )
    assert b"CANARY" not in content
    for edge in names:
        assert edge["node"]["npi"].encode() not in content
        assert edge["node"]["lastName"].encode() not in content


def test_the_line_is_written_before_the_answer_leaves(api: Api, rep: Asker) -> None:
    # given a server that looks into the audit at the moment when the first byte of the answer is sent
    body = orjson.dumps({"query": "{ __schema { queryType { name } } }"})
    seen: list[dict[str, Any]] = []

    async def receive() -> dict[str, Any]:
        return {"type": "http.request", "body": body}

    async def send(message: dict[str, Any]) -> None:
        if message["type"] == "http.response.start":
            headers = {name.decode(): value.decode() for name, value in message["headers"]}
            seen.append(of(api.settings, headers["x-request-id"]))

    scope = {
        "type": "http",
        "method": "POST",
        "path": "/graphql",
        "raw_path": b"/graphql",
        "query_string": b"",
        "root_path": "",
        "http_version": "1.1",
        "scheme": "http",
        "server": ("127.0.0.1", 80),
        "client": ("127.0.0.1", 1),
        "headers": [(b"content-type", b"application/json"), (b"authorization", f"Bearer {rep.token}".encode())],
    }
    # when it is asked for what needs no connection of another event loop
    asyncio.run(api.client.app(scope, receive, send))  # type: ignore[arg-type]
    # then the line was there
    assert [line["refused"] for line in seen] == [None]


@pytest.fixture
def limited(api_settings: Settings) -> Iterator[tuple[psutil.Process, str, dict[str, str]]]:
    """A real server whose files may be made to stop growing."""
    caller = Caller("tester", "market_access", "access_strategy")
    headers = {"authorization": f"Bearer {sign(development_key(api_settings), caller)}"}
    with running(api_settings) as (process, address):
        yield psutil.Process(process.pid), address, headers


def test_a_full_disk_means_no_answer_and_room_means_answers(
    api: Api, api_settings: Settings, limited: tuple[psutil.Process, str, dict[str, str]]
) -> None:
    process, address, headers = limited
    body = {"query": "{ hcps(first: 2) { edges { node { npi } } } }"}
    with httpx2.Client(base_url=address, headers=headers, timeout=20) as client:
        assert client.post("/graphql", json=body).status_code == 200
        # given a disk on which no file grows any more
        process.rlimit(psutil.RLIMIT_FSIZE, (1, psutil.RLIM_INFINITY))
        full = [client.post("/graphql", json=body) for _ in range(3)]
        ready_when_full, live_when_full = client.get("/readyz"), client.get("/livez")
        # when there is room again
        process.rlimit(psutil.RLIMIT_FSIZE, (psutil.RLIM_INFINITY, psutil.RLIM_INFINITY))
        asyncio.run(asyncio.sleep(0.3))
        ready, answered = client.get("/readyz"), client.post("/graphql", json=body)
    # then nothing was told meanwhile, and why not
    for response in full:
        assert (response.status_code, response.headers["retry-after"]) == (503, "1")
        assert [error["extensions"]["code"] for error in response.json()["errors"]] == ["SERVICE_UNAVAILABLE"]
        assert "data" not in response.json()
    assert (ready_when_full.status_code, ready_when_full.json()["checks"]["audit"]) == (503, "cannot be written")
    assert live_when_full.status_code == 200
    assert (ready.status_code, answered.status_code) == (200, 200)
    assert [event["refused"] for event in events(api_settings) if event["kind"] == "resumed"] == [3]
    # and what is there is whole
    assert [one.findings for one in verify(api_settings.home, api_settings.audit_checkpoints)] == [[], []]
