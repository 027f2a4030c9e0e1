"""One operation is one statement; it reads `published` first and `writing` last and answers no half of a refresh."""

import asyncio
import datetime
import threading
import time
from typing import Any

import httpx2
import pytest

from api.documents import Documents
from api.engine import Engine, exceptions
from api.errors import Unavailable
from api.permissions import PermissionSet
from api.tokens import Caller, development_key, sign
from graph.governance import load_policy
from graph.store.connection import find_connection
from graph.store.publish import publish
from tests.api.conftest import Api, Asker
from tests.api.served import GENEROUS
from tests.api.test_serving import running

QUERY = """{ hcps(first: 3, sort: [{npi: ASC}]) { totalCount edges { cursor node { npi peers { hcp { npi } } } } }
  accessFrictions(product: "OWN-1") { edges { node { value drivers { reason } } } } product(id: "OWN-1") { brand } }"""


def compiled(role: str, purpose: str, query: str) -> str:
    permissions = PermissionSet(load_policy(), role, purpose)
    documents = Documents()
    accepted = documents.accept(permissions, query)
    text = documents.plan(permissions, accepted, accepted.operation(None), {}).text
    assert text is not None
    return text


def test_the_plan_reads_published_before_and_writing_after_everything_else(api: Api) -> None:
    # given the statement of an operation with three roots
    text = compiled("field_rep", "field_engagement", QUERY)
    # when Neo4j explains it
    with api.store._driver.session() as session:
        parameters: dict[str, Any] = {f"p{n}": 1 for n in range(12)}
        parameters |= {"claim_territories": ["T-1"], "today": datetime.date(2026, 3, 1)}
        plan = session.run("EXPLAIN " + text, parameters).consume().plan
    assert plan is not None
    order = _executed(plan)
    # then the counters are the first and the last thing that touch the graph
    touching = [details for operator, details in order if "Scan" in operator or "Seek" in operator]
    assert "publishedSequence:Sequence" in touching[0]
    assert "writingSequence:Sequence" in touching[-1]
    assert len([details for details in touching if "Sequence" in details]) == 2
    # and what was selected is projected before `writing` is read
    projected = next(
        at for at, (operator, details) in enumerate(order) if operator == "Projection" and "data" in details
    )
    read = next(at for at, (_, details) in enumerate(order) if "writingSequence:Sequence" in details)
    assert projected < read


def _executed(plan: Any) -> list[tuple[str, str]]:
    """Operators in the order in which they first touch the graph: children from left to right, then itself."""
    found = [entry for child in plan.get("children", []) for entry in _executed(child)]
    operator = plan["operatorType"].split("@")[0]
    return [*found, (operator, str(plan["args"].get("Details", "")))]


def test_a_reader_waits_until_a_refresh_has_published(api: Api, access: Asker) -> None:
    # given a refresh that is in the middle of its commit
    api.store.write("MATCH (s:Sequence {name: 'writing'}) SET s.value = 8 RETURN s.value AS value")

    def publish() -> None:
        time.sleep(0.4)
        api.store.write("MATCH (s:Sequence {name: 'published'}) SET s.value = 8 RETURN s.value AS value")

    publisher = threading.Thread(target=publish)
    publisher.start()
    started = time.monotonic()
    # when somebody asks
    found = access.data("{ twin { published } }")
    # then the answer is that of after
    publisher.join()
    assert found == {"twin": {"published": 8}}
    assert time.monotonic() - started >= 0.3


def test_a_refresh_that_never_ends_is_told_at_the_deadline(api: Api, access: Asker, monkeypatch: Any) -> None:
    api.store.write("MATCH (s:Sequence {name: 'writing'}) SET s.value = 9 RETURN s.value AS value")
    monkeypatch.setattr(api.client.app.state.engine, "_deadline", 0.5)  # type: ignore[attr-defined]
    response = access.post("{ twin { published } }")
    assert response.status_code == 503
    assert response.json()["errors"][0]["extensions"]["code"] == "SERVICE_UNAVAILABLE"
    api.store.write("MATCH (s:Sequence {name: 'published'}) SET s.value = 9 RETURN s.value AS value")
    assert access.data("{ twin { published } }") == {"twin": {"published": 9}}


