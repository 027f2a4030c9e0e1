"""F08: Neo4j stands still, goes, and comes back, under a real server that nobody restarts."""

import os
import signal
import socket
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import httpx2
import pytest

from api.tokens import Caller, development_key, sign
from graph.server.local import LocalServer
from graph.settings import Settings
from graph.store import open_store
from tests.api.conftest import rebuild
from tests.api.test_serving import running
from tests.conftest import settings_for

DEADLINE_SECONDS = 10.0
BODY = {"query": "{ hcps(first: 3) { totalCount edges { node { npi } } } }"}


@pytest.fixture(scope="module")
def own_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LocalServer]:
    """A Neo4j of this module alone, with the hand-made world."""
    with socket.socket() as bolt, socket.socket() as http:
        for free in (bolt, http):
            free.bind(("127.0.0.1", 0))
        ports = [str(free.getsockname()[1]) for free in (bolt, http)]
    # Wished for, so that it comes back where it was.
    settings = settings_for(tmp_path_factory.mktemp("away"), TWIN_BOLT_PORT=ports[0], TWIN_HTTP_PORT=ports[1])
    server = LocalServer(settings, profile="lean")
    server.start()
    try:
        with open_store(settings) as store:
            rebuild(store)
        yield server
    finally:
        server.stop()


@pytest.fixture(scope="module")
def client(own_server: LocalServer, tmp_path_factory: pytest.TempPathFactory) -> Iterator[httpx2.Client]:
    """A client of one real server process that lives through all of this."""
    with open_store(own_server.settings) as store:
        connection = store.connection
    settings: Settings = settings_for(
        tmp_path_factory.mktemp("away-api"), NEO4J_URI=connection.uri, NEO4J_PASSWORD=connection.password
    )
    caller = Caller("tester", "market_access", "access_strategy")
    headers = {"authorization": f"Bearer {sign(development_key(settings), caller)}"}
    with (
        running(settings) as (_, address),
        httpx2.Client(base_url=address, headers=headers, timeout=30) as client,
    ):
        assert client.post("/graphql", json=BODY).json()["data"]["hcps"]["totalCount"] == 12
        yield client


def ask(client: httpx2.Client) -> tuple[httpx2.Response, float]:
    started = time.monotonic()
    response = client.post("/graphql", json=BODY)
    return response, time.monotonic() - started


def seconds_until_answered(client: httpx2.Client) -> float:
    """Until requests are answered and wanted again."""
    started = time.monotonic()
    while time.monotonic() - started < 60:
        if client.get("/readyz").status_code == 200 and client.post("/graphql", json=BODY).status_code == 200:
            break
        time.sleep(0.1)
    return time.monotonic() - started


def come_back(own_server: LocalServer) -> None:
    """Start Neo4j and wait until it has answered a statement: the first one after its start costs it seconds."""
    own_server.start()
    with open_store(own_server.settings) as store:
        assert store.read("MATCH (hcp:HCP) RETURN count(hcp) AS hcps") == [{"hcps": 12}]
        assert store.read("read/counters") == [{"published": 7, "writing": 7}]


def must_say_that_it_cannot(client: httpx2.Client, responses: list[tuple[httpx2.Response, float]]) -> None:
    for response, seconds in responses:
        assert (response.status_code, response.headers["retry-after"]) == (503, "1")
        assert [error["extensions"]["code"] for error in response.json()["errors"]] == ["SERVICE_UNAVAILABLE"]
        assert seconds <= DEADLINE_SECONDS + 0.5
    ready = client.get("/readyz")
    assert (ready.status_code, ready.json()["checks"]["neo4j"]) == (503, "does not answer")
    assert client.get("/livez").status_code == 200


def test_f08_neo4j_stands_still(own_server: LocalServer, client: httpx2.Client) -> None:
    # given a Neo4j that is stopped in its tracks under eight requests
    pid = own_server.status().pid
    assert pid is not None
    os.kill(pid, signal.SIGSTOP)
    try:
        with ThreadPoolExecutor(8) as pool:
            responses = list(pool.map(lambda _: ask(client), range(8)))
        # then each is told so within the deadline
        must_say_that_it_cannot(client, responses)
    finally:
        os.kill(pid, signal.SIGCONT)
    # and when it goes on, so does the service
    assert seconds_until_answered(client) < 5


def test_neo4j_ends_and_comes_back(own_server: LocalServer, client: httpx2.Client) -> None:
    # given a Neo4j that has ended
    own_server.stop()
    time.sleep(1.1)  # what /readyz knows is at most a second old
    try:
        must_say_that_it_cannot(client, [ask(client) for _ in range(3)])
    finally:
        come_back(own_server)
    # when it is back, at the same address, so is the service
    assert seconds_until_answered(client) < 5


def test_neo4j_is_killed_and_comes_back(own_server: LocalServer, client: httpx2.Client) -> None:
    # given a Neo4j that died while requests were on their way
    pid = own_server.status().pid
    assert pid is not None
    with ThreadPoolExecutor(8) as pool:
        pending = [pool.submit(ask, client) for _ in range(40)]
        os.kill(pid, signal.SIGKILL)
        responses = [one.result() for one in pending]
    assert {response.status_code for response, _ in responses} <= {200, 503}
    assert max(seconds for _, seconds in responses) <= DEADLINE_SECONDS + 0.5
    come_back(own_server)
    assert seconds_until_answered(client) < 5
