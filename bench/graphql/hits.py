"""Database hits of generated statements beside those written by hand: `python -m bench.graphql.hits`.

Both have the same predicates, counted by PROFILE. A question fails when its statement takes over 2 % more hits, or
scans where the other one seeks. The two counters that make a read consistent are part of both.
"""

from __future__ import annotations

import datetime
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import neo4j

from api.cursors import CursorKey
from api.documents import Documents, coerce_variables
from api.permissions import PermissionSet
from api.tokens import Caller
from bench.graphql.operations import HOLDS, OWN
from bench.graphql.world import loaded, options, own_npi, territories
from bench.machine import described
from graph.governance import load_policy
from graph.store.connection import Connection

SCANS = (
    "NodeByLabelScan",
    "NodeIndexScan",
    "AllNodesScan",
    "DirectedRelationshipTypeScan",
    "UndirectedRelationshipTypeScan",
)
COUNTERS = """OPTIONAL MATCH (first:Sequence {name: 'published'}) WITH first.value AS published
%s
WITH published, data
OPTIONAL MATCH (last:Sequence {name: 'writing'}) RETURN data, published, last.value AS writing"""
PAGE = "WITH DISTINCT hcp ORDER BY hcp.id LIMIT 51 RETURN collect(hcp) AS page"
NAMES = "COLLECT { UNWIND page[0..50] AS hcp RETURN [hcp.id, hcp.npi, hcp.lastName] }"
FIELDS = "edges { node { id npi lastName } }"


@dataclass(frozen=True, slots=True)
class Case:
    """A question as a role, and the statement somebody would write for it."""

    name: str
    role: str
    document: str
    cypher: str
    variables: Mapping[str, Any] = field(default_factory=dict)


