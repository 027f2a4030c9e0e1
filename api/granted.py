"""What an operation reads: the fields it selects, and where the rows stand in its answer. Known once per plan."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from graphql import (
    FieldNode,
    FragmentSpreadNode,
    GraphQLObjectType,
    GraphQLSchema,
    OperationDefinitionNode,
    SelectionSetNode,
    get_named_type,
    is_composite_type,
)

from api.binding import BINDINGS
from api.compiler.selection import Document


@dataclass(frozen=True, slots=True)
class Rows:
    """A place in an answer. ``counted``: objects there stand for a node or a relationship of the graph."""

    counted: bool
    below: tuple[tuple[str, "Rows"], ...]

    def count(self, value: Any) -> int:
        """The rows in the part of an answer that stands here."""
        if value is None:
            return 0
        if isinstance(value, list):
            if not self.below:
                return len(value) if self.counted else 0
            return sum(self.count(one) for one in value)
        found = int(self.counted)
        for name, rows in self.below:
            found += rows.count(value.get(name))
        return found


@dataclass(frozen=True, slots=True)
class Granted:
    """``fields`` are coordinates such as ``Hcp.lastName``, sorted; ``rows`` counts an answer's rows."""

    fields: tuple[str, ...]
    rows: Rows


NOTHING = Granted((), Rows(False, ()))


def granted(schema: GraphQLSchema, document: Document, operation: OperationDefinitionNode) -> Granted:
    """What an operation that is valid for ``schema`` reads, with the variables of the document."""
    assert schema.query_type is not None  # noqa: S101 - every schema of this API has roots
    walk = _Walk(schema, document)
    rows = walk.rows(False, [(schema.query_type, operation.selection_set)])
    return Granted(tuple(sorted(walk.fields)), rows)


class _Walk:
    def __init__(self, schema: GraphQLSchema, document: Document) -> None:
        self._schema, self._document = schema, document
        self.fields: set[str] = set()

    def rows(self, counted: bool, sets: list[tuple[Any, SelectionSetNode]]) -> Rows:
        below: dict[str, list[tuple[Any, SelectionSetNode]]] = {}
        for parent, selection_set in sets:
            for kind, node in self._selected(parent, selection_set, set()):
                name = node.name.value
                if name.startswith("__"):
                    if name != "__typename":
                        self.fields.add(f"{kind.name}.{name}")
                    continue
                self.fields.add(f"{kind.name}.{name}")
                target = get_named_type(kind.fields[name].type)
                if node.selection_set is not None and is_composite_type(target):
                    response = node.alias.value if node.alias is not None else name
                    below.setdefault(response, []).append((target, node.selection_set))
        places = (
            (response, self.rows(any(_is_row(target) for target, _ in found), found))
            for response, found in below.items()
        )
        return Rows(counted, tuple((response, rows) for response, rows in places if rows.counted or rows.below))

    def _selected(
        self, parent: Any, selection_set: SelectionSetNode, seen: set[str]
    ) -> Iterator[tuple[Any, FieldNode]]:
        for selection in selection_set.selections:
            if not self._document.included(selection.directives):
                continue
            if isinstance(selection, FieldNode):
                yield parent, selection
                continue
            if isinstance(selection, FragmentSpreadNode):
                if selection.name.value in seen:
                    continue
                seen.add(selection.name.value)
                fragment: Any = self._document.fragments[selection.name.value]
            else:
                fragment = selection
            condition = fragment.type_condition
            kind = parent if condition is None else self._schema.type_map[condition.name.value]
            yield from self._selected(kind, fragment.selection_set, seen)


def _is_row(target: Any) -> bool:
    """Bound types are rows; so is what stands for several of them."""
    return not isinstance(target, GraphQLObjectType) or target.name in BINDINGS