def test_a_statement_that_takes_too_long_is_ended_by_the_server(api: Api, access: Asker, monkeypatch: Any) -> None:
    # given a statement that would count for minutes, and half a second for it
    slow = "UNWIND range(1, 1000000000) AS n WITH sum(n % 7) AS n"
    slow += " RETURN n AS data, [] AS hidden, 1 AS published, 1 AS writing"
    engine = api.client.app.state.engine  # type: ignore[attr-defined]
    once = engine._once
    monkeypatch.setattr(engine, "_once", lambda _text, parameters: once(slow, parameters))
    monkeypatch.setattr(engine, "_statement_seconds", 0.5)
    # when it is asked
    response = access.post("{ hcps { totalCount } }")
    # then the caller is told to come back, and the next question is answered
    assert (response.status_code, response.json()["errors"][0]["extensions"]["code"]) == (503, "SERVICE_UNAVAILABLE")
    monkeypatch.undo()
    assert access.data("{ hcps { totalCount } }") == {"hcps": {"totalCount": 12}}


@pytest.mark.parametrize(("failures", "status"), [(2, 200), (3, 503)])
def test_a_connection_that_died_is_replaced_a_graph_that_is_gone_is_told(
    api: Api, access: Asker, monkeypatch: Any, failures: int, status: int
) -> None:
    # given kept connections that fail so many times
    engine = api.client.app.state.engine  # type: ignore[attr-defined]
    once = engine._once
    left = [exceptions.ServiceUnavailable("gone")] * failures

    async def failing(text: str, parameters: dict[str, Any]) -> Any:
        if left:
            raise left.pop()
        return await once(text, parameters)

    monkeypatch.setattr(engine, "_once", failing)
    # when somebody asks
    response = access.post("{ hcps { totalCount } }")
    # then nobody notices, or is told to come back
    assert response.status_code == status
    assert left == []


def test_an_operation_with_many_roots_is_one_statement(api: Api, access: Asker, monkeypatch: Any) -> None:
    # given an engine whose statements are counted
    engine = api.client.app.state.engine  # type: ignore[attr-defined]
    texts: list[str] = []
    once = engine._once

    async def counted(text: str, parameters: dict[str, Any]) -> Any:
        texts.append(text)
        return await once(text, parameters)

    monkeypatch.setattr(engine, "_once", counted)
    # when an operation with four roots, aliases and fragments is asked twice
    query = """{ a: hcps(first: 2) { ...C } b: hcps(first: 3) { ...C } product(id: "OWN-1") { brand } viewer { role } }
      fragment C on HcpConnection { totalCount edges { node { npi affiliations { name } } } }"""
    first, second = access.data(query), access.data(query)
    # then each time it was one statement, the same text
    assert first == second
    assert len(texts) == 2
    assert len(set(texts)) == 1


def test_no_text_depends_on_values(api: Api) -> None:
    permissions = PermissionSet(load_policy(), "market_access", "access_strategy")
    documents = Documents()
    query = "query ($w: HcpWhere, $f: Int!) { hcps(where: $w, first: $f) { totalCount } }"
    accepted = documents.accept(permissions, query)
    operation = accepted.operation(None)
    texts = {
        documents.plan(permissions, accepted, operation, {"w": {"npi": {"eq": npi}}, "f": first}).text
        for npi, first in (("1", 1), ("'; DROP", 2), ("2", 3))
    }
    assert len(texts) == 1
    other = documents.plan(permissions, accepted, operation, {"w": {"npi": {"eq": None}}, "f": 1}).text
    assert other not in texts


