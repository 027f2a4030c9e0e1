"""Whether fields under one response name can be one value: GraphQL's rule on merging, in linear time.

Instead of comparing fields pair by pair, what merges is put together once, level by level, and compared with the first
of its kind. Fields of two different object types never meet in one row: they need the same shape and no more.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from graphql import (
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLOutputType,
    GraphQLSchema,
    ListValueNode,
    ObjectValueNode,
    OperationDefinitionNode,
    SelectionSetNode,
    ValueNode,
    VariableNode,
    get_named_type,
    is_leaf_type,
    is_list_type,
    is_non_null_type,
    is_object_type,
)

from api.errors import Invalid, TooCostly

MOST_WORK = 20_000
"""Fields looked at; those of an abstract type are looked at once for each concrete one that is asked beside it."""


@dataclass(frozen=True, slots=True)
class _Field:
    parent: Any
    node: FieldNode
    type: GraphQLOutputType


Scope = tuple[SelectionSetNode, Any]


def check_overlaps(schema: GraphQLSchema, document: DocumentNode) -> int:
    """Raise `Invalid` for fields that cannot be merged, else return the work that it took; all names must be known."""
    fragments = {
        definition.name.value: definition
        for definition in document.definitions
        if isinstance(definition, FragmentDefinitionNode)
    }
    overlaps = _Overlaps(schema, fragments)
    for definition in document.definitions:
        if isinstance(definition, OperationDefinitionNode):
            overlaps.check([(definition.selection_set, schema.get_root_type(definition.operation))])
    return overlaps.work


class _Overlaps:
    def __init__(self, schema: GraphQLSchema, fragments: Mapping[str, FragmentDefinitionNode]) -> None:
        self._schema, self._fragments = schema, fragments
        self.work = 0

    def check(self, scopes: list[Scope], *, same_fields: bool = True) -> None:
        """All that merges with each other; without ``same_fields`` only its shape has to agree."""
        for response, group in self._collected(scopes).items():
            if len(group) == 1:
                self._below(group, same_fields=same_fields)
                continue
            if any(_shapes_differ(group[0].type, other.type) for other in group[1:]):
                raise _conflict(response, "they return different types")
            together = self._meeting(group) if same_fields else []
            for fields in together:
                if any(other.node.name.value != fields[0].node.name.value for other in fields):
                    raise _conflict(response, "they are different fields")
                first = _arguments(fields[0].node)
                if any(_arguments(other.node) != first for other in fields[1:]):
                    raise _conflict(response, "they have differing arguments")
                self._below(fields, same_fields=True)
            if len(together) != 1:
                self._below(group, same_fields=False)

    def _below(self, fields: list[_Field], *, same_fields: bool) -> None:
        scopes = [
            (field.node.selection_set, get_named_type(field.type))
            for field in fields
            if field.node.selection_set is not None
        ]
        if scopes:
            self.check(scopes, same_fields=same_fields)

    def _meeting(self, group: list[_Field]) -> list[list[_Field]]:
        """The fields that may stand in the same row: those of each object type, with those of abstract types."""
        parents = dict.fromkeys(field.parent for field in group if is_object_type(field.parent))
        if len(parents) <= 1:
            return [group]
        return [
            [field for field in group if field.parent is parent or not is_object_type(field.parent)]
            for parent in parents
        ]

    def _collected(self, scopes: list[Scope]) -> dict[str, list[_Field]]:
        found: dict[str, list[_Field]] = {}
        spread: set[str] = set()
        waiting = scopes[::-1]
        while waiting:
            selection_set, parent = waiting.pop()
            for selection in selection_set.selections:
                self.work += 1
                if self.work > MOST_WORK:
                    raise TooCostly("the document merges too many fields")
                if isinstance(selection, FieldNode):
                    definition = self._schema.get_field(parent, selection.name.value)
                    assert definition is not None  # noqa: S101 - only documents whose fields are known come here
                    name = selection.alias.value if selection.alias is not None else selection.name.value
                    found.setdefault(name, []).append(_Field(parent, selection, definition.type))
                    continue
                fragment: Any = selection
                if isinstance(selection, FragmentSpreadNode):
                    if selection.name.value in spread:
                        continue
                    spread.add(selection.name.value)
                    fragment = self._fragments[selection.name.value]
                condition = fragment.type_condition
                target = parent if condition is None else self._schema.type_map[condition.name.value]
                waiting.append((fragment.selection_set, target))
        return found


def _shapes_differ(left: GraphQLOutputType, right: GraphQLOutputType) -> bool:
    while left is not right:
        for is_wrapped in (is_non_null_type, is_list_type):
            if is_wrapped(left) or is_wrapped(right):
                if not (is_wrapped(left) and is_wrapped(right)):
                    return True
                left, right = left.of_type, right.of_type  # type: ignore[union-attr]
                break
        else:
            return is_leaf_type(left) or is_leaf_type(right)
    return False


def _arguments(node: FieldNode) -> tuple[Any, ...]:
    return tuple(sorted((argument.name.value, _value(argument.value)) for argument in node.arguments or ()))


def _value(node: ValueNode) -> tuple[Any, ...]:
    """A value as something to compare: the order of an object's members says nothing."""
    if isinstance(node, VariableNode):
        return (node.kind, node.name.value)
    if isinstance(node, ListValueNode):
        return (node.kind, *(_value(entry) for entry in node.values))
    if isinstance(node, ObjectValueNode):
        return (node.kind, *sorted((entry.name.value, _value(entry.value)) for entry in node.fields))
    return (node.kind, str(getattr(node, "value", None)))


def _conflict(response: str, reason: str) -> Invalid:
    return Invalid(f"Fields '{response}' conflict because {reason}: use different aliases to fetch both.")