def cases(npi: str, state: str, account: str, product: str) -> Iterator[Case]:
    """Representative questions: keys, conditions, orders, relations, counts, predictions."""
    rep, access = "field_rep", "market_access"
    by_key = f"""MATCH (hcp:HCP)-[aligned:IN_TERRITORY]->(territory:Territory)
    WHERE hcp.npi = $npi AND territory.territoryId IN $territories AND {HOLDS}"""

    def page(found: str, data: str = NAMES, order: str = PAGE) -> str:
        return COUNTERS % f"CALL () {{ {found} {order} }} WITH published, [{data}] AS data"

    yield Case(
        "one HCP by key",
        access,
        "query ($npi: String!) { hcp(npi: $npi) { id npi lastName } }",
        COUNTERS % "WITH published, COLLECT { MATCH (h:HCP) WHERE h.npi = $npi "
        "WITH h ORDER BY h.id LIMIT 1 RETURN [h.id, h.npi, h.lastName] } AS data",
        {"npi": npi},
    )
    yield Case(
        "one own HCP by key",
        rep,
        "query ($npi: String!) { hcp(npi: $npi) { id npi lastName } }",
        COUNTERS
        % f"""WITH published, COLLECT {{ MATCH (h:HCP) WHERE h.npi = $npi AND EXISTS {{
        MATCH (h)-[aligned:IN_TERRITORY]->(t:Territory) WHERE t.territoryId IN $territories AND {HOLDS} }}
        WITH h ORDER BY h.id LIMIT 1 RETURN [h.id, h.npi, h.lastName] }} AS data""",
        {"npi": npi},
    )
    yield Case("own HCPs, first page", rep, f"{{ hcps {{ {FIELDS} }} }}", page(OWN))
    yield Case(
        "own HCPs by key",
        rep,
        f"query ($npi: String!) {{ hcps(where: {{npi: {{eq: $npi}}}}) {{ {FIELDS} }} }}",
        page(by_key),
        {"npi": npi},
    )
    yield Case(
        "own HCPs of a state, counted",
        rep,
        f"query ($state: String!) {{ hcps(where: {{state: {{eq: $state}}}}) {{ totalCount {FIELDS} }} }}",
        page(
            f"{OWN} WITH DISTINCT hcp WHERE hcp.state = $state",
            f"COUNT {{ {OWN} WITH DISTINCT hcp WHERE hcp.state = $state RETURN hcp }}, {NAMES}",
        ),
        {"state": state},
    )
    yield Case(
        "HCPs, first page",
        access,
        f"{{ hcps {{ {FIELDS} }} }}",
        page(
            "MATCH (hcp:HCP) WHERE hcp.id IS NOT NULL",
            order="WITH hcp ORDER BY hcp.id LIMIT 51 RETURN collect(hcp) AS page",
        ),
    )
    yield Case(
        "HCPs by name",
        access,
        f"{{ hcps(sort: [{{lastName: ASC}}]) {{ {FIELDS} }} }}",
        page(
            "MATCH (hcp:HCP) WHERE hcp.lastName IS NOT NULL",
            order="WITH hcp ORDER BY hcp.lastName, hcp.id LIMIT 51 RETURN collect(hcp) AS page",
        ),
    )
    yield Case(
        "HCPs by name, last first",
        access,
        f"{{ hcps(sort: [{{lastName: DESC}}]) {{ {FIELDS} }} }}",
        page(
            "MATCH (hcp:HCP) WHERE hcp.lastName IS NOT NULL",
            order="WITH hcp ORDER BY hcp.lastName DESC, hcp.id LIMIT 51 RETURN collect(hcp) AS page",
        ),
    )
    yield Case(
        "HCPs whose name starts so",
        access,
        f'{{ hcps(where: {{lastName: {{startsWith: "SO"}}}}, sort: [{{lastName: ASC}}]) {{ {FIELDS} }} }}',
        page(
            "MATCH (hcp:HCP) WHERE hcp.lastName STARTS WITH 'SO'",
            order="WITH hcp ORDER BY hcp.lastName, hcp.id LIMIT 51 RETURN collect(hcp) AS page",
        ),
    )
    yield Case(
        "number of HCPs",
        access,
        "{ hcps(first: 0) { totalCount } }",
        COUNTERS % "WITH published, COUNT { MATCH (h:HCP) } AS data",
    )
    yield Case(
        "HCPs of an account",
        access,
        "query ($account: String!) { hcps(where: {affiliations: {some: {id: {eq: $account}}}}) "
        "{ edges { node { id npi lastName } } } }",
        page(
            "MATCH (hcp:HCP)-[:AFFILIATED_WITH]->(account:Account) WHERE account.id = $account",
        ),
        {"account": account},
    )
    yield Case(
        "own HCPs with accounts",
        rep,
        "{ hcps { edges { node { id affiliations(first: 5) { id name } } } } }",
        page(
            OWN,
            """COLLECT { UNWIND page[0..50] AS hcp RETURN [hcp.id, COLLECT {
            MATCH (hcp)-[:AFFILIATED_WITH]->(account:Account) WITH account ORDER BY account.name, account.id LIMIT 5
            RETURN [account.id, account.name] }] }""",
        ),
    )
    yield Case(
        "own HCPs with territories",
        rep,
        "{ hcps { edges { node { id territories { territoryId name } } } } }",
        page(
            OWN,
            f"""COLLECT {{ UNWIND page[0..50] AS hcp RETURN [hcp.id, COLLECT {{
            MATCH (hcp)-[aligned:IN_TERRITORY]->(t:Territory) WHERE {HOLDS} AND t.territoryId IN $territories
            WITH DISTINCT t ORDER BY t.territoryId, t.id LIMIT 5 RETURN [t.territoryId, t.name] }}] }}""",
        ),
    )
    yield Case(
        "prescribing of an own HCP",
        rep,
        "query ($npi: String!, $product: ID!) "
        "{ hcp(npi: $npi) { prescriptions(product: $product, first: 6) { month trx } } }",
        COUNTERS
        % f"""WITH published, COLLECT {{ MATCH (h:HCP) WHERE h.npi = $npi AND EXISTS {{
        MATCH (h)-[aligned:IN_TERRITORY]->(t:Territory) WHERE t.territoryId IN $territories AND {HOLDS} }}
        WITH h ORDER BY h.id LIMIT 1 RETURN CASE WHEN h.optedOutOn IS NULL OR h.optedOutOn > $today THEN COLLECT {{
          MATCH (p:Product) WHERE p.id = $product OR p.productId = $product MATCH (h)-[m:PRESCRIBED]->(p)
          WITH m ORDER BY m.month DESC LIMIT 6 RETURN [toString(m.month), m.trx] }} END }} AS data,
        COLLECT {{ MATCH (h:HCP) WHERE h.npi = $npi AND EXISTS {{
        MATCH (h)-[aligned:IN_TERRITORY]->(t:Territory) WHERE t.territoryId IN $territories AND {HOLDS} }}
        WITH h ORDER BY h.id LIMIT 1 WITH h WHERE NOT (h.optedOutOn IS NULL OR h.optedOutOn > $today)
        RETURN h.id }} AS hidden""",
        {"npi": npi, "product": product},
    )
    yield Case(
        "peers of an HCP",
        access,
        "query ($npi: String!) { hcp(npi: $npi) { peers(first: 5) { patients hcp { npi } } } }",
        COUNTERS
        % """WITH published, COLLECT { MATCH (h:HCP) WHERE h.npi = $npi
        WITH h ORDER BY h.id LIMIT 1 RETURN COLLECT {
        MATCH (h)-[s:SHARES_PATIENTS]-(peer:HCP) WHERE NOT EXISTS { MATCH (h)-[o:SHARES_PATIENTS]-(peer)
          WHERE o.year > s.year OR (o.year = s.year AND (o.patients > s.patients
          OR (o.patients = s.patients AND elementId(o) < elementId(s)))) }
        WITH s, peer ORDER BY s.patients DESC, peer.id LIMIT 5 RETURN [s.patients, peer.npi] } } AS data""",
        {"npi": npi},
    )


