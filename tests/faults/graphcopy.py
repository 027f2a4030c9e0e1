"""A small graph as a value: taken out whole, put back whole, compared without order."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import Any

from graph.history.fingerprint import COMPUTED
from graph.store import Store

LEDGER = {"RefreshRun", "Source", "Sequence", "Lease", "Change", "AnalyticsRun"}
LOOSE = {"lineage", *COMPUTED}
"""Where a value was read from, when several records say the same, and what analytics writes: no facts of a source."""


@dataclass(frozen=True, slots=True)
class GraphCopy:
    """``nodes`` are (labels, properties); ``edges`` are (place of the start, place of the end, type, properties)."""

    nodes: tuple[tuple[tuple[str, ...], dict[str, Any]], ...]
    edges: tuple[tuple[int, int, str, dict[str, Any]], ...]

    @classmethod
    def take(cls, store: Store) -> GraphCopy:
        rows = store.read("MATCH (n) RETURN elementId(n) AS at, labels(n) AS labels, properties(n) AS properties")
        place = {row["at"]: number for number, row in enumerate(rows)}
        edges = store.read(
            "MATCH (a)-[r]->(b) RETURN elementId(a) AS a, elementId(b) AS b, type(r) AS type, "
            "properties(r) AS properties"
        )
        return cls(
            tuple((tuple(sorted(row["labels"])), row["properties"]) for row in rows),
            tuple((place[row["a"]], place[row["b"]], row["type"], row["properties"]) for row in edges),
        )

    def put(self, store: Store) -> None:
        """Make the graph of ``store``, whose constraints stay, exactly this one."""
        store.write("MATCH (n) DETACH DELETE n RETURN count(n) AS gone")
        by_label: dict[tuple[str, ...], list[int]] = defaultdict(list)
        for number, (labels, _) in enumerate(self.nodes):
            by_label[labels].append(number)
        made: dict[int, str] = {}
        for labels, numbers in by_label.items():
            rows = store.write(
                f"UNWIND $rows AS row CREATE (n:{':'.join(labels)}) SET n = row RETURN elementId(n) AS at",
                rows=[self.nodes[number][1] for number in numbers],
            )
            made |= {number: row["at"] for number, row in zip(numbers, rows, strict=True)}
        by_type: dict[str, list[list[Any]]] = defaultdict(list)
        for start, end, kind, properties in self.edges:
            by_type[kind].append([made[start], made[end], properties])
        for kind, edges in by_type.items():
            store.write(
                "UNWIND $rows AS row MATCH (a) WHERE elementId(a) = row[0] MATCH (b) WHERE elementId(b) = row[1] "
                f"CREATE (a)-[r:`{kind}`]->(b) SET r = row[2] RETURN count(r) AS made",
                rows=edges,
            )

    def facts(self) -> list[str]:
        """Nodes and relationships without the ledger, one line each, in an order of their own."""
        kept = {at: self._node(at) for at, (labels, _) in enumerate(self.nodes) if not LEDGER & set(labels)}
        edges = [
            f"{self._name(start)} {kind} {_plain(properties)} {self._name(end)}"
            for start, end, kind, properties in self.edges
            if start in kept and end in kept
        ]
        return sorted([*kept.values(), *edges])

    def changes(self) -> list[str]:
        """What was logged, without the run that logged it."""
        return sorted(
            _plain({name: value for name, value in properties.items() if name not in ("run", "id")})
            for labels, properties in self.nodes
            if "Change" in labels
        )

    def _node(self, at: int) -> str:
        labels, properties = self.nodes[at]
        return f"{':'.join(labels)} {_plain(properties)}"

    def _name(self, at: int) -> str:
        labels, properties = self.nodes[at]
        return f"{labels}{properties.get('id', properties.get('key'))}"


def _plain(properties: dict[str, Any]) -> str:
    return repr(sorted((name, str(value)) for name, value in properties.items() if name not in LOOSE))
