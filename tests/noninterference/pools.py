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
LOOKED_UP = 0.9
"""How often a key is one of a row that the caller sees."""


class Name(str):
    """A name of an enumeration, printed without quotes."""

    __slots__ = ()


class Pools:
    """Values by property name and keys by label."""

    def __init__(self, oracle: Oracle, others: Iterable[World]) -> None:
        self._values: dict[str, list[Any]] = defaultdict(list)
        self._of: dict[tuple[str, str], list[Any]] = defaultdict(list)
        self._keys: dict[str, list[str]] = defaultdict(list)
        self._visible: dict[str, list[str]] = defaultdict(list)
        for world in others:
            for node in world.nodes.values():
                for name, value in node.props.items():
                    listed = value if isinstance(value, list) else [value]
                    self._values[name] += listed
                    self._of[node.label, name] += listed
                for key in _keys(node.props):
                    self._keys[node.label].append(key)
                    if world is oracle.world and oracle.sees(node):
                        self._visible[node.label].append(key)
            for link in world.links:
                for name, value in link.props.items():
                    if not isinstance(value, list):
                        self._values[name].append(value)
                        self._of[link.type, name].append(value)

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

    def value(self, name: str, kind: GraphQLInputType, rng: random.Random, label: str | None = None) -> Any:
        """A value of a scalar or enumeration for a member or argument of this name, of a label where it is known."""
        named: GraphQLNamedType = get_named_type(kind)
        if isinstance(named, GraphQLEnumType):
            return Name(rng.choice(list(named.values)))
        match named.name:
            case "Boolean":
                return rng.random() < 0.5
            case "Int":
                return self._number(name, int, rng, label)
            case "Float":
                return self._number(name, float, rng, label)
            case "Date":
                return self._date(name, rng)
            case "DateTime":
                return self._date(name, rng) + "T06:00:00+00:00"
        return self._text(name, rng, label)

    def part(self, name: str, operator: str, rng: random.Random, label: str | None = None) -> str:
        """A part of a text, for operators that look at its beginning, its end, or inside."""
        text, length = self._text(name, rng, label), rng.randrange(1, 5)
        if operator == "startsWith":
            return text[:length]
        return text[-length:] if operator == "endsWith" else text[1 : 1 + length]

    def _known(self, name: str, label: str | None) -> list[Any]:
        return self._of.get((label or "", name)) or self._values.get(name, [])

    def _text(self, name: str, rng: random.Random, label: str | None = None) -> str:
        name = rng.choice(SEARCHED) if name == "text" else name
        named = next((one for one in NODES if one.lower() == name.lower().rstrip("s")), None)
        if named is not None and self._keys[named]:
            return self.key(named, rng)
        texts = [value for value in self._known(name, label) if isinstance(value, str)]
        if texts and rng.random() < 0.95:
            return str(rng.choice(texts))
        return rng.choice((*NOWHERE, *WORDS))

    def _number(self, name: str, kind: type, rng: random.Random, label: str | None) -> float:
        known = [value for value in self._known(name, label) if isinstance(value, int | float)]
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
