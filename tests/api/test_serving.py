"""The real process: what it loads, how much memory it takes, how it starts and stops."""

import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager

import httpx2
import psutil
import pytest

from api.serving import DRAIN_SECONDS
from api.tokens import Caller, development_key, sign
from graph.settings import Settings
from graph.store import open_store
from tests.api.conftest import rebuild

MEGABYTE = 1024 * 1024
MOST_MEGABYTES = 120
HEAVY = ("torch", "pandas", "numpy", "pyarrow", "lightgbm", "numba", "sklearn", "scipy", "graphdatascience", "gnn")
# Serves like `twin serve`, and says at the end which packages it had loaded.
REPORTING = """
import sys
from api.cli import main
try:
    main(["serve", "--json"])
finally:
    print(",".join(sorted({name.split(".")[0] for name, module in sys.modules.items() if module is not None})))
"""


def environment(settings: Settings, **more: str) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("TWIN_", "NEO4J_"))}
    cache = {"TWIN_CACHE": os.environ["TWIN_CACHE"]} if "TWIN_CACHE" in os.environ else {}
    return {
        **kept,
        **cache,
        "TWIN_HOME": str(settings.home),
        "NEO4J_URI": str(settings.neo4j_uri),
        "NEO4J_PASSWORD": str(settings.neo4j_password),
        **more,
    }


def production(settings: Settings) -> dict[str, str]:
    """The production profile, which knows the public half of the development key."""
    public = settings.home / "jwks.json"
    public.write_text(json.dumps({"keys": [development_key(settings).as_dict(private=False)]}))
    return {"TWIN_PROFILE": "production", "TWIN_JWKS_FILE": str(public)}


@contextmanager
def running(settings: Settings, stderr: int | None = None, **more: str) -> Iterator[tuple[subprocess.Popen[str], str]]:
    process = subprocess.Popen(
        [sys.executable, "-c", REPORTING],
        env=environment(settings, **more),
        stdout=subprocess.PIPE,
        stderr=stderr,
        text=True,
    )
    try:
        assert process.stdout is not None
        yield process, str(json.loads(process.stdout.readline())["address"])
    finally:
        if process.poll() is None:
            process.kill()
        process.communicate()


def test_the_serving_process_is_lean_and_stops_when_told(api_settings: Settings) -> None:
    # given the real process on a real graph
    with open_store(api_settings) as store:
        rebuild(store)
    caller = Caller("tester", "market_access", "access_strategy")
    headers = {"authorization": f"Bearer {sign(development_key(api_settings), caller)}"}
    query = '{ accessFrictions(product: "OWN-1") { totalCount edges { node { value plan { name } } } } }'
    with running(api_settings) as (process, address):
        # when it has answered a hundred requests
        with httpx2.Client(base_url=address, headers=headers, timeout=30) as client:
            answers = [client.post("/graphql", json={"query": query}) for _ in range(100)]
        memory = psutil.Process(process.pid).memory_info().rss / MEGABYTE
        process.send_signal(signal.SIGTERM)
        output, _ = process.communicate(timeout=20)
    # then all were answered, memory is small, nothing heavy was loaded, and it went quietly
    assert {answer.status_code for answer in answers} == {200}
    assert answers[0].json()["data"]["accessFrictions"]["totalCount"] == 7
    assert memory <= MOST_MEGABYTES
    loaded = set(output.strip().split(","))
    assert {"strawberry", "neo4j", "starlette"} <= loaded
    assert loaded & set(HEAVY) == set()
    assert process.returncode == 0


def test_a_taken_default_port_moves_and_a_wanted_one_is_an_error(api_settings: Settings) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        # given a port that somebody asked for and that is taken
        done = subprocess.run(
            [sys.executable, "-m", "api.cli", "serve", "--port", str(port)],
            env=environment(api_settings),
            capture_output=True,
            text=True,
            timeout=60,
        )
    # then it is named, with what to do
    assert done.returncode == 2
    assert f"error: port {port} on '127.0.0.1' cannot be used" in done.stderr
    assert done.stdout == ""
    # and without a wish two servers find a place each
    with running(api_settings) as (_, first), running(api_settings) as (_, second):
        assert first != second


def test_no_neo4j_is_one_clear_line(api_settings: Settings) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "api.cli", "serve"],
        env=environment(api_settings, NEO4J_URI="bolt://127.0.0.1:1"),
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert done.returncode == 60
    assert done.stderr.startswith("error: Neo4j at 'bolt://127.0.0.1:1' does not answer")
    assert done.stderr.count("\n") == 1


@pytest.mark.parametrize("profile", ["production"])
def test_production_without_keys_does_not_start(api_settings: Settings, profile: str) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "api.cli", "serve"],
        env=environment(api_settings, TWIN_PROFILE=profile),
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert (done.returncode, done.stdout) == (2, "")
    assert "neither TWIN_JWKS_URL nor TWIN_JWKS_FILE is set" in done.stderr


def test_sigterm_turns_requests_away_before_it_ends_and_finishes_those_in_flight(api_settings: Settings) -> None:
    # given a server in production, and a request that waits for a refresh to be published
    with open_store(api_settings) as store:
        rebuild(store)
        caller = Caller("tester", "market_access", "access_strategy")
        headers = {"authorization": f"Bearer {sign(development_key(api_settings), caller)}"}
        body = {"query": "{ hcps { totalCount } }"}
        with (
            running(api_settings, **production(api_settings)) as (process, address),
            httpx2.Client(base_url=address, headers=headers, timeout=30) as client,
            ThreadPoolExecutor(1) as pool,
        ):
            store.write("MATCH (s:Sequence {name: 'writing'}) SET s.value = 8 RETURN s.value AS value")
            waiting = pool.submit(client.post, "/graphql", json=body)
            time.sleep(0.5)
            # when it is told to stop
            process.send_signal(signal.SIGTERM)
            told = time.monotonic()
            time.sleep(0.3)
            ready, live, refused = client.get("/readyz"), client.get("/livez"), client.post("/graphql", json=body)
            still_waiting = not waiting.done()
            time.sleep(DRAIN_SECONDS)
            store.write("MATCH (s:Sequence {name: 'published'}) SET s.value = 8 RETURN s.value AS value")
            answered = waiting.result()
            client.close()
            code = process.wait(timeout=20)
            took = time.monotonic() - told
    # then others are sent elsewhere at once, what was in flight is answered after listening has ended, and all is well
    assert (ready.status_code, ready.json()["checks"]["service"], live.status_code) == (503, "being stopped", 200)
    assert (refused.status_code, refused.headers["retry-after"]) == (503, "1")
    assert still_waiting
    assert (answered.status_code, answered.json()) == (200, {"data": {"hcps": {"totalCount": 12}}})
    assert code == 0
    assert DRAIN_SECONDS <= took < DRAIN_SECONDS + 5


def test_a_second_sigterm_does_not_wait(api_settings: Settings) -> None:
    with running(api_settings, **production(api_settings)) as (process, _):
        started = time.monotonic()
        for _ in range(2):
            process.send_signal(signal.SIGTERM)
            time.sleep(0.2)
        assert process.wait(timeout=20) == 0
    assert time.monotonic() - started < DRAIN_SECONDS
