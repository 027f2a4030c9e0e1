"""A graph as a value: nodes and links in Python, so that a second graph can be derived from it and facts compared."""

import random
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from graph.schema.catalogue import NODES
from graph.store import Store
from tests.conftest import wipe

Ref = tuple[str, Any]
"""A node by its label and the value of its key."""


@dataclass(slots=True)
class Node:
    label: str
    props: dict[str, Any]

    @property
    def ref(self) -> Ref:
        return self.label, self.props[NODES[self.label].key]


@dataclass(slots=True)
class Link:
    type: str
    start: Ref
    end: Ref
    props: dict[str, Any] = field(default_factory=dict)


class World:
    """Nodes and links in the order in which they are written."""

    def __init__(self) -> None:
        self.nodes: dict[Ref, Node] = {}
        self.links: list[Link] = []
        self._at: dict[Ref, list[Link]] = defaultdict(list)

    def add(self, label: str, props: dict[str, Any]) -> Ref:
        """A node; its key must be new."""
        node = Node(label, props)
        if node.ref in self.nodes:
            raise ValueError(f"{node.ref} is there already")
        self.nodes[node.ref] = node
        return node.ref

    def link(self, kind: str, start: Ref, end: Ref, props: dict[str, Any] | None = None) -> Link:
        link = Link(kind, start, end, props or {})
        self.links.append(link)
        self._at[start].append(link)
        if end != start:
            self._at[end].append(link)
        return link

    def of(self, label: str) -> list[Node]:
        return [node for node in self.nodes.values() if node.label == label]

    def at(self, ref: Ref, kind: str | None = None) -> list[Link]:
        """The links that start or end at a node."""
        return [link for link in self._at[ref] if kind in (None, link.type)]

    def neighbours(self, ref: Ref, kind: str, label: str | None = None) -> Iterator[tuple[Link, Node]]:
        """What a link of a type leads to, in either direction."""
        for link in self.at(ref, kind):
            other = self.nodes[link.end if link.start == ref else link.start]
            if label in (None, other.label):
                yield link, other


def write(world: World, store: Store, order: random.Random | None = None) -> None:
    """Empty the store and write the world into it; with ``order`` in another order, which no answer may show."""
    wipe(store)
    nodes, links = list(world.nodes.values()), list(world.links)
    if order is not None:
        order.shuffle(nodes)
        order.shuffle(links)
    by_label: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for node in nodes:
        by_label[node.label].append(node.props)
    for label, rows in by_label.items():
        store.write(f"UNWIND $rows AS row CREATE (n:{label}) SET n = row", rows=rows)
    by_ends: dict[tuple[str, str, str], list[dict[str, Any]]] = defaultdict(list)
    for link in links:
        row = {"start": link.start[1], "end": link.end[1], "props": link.props}
        by_ends[link.type, link.start[0], link.end[0]].append(row)
    for (kind, start, end), rows in by_ends.items():
        store.write(
            f"UNWIND $rows AS row MATCH (a:{start} {{{NODES[start].key}: row.start}}) "
            f"MATCH (b:{end} {{{NODES[end].key}: row.end}}) CREATE (a)-[r:{kind}]->(b) SET r = row.props",
            rows=rows,
        )
