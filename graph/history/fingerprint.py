"""One digest per label and relationship type, from the graph and from the state: equal when both hold the same facts.

A digest is the sum of the checksums of its rows, so their order does not matter. It covers keys and the properties
that sources claim: not lineage, the ledger, the log, tombstones, predictions or what analytics wrote. Two twins with
one key that ended up with the same facts have equal fingerprints, whatever the way they took.
"""

from __future__ import annotations

import datetime
import hashlib
import json
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

from graph.errors import TwinError
from graph.ingest.engine import Connection, quoted, scan
from graph.schema.catalogue import NODE_TYPES, NODES
from graph.schema.core import Prop
from graph.schema.relationships import RELATIONSHIPS
from graph.store import Store

PAGE = 20_000
IDENTIFIERS = "Identifier"
COMPUTED = frozenset(
    {"pageRank", "betweenness", "community", "embedding", "analysedOn", "analysisRun"}
    | {"scientificWorks", "patientsReceived", "timesNamed", "timesNamedByTies", "componentsAsOf"}
)
"""Properties that analytics and scoring write on claimed entities."""
_SUM = 1 << 128
Fingerprint = dict[str, str]


def graph_fingerprint(store: Store) -> Fingerprint:
    """Digests of the graph by label, by ``TYPE Start End`` and for identifiers; a part without rows is absent."""
    parts = {node.label: _nodes(store, node.label, _claimed(node.props)) for node in _entities()}
    for rel in RELATIONSHIPS:
        for start, end in rel.ends if rel.written_by == "refresh" and rel.type != "OF" else ():
            # Predictions and what is published have relationships of the same types, which no source claims.
            if NODES[start].written_by == "refresh":
                parts[_part(rel.type, start, end)] = _edges(store, rel.type, start, end, _claimed(rel.props))
    parts[IDENTIFIERS] = _identifiers(store)
    return _digests(parts)


def state_fingerprint(connection: Connection, folder: Path) -> Fingerprint:
    """Digests of the folded rows of a state folder such as ``TWIN_HOME/state/committed``."""
    parts: dict[str, Iterator[list[Any]]] = {}
    for node in _entities():
        path = folder / "graph" / f"{node.label}.parquet"
        if path.exists():
            parts[node.label] = _rows(connection, path, ("_id",), _claimed(node.props))
    for rel in RELATIONSHIPS:
        for start, end in rel.ends:
            path = folder / "graph" / f"{rel.type}-{start}-{end}.parquet"
            if path.exists():
                parts[_part(rel.type, start, end)] = _rows(connection, path, ("_start", "_end"), _claimed(rel.props))
    path = folder / "identifiers.parquet"
    if path.exists():
        gone = folder / "tombstones.parquet"
        live = f" AND id NOT IN (SELECT id FROM {scan([gone])})" if gone.exists() else ""
        parts[IDENTIFIERS] = _fetched(
            connection, f"SELECT system || '|' || value, id FROM {scan([path])} WHERE named{live}"
        )
    return _digests(parts)


def total(fingerprint: Fingerprint) -> str:
    """One digest over all parts."""
    return hashlib.sha256(json.dumps(fingerprint, sort_keys=True).encode()).hexdigest()[:32]


def differing(one: Fingerprint, other: Fingerprint) -> list[str]:
    """The parts on which two fingerprints differ, sorted."""
    return sorted(part for part in one.keys() | other.keys() if one.get(part) != other.get(part))


def require_equal(graph: Fingerprint, state: Fingerprint) -> None:
    """Raise `FingerprintError` naming the parts that differ."""
    if parts := differing(graph, state):
        raise FingerprintError(
            f"graph and TWIN_HOME/state differ in {', '.join(parts)}: restore both from one backup, or start with "
            "both empty"
        )


class FingerprintError(TwinError):
    """Graph and state do not hold the same facts."""

    exit_code = 41


def _entities() -> list[Any]:
    return [node for node in NODE_TYPES if node.written_by == "refresh" and node.label != IDENTIFIERS]


def _part(name: str, start: str, end: str) -> str:
    return f"{name} {start} {end}"


