"""Predictions are replaced while somebody reads: always ready, never two versions in one answer, nothing half left."""

import datetime
import itertools
import threading
import time
from dataclasses import dataclass

import httpx2
import pytest

import gnn.write
from api.tokens import Caller, development_key, sign
from gnn.cohorts import CohortSegment
from gnn.prediction import Prediction, Reason
from gnn.write import write_predictions
from graph.store import Store
from tests.api.conftest import Api
from tests.api.test_serving import running

AS_OF = datetime.date(2026, 2, 1)
FIXED = {"dataClass": "access_friction", "dataClasses": ["coverage"], "unit": "probability", "horizonDays": 28}
PLANS, TOLD = 500, 400
QUERY = """{ accessFrictions(product: "OWN-1", first: 500) {
  totalCount edges { node { value plan { name } drivers { reason } model { version } } }
} }"""


@dataclass(frozen=True, slots=True)
class _Model:
    id: str = "m1"
    version: str = "friction-1"


MODELS = (_Model(), _Model("m2", "friction-2"))


def predicted(version: int) -> list[Prediction]:
    """Four hundred plans, other ones in every second version; values, reasons and model tell the version."""
    first = (PLANS - TOLD) * (version % 2)
    value = version / 1000
    reason = (Reason("CoveragePolicy", "policy-1", f"version {version}", value, ("coverage",)),)
    return [
        Prediction(
            "plan",
            "Plan",
            f"many-{n}",
            "prod-own",
            None,
            value,
            value,
            value,
            10.0,
            1.0,
            "PA",
            (value,),
            40,
            reasons=reason,
        )
        for n in range(first, first + TOLD)
    ]


def write(store: Store, version: int) -> None:
    """Every version is another model's than the one before."""
    model = MODELS[version % 2]
    write_predictions(store, model, "access_friction", AS_OF, FIXED, predicted(version))  # type: ignore[arg-type]


@pytest.fixture(scope="module", autouse=True)
def plans(api: Api) -> None:
    """The plans, another model, and a first version that has replaced the friction of the hand-made world."""
    api.store.write("CREATE (:ModelVersion {id: 'm2', task: 'access_friction', version: 'friction-2'})")
    api.store.write(
        "MATCH (payer:Payer) UNWIND range(0, $most) AS n "
        "CREATE (payer)-[:OFFERS]->(:Plan {id: 'many-' + n, planKey: 'M-' + n, name: 'many ' + n})",
        most=PLANS - 1,
    )
    write(api.store, 0)


def test_readers_see_one_version_and_the_service_stays_ready(api: Api) -> None:
    # given a real server, somebody who asks for all predictions, and somebody who asks whether it is ready
    key, number = development_key(api.settings), itertools.count()
    done = threading.Event()
    ready: list[int] = []
    seen: list[tuple[int, int, frozenset[float], frozenset[str], frozenset[str]]] = []
    failed: list[BaseException] = []

    def read(address: str) -> None:
        with httpx2.Client(base_url=address, timeout=30) as client:
            while not done.is_set():
                # Somebody else every time: one person may not ask this often.
                caller = Caller(f"tester-{next(number)}", "market_access", "access_strategy")
                headers = {"authorization": f"Bearer {sign(key, caller)}"}
                answer = client.post("/graphql", json={"query": QUERY}, headers=headers)
                found = answer.json()["data"]["accessFrictions"]
                nodes = [edge["node"] for edge in found["edges"]]
                reasons = frozenset(driver["reason"] for node in nodes for driver in node["drivers"])
                models = frozenset(node["model"]["version"] for node in nodes)
                values = frozenset(node["value"] for node in nodes)
                seen.append((found["totalCount"], len(nodes), values, reasons, models))

    def look(address: str) -> None:
        with httpx2.Client(base_url=address, timeout=30) as client:
            while not done.is_set():
                ready.append(client.get("/readyz").status_code)
                time.sleep(0.02)

    def guarded(work: object, address: str) -> None:
        try:
            work(address)  # type: ignore[operator]
        except BaseException as error:
            failed.append(error)
            raise

    # when fifteen versions follow one another
    with running(api.settings) as (_, address):
        threads = [threading.Thread(target=guarded, args=(work, address)) for work in (read, read, look)]
        for thread in threads:
            thread.start()
        try:
            for version in range(1, 16):
                write(api.store, version)
        finally:
            time.sleep(0.5)
            done.set()
            for thread in threads:
                thread.join()

    # then it was ready all the time, and each answer is whole and of one version
    assert failed == []
    assert set(ready) == {200}
    versions = {next(iter(values)) for _, _, values, _, _ in seen}
    for total, count, values, reasons, models in seen:
        assert (total, count, len(values)) == (TOLD, TOLD, 1)
        version = round(1000 * next(iter(values)))
        assert reasons == {f"version {version}"}
        assert models == {MODELS[version % 2].version}
    assert len(versions) >= 3
    assert max(versions) == 0.015