def test_fifty_readers_over_http_see_no_half_of_a_commit(api: Api) -> None:
    # given a real server, everybody in one town, and commits that move all of them, one after the other
    store, settings = api.store, api.settings
    caller = Caller("tester", "market_access", "access_strategy")
    headers = {"authorization": f"Bearer {sign(development_key(settings), caller)}"}
    body = {"query": "{ hcps(first: 100) { totalCount edges { node { npi city } } } }"}
    done = threading.Event()

    def move(town: int) -> None:
        def work(transaction: Any) -> None:
            for half in (0, 1):
                transaction.run(
                    "MATCH (hcp:HCP) WHERE toInteger(right(hcp.npi, 1)) % 2 = $half SET hcp.city = $city RETURN 1 AS n",
                    {"half": half, "city": f"TOWN {town}"},
                )

        publish(store, work)

    seen: list[tuple[str, ...]] = []
    refusals = 0

    async def read(client: httpx2.AsyncClient) -> None:
        nonlocal refusals
        while not done.is_set():
            response = await client.post("/graphql", json=body)
            answer = response.json()
            if response.status_code == 503:  # a busy machine may turn some of fifty away, or be late
                told = [error["extensions"]["code"] for error in answer["errors"]], response.headers["retry-after"]
                assert told == (["SERVICE_UNAVAILABLE"], "1")
                refusals += 1
            else:
                assert (response.status_code, answer.get("errors")) == (200, None)
                edges = answer["data"]["hcps"]["edges"]
                seen.append(tuple(sorted({edge["node"]["city"] for edge in edges})))

    async def readers(address: str) -> None:
        limits = httpx2.Limits(max_connections=50)
        async with httpx2.AsyncClient(base_url=address, headers=headers, timeout=30, limits=limits) as client:
            await asyncio.gather(*(read(client) for _ in range(50)))

    def refresh() -> None:
        for town in range(1, 26):
            move(town)
            time.sleep(0.1)
        done.set()

    move(0)
    # One caller in place of fifty: what it may ask in a while is not what is looked at.
    with running(settings, **GENEROUS) as (_, address):
        refreshing = threading.Thread(target=refresh)
        refreshing.start()
        try:
            asyncio.run(readers(address))
        finally:
            refreshing.join()
    # then every answer is of one town
    assert [towns for towns in seen if len(towns) != 1] == []
    # and enough of them were read, of many towns
    assert len(seen) > 100, f"{refusals} times refused"
    assert len(set(seen)) > 10, f"{refusals} times refused"


def test_a_place_is_waited_for_a_while_and_a_crowd_is_turned_away_at_once(api: Api) -> None:
    # given room for two statements, and for two that wait half a second
    async def run() -> tuple[list[str | None], list[float], int]:
        engine = Engine(
            find_connection(api.settings), most_running=2, most_in_flight=4, wait_seconds=0.5, deadline_seconds=5
        )
        running = most = 0
        release = asyncio.Event()

        async def held(_text: str, _parameters: dict[str, Any]) -> dict[str, Any]:
            nonlocal running, most
            running += 1
            most = max(most, running)
            await release.wait()
            running -= 1
            return {"data": {}, "hidden": [], "published": 1, "writing": 1}

        async def ask() -> tuple[str | None, float]:
            started = time.monotonic()
            try:
                await engine.run("RETURN 1", {})
            except Unavailable as error:
                return error.reason, time.monotonic() - started
            return None, time.monotonic() - started

        engine._once = held  # type: ignore[assignment, method-assign]
        try:
            asked = [asyncio.create_task(ask()) for _ in range(6)]
            await asyncio.sleep(0.8)
            late = asyncio.create_task(ask())
            await asyncio.sleep(0.1)
            release.set()
            found = [await task for task in [*asked, late]]
        finally:
            await engine.close()
        return [reason for reason, _ in found], [seconds for _, seconds in found], most

    reasons, seconds, most = asyncio.run(run())
    # then two ran, two waited in vain, two were not let in, and one that came later got a place
    assert reasons == [None, None, "busy", "busy", "busy", "busy", None]
    assert most == 2
    assert all(0.5 <= one < 0.8 for one in seconds[2:4])
    assert all(one < 0.3 for one in seconds[4:6])