def _claimed(props: Any) -> list[str]:
    declared: dict[str, Prop] = dict(props)
    return sorted(name for name in declared if name not in COMPUTED and name not in ("id", "lineage"))


def _nodes(store: Store, label: str, names: list[str]) -> Iterator[list[Any]]:
    values = "".join(f", n.{_q(name)}" for name in names)
    text = (
        f"MATCH (n:{_q(label)}) WHERE n.id > $after WITH n ORDER BY n.id LIMIT {PAGE} "
        f"RETURN collect([n.id{values}]) AS rows"
    )
    after = ""
    while rows := store.read(text, after=after)[0]["rows"]:
        for row in rows:
            yield _named(row, 1, names)
        after = rows[-1][0]


def _edges(store: Store, name: str, start: str, end: str, names: list[str]) -> Iterator[list[Any]]:
    values = "".join(f", r.{_q(one)}" for one in names)
    page = (
        f"MATCH (a:{_q(start)}) WHERE a.id > $after WITH a ORDER BY a.id LIMIT {PAGE // 10} "
        f"WITH collect(a) AS starts, max(a.id) AS last UNWIND starts AS a "
        f"OPTIONAL MATCH (a)-[r:{_q(name)}]->(b:{_q(end)}) WITH last, a, r, b "
        f"RETURN last, [row IN collect(CASE WHEN r IS NULL THEN null ELSE [a.id, b.id{values}] END) | row] AS rows"
    )
    if not store.read(f"MATCH (:{_q(start)})-[r:{_q(name)}]->() RETURN r.x AS x LIMIT 1"):
        return
    after = ""
    while found := store.read(page, after=after):
        for row in found[0]["rows"]:
            yield _named(row, 2, names)
        after = found[0]["last"]


def _identifiers(store: Store) -> Iterator[list[Any]]:
    text = (
        "MATCH (i:Identifier) WHERE i.key > $after WITH i ORDER BY i.key LIMIT $page MATCH (i)-[:OF]->(entity) "
        "RETURN max(i.key) AS last, collect([i.key, entity.id, entity:Tombstone]) AS rows"
    )
    after = ""
    while rows := (found := store.read(text, after=after, page=PAGE)[0])["rows"]:
        yield from ([key, entity] for key, entity, gone in rows if not gone)
        after = found["last"]


def _rows(connection: Connection, path: Path, ids: tuple[str, ...], names: list[str]) -> Iterator[list[Any]]:
    had = {row[0] for row in connection.execute(f"DESCRIBE SELECT * FROM {scan([path])}").fetchall()}
    kept = [name for name in names if name in had]
    columns = ", ".join(quoted(name) for name in (*ids, *kept))
    for row in _fetched(connection, f"SELECT {columns} FROM {scan([path])}"):
        yield _named(row, len(ids), kept)


def _fetched(connection: Connection, select: str) -> Iterator[list[Any]]:
    found = connection.cursor().execute(select)
    while chunk := found.fetchmany(PAGE):
        yield from (list(row) for row in chunk)


def _named(row: Sequence[Any], first: int, names: list[str]) -> list[Any]:
    """Keys and the properties that are there: one that is null and one that is not known are equal."""
    given = {name: _plain(value) for name, value in zip(names, row[first:], strict=True) if value is not None}
    return [*row[:first], given]


def _plain(value: Any) -> Any:
    if isinstance(value, list):
        return [_plain(one) for one in value]
    if isinstance(value, datetime.date):
        return value.isoformat()
    return value.iso_format() if hasattr(value, "iso_format") else value


def _digests(parts: dict[str, Iterator[list[Any]]]) -> Fingerprint:
    found = {part: _digest(rows) for part, rows in parts.items()}
    return {part: digest for part, digest in sorted(found.items()) if digest is not None}


def _digest(rows: Iterable[list[Any]]) -> str | None:
    added, count = 0, 0
    for row in rows:
        text = json.dumps(row, sort_keys=True, separators=(",", ":")).encode()
        added += int.from_bytes(hashlib.blake2b(text, digest_size=16).digest())
        count += 1
    return f"{added % _SUM:032x}:{count}" if count else None


def _q(name: str) -> str:
    """Backticked: declared names only, as `from` and `to` are words of Cypher."""
    return f"`{name}`"
