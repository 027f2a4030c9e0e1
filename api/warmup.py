"""Ask the commonest questions once at start, so that Neo4j has planned them before somebody waits.

The very first statement after Neo4j's start costs seconds, a new text tens of milliseconds and more. Nothing is kept
of the answers, and a failure is no failure: the first caller then waits instead. The questions stand in
`questions.graphql`.
"""

from pathlib import Path

from graphql import OperationDefinitionNode, parse

from api.errors import RequestError
from api.operations import Operations, Request
from api.tokens import Caller
from graph.governance.policy import Policy

FILE = Path(__file__).with_name("questions.graphql")
# Neo4j plans a statement anew for lists of one element, of 2 to 10, and of 11 to 100: most have one territory or a few.
TERRITORIES = (("warm-up",), ("warm-up", "warm-up too"))


def questions() -> tuple[str, ...]:
    """The operations of the file, each as a document of its own."""
    text = FILE.read_text(encoding="utf-8")
    found = parse(text).definitions
    return tuple(
        text[one.loc.start : one.loc.end] for one in found if isinstance(one, OperationDefinitionNode) and one.loc
    )


async def warm_up(operations: Operations, policy: Policy) -> int:
    """Ask every question as every role that may, for one territory and for two; return how many were answered."""
    answered = 0
    for territories in TERRITORIES:
        for text in questions():
            for role in policy.roles.values():
                for purpose in role.purposes:
                    caller = Caller("warm-up", role.name, purpose, territories)
                    try:
                        await operations.answer(caller, Request(text, {}, None))
                    except RequestError:
                        continue
                    answered += 1
    return answered
