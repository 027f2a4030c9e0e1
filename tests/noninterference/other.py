"""The second graph: equal to the first in what a caller may know, different in everything else.

Hidden values change, hidden rows change, go, or come. The result is checked: the facts that the oracle tells about both
graphs are the same.
"""

import datetime
import random
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from graph.governance.policy import Policy
from graph.schema.catalogue import NODES, RELS
from graph.schema.core import Prop
from tests.noninterference.facts import facts, verdicts
from tests.noninterference.graphs import Link, Node, Ref, World
from tests.noninterference.oracle import RELEASED, Known, Oracle, mask
from tests.noninterference.values import another

SHAPE = {
    "Prediction": {"task", "level", "dataClass", "dataClasses", "modelId"},
    "Override": {"task"},
    "Change": {"entityId", "otherId", "label", "property", "dataClasses"},
    "BECAUSE": {"dataClasses", "rank"},
    "Sequence": {"value"},
}
"""Properties that say what a row is: a row of another kind might not be hidden."""
OPENED_BY_LINEAGE = {("RefreshRun", "deliveredOn"), ("LOADED", "mappingVersion")}
"""A lineage entry also tells these of its run, to whom their class is granted."""


@dataclass(frozen=True, slots=True)
class Other:
    """The second graph, with how many things of each label or type differ."""

    world: World
    changed: Counter[str]
    removed: Counter[str]
    added: Counter[str]


def other_world(oracle: Oracle, seed: int) -> Other:
    """A graph that the caller cannot tell from the oracle's."""
    return _Making(oracle, random.Random(seed)).made()


def check_equal(first: Oracle, second: Oracle) -> None:
    """Raise `AssertionError` unless both worlds are the same to the caller."""
    left, right = facts(first), facts(second)
    differing = [key for key in left.keys() | right.keys() if left.get(key) != right.get(key)]
    assert not differing, f"the second graph differs in what the caller may know: {sorted(map(str, differing))[:5]}"


