"""Ask the commonest questions and the persisted documents once at start, so that all is compiled and planned in time.

The very first statement after Neo4j's start costs seconds, a new text tens of milliseconds and more. Nothing is kept
of the answers, and a failure is no failure: the first caller then waits instead. Each question waits until nobody
else asks: planning them all takes Neo4j a minute or two, which requests would feel. The questions stand in
`questions.graphql`.
"""

from collections.abc import Iterator
from itertools import product
from pathlib import Path

from graphql import OperationDefinitionNode, parse, print_ast

from api.errors import NotPersisted, RequestError
from api.operations import Operations, Request
from api.samples import SAMPLE_CODE, SAMPLE_ID, sample_variables
from api.tokens import Caller
from api.traffic import Traffic
from graph.governance.policy import Policy, Role

FILE = Path(__file__).with_name("questions.graphql")
# Neo4j plans a statement anew for texts and lists of length 1, of 2 to 10, and of 11 to 100: most callers have one
# territory or a few, products and plans have a code and an id, and a subject is seldom shorter than this.
TERRITORIES = (("warm-up",), ("warm-up", "warm-up too"))
SUBJECT = "warm-up of the API"


def questions() -> tuple[str, ...]:
    """The operations of the file, each as a document of its own."""
    text = FILE.read_text(encoding="utf-8")
    found = parse(text).definitions
    return tuple(
        text[one.loc.start : one.loc.end] for one in found if isinstance(one, OperationDefinitionNode) and one.loc
    )


async def warm_up(operations: Operations, policy: Policy, traffic: Traffic) -> int:
    """Ask every question and document as every role that may, where territories count for one and for two of them,
    whenever there is no other traffic; return how many were answered."""
    answered = 0
    asked = [Request(text, variables, None) for text in questions() for variables in _variables(text)]
    for role in policy.roles.values():
        for territories in TERRITORIES if _scoped(policy, role) else TERRITORIES[:1]:
            for purpose in role.purposes:
                caller = Caller(SUBJECT, role.name, purpose, territories)
                for request in [*asked, *_persisted(operations, caller)]:
                    await traffic.quiet()
                    try:
                        await operations.answer(caller, request)
                    except RequestError:
                        continue
                    answered += 1
    return answered


def _variables(text: str) -> Iterator[dict[str, str]]:
    """Codes and ids where the question takes either; the defaults that stand in it for all else."""
    (operation,) = parse(text).definitions
    assert isinstance(operation, OperationDefinitionNode)  # noqa: S101 - as `questions` chose them
    defined = operation.variable_definitions or ()
    names = [one.variable.name.value for one in defined if print_ast(one.type) == "ID!"]
    for samples in product((SAMPLE_CODE, SAMPLE_ID), repeat=len(names)):
        yield dict(zip(names, samples, strict=True))


def _scoped(policy: Policy, role: Role) -> bool:
    """Whether the territories of a token count for the role."""
    return any(rule.claim == "territories" for rule in policy.rules_of(role.name))


def _persisted(operations: Operations, caller: Caller) -> Iterator[Request]:
    """The operations of the manifest that fit the caller's schema, each in its usual shapes."""
    permissions = operations.permissions(caller)
    for digest in operations.documents.kept:
        try:
            accepted = operations.documents.persisted(permissions, digest)
        except NotPersisted:
            continue
        for name, operation in accepted.operations.items():
            for variables in sample_variables(permissions.schema, operation):
                yield Request(None, variables, name or None, digest)
