"""Cartography's `load_graph_data` on given nodes and edges; runs in an environment of its own, with its own driver.

Called as `python cartography_peer.py URI USER FILE` with the password in NEO4J_PASSWORD; prints the seconds.
The queries have the shape that its query builder generates: UNWIND of dictionaries, MERGE on the key, `firstseen` and
`lastupdated` on every node and relationship.
"""

import os
import pickle
import sys
import time

import neo4j
from cartography.client.core.tx import load_graph_data


def node_query(label: str, key: str, names: list[str]) -> str:
    values = "".join(f", i.`{name}` = item.`{name}`" for name in names if name != key)
    return (
        f"UNWIND $DictList AS item MERGE (i:`{label}`{{`{key}`: item.`{key}`}}) "
        f"ON CREATE SET i.firstseen = timestamp() SET i.lastupdated = $lastupdated{values}"
    )


def edge_query(kind: str, start: list[str], end: list[str], keys: list[str], names: list[str]) -> str:
    key = ", ".join(f"`{name}`: item.`{name}`" for name in keys)
    values = "".join(f", r.`{name}` = item.`{name}`" for name in names if name not in keys)
    return (
        f"UNWIND $DictList AS item MATCH (from:`{start[0]}`{{`{start[1]}`: item._from}}) "
        f"MATCH (to:`{end[0]}`{{`{end[1]}`: item._to}}) MERGE (from)-[r:`{kind}`{{{key}}}]->(to) "
        f"ON CREATE SET r.firstseen = timestamp() SET r.lastupdated = $lastupdated{values}"
    )


def main() -> None:
    uri, user, path = sys.argv[1:]
    with open(path, "rb") as file:  # noqa: PTH123 - this script knows nothing of the project
        data = pickle.load(file)  # noqa: S301 - written by the measurement that starts this script
    with (
        neo4j.GraphDatabase.driver(uri, auth=(user, os.environ["NEO4J_PASSWORD"])) as driver,
        driver.session() as session,
    ):
        started = time.monotonic()
        for label, key, names, rows in data["nodes"]:
            load_graph_data(session, node_query(label, key, names), rows, lastupdated=1)
        for kind, start, end, keys, names, rows in data["edges"]:
            load_graph_data(session, edge_query(kind, start, end, keys, names), rows, lastupdated=1)
        sys.stdout.write(f"{time.monotonic() - started:.3f}\n")


if __name__ == "__main__":
    main()
