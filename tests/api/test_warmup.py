"""Every question of the warm-up is one that every role may ask."""

import asyncio

from api.cursors import CursorKey
from api.engine import Engine
from api.operations import Operations
from api.policies import Policies, Ruling
from api.warmup import QUESTIONS, warm_up
from graph.governance import load_policy
from graph.store.connection import find_connection
from tests.api.conftest import Api


def test_all_questions_are_answered_as_all_roles(api: Api) -> None:
    async def run() -> int:
        policy = load_policy()
        engine = Engine(find_connection(api.settings))
        try:
            return await warm_up(Operations(Policies(Ruling.of(policy)), engine, CursorKey(b"k" * 64)), policy)
        finally:
            await engine.close()

    assert asyncio.run(run()) == len(QUESTIONS) * 2
