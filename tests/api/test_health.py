"""Ready means: Neo4j answers, no load is half published, what is told can be recorded, nobody stops the process."""

import time

import pytest

from tests.api.conftest import Api, Asker

OK = {"service": "ok", "policy": "ok", "neo4j": "ok", "load": "ok", "audit": "ok"}


@pytest.fixture(autouse=True)
def nothing_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    """What Neo4j said is not kept, so that every look is a fresh one."""
    monkeypatch.setattr("api.health.KEPT_SECONDS", 0.0)


def test_live_and_ready(api: Api) -> None:
    live, ready = api.client.get("/livez"), api.client.get("/readyz")
    assert (live.status_code, live.json()) == (200, {"status": "alive"})
    assert (ready.status_code, ready.json()) == (200, {"status": "ready", "checks": OK})
    assert live.headers["x-content-type-options"] == ready.headers["x-content-type-options"] == "nosniff"


def test_a_commit_is_waited_for_and_a_load_in_batches_is_told(api: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    # given a sequence that is being written and not published
    monkeypatch.setattr("api.health.COMMIT_SECONDS", 0.5)
    api.store.write("MATCH (s:Sequence {name: 'writing'}) SET s.value = 8 RETURN s.value AS value")
    # then whoever asks is still welcome, and is answered at once
    since = time.monotonic()
    assert api.client.get("/readyz").json() == {"status": "ready", "checks": OK}
    assert time.monotonic() - since < 0.4
    # when it takes longer than anybody waits
    time.sleep(0.5)
    found = api.client.get("/readyz")
    assert (found.status_code, found.json()) == (503, {"status": "not ready", "checks": {**OK, "load": "under way"}})
    # when it is published
    api.store.write("MATCH (s:Sequence {name: 'published'}) SET s.value = 8 RETURN s.value AS value")
    assert api.client.get("/readyz").status_code == 200
    # then the next commit is waited for again
    api.store.write("MATCH (s:Sequence {name: 'writing'}) SET s.value = 9 RETURN s.value AS value")
    assert api.client.get("/readyz").status_code == 200
    api.store.write("MATCH (s:Sequence {name: 'published'}) SET s.value = 9 RETURN s.value AS value")


def test_an_empty_graph_is_ready(api: Api) -> None:
    before = api.store.read("MATCH (s:Sequence) RETURN s.name AS name, s.value AS value")
    api.store.write("MATCH (s:Sequence) DELETE s RETURN count(*) AS gone")
    assert api.client.get("/readyz").status_code == 200
    for row in before:
        api.store.write("CREATE (s:Sequence {name: $name, value: $value}) RETURN 1 AS made", **row)


def test_who_is_being_stopped_takes_no_request(api: Api, rep: Asker, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(api.client.app.state.health, "draining", True)  # type: ignore[attr-defined]
    ready, refused = api.client.get("/readyz"), rep.post("{ viewer { role } }")
    assert (ready.status_code, ready.json()["checks"]) == (503, {**OK, "service": "being stopped"})
    assert (refused.status_code, refused.headers["retry-after"]) == (503, "1")
    assert refused.json()["errors"][0]["extensions"]["code"] == "SERVICE_UNAVAILABLE"
    assert api.client.get("/livez").status_code == 200


def test_no_figures_where_requests_come(api: Api, rep: Asker) -> None:
    response = api.client.get("/metrics", headers={"authorization": f"Bearer {rep.token}"})
    assert (response.status_code, b"twin_" in response.content) == (404, False)