def main() -> None:
    chosen = options(__doc__).parse_args()
    print(described())  # noqa: T201
    cursors = CursorKey(bytes(range(64)))
    with loaded(chosen) as (_settings, store):
        names = territories(store)
        npi = own_npi(store, names)
        known = store.read(
            "MATCH (h:HCP {npi: $npi})-[:AFFILIATED_WITH]->(a:Account) MATCH (p:Product) WHERE p.own "
            "RETURN h.state AS state, a.id AS account, p.id AS product ORDER BY a.id LIMIT 1",
            npi=npi,
        )[0]
        failed = 0
        print("| question | role | generated | by hand | ratio | scans |\n|---|---|---|---|---|---|")  # noqa: T201
        for case in cases(npi, known["state"], known["account"], known["product"]):
            text, bound = compiled(case.role, names, case.document, case.variables, cursors)
            ours, our_scans = profiled(store.connection, text, bound)
            by_hand = {"territories": names, "today": today(), **case.variables}
            theirs, their_scans = profiled(store.connection, case.cypher, by_hand)
            scanned = sorted(our_scans - their_scans)
            failed += ours > 1.02 * theirs or bool(scanned)
            hits = f"{ours:,} | {theirs:,} | {ours / theirs:.2f}"
            print(f"| {case.name} | {case.role} | {hits} | {', '.join(scanned) or 'none'} |")  # noqa: T201
    if failed:
        sys.exit(f"{failed} of the questions take more than 2 % more hits than by hand, or scan")


def today() -> datetime.date:
    return datetime.datetime.now(datetime.UTC).date()


def compiled(
    role: str, territories: list[str], document: str, given: Mapping[str, Any], cursors: CursorKey
) -> tuple[str, dict[str, Any]]:
    """The statement for a document as a role, with its parameters; only a field rep has territories."""
    policy = load_policy()
    purpose = next(iter(policy.roles[role].purposes))
    permissions = PermissionSet(policy, role, purpose)
    caller = Caller("bench", role, purpose, tuple(territories) if role == "field_rep" else ())
    documents = Documents()
    accepted = documents.accept(permissions, document)
    operation = accepted.operation(None)
    variables = coerce_variables(permissions, operation, dict(given))
    plan = documents.plan(permissions, accepted, operation, variables)
    return str(plan.text), plan.bind(
        caller, variables, today(), cursors.sealer(permissions.id, caller.subject, caller.territories)
    )


def profiled(connection: Connection, text: str, parameters: Mapping[str, Any]) -> tuple[int, set[str]]:
    """Database hits of a statement, and the operators that scan."""
    with neo4j.GraphDatabase.driver(connection.uri, auth=connection.auth) as driver, driver.session() as session:
        summary = session.run(neo4j.Query("PROFILE " + text), dict(parameters)).consume()  # type: ignore[arg-type]
    assert summary.profile is not None  # noqa: S101 - asked for
    hits, operators = 0, set()
    waiting = [summary.profile]
    while waiting:
        operator = waiting.pop()
        hits += operator["args"].get("DbHits", 0)
        if operator["args"].get("DbHits", 0):
            operators.add(operator["operatorType"].split("@")[0])
        waiting += operator.get("children", [])
    return hits, operators & set(SCANS)


if __name__ == "__main__":
    main()