@pytest.mark.parametrize("broken", ["add_reasons", "change_reasons"])
def test_a_scoring_that_is_killed_shows_nothing_and_the_next_one_clears_it(
    api: Api, monkeypatch: pytest.MonkeyPatch, broken: str
) -> None:
    # given a version, and a process that dies while it writes the next one
    write(api.store, 2)
    before = api.as_("market_access").data(QUERY)
    changes = api.store.read("MATCH (c:Change) RETURN count(c) AS n")

    def dies(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(gnn.write, broken, dies)
        with pytest.raises(KeyboardInterrupt):
            write(api.store, 3)

    # then something is left in the graph that nobody sees
    hidden = "MATCH (p:Prediction) WHERE p.task IS NULL RETURN count(p) AS n"
    assert api.store.read(hidden) == [{"n": PLANS - TOLD}]
    assert api.as_("market_access").data(QUERY) == before

    # when the next one goes through, then its version is whole and nothing else is there
    write(api.store, 5)
    after = api.as_("market_access").data(QUERY)["accessFrictions"]
    assert {edge["node"]["value"] for edge in after["edges"]} == {0.005}
    assert after["totalCount"] == TOLD
    assert api.store.read(hidden) == [{"n": 0}]
    logged = api.store.read("MATCH (c:Change) RETURN count(c) AS n, count(c.label) AS shown")
    # 300 plans whose value changed, 100 that came and 100 that went
    assert logged == [{"n": changes[0]["n"] + PLANS, "shown": changes[0]["n"] + PLANS}]
    assert api.store.read("MATCH (s:Sequence {name: 'scoring'}) RETURN count(s) AS n") == [{"n": 0}]


def test_a_scoring_that_is_killed_after_it_has_shown_all_is_finished_by_the_next_one(
    api: Api, monkeypatch: pytest.MonkeyPatch
) -> None:
    # given a version, and a process that dies when the next one, by another model, has been shown
    write(api.store, 2)

    def dies(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(gnn.write, "_settle", dies)
        with pytest.raises(KeyboardInterrupt):
            write(api.store, 3)

    # then readers see it whole, while relationships to the model of before, and what has ended, are still there
    def shown() -> set[tuple[float, str]]:
        nodes = [edge["node"] for edge in api.as_("market_access").data(QUERY)["accessFrictions"]["edges"]]
        assert len(nodes) == TOLD
        return {(node["value"], node["model"]["version"]) for node in nodes}

    made = "MATCH (p:Prediction {dataClass: 'access_friction'})-[:BY]->(m) RETURN m.id AS id, count(p) AS n ORDER BY id"
    assert shown() == {(0.003, "friction-2")}
    assert api.store.read(made) == [{"id": "m1", "n": TOLD}, {"id": "m2", "n": PLANS - TOLD}]

    # when the next one, by the same model, finds nothing else to do, then it does what was left
    write(api.store, 3)
    assert shown() == {(0.003, "friction-2")}
    assert api.store.read(made) == [{"id": "m2", "n": TOLD}]


def test_segments_of_cohorts_come_and_go_with_what_is_predicted_about_them(api: Api) -> None:
    def score(*segments: CohortSegment) -> tuple[int, int]:
        numbers = (0.3, 0.2, 0.4, 10.0, 1.0, "PA", (0.3,), 40)
        rows = [
            Prediction("cohort", "CohortSegment", one.id, "prod-own", None, *numbers, segment=one)  # type: ignore[arg-type]
            for one in segments
        ]
        return write_predictions(api.store, _Model(), "access_friction", AS_OF, FIXED, rows)  # type: ignore[arg-type]

    def told() -> list[tuple[str, str, str, float]]:
        found = api.as_("market_access").data(
            """{ accessFrictions(product: "OWN-1", sort: [{cohort: {state: ASC}}]) {
              edges { node { id value cohort { id state siteOfCare } } } } }"""
        )["accessFrictions"]["edges"]
        nodes = [edge["node"] for edge in found]
        return [(n["id"], n["cohort"]["id"], n["cohort"]["state"], n["value"]) for n in nodes]

    # given
    ohio, texas = CohortSegment("state", state="OH"), CohortSegment("state", state="TX")
    score(ohio, texas)
    first = told()
    assert [(segment, state, value) for _, segment, state, value in first] == [
        (ohio.id, "OH", 0.3),
        (texas.id, "TX", 0.3),
    ]

    # when they are written again, then nothing is new and ids stay
    assert score(ohio, texas) == (0, 0)
    assert told() == first

    # when one of them is no longer told, then its segment is gone, too
    assert score(ohio) == (0, 1)
    assert told() == first[:1]
    assert api.store.read("MATCH (segment:CohortSegment) RETURN segment.id AS id") == [{"id": ohio.id}]
