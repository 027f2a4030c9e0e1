"""What the benchmark compares the API with starts, and says the same; `@neo4j/graphql` needs npm and is not here."""

from contextlib import ExitStack

from bench.graphql.engines import caller, served
from bench.graphql.load import answer
from bench.graphql.operations import operations
from tests.api import world
from tests.api.conftest import Api


def test_the_floor_and_plain_strawberry_answer_as_the_api(api: Api) -> None:
    # given each of them as a process of its own, on the graph of the API's tests
    asked = operations(world.npi(2))
    with ExitStack() as stack:
        engines = [
            stack.enter_context(served(name, api.settings, caller(["T-1"]))) for name in ("api", "strawberry", "floor")
        ]
        # when all are asked the same
        found = {operation.name: [answer(engine.call(operation))["data"] for engine in engines] for operation in asked}
    # then all say the same, and something
    for name, (first, *others) in found.items():
        assert others == [first, first], name
    assert found["tiny"][0] != {"hcp": None}
    assert max(len(answers[0]["hcps"]["edges"]) for answers in found.values() if "hcps" in answers[0]) > 3
