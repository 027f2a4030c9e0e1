"""Arguments as trees: their structure shapes the statement, their leaves become parameters.

A tree is a `Leaf`, a dict of trees (an input object) or a list of trees (a list of input objects).
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import Enum
from typing import Any

from graphql import (
    ArgumentNode,
    FieldNode,
    GraphQLField,
    GraphQLInputObjectType,
    GraphQLInputType,
    GraphQLList,
    ListValueNode,
    NullValueNode,
    ObjectValueNode,
    Undefined,
    ValueNode,
    VariableNode,
    get_named_type,
    is_non_null_type,
    value_from_ast,
)

from api.errors import BadInput

Values = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Leaf:
    """A value: a constant of the document, or found in the variables by ``path``, passed through ``via``."""

    constant: Any = None
    path: tuple[str | int, ...] = ()
    items: tuple["Leaf", ...] | None = None
    via: Callable[[Any], Any] | None = None

    def value(self, variables: Values) -> Any:
        if self.items is not None:
            return [item.value(variables) for item in self.items]
        found: Any = variables if self.path else self.constant
        for step in self.path:
            found = found[step]
        return found if self.via is None else self.via(found)


Tree = Leaf | dict[str, Any] | list[Any]
ABSENT = object()


def arguments_of(node: FieldNode, definition: GraphQLField, variables: Values) -> dict[str, Tree]:
    """The arguments of a field that are given or have a default, as trees; a null one counts as not given."""
    given: dict[str, ArgumentNode] = {argument.name.value: argument for argument in node.arguments or ()}
    found: dict[str, Tree] = {}
    for name, argument in definition.args.items():
        tree: Any = ABSENT
        if name in given:
            tree = _from_ast(given[name].value, argument.type, variables)
        if tree is ABSENT and argument.default_value is not Undefined:
            tree = Leaf(argument.default_value)
        if tree is not ABSENT and not (isinstance(tree, Leaf) and tree.value(variables) is None):
            found[name] = tree
    return found


def _from_ast(node: ValueNode, kind: GraphQLInputType, variables: Values) -> Any:
    if is_non_null_type(kind):
        return _from_ast(node, kind.of_type, variables)
    if isinstance(node, VariableNode):
        name = node.name.value
        return _from_value(variables[name], kind, (name,)) if name in variables else ABSENT
    if isinstance(node, NullValueNode):
        return Leaf(None)
    named = get_named_type(kind)
    if isinstance(kind, GraphQLList):
        entries = node.values if isinstance(node, ListValueNode) else (node,)
        trees = [tree for entry in entries if (tree := _from_ast(entry, kind.of_type, variables)) is not ABSENT]
        return trees if isinstance(named, GraphQLInputObjectType) else Leaf(items=tuple(trees))
    if isinstance(kind, GraphQLInputObjectType) and isinstance(node, ObjectValueNode):
        fields = {
            entry.name.value: _from_ast(entry.value, kind.fields[entry.name.value].type, variables)
            for entry in node.fields
        }
        return {name: tree for name, tree in fields.items() if tree is not ABSENT}
    value = value_from_ast(node, kind, None)
    if value is Undefined:
        raise BadInput("an argument has a value of the wrong type")
    return Leaf(value)


def _from_value(value: Any, kind: GraphQLInputType, path: tuple[str | int, ...]) -> Tree:
    """A coerced variable: objects and lists of objects are structure, everything else is a leaf."""
    if is_non_null_type(kind):
        return _from_value(value, kind.of_type, path)
    if value is None:
        return Leaf(path=path)
    if isinstance(kind, GraphQLList) and isinstance(get_named_type(kind), GraphQLInputObjectType):
        return [_from_value(entry, kind.of_type, (*path, index)) for index, entry in enumerate(value)]
    if isinstance(kind, GraphQLInputObjectType):
        return {name: _from_value(entry, kind.fields[name].type, (*path, name)) for name, entry in value.items()}
    return Leaf(path=path)


def resolved(tree: Tree, variables: Values) -> Any:
    """The tree with the values of its leaves."""
    if isinstance(tree, Leaf):
        return tree.value(variables)
    if isinstance(tree, dict):
        return {name: resolved(below, variables) for name, below in tree.items()}
    return [resolved(below, variables) for below in tree]


def shape(value: Any) -> Any:
    """What of a variable decides the statement: its structure, nulls, yes and no, directions of a sort."""
    if isinstance(value, dict):
        return tuple((name, shape(entry)) for name, entry in value.items())
    if isinstance(value, list):
        return ("list", *(shape(entry) for entry in value)) if value and isinstance(value[0], dict) else "list"
    if value is None or isinstance(value, bool):
        return value
    return value.name if isinstance(value, Enum) else type(value).__name__
