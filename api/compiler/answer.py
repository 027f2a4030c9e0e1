"""The answer, made from the lists of values that a statement returns.

A map from Neo4j repeats its keys in every row and forgets their order. So a statement returns every selection as the
list of its values, in the order asked for, and one expression, generated once for a plan, gives them their names. With
16,000 values that halves the work of the process.
"""

from collections.abc import Callable, Mapping, Sequence, Set
from dataclasses import dataclass
from functools import partial
from itertools import count
from typing import Any

from graphql import (
    FieldNode,
    GraphQLInterfaceType,
    GraphQLObjectType,
    GraphQLSchema,
    get_named_type,
    get_nullable_type,
    is_list_type,
)

from api.compiler.nodes import Kind, kinds_of
from api.compiler.rows import Path
from api.compiler.selection import Document
from api.compiler.writing import Seal

MOST_SPELT_OUT = 300
Read = Callable[[list[Any], Sequence[Callable[[list[Any]], str]]], dict[str, Any]]
"""From the values of a statement, and one function for each seal that makes a cursor of the values of a row."""


@dataclass(frozen=True, slots=True)
class Part:
    """What stands in one place of an answer: a value; a cursor, by the number of its seal; a record, or a list of them,
    by response names; a record of one of several ``kinds``, with its place among them. ``first``: the statement returns
    a list with the record or with nothing."""

    entries: tuple[tuple[str, "Part"], ...] = ()
    many: bool = False
    seal: int | None = None
    kinds: tuple[tuple[tuple[str, "Part"], ...], ...] | None = None
    first: bool = False


@dataclass(slots=True)
class Parts:
    """Describes the answer to a selection. ``seals`` belong to the connections at these paths, ``firsts`` are the paths
    of records that come in a list."""

    document: Document
    schema: GraphQLSchema
    seals: Mapping[Path, Seal]
    firsts: Set[Path] = frozenset()

    def of(
        self,
        parent: GraphQLObjectType,
        selected: Mapping[str, list[FieldNode]],
        path: Path = (),
        seal: int | None = None,
    ) -> tuple[tuple[str, Part], ...]:
        """The parts below ``parent``, those of a connection being sealed with the number ``seal``."""
        found = []
        for response, nodes in selected.items():
            name, below = nodes[0].name.value, (*path, response)
            definition = parent.fields.get(name)  # None for __typename
            target = None if definition is None else get_named_type(definition.type)
            if definition is not None and isinstance(target, GraphQLInterfaceType):
                kinds = tuple(self.kind(kind, nodes, below) for kind in kinds_of(self.schema, name))
                found.append((response, Part(many=name != "node", kinds=kinds)))
                continue
            if definition is None or not isinstance(target, GraphQLObjectType):
                found.append((response, Part(seal=seal if name in ("cursor", "startCursor", "endCursor") else None)))
                continue
            inner = list(self.seals).index(below) if below in self.seals else seal
            entries = self.of(target, self.document.below(nodes), below, None if name == "node" else inner)
            found.append(
                (
                    response,
                    Part(entries, many=is_list_type(get_nullable_type(definition.type)), first=below in self.firsts),
                )
            )
        return tuple(found)

    def kind(self, kind: Kind, nodes: list[FieldNode], path: Path) -> tuple[tuple[str, Part], ...]:
        """The parts of a record of an interface that is of this kind."""
        target = self.schema.type_map[kind.type_name]
        assert isinstance(target, GraphQLObjectType)  # noqa: S101
        return self.of(target, self.document.below(nodes, kind.type_name), path)


def reader(entries: tuple[tuple[str, Part], ...]) -> Read:
    """The function that names the values of a record: an expression of its own, or for a long selection, which would
    take longer to write than it saves, a walk."""
    if _size(entries) > MOST_SPELT_OUT:
        return partial(_walked, entries)
    source = f"lambda values, seals: {_Source().record(entries, 'values')}"
    made: Read = eval(source, {})  # noqa: S307 - written here; response names, the only text from outside, are quoted
    return made


def _size(entries: tuple[tuple[str, Part], ...]) -> int:
    return len(entries) + sum(_size(part.entries) if part.kinds is None else MOST_SPELT_OUT + 1 for _, part in entries)


def _walked(
    entries: tuple[tuple[str, Part], ...], values: list[Any], seals: Sequence[Callable[[list[Any]], str]]
) -> dict[str, Any]:
    return {response: _named(part, value, seals) for (response, part), value in zip(entries, values, strict=True)}


def _named(part: Part, value: Any, seals: Sequence[Callable[[list[Any]], str]]) -> Any:
    if value is None:
        return None
    if part.seal is not None:
        return seals[part.seal](value)
    if part.kinds is not None:
        rows = value if part.many else [value]
        named = [None if row is None else _walked(part.kinds[row[0]], row[1], seals) for row in rows]
        return named if part.many else named[0]
    if part.many:
        return [_walked(part.entries, one, seals) for one in value]
    if part.first:
        return _walked(part.entries, value[0], seals) if value else None
    return _walked(part.entries, value, seals) if part.entries else value


class _Source:
    """The same as `_walked`, spelt out for one selection as a Python expression."""

    def __init__(self) -> None:
        self._numbers = count()

    def record(self, entries: tuple[tuple[str, Part], ...], values: str) -> str:
        return self.pairs(entries, [f"{values}[{place}]" for place in range(len(entries))])

    def pairs(self, entries: tuple[tuple[str, Part], ...], values: list[str]) -> str:
        pairs = (
            f"{response!r}: {self.part(part, value)}" for (response, part), value in zip(entries, values, strict=True)
        )
        return "{" + ", ".join(pairs) + "}"

    def part(self, part: Part, value: str) -> str:
        if part.seal is not None:
            return f"None if {value} is None else seals[{part.seal}]({value})"
        if not part.entries:
            return value
        if part.first:
            return f"{self.record(part.entries, f'{value}[0]')} if {value} else None"
        if not part.many:
            return f"None if {value} is None else {self.record(part.entries, value)}"
        names = [f"value{next(self._numbers)}" for _ in part.entries]
        return f"None if {value} is None else [{self.pairs(part.entries, names)} for ({', '.join(names)},) in {value}]"
