"""A driver on the sample world, and parameters that exist in it."""

from collections.abc import Callable, Iterator
from typing import Any

import neo4j
import pytest

from cypher import Statement
from graph.schema.catalogue import NODES, RELS
from graph.store import Store

KEYS = {
    "brand": "MATCH (found:Product {own: true}) RETURN found.brand AS value LIMIT 1",
    "territory": "MATCH (found:Territory)<-[:IN_TERRITORY]-(:HCP) RETURN found.territoryId AS value, count(*) AS n "
    "ORDER BY n DESC, value LIMIT 1",
    "planKey": "MATCH (found:Plan)-[:HAS_POLICY]->(:CoveragePolicy)-[:FOR]->(:Product {own: true}) "
    "RETURN found.planKey AS value, count(*) AS n ORDER BY n DESC, value LIMIT 1",
    "since": "MATCH ()-[found:PRESCRIBED]->() RETURN toString(max(found.month) - duration({months: 6})) AS value",
    "npi": "MATCH (found:HCP)-[:SHARES_PATIENTS]-(:HCP) "
    "WHERE NOT EXISTS { (found)-[:PRESCRIBED]->(:Product {own: true}) } AND EXISTS { (found)<-[:ABOUT]-() } "
    "RETURN found.npi AS value, count(*) AS n ORDER BY n DESC, value LIMIT 1",
}
"""How to find a value of a question's parameter in the small world; the header's sample is for the default world."""

KEYS_OF = {
    ("explore/account_network", "npi"): "MATCH (found:Account)<-[:AFFILIATED_WITH]-(:HCP) WHERE found.npi IS NOT NULL "
    "RETURN found.npi AS value, count(*) AS n ORDER BY n DESC, value LIMIT 1",
    ("explore/hcp_changes", "npi"): "MATCH (change:Change) MATCH (found:HCP {id: change.entityId}) "
    "WHERE change.property IS NOT NULL RETURN found.npi AS value ORDER BY value LIMIT 1",
    ("explore/nominations_around", "npi"): "MATCH (:HCP)-[:NOMINATED]->(found:HCP) "
    "RETURN found.npi AS value, count(*) AS n ORDER BY n DESC, value LIMIT 1",
    ("explore/plans_that_added_prior_authorization", "since"): "RETURN '2024-01-02' AS value",
    ("explore/changes_by_delivery", "since"): "RETURN '2024-01-02' AS value",
}
"""Where a statement means something else by a name, or needs an entity with a history."""

Parameters = Callable[[Statement], dict[str, Any]]


@pytest.fixture(scope="session")
def driver(world_store: Store) -> Iterator[neo4j.Driver]:
    """A plain driver with notifications on. Names that no row happened to bring are made known first.

    Otherwise a property that is null everywhere in a small world would count as misspelt.
    """
    connection = world_store.connection
    with neo4j.GraphDatabase.driver(connection.uri, auth=connection.auth) as opened:
        for procedure, names in (
            ("db.createLabel", NODES),
            ("db.createRelationshipType", RELS),
            ("db.createProperty", [name for kind in (*NODES.values(), *RELS.values()) for name in kind.props]),
        ):
            opened.execute_query(f"UNWIND $names AS name CALL {procedure}(name) FINISH", names=sorted(set(names)))
        yield opened


@pytest.fixture(scope="session")
def parameters(world_store: Store) -> Parameters:
    """For a statement, parameters that exist in this world."""

    def find(one: Statement) -> dict[str, Any]:
        if one.sample is None:
            return {}
        values = world_store.read(one.sample)[0]
        for name in values:
            query = KEYS_OF.get((one.name, name), KEYS.get(name))
            if query is not None and one.name.startswith("explore/"):
                values[name] = world_store.read(query)[0]["value"]
        return values

    return find


@pytest.fixture(scope="session")
def world_store(request: pytest.FixtureRequest) -> Store:
    """The store of the sample world."""
    store: Store = request.getfixturevalue("sample_world").store
    return store
