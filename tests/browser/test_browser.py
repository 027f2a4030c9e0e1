"""Neo4j Browser on a real server: what it serves, and a session in a real headless browser."""

import html
import http.client
import json
import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import pytest

from cypher import statements
from graph.server.guide import with_samples
from graph.server.local import LocalServer
from graph.settings import Settings
from graph.store import open_store

if TYPE_CHECKING:
    from tests.browser.conftest import Chromium

NPI = "2999000005"
PEERS = 4


@dataclass(frozen=True, slots=True)
class Served:
    """A server with Browser and five HCPs who share patients."""

    http_port: int
    bolt_port: int
    password: str


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    settings = Settings.load({**_cache(), "TWIN_HOME": str(tmp_path_factory.mktemp("browser"))})
    server = LocalServer(settings, profile="full")
    status = server.start()
    try:
        with open_store(settings) as store:
            store.write(
                "CREATE (hcp:HCP {id: 'hcp_0', npi: $npi}) WITH hcp UNWIND range(1, $peers) AS peer "
                "CREATE (hcp)-[:SHARES_PATIENTS {year: 2025, patients: 10 + peer}]->(:HCP {id: 'hcp_' + peer})",
                npi=NPI,
                peers=PEERS,
            )
            password = store.connection.password
        assert status.http is not None
        assert status.uri is not None
        http_port, bolt_port = urlsplit(status.http).port, urlsplit(status.uri).port
        assert http_port is not None
        assert bolt_port is not None
        yield Served(http_port, bolt_port, password)
    finally:
        server.stop()


def test_browser_is_served_under_a_policy_that_names_this_machine_alone(served: Served) -> None:
    # given
    bolt = f"127.0.0.1:{served.bolt_port}"

    # when
    answer = _get(served, "/browser/")

    # then
    assert answer.status == 200
    assert answer.policy == (
        "default-src 'self'; script-src 'self'; worker-src 'self' blob:; img-src 'self' data: blob:; "
        "style-src 'self' 'unsafe-inline'; font-src 'self' data:; "
        f"connect-src 'self' ws://{bolt} http://{bolt}; base-uri 'none'; object-src 'none'; frame-ancestors 'none'"
    )


def test_the_guide_that_is_served_holds_every_question_once(served: Served) -> None:
    # when
    answer = _get(served, "/browser/twin/guide.html")

    # then
    assert answer.status == 200
    assert {one.name: answer.body.count(f"<h4>{html.escape(one.title)}</h4>") for one in statements("explore")} == {
        one.name: 1 for one in statements("explore")
    }


def test_the_preparing_page_offers_each_question_as_a_favourite_and_opens_this_database(served: Served) -> None:
    # when
    prepared = json.loads(_get(served, "/browser/twin/seed.json").body)

    # then
    contents = {document["content"].split("\n", 1)[1] for document in prepared["documents"]}
    assert contents == {with_samples(one) for one in statements("explore")}
    assert prepared["open"] == f"/browser/?dbms=bolt://neo4j@127.0.0.1:{served.bolt_port}&db=neo4j"
    assert prepared["settings"] == {
        "initCmd": "",
        "autoComplete": False,
        "allowCrashReports": False,
        "allowUserStats": False,
        "useReadTransactions": True,
        "showSampleScripts": False,
    }
    assert "password" not in json.dumps(prepared).lower()


def test_a_person_logs_in_runs_a_question_of_the_guide_and_sees_a_graph(
    served: Served, chromium: "Chromium", tmp_path: Path
) -> None:
    # given: the preparing page has sent us to Browser, and we log in
    chromium.open(f"http://127.0.0.1:{served.http_port}/browser/twin/")
    chromium.wait_for("!!document.querySelector('[data-testid=password]')")
    chromium.type("[data-testid=password]", served.password)
    chromium.click("[data-testid=connect]")

    # when: the guide has opened by itself, we turn to the question, give an NPI, and run the statement
    chromium.wait_for("document.body.innerText.includes('Ask the knowledge twin')")
    while not chromium.evaluate("!!document.querySelector('[value-for=hcp_peers-npi]')"):
        chromium.click("[data-testid=guideNextSlide]")
    chromium.type("[value-for=hcp_peers-npi]", NPI)
    chromium.call("Input.dispatchKeyEvent", type="keyUp", key=NPI[-1])
    statement = "[...document.querySelectorAll('pre.runnable')].find(e => e.querySelector('[value-key=hcp_peers-npi]'))"
    chromium.evaluate(f"{statement}.click()")
    chromium.press_control_enter()

    # then: five people and four lines are drawn, and only this server was asked
    chromium.wait_for(f"document.querySelectorAll('svg g.node').length === {1 + PEERS}")
    chromium.wait_for(f"document.body.innerText.includes('{1 + PEERS} nodes, {PEERS} relationships')")
    chromium.picture(tmp_path / "browser.png")
    addresses = [urlsplit(address) for address in chromium.requests]
    asked = {(one.hostname, one.port) for one in addresses if one.scheme not in ("blob", "data", "about")}
    assert asked == {("127.0.0.1", served.http_port), ("127.0.0.1", served.bolt_port)}
    assert all(urlsplit(address).hostname != "127.0.0.1" for address in chromium.refused)


@dataclass(frozen=True, slots=True)
class Answer:
    status: int
    policy: str | None
    body: str


def _get(served: Served, path: str) -> Answer:
    connection = http.client.HTTPConnection("127.0.0.1", served.http_port, timeout=10)
    try:
        connection.request("GET", path)
        answer = connection.getresponse()
        return Answer(answer.status, answer.headers["Content-Security-Policy"], answer.read().decode())
    finally:
        connection.close()


def _cache() -> dict[str, str]:
    return {"TWIN_CACHE": os.environ["TWIN_CACHE"]} if "TWIN_CACHE" in os.environ else {}
