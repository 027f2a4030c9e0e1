"""A loaded graph as the nodes and edges that a peer gets, and the peer's own environment."""

from __future__ import annotations

import os
import pickle
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from graph.schema.catalogue import NODE_TYPES, node_type, rel_type
from graph.schema.relationships import RELATIONSHIPS
from graph.store import Store
from graph.store.connection import Connection

CARTOGRAPHY = "cartography==0.143.0"
PAGE = 20_000


def write_graph(store: Store, path: Path) -> tuple[int, int]:
    """Write what refreshes have loaded (without ledger and log) to ``path``; return the numbers of nodes and edges."""
    nodes, edges = [], []
    for node in NODE_TYPES:
        if node.written_by == "refresh":
            text = f"MATCH (n:`{node.label}`) RETURN properties(n) AS row"
            if rows := list(_pages(store, text)):
                nodes.append((node.label, node.key, sorted({name for row in rows for name in row}), rows))
    for rel in RELATIONSHIPS:
        for start, end in rel.ends if rel.written_by == "refresh" else ():
            keys = node_type(start).key, node_type(end).key
            text = (
                f"MATCH (a:`{start}`)-[r:`{rel.type}`]->(b:`{end}`) "
                f"RETURN r {{.*, _from: a.`{keys[0]}`, _to: b.`{keys[1]}`}} AS row"
            )
            if rows := list(_pages(store, text)):
                names = sorted({name for row in rows for name in row} - {"_from", "_to"})
                edges.append((rel.type, [start, keys[0]], [end, keys[1]], list(rel_type(rel.type).key), names, rows))
    with path.open("wb") as file:
        pickle.dump({"nodes": nodes, "edges": edges}, file, protocol=5)
    return sum(len(one[-1]) for one in nodes), sum(len(one[-1]) for one in edges)


def _pages(store: Store, text: str) -> Iterator[dict[str, Any]]:
    skipped = 0
    while rows := store.read(f"{text} SKIP $skipped LIMIT {PAGE}", skipped=skipped):
        yield from (row["row"] for row in rows)
        skipped += len(rows)


def environment(folder: Path) -> Path:
    """The Python of an environment with Cartography, made from the package index unless it is there."""
    python = folder / "bin" / "python"
    if not python.exists():
        subprocess.run([sys.executable, "-m", "venv", str(folder)], check=True)
        subprocess.run([str(python), "-m", "pip", "install", "--quiet", CARTOGRAPHY], check=True)
    return python


def load(python: Path, connection: Connection, data: Path) -> float:
    """Load the data with Cartography; return the seconds that it says it took."""
    ended = subprocess.run(
        [str(python), str(Path(__file__).with_name("cartography_peer.py")), connection.uri, connection.user, str(data)],
        env={**os.environ, "NEO4J_PASSWORD": connection.password},
        check=True,
        capture_output=True,
        text=True,
    )
    return float(ended.stdout)
