"""Arguments drawn from what is in the graphs: keys, names, numbers and dates of both, visible or not."""

import datetime
import random
from collections import defaultdict
from collections.abc import Iterable
from typing import Any

from graphql import GraphQLEnumType, GraphQLInputType, GraphQLNamedType, get_named_type

from graph.schema.catalogue import NODES
from tests.noninterference.graphs import World
from tests.noninterference.oracle import Oracle
from tests.noninterference.values import WORDS

NOWHERE = ("", "nobody", "0", "zz-none", "' OR 1=1 //", "\u2028", "%")
EARLY, LATE = "2024-01-01", "2026-10-01"
SEARCHED = ("lastName", "firstName", "name", "brand")
LOOKED_UP = 0.8
"""How often a key is one of a row that the caller sees."""


class Name(str):
    """A name of an enumeration, printed without quotes."""

    __slots__ = ()


class Pools:
    """Values by property name and keys by label."""

    def __init__(self, oracle: Oracle, others: Iterable[World]) -> None:
        self._values: dict[str, list[Any]] = defaultdict(list)
        self._keys: dict[str, list[str]] = defaultdict(list)
        self._visible: dict[str, list[str]] = defaultdict(list)
        for world in others:
            for node in world.nodes.values():
                for name, value in node.props.items():
                    self._values[name] += value if isinstance(value, list) else [value]
                for key in _keys(node.props):
                    self._keys[node.label].append(key)
                    if world is oracle.world and oracle.sees(node):
                        self._visible[node.label].append(key)
            for link in world.links:
                for name, value in link.props.items():
                    if not isinstance(value, list):
                        self._values[name].append(value)

    def has(self, label: str) -> bool:
        """Whether any graph has a node of this label."""
        return bool(self._keys.get(label))

    def labels(self) -> list[str]:
        return sorted(self._keys)

    def key(self, label: str, rng: random.Random, named: str | None = None) -> str:
        """An id or business key of a node, mostly of a visible one; with ``named`` the value of that property."""
        pool = self._visible[label] if rng.random() < LOOKED_UP else self._keys[label]
        if named is not None:
            pool = [key for key in pool if key.isdigit() == (named == "npi")]
        return rng.choice(pool) if pool else rng.choice(NOWHERE)

    def value(self, name: str, kind: GraphQLInputType, rng: random.Random) -> Any:
        """A value of a scalar or enumeration for a member or argument of this name."""
        named: GraphQLNamedType = get_named_type(kind)
        if isinstance(named, GraphQLEnumType):
            return Name(rng.choice(list(named.values)))
        match named.name:
            case "Boolean":
                return rng.random() < 0.5
            case "Int":
                return self._number(name, int, rng)
            case "Float":
                return self._number(name, float, rng)
            case "Date":
                return self._date(name, rng)
            case "DateTime":
                return self._date(name, rng) + "T06:00:00+00:00"
        return self._text(name, rng)

    def part(self, name: str, rng: random.Random) -> str:
        """A part of a text, for operators that look inside."""
        text = self._text(name, rng)
        start = rng.randrange(max(1, len(text) - 1))
        return text[start : start + rng.randrange(1, 5)]

    def _text(self, name: str, rng: random.Random) -> str:
        name = rng.choice(SEARCHED) if name == "text" else name
        label = next((label for label in NODES if label.lower() == name.lower().rstrip("s")), None)
        if label is not None and self._keys[label]:
            return self.key(label, rng)
        texts = [value for value in self._values.get(name, ()) if isinstance(value, str)]
        if texts and rng.random() < 0.95:
            return str(rng.choice(texts))
        return rng.choice((*NOWHERE, *WORDS))

    def _number(self, name: str, kind: type, rng: random.Random) -> float:
        known = [value for value in self._values.get(name, ()) if isinstance(value, int | float)]
        found = kind(rng.choice(known)) if known else kind(rng.randrange(100))
        return found if rng.random() < 0.7 else kind(round(found + rng.choice((-1, 1)) * rng.random() * 5, 3))

    def _date(self, name: str, rng: random.Random) -> str:
        known = [value for value in self._values.get(name, ()) if isinstance(value, datetime.date)]
        if not known:
            return rng.choice((EARLY, LATE)) if name not in ("since", "from", "until", "to") else (
                EARLY if name in ("since", "from") else LATE
            )  # fmt: skip
        found: datetime.date = rng.choice(known)
        return found.isoformat()[:10]


def _keys(props: dict[str, Any]) -> list[str]:
    """The id of a node and the keys that people use."""
    return [str(props[name]) for name in ("id", "npi", "productId", "planKey", "territoryId", "name") if name in props
            and (name != "name" or "id" not in props)]  # fmt: skip
