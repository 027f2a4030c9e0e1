"""What of a schema has to occur in the operations: every field, filter, operator and sort key."""

from collections.abc import Iterator
from dataclasses import dataclass

from graphql import (
    FieldNode,
    GraphQLInputObjectType,
    GraphQLObjectType,
    GraphQLSchema,
    ObjectFieldNode,
    ObjectValueNode,
    TypeInfo,
    TypeInfoVisitor,
    Visitor,
    get_named_type,
    is_leaf_type,
    parse,
    visit,
)

LOGIC = ("AND", "OR", "NOT")
TOGETHER = {"link": 3, "where": 24, "sort": 4}
"""How many units of a kind and type one root field takes: planning a root costs more than widening it. Fields occur
with the links that lead to their types, operators with the members that take them."""


@dataclass(frozen=True, slots=True, order=True)
class Unit:
    """One thing to occur. ``kind``: ``field``, ``link``, ``where``, ``operator``, ``sort``; ``choice`` narrows it."""

    kind: str
    type_name: str
    member: str
    choice: str = ""


def is_filter(kind: object) -> bool:
    """An input whose members are operators: all of them take plain values."""
    return (
        isinstance(kind, GraphQLInputObjectType)
        and not is_sort(kind)
        and all(is_leaf_type(get_named_type(entry.type)) for entry in kind.fields.values())
    )


def is_sort(kind: object) -> bool:
    """An input whose members are directions, or lead to those of what is related."""
    return isinstance(kind, GraphQLInputObjectType) and any(
        get_named_type(entry.type).name == "SortDirection" for entry in kind.fields.values()
    )


def units(schema: GraphQLSchema) -> list[Unit]:
    """Everything that has to occur, in a fixed order."""
    return sorted(set(_units(schema)))


def groups(found: list[Unit]) -> list[tuple[Unit, ...]]:
    """Units that one root field can hold together: of one kind and type, as many as is reasonable."""
    made: list[tuple[Unit, ...]] = []
    alike: dict[tuple[str, str], list[Unit]] = {}
    for unit in found:
        if unit.kind not in TOGETHER:
            continue
        apart = unit.member if unit.kind == "where" and (unit.member in LOGIC or not unit.choice) else ""
        alike.setdefault((unit.kind, unit.type_name + apart), []).append(unit)
    for (kind, _), those in alike.items():
        size = TOGETHER[kind]
        made += [tuple(those[start : start + size]) for start in range(0, len(those), size)]
    return made


def _units(schema: GraphQLSchema) -> Iterator[Unit]:
    for name, kind in schema.type_map.items():
        if name.startswith("__"):
            continue
        if isinstance(kind, GraphQLObjectType):
            for member, field in kind.fields.items():
                leaf = is_leaf_type(get_named_type(field.type))
                yield Unit("field" if leaf else "link", name, member)
        elif isinstance(kind, GraphQLInputObjectType):
            for member, entry in kind.fields.items():
                target = get_named_type(entry.type)
                if is_sort(kind):
                    for direction in getattr(target, "values", ("",)):
                        yield Unit("sort", name, member, direction)
                elif is_filter(kind):
                    yield Unit("operator", name, member)
                elif member in LOGIC or not is_filter(target):
                    yield Unit("where", name, member)
                else:
                    for operator in target.fields:  # type: ignore[attr-defined]
                        yield Unit("where", name, member, operator)


def occurring(schema: GraphQLSchema, query: str, variables: dict[str, object]) -> set[Unit]:
    """The units that occur in a valid document with its variables."""
    found: set[Unit] = set()
    info = TypeInfo(schema)

    class Occurring(Visitor):
        def enter_field(self, node: FieldNode, *_: object) -> None:
            parent, field = info.get_parent_type(), info.get_field_def()
            if parent is not None and field is not None and not node.name.value.startswith("__"):
                leaf = is_leaf_type(get_named_type(field.type))
                found.add(Unit("field" if leaf else "link", parent.name, node.name.value))

        def enter_object_value(self, node: ObjectValueNode, *_: object) -> None:
            kind = get_named_type(info.get_input_type())
            if isinstance(kind, GraphQLInputObjectType):
                _of_object(kind, {entry.name.value: entry for entry in node.fields}, found)

    visit(document := parse(query, no_location=True), TypeInfoVisitor(info, Occurring()))
    for definition in document.definitions:
        for variable in getattr(definition, "variable_definitions", None) or ():
            kind = variable.type
            while not hasattr(kind, "name"):
                kind = kind.type
            named = schema.type_map.get(kind.name.value)
            _of_value(named, variables.get(variable.variable.name.value), found)
    return found


def _of_object(kind: GraphQLInputObjectType, entries: dict[str, ObjectFieldNode], found: set[Unit]) -> None:
    for member, node in entries.items():
        below = node.value
        names = {entry.name.value for entry in below.fields} if isinstance(below, ObjectValueNode) else set()
        _of_member(kind, member, getattr(below, "value", None), names, found)


def _of_value(kind: object, value: object, found: set[Unit]) -> None:
    if isinstance(value, list):
        for entry in value:
            _of_value(kind, entry, found)
    if isinstance(value, dict) and isinstance(kind, GraphQLInputObjectType):
        for member, below in value.items():
            if member in kind.fields:
                _of_member(kind, member, below, set(below) if isinstance(below, dict) else set(), found)
                _of_value(get_named_type(kind.fields[member].type), below, found)


def _of_member(kind: GraphQLInputObjectType, member: str, value: object, names: set[str], found: set[Unit]) -> None:
    if member not in kind.fields:
        return
    target = get_named_type(kind.fields[member].type)
    if is_sort(kind):
        found.add(Unit("sort", kind.name, member, str(value) if is_leaf_type(target) else ""))
    elif is_filter(kind):
        found.add(Unit("operator", kind.name, member))
    elif member in LOGIC or not is_filter(target):
        found.add(Unit("where", kind.name, member))
    else:
        found |= {Unit("where", kind.name, member, name) for name in names}
