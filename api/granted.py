"""What an operation reads: the fields it selects, filters and sorts by, and where the rows stand in its answer.

Known once per plan.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import chain
from typing import Any

from graphql import (
    FieldNode,
    FragmentSpreadNode,
    GraphQLObjectType,
    GraphQLSchema,
    OperationDefinitionNode,
    SelectionSetNode,
    get_named_type,
    get_nullable_type,
    is_composite_type,
    is_list_type,
)

from api.binding import BINDINGS
from api.compiler.arguments import Leaf, Tree, arguments_of
from api.compiler.selection import Document

CONNECTIVES = ("AND", "OR", "NOT")


@dataclass(frozen=True, slots=True)
class Rows:
    """A place in an answer. ``counted``: objects there stand for a node or a relationship of the graph; ``many``: a
    list of objects stands there; ``below`` are the response names that lead on.
    """

    counted: bool
    many: bool
    below: tuple[tuple[str, "Rows"], ...]

    def count(self, value: Any) -> int:
        """The rows in the part of an answer that stands here."""
        return self._among([value])

    def _among(self, values: list[Any]) -> int:
        """All that stands at this place is looked at together: an answer may have thousands of rows."""
        if not self.below:
            found = sum(map(len, filter(None, values))) if self.many else len(values) - values.count(None)
            return found if self.counted else 0
        present = filter(None, values)
        objects = [one for one in chain.from_iterable(present) if one] if self.many else list(present)
        below = sum(rows._among([one.get(name) for one in objects]) for name, rows in self.below)
        return below + len(objects) if self.counted else below


@dataclass(frozen=True, slots=True)
class Granted:
    """``fields`` are coordinates such as ``Hcp.lastName``, ``HcpWhere.city`` and ``HcpSort.npi``, sorted; ``rows``
    counts an answer's rows."""

    fields: tuple[str, ...]
    rows: Rows


NOTHING = Granted((), Rows(counted=False, many=False, below=()))


def granted(schema: GraphQLSchema, document: Document, operation: OperationDefinitionNode) -> Granted:
    """What an operation that is valid for ``schema`` reads, with the variables of the document."""
    assert schema.query_type is not None  # noqa: S101 - every schema of this API has roots
    walk = _Walk(schema, document)
    rows = walk.rows([(schema.query_type, operation.selection_set)], counted=False, many=False)
    return Granted(tuple(sorted(walk.fields)), rows)


class _Walk:
    def __init__(self, schema: GraphQLSchema, document: Document) -> None:
        self._schema, self._document = schema, document
        self.fields: set[str] = set()

    def rows(self, sets: list[tuple[Any, SelectionSetNode]], *, counted: bool, many: bool) -> Rows:
        below: dict[str, list[tuple[Any, SelectionSetNode]]] = {}
        lists: set[str] = set()
        for parent, selection_set in sets:
            for kind, node in self._selected(parent, selection_set, set()):
                name = node.name.value
                if name.startswith("__"):
                    if name != "__typename":
                        self.fields.add(f"{kind.name}.{name}")
                    continue
                self.fields.add(f"{kind.name}.{name}")
                for argument, tree in arguments_of(node, kind.fields[name], self._document.variables).items():
                    self.narrowed(get_named_type(kind.fields[name].args[argument].type), tree)
                definition = kind.fields[name].type
                target = get_named_type(definition)
                if node.selection_set is not None and is_composite_type(target):
                    response = node.alias.value if node.alias is not None else name
                    below.setdefault(response, []).append((target, node.selection_set))
                    if is_list_type(get_nullable_type(definition)):
                        lists.add(response)
        places = (
            (response, self.rows(found, counted=any(_is_row(one) for one, _ in found), many=response in lists))
            for response, found in below.items()
        )
        return Rows(counted, many, tuple((response, rows) for response, rows in places if rows.counted or rows.below))

    def narrowed(self, kind: Any, tree: Tree) -> None:
        """Note the members of conditions and sorts: what somebody filters by is told by the answer."""
        if isinstance(tree, list):
            for entry in tree:
                self.narrowed(kind, entry)
        elif isinstance(tree, dict):
            for name, below in tree.items():
                if isinstance(below, Leaf) and below.value(self._document.variables) is None:
                    continue
                if kind.name in BINDINGS and name not in CONNECTIVES:
                    self.fields.add(f"{kind.name}.{name}")
                self.narrowed(get_named_type(kind.fields[name].type), below)

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
