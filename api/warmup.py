"""Ask the commonest questions once at start, so that Neo4j has planned them before somebody waits.

The very first statement after Neo4j's start costs seconds, a new text tens of milliseconds and more. Nothing is kept
of the answers, and a failure is no failure: the first caller then waits instead.
"""

from api.errors import RequestError
from api.operations import Operations, Request
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
    """Ask every question as every role, with no territory; return how many were answered."""
    answered = 0
    for role in policy.roles.values():
        for purpose in role.purposes:
            for text, variables in QUESTIONS:
                try:
                    await operations.answer(Caller("warm-up", role.name, purpose), Request(text, variables, None))
                except RequestError:
                    continue
                answered += 1
    return answered
