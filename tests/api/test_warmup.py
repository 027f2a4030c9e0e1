"""The questions of the warm-up are asked as every role that may ask them."""

import asyncio

from graphql import parse, validate

from api.cursors import CursorKey
from api.engine import Engine
from api.operations import Operations
from api.permissions import PermissionSet
from api.policies import Policies, Ruling
from api.warmup import QUESTIONS, warm_up
from graph.governance import load_policy
from graph.store.connection import find_connection
from tests.api.conftest import Api


def test_all_questions_are_answered_as_all_roles_whose_schema_has_them(api: Api) -> None:
    policy = load_policy()
    fitting = [
        (role.name, text)
        for role in policy.roles.values()
        for text, _ in QUESTIONS
        if not validate(PermissionSet(policy, role.name, role.purposes[0]).schema, parse(text))
    ]
    assert {text for _, text in fitting} == {text for text, _ in QUESTIONS}

    async def run() -> int:
        engine = Engine(find_connection(api.settings))
        try:
            return await warm_up(Operations(Policies(Ruling.of(policy)), engine, CursorKey(b"k" * 64)), policy)
        finally:
            await engine.close()

    assert asyncio.run(run()) == len(fitting)
