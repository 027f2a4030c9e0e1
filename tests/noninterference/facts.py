"""Everything a caller may know of a world, as one comparable value."""

from typing import Any

from graph.schema.catalogue import NODES, RELS
from graph.schema.core import DataClass
from tests.noninterference.graphs import Node
from tests.noninterference.oracle import Known, Oracle, key_of, mask


def facts(oracle: Oracle) -> dict[Any, Any]:
    """Visible nodes and links with their visible values, bands, origins and what rules say about them."""
    found: dict[Any, Any] = {}
    for node in oracle.world.nodes.values():
        if not oracle.sees(node):
            continue
        found[node.ref] = "a node"
        found[node.ref, "rules"] = verdicts(oracle, node)
        for name in NODES[node.label].props:
            known = oracle.knows(node, name)
            if name == "lineage":
                found[node.ref, name] = told(oracle, node)
            elif known is Known.ALL:
                found[node.ref, name] = node.props.get(name)
            elif known is Known.BAND:
                found[node.ref, name] = oracle.band(node)
            elif known is Known.MASKED:
                found[node.ref, name] = mask(node.props.get(name))
    for link in oracle.world.links:
        if not oracle.sees_link(link):
            continue
        key = key_of(link) if link.type != "BECAUSE" else (link.type, link.start, link.end, link.props["reason"])
        found[key] = oracle.today_holds(link)
        for name in RELS[link.type].props:
            # Reasons are numbered as they are shown: of their places only the order is known.
            known = oracle.knows_of_link(link, name)
            if known is Known.ALL and (link.type, name) != ("BECAUSE", "rank"):
                found[key, name] = link.props.get(name)
            elif known is Known.MASKED:
                found[key, name] = mask(link.props.get(name))
    return found


def verdicts(oracle: Oracle, node: Node) -> dict[str, bool]:
    """What each rule about the node's label says: the caller may learn that something is hidden, and by which rule."""
    return {name: oracle.holds(rule, node) for name, rule in oracle.policy.rules.items() if rule.label == node.label}


def told(oracle: Oracle, node: Node) -> list[tuple[str, Any, Any]]:
    """Visible origins, each with the delivery date of its run and the version of the mapping where granted."""
    dated, versioned = (oracle.grants(DataClass.OPERATIONS, label) for label in ("RefreshRun", "LOADED"))
    found = []
    for entry in oracle.origins(node):
        source, _, run, _ = entry.split("|")
        runs = [other for other in oracle.world.of("RefreshRun") if other.props["id"] == run]
        delivered = runs[0].props.get("deliveredOn") if runs and dated else None
        versions = [
            link.props.get("mappingVersion")
            for link in (oracle.world.at(runs[0].ref, "LOADED") if runs and versioned else [])
            if oracle.world.nodes[link.end].props.get("name") == source
        ]
        found.append((entry, delivered, tuple(map(str, versions))))
    return found