class _Making:
    def __init__(self, oracle: Oracle, rng: random.Random) -> None:
        self.oracle, self.rng = oracle, rng
        self.world = World()
        self.renamed: dict[Ref, Ref] = {}
        self.changed: Counter[str] = Counter()
        self.removed: Counter[str] = Counter()
        self.added: Counter[str] = Counter()

    def made(self) -> Other:
        self.nodes()
        self.links()
        self.clones()
        return Other(self.world, self.changed, self.removed, self.added)

    def nodes(self) -> None:
        kept = set(self._rested_on())
        bare = {node.ref for node in self.oracle.world.nodes.values() if self.rng.random() < 0.34}
        for node in self.oracle.world.nodes.values():
            gone = self.rng.random() < 0.2 or self._about(node) & bare
            # Lineage may name any run; rules about visible rows may rest on hidden ones.
            if gone and not self.oracle.sees(node) and node.label != "RefreshRun" and node.ref not in kept:
                self.removed[node.label] += 1
                continue
            self.world.add(node.label, self.node_props(node))

    def _rested_on(self) -> Iterator[Ref]:
        """Nodes that a rule looks at to tell whether a visible row is visible."""
        followed = {rule.relationship for rule in self.oracle.policy.rules.values()}
        for link in self.oracle.world.links:
            if link.type in followed:
                ends = (self.oracle.world.nodes[link.start], self.oracle.world.nodes[link.end])
                if any(self.oracle.sees(node) for node in ends):
                    yield from (node.ref for node in ends)

    def _about(self, node: Node) -> set[Ref]:
        """The subjects of a prediction or override: of some of them nothing hidden is left at all."""
        return {link.end for link in self.oracle.world.at(node.ref, "ABOUT")} if node.label in RELEASED else set()

    def node_props(self, node: Node) -> dict[str, Any]:
        declared = NODES[node.label].props
        fixed = {NODES[node.label].key, "id", *SHAPE.get(node.label, ())}
        props = dict(node.props)
        for name, prop in declared.items():
            if name in fixed or (self.oracle.knows(node, name) is Known.ALL and name != "lineage"):
                continue
            if (node.label, name) in OPENED_BY_LINEAGE and self.oracle.grants(prop.data_class, node.label):
                continue
            masked = self.oracle.knows(node, name) is Known.MASKED
            self._change(props, name, prop, lambda: self._as_before(node, props), masked=masked)
            if props.get(name) != node.props.get(name):
                self.changed[f"{node.label}.{name}"] += 1
        return {name: found for name, found in props.items() if found is not None}

    def _change(
        self, props: dict[str, Any], name: str, prop: Prop, allowed: Callable[[], bool], *, masked: bool = False
    ) -> None:
        """Another value, unless it would show: then a few more tries, and else the old one."""
        old = props.get(name)
        for _ in range(4):
            if masked:
                props[name] = self._behind_mask(old)
            else:
                props[name] = self._lineage(old) if name == "lineage" else another(prop, name, old, self.rng)
            if allowed():
                return
        props[name] = old

    def _behind_mask(self, old: Any) -> Any:
        """Another value that looks the same behind the mask, where there is one."""
        if isinstance(old, int) and not isinstance(old, bool):
            return mask(old) + self.rng.randrange(-4, 5)
        if isinstance(old, float):
            return mask(old) + self.rng.uniform(-4.9, 4.9)
        if isinstance(old, datetime.datetime) or not isinstance(old, datetime.date):
            return old
        return old.replace(day=self.rng.randrange(1, 29))

    def _lineage(self, entries: list[str] | None) -> list[str]:
        """Entries in the same order; some speak of other records, go, or come."""
        found = []
        for entry in entries or []:
            source, _, run, names = entry.split("|")
            if self.rng.random() < 0.4:
                found.append(f"{source}|elsewhere.csv:{self.rng.randrange(900)}|{run}|{names}")
            elif self.rng.random() < 0.7:
                found.append(entry)
        return found

    def _as_before(self, node: Node, props: Mapping[str, Any]) -> bool:
        """Whether rules, bands and origins say the same about the node with these properties."""
        if node.label == "Prediction" and self.oracle.knows(node, "value") is Known.BAND:
            if props.get("value") is None:
                return False
            if self.oracle.band(Node(node.label, dict(props))) != self.oracle.band(node):
                return False
        kept = dict(node.props)
        before = verdicts(self.oracle, node), self.oracle.origins(node) if self.oracle.sees(node) else None
        node.props = {name: found for name, found in props.items() if found is not None}
        try:
            return before == (
                verdicts(self.oracle, node),
                self.oracle.origins(node) if self.oracle.sees(node) else None,
            )
        finally:
            node.props = kept

    def links(self) -> None:
        for link in self.oracle.world.links:
            if link.start not in self.world.nodes or link.end not in self.world.nodes:
                self.removed[link.type] += 1
                continue
            if not self.oracle.sees_link(link) and self._may_go(link) and self.rng.random() < 0.3:
                self.removed[link.type] += 1
                continue
            self.world.link(link.type, link.start, link.end, self.link_props(link))

    def _may_go(self, link: Link) -> bool:
        """Links that make a row what it is stay with it, and those that rules go along."""
        followed = {rule.relationship for rule in self.oracle.policy.rules.values()}
        return link.type not in followed | {"ABOUT", "UNDER", "LOADED"}

    def link_props(self, link: Link) -> dict[str, Any]:
        rel = RELS[link.type]
        props = dict(link.props)
        fixed = {*SHAPE.get(link.type, ())} | (set(rel.key) if self.oracle.sees_link(link) else set())
        for name, prop in rel.props.items():
            if name in fixed or self.oracle.knows_of_link(link, name) is Known.ALL or name == "lineage":
                continue
            if (link.type, name) in OPENED_BY_LINEAGE and self.oracle.grants(prop.data_class, link.type):
                continue
            masked = self.oracle.knows_of_link(link, name) is Known.MASKED
            self._change(
                props,
                name,
                prop,
                lambda: self._holds_as(link, props),
                masked=masked,
            )
            if props.get(name) != link.props.get(name):
                self.changed[f"{link.type}.{name}"] += 1
        return {name: found for name, found in props.items() if found is not None}

    def _holds_as(self, link: Link, props: dict[str, Any]) -> bool:
        """Whether a link with these properties holds today where it did."""
        return self.oracle.today_holds(Link(link.type, link.start, link.end, props)) == self.oracle.today_holds(link)

    def clones(self) -> None:
        """Hidden rows that only the second graph has, joined to what the first ones are joined to."""
        hidden = [node for node in self.oracle.world.nodes.values() if not self.oracle.sees(node)]
        cloned: dict[Ref, Ref] = {}
        for node in hidden:
            if node.label != "Sequence" and self.rng.random() < 0.3:
                key = NODES[node.label].key
                props = self.node_props(node) | {key: f"{node.props[key]}-more"}
                cloned[node.ref] = self.world.add(node.label, props)
                self.added[node.label] += 1
        for link in self.oracle.world.links:
            start, end = cloned.get(link.start, link.start), cloned.get(link.end, link.end)
            new = (start, end) != (link.start, link.end)
            if not new and (self.oracle.sees_link(link) or not self._may_go(link) or self.rng.random() < 0.7):
                continue
            if start in self.world.nodes and end in self.world.nodes:
                self.world.link(link.type, start, end, self.link_props(link))
                self.added[link.type] += 1


def oracle_for(policy: Policy, like: Oracle, world: World) -> Oracle:
    """The same caller's oracle about another world."""
    return Oracle(policy, like.caller, world, like.shown, like.today)
