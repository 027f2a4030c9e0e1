"""Every question of the warm-up is one that some role may ask, that compiles and runs, and that waits for requests."""

import asyncio
import time
from itertools import product
from typing import Any

import pytest
from graphql import parse, validate
from starlette.testclient import TestClient

from api import warmup
from api.app import build_app
from api.cursors import CursorKey
from api.engine import Engine
from api.operations import Operations, Request
from api.permissions import PermissionSet
from api.policies import Policies, Ruling
from api.tokens import Caller
from api.traffic import QUIET_SECONDS, Traffic
from api.warmup import SUBJECT, questions, warm_up
from graph.governance import load_policy
from graph.store.connection import find_connection
from tests.api import world
from tests.api.conftest import Api, Asker

POLICY = load_policy()
SETS = [PermissionSet(POLICY, role.name, purpose) for role in POLICY.roles.values() for purpose in role.purposes]
LENGTHS = ("PRD-1", "prd_0123456789abcdefghijklmn")
"""A code and an id."""
ASKERS = {text: [one for one in SETS if not validate(one.schema, parse(text))] for text in questions()}


def operations(api: Api) -> Operations:
    engine = Engine(find_connection(api.settings), deadline_seconds=60, statement_seconds=50)
    return Operations(Policies(Ruling.of(POLICY)), engine, CursorKey(b"k" * 64))


def test_there_are_fifty_questions_and_each_has_somebody_to_ask_it() -> None:
    assert len(ASKERS) >= 50
    assert [text for text, sets in ASKERS.items() if not sets] == []


def test_every_question_runs_as_the_first_role_that_may_ask_it(api: Api) -> None:
    async def run() -> list[set[str]]:
        asked = operations(api)
        try:
            return [
                set(
                    await asked.answer(
                        Caller("tester", sets[0].role, sets[0].purpose, ("T-1",)), Request(text, {}, None)
                    )
                )
                for text, sets in ASKERS.items()
            ]
        finally:
            await asked._engine.close()

    assert all("data" in found for found in asyncio.run(run()))


def test_the_warm_up_asks_as_every_role_that_may(api: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    # given a question for all roles and one that market access may not ask
    chosen = (
        "{ viewer { role } }",
        'query Q($npi: String! = "0") { hcp(npi: $npi) { adoption(product: "0") { value } } }',
    )
    monkeypatch.setattr(warmup, "questions", lambda: chosen)
    twice = {"field_rep", "patient_support"}
    expected = sum(
        2 if one.role in twice else 1 for text in chosen for one in SETS if not validate(one.schema, parse(text))
    )

    async def run() -> int:
        asked = operations(api)
        try:
            return await warm_up(asked, POLICY, Traffic())
        finally:
            await asked._engine.close()

    # then each is answered, by those for whom territories count for one and for two
    assert asyncio.run(run()) == expected
    assert expected >= 6


def test_what_was_warmed_up_is_not_planned_again_for_real_values(api: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    # given what Neo4j keeps planned of a question with an NPI and a product, and of one with a plan and a product
    chosen = tuple(text for text in questions() if text.startswith(("query HcpPage(", "query PlanPolicies(")))
    assert len(chosen) == 2
    monkeypatch.setattr(warmup, "questions", lambda: chosen)
    real = [{"npi": world.npi(2), "id": plan, "product": product} for plan in LENGTHS for product in LENGTHS]

    async def run(*, asking: bool) -> str:
        api.store.run_schema("CALL db.clearQueryCaches()")
        asked = operations(api)
        try:
            await warm_up(asked, POLICY, Traffic())
            for text, values in product(chosen, real) if asking else ():
                defined = {name: value for name, value in values.items() if f"${name}:" in text}
                await asked.answer(
                    Caller("auth0|0123456789", "brand", "brand_strategy", ()), Request(text, defined, None)
                )
        finally:
            await asked._engine.close()
        return str(api.store.read("CALL db.clearQueryCaches() YIELD value RETURN value")[0]["value"])

    # then real values of any length add none
    assert asyncio.run(run(asking=True)) == asyncio.run(run(asking=False))


def test_the_warm_up_gives_way_to_requests_and_goes_on_afterwards(api: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    # given a server that warms itself, and a request of which the answer takes half a second
    asked: list[tuple[str, float]] = []
    answer = Operations.answer

    async def noted(self: Operations, caller: Caller, *rest: Any) -> dict[str, Any]:
        asked.append((caller.subject, time.monotonic()))
        if caller.subject == "tester":
            await asyncio.sleep(0.5)
        return await answer(self, caller, *rest)

    def warmed() -> int:
        return sum(subject == SUBJECT for subject, _ in asked)

    def wait_until_more_than(count: int) -> None:
        deadline = time.monotonic() + 60
        while warmed() <= count and time.monotonic() < deadline:
            time.sleep(0.02)
        assert warmed() > count

    monkeypatch.setattr(Operations, "answer", noted)
    with TestClient(build_app(api.settings, warm=True)) as client:
        wait_until_more_than(0)
        # when the request comes, and again less than a second after its answer
        rep = Asker(client, api.as_("field_rep", "T-1").token)
        for _ in range(2):
            assert rep.data("{ viewer { role } }") == {"viewer": {"role": "field_rep"}}
            time.sleep(0.5 * QUIET_SECONDS)
        left, before = time.monotonic() - 0.5 * QUIET_SECONDS, warmed()
        wait_until_more_than(before)
    # then no question was begun from the first request on until a second after the last, and others were later
    came = next(at for subject, at in asked if subject == "tester")
    during = [at for subject, at in asked if subject == SUBJECT and came < at < left + 0.9 * QUIET_SECONDS]
    assert [subject for subject, _ in asked].count("tester") == 2
    assert during == []
    # and the server that was stopped asks no more
    ended = len(asked)
    time.sleep(1.5 * QUIET_SECONDS)
    assert len(asked) == ended


def test_a_server_that_waits_to_warm_itself_stops_at_once(api: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    # given a server that waits since a request has just been answered
    monkeypatch.setattr("api.traffic.QUIET_SECONDS", 600.0)
    with TestClient(build_app(api.settings, warm=True)) as client:
        rep = Asker(client, api.as_("field_rep", "T-1").token)
        assert rep.data("{ viewer { role } }") == {"viewer": {"role": "field_rep"}}
        # when it is stopped
        stopped = time.monotonic()
    # then it does not wait
    assert time.monotonic() - stopped < 10
