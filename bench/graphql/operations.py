"""What is asked of every engine: the same answer, in the words of each."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

NODE = "id npi lastName firstName city state"


@dataclass(frozen=True, slots=True)
class Operation:
    """``leaves`` values per answer. ``document`` is asked of the API and of Strawberry, ``peer`` of the peer, with the
    same response names, ``cypher`` by the floor: written by hand, with the same predicates."""

    name: str
    leaves: int
    document: str
    peer: str
    cypher: str
    variables: dict[str, Any] = field(default_factory=dict)


HOLDS = "aligned.from <= $today AND (aligned.to IS NULL OR aligned.to > $today)"
OWN = f"""MATCH (territory:Territory)
  WHERE territory.territoryId IN $territories
  WITH DISTINCT territory
  MATCH (hcp:HCP)-[aligned:IN_TERRITORY]->(territory)
  WHERE {HOLDS}"""
SCALARS = ", ".join(f"{name}: hcp.{name}" for name in NODE.split())


def _statement(found: str, fields: str) -> str:
    """Between the two counters of a consistent read, like every statement of the API."""
    return f"""OPTIONAL MATCH (first:Sequence {{name: 'published'}})
WITH first.value AS published
CALL () {{
  {found}
  WITH DISTINCT hcp ORDER BY hcp.id LIMIT toInteger($first)
  RETURN collect(hcp) AS page
}}
WITH published, {{hcps: {{edges: COLLECT {{ UNWIND page AS hcp RETURN {{node: {{{fields}}}}} }}}}}} AS data
OPTIONAL MATCH (last:Sequence {{name: 'writing'}})
RETURN data, published, last.value AS writing"""


def _accounts(*names: str) -> str:
    fields = ", ".join(f"{name}: account.{name}" for name in names)
    return f"""{SCALARS}, affiliations: COLLECT {{
  MATCH (hcp)-[:AFFILIATED_WITH]->(account:Account)
  WITH account ORDER BY account.name, account.id LIMIT 5
  RETURN {{{fields}}}
}}"""


def _nested(name: str, first: int, *account: str) -> Operation:
    fields = " ".join(account)
    return Operation(
        name,
        first * (6 + 5 * len(account)),
        f"query ($first: Int!) {{ hcps(first: $first) {{ edges {{ node {{ {NODE} "
        f"affiliations(first: 5) {{ {fields} }} }} }} }} }}",
        f"query ($first: Int!) {{ hcps: hcpsConnection(first: $first, sort: [{{id: ASC}}]) {{ edges {{ node {{ {NODE} "
        f"affiliations(limit: 5, sort: [{{name: ASC}}, {{id: ASC}}]) {{ {fields} }} }} }} }} }}",
        _statement(OWN, _accounts(*account)),
        {"first": first},
    )


def operations(npi: str) -> list[Operation]:
    """The four operations; ``npi`` is that of an HCP of the token's territories."""
    by_key = f"""MATCH (hcp:HCP)-[aligned:IN_TERRITORY]->(territory:Territory)
  WHERE hcp.npi = $npi AND territory.territoryId IN $territories AND {HOLDS}"""
    return [
        Operation(
            "tiny",
            3,
            "query ($npi: String!) { hcps(first: 1, where: {npi: {eq: $npi}}) { edges { node { id npi lastName } } } }",
            "query ($npi: String!) { hcps: hcpsConnection(first: 1, where: {npi: {eq: $npi}}, sort: [{id: ASC}]) "
            "{ edges { node { id npi lastName } } } }",
            _statement(by_key, "id: hcp.id, npi: hcp.npi, lastName: hcp.lastName"),
            {"npi": npi},
        ),
        Operation(
            "50 x 6",
            300,
            f"query ($first: Int!) {{ hcps(first: $first) {{ edges {{ node {{ {NODE} }} }} }} }}",
            f"query ($first: Int!) {{ hcps: hcpsConnection(first: $first, sort: [{{id: ASC}}]) "
            f"{{ edges {{ node {{ {NODE} }} }} }} }}",
            _statement(OWN, SCALARS),
            {"first": 50},
        ),
        _nested("100 x 5", 100, "id", "name", "state"),
        _nested("1,000 x 5", 1_000, "id", "name"),
    ]
