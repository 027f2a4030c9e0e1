"""Every question of the warm-up is one that some role may ask, and that compiles and runs."""

import asyncio

import pytest
from graphql import parse, validate

from api import warmup
from api.cursors import CursorKey
from api.engine import Engine
from api.operations import Operations, Request
from api.permissions import PermissionSet
from api.policies import Policies, Ruling
from api.tokens import Caller
from api.warmup import questions, warm_up
from graph.governance import load_policy
from graph.store.connection import find_connection
from tests.api.conftest import Api

POLICY = load_policy()
SETS = [PermissionSet(POLICY, role.name, purpose) for role in POLICY.roles.values() for purpose in role.purposes]
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
            return await warm_up(asked, POLICY)
        finally:
            await asked._engine.close()

    # then each is answered, by those for whom territories count for one and for two
    assert asyncio.run(run()) == expected
    assert expected >= 6
