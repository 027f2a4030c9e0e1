"""Ask the commonest questions and the persisted documents once at start, so that all is compiled and planned in time.

The very first statement after Neo4j's start costs seconds, a new text tens of milliseconds and more. Nothing is kept
of the answers, and a failure is no failure: the first caller then waits instead.
"""

from collections.abc import Iterator

from api.errors import NotPersisted, RequestError
from api.operations import Operations, Request
from api.samples import sample_variables
from api.tokens import Caller
from graph.governance.policy import Policy

FRICTION = """query ($product: ID!, $where: AccessFrictionWhere, $sort: [AccessFrictionSort!]) {
  accessFrictions(product: $product, where: $where, sort: $sort, first: 10) {
    totalCount
    edges { node { value low high saveableStarts mainBarrier drivers { reason } plan { name payer { name } } } }
  }
}"""
QUESTIONS: tuple[tuple[str, dict[str, object]], ...] = (
    ("{ viewer { role } twin { published } }", {}),
    ("{ products { id productId brand own } }", {}),
    ("query ($npi: String!) { hcp(npi: $npi) { npi lastName firstName } }", {"npi": "0"}),
    ("{ hcps(first: 10) { totalCount edges { cursor node { npi lastName firstName state } } } }", {}),
    (FRICTION, {"product": "0", "where": {"level": {"eq": "plan"}}, "sort": [{"saveableStarts": "DESC"}]}),
    ('{ influences(product: "0", sort: [{band: DESC}]) { totalCount edges { node { band hcp { npi } } } } }', {}),
)


async def warm_up(operations: Operations, policy: Policy) -> int:
    """Ask every question and document as every role that may, with no territory; return how many were answered."""
    answered = 0
    for role in policy.roles.values():
        for purpose in role.purposes:
            caller = Caller("warm-up", role.name, purpose)
            asked = [Request(text, variables, None) for text, variables in QUESTIONS]
            for request in [*asked, *_persisted(operations, caller)]:
                try:
                    await operations.answer(caller, request)
                except RequestError:
                    continue
                answered += 1
    return answered


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
