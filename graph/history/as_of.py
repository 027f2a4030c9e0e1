"""The state of an entity on a past day: what is there now, with everything recorded later undone."""

from __future__ import annotations

import datetime
import json
from dataclasses import dataclass, field
from typing import Any

from graph.errors import NotFound
from graph.history.changes import REMEDY, find_entity
from graph.history.fingerprint import COMPUTED
from graph.schema.catalogue import NODES, RELS
from graph.store import Store

Edge = tuple[str, str, str, tuple[tuple[str, Any], ...]]
"""Type, start, end and key of a relationship."""


@dataclass(slots=True)
class Past:
    """An entity on a day: its label (None where it was not known), its properties and its relationships."""

    id: str
    label: str | None
    properties: dict[str, Any] = field(default_factory=dict)
    edges: dict[Edge, dict[str, Any]] = field(default_factory=dict)


def state_of(store: Store, entity: str, day: datetime.date) -> Past:
    """What the twin had recorded about an entity, and its logged relationships, by the end of ``day``.

    Values are as in JSON: dates are ISO texts. Raise `NotFound` when nothing is or was known under that name. What a
    source brought with its first delivery is its baseline, which is not logged: it counts as always known.
    """
    entity_id = find_entity(store, entity)
    nodes = store.read("read/state_of_entity", entity_id=entity_id)
    if not nodes:
        raise NotFound(f"nothing in the twin is known as {entity!r}: {REMEDY}")
    past = _now(entity_id, nodes[0])
    changes = store.read("read/changes_to_undo", entity_id=entity_id, day=day)
    for change in changes:
        _undo(past, change)
    if past.label is None:
        past.properties.clear()
    return past


def _now(entity_id: str, row: dict[str, Any]) -> Past:
    label = str(row["label"])
    past = Past(entity_id, None if label == "Tombstone" else label)
    if past.label is not None:
        known = NODES[past.label].props
        past.properties = {
            name: _plain(value)
            for name, value in row["properties"].items()
            if name in known and name not in COMPUTED and name not in ("id", "lineage")
        }
    for name, start, end, properties in row["edges"]:
        if name in RELS and RELS[name].logged and RELS[name].written_by == "refresh":
            values = {key: _plain(value) for key, value in properties.items() if key != "lineage"}
            past.edges[_edge(name, start, end, values)] = values
    return past


def _undo(past: Past, change: dict[str, Any]) -> None:
    """Take one change back; changes come newest first."""
    name, operation, label = change["property"], change["operation"], change["label"]
    old = None if change["old"] is None else json.loads(change["old"])
    new = None if change["new"] is None else json.loads(change["new"])
    if label in NODES:
        if name is not None:
            _put(past.properties, name, old)
        else:
            past.label = None if operation == "added" else label
        return
    edge = _edge(label, change["entity"], change["other"], old or new or {})
    if name is None:
        if operation == "added":
            past.edges.pop(edge, None)
        else:
            past.edges.setdefault(edge, {}).update(old or {})
    else:
        _put(past.edges.setdefault(edge, dict(edge[3])), name, (old or {}).get(name))


def _put(values: dict[str, Any], name: str, value: Any) -> None:
    if value is None:
        values.pop(name, None)
    else:
        values[name] = value


def _edge(name: str, start: str, end: str, values: dict[str, Any]) -> Edge:
    return (name, start, end, tuple((key, values.get(key)) for key in RELS[name].key))


def _plain(value: Any) -> Any:
    if isinstance(value, list):
        return [_plain(one) for one in value]
    return value.iso_format() if hasattr(value, "iso_format") else value
