"""Bind hand-written GraphQL types to the declaration: drift is refused when the module is imported.

A bound type says which label or relationship it shows. Each of its fields is a column (a declared property of the
same name) or says itself what it needs. The registry tells the permission sets which members a role may have, and the
compiler what to read.
"""

import datetime
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass, field, replace
from enum import Enum
from typing import Any, Never, TypeVar

import strawberry
from strawberry.types import get_object_definition
from strawberry.types.base import StrawberryList, StrawberryObjectDefinition, StrawberryOptional
from strawberry.types.field import StrawberryField
from strawberry.utils.str_converters import to_camel_case

from graph.governance.policy import Form, Verb
from graph.schema.core import DataClass, NodeType, RelType, SchemaError, Sensitivity

Class = TypeVar("Class", bound=type)
Value = TypeVar("Value")
NUMBERS = frozenset({Form.VALUE, Form.OWN_SCOPE, Form.AGGREGATE})
ANY_FORM = NUMBERS | {Form.BAND}
ROWS = NUMBERS | {Form.MASKED}
MASKABLE = ("integer", "float", "date")


@dataclass(frozen=True, slots=True)
class Needs:
    """What a role must be granted to have a member: a verb on a property in one of the forms.

    For a prediction, at one of ``levels`` (none named: any) of the ``release`` of the bound type.
    """

    label: str
    property: str | None = None
    verb: Verb = Verb.READ
    forms: frozenset[Form] = ROWS
    levels: tuple[str, ...] = ()
    release: DataClass | None = None


@dataclass(frozen=True, slots=True)
class Member:
    """One member of a bound type. ``property`` is set for a column; others are compiled by a link or an expression.

    A filter or sort key that follows a ``link`` names the ``related`` input type that continues there.
    """

    name: str
    needs: tuple[Needs, ...]
    property: str | None = None
    link: tuple[str, str] | None = None
    related: str | None = None


@dataclass(frozen=True, slots=True)
class Binding:
    """A GraphQL type and the label or relationship type it shows."""

    type_name: str
    declared: NodeType | RelType
    release: DataClass | None
    members: dict[str, Member] = field(default_factory=dict)

    @property
    def label(self) -> str:
        return self.declared.label if isinstance(self.declared, NodeType) else self.declared.type


BINDINGS: dict[str, Binding] = {}


def needs(*required: Needs) -> dict[str, Any]:
    """Field metadata: the member exists for a role that is granted all of these."""
    return {"needs": required}


def relation(type_name: str, field_name: str, related: str, *required: Needs) -> dict[str, Any]:
    """Field metadata of a filter or sort key that follows the link of an object type to what ``related`` narrows."""
    return {"needs": required, "link": (type_name, field_name), "related": related}


def linked(*required: Needs, description: str) -> Callable[[Callable[..., Value]], Value]:
    """A field with a compiled answer: its method says name, arguments and type, and exists for whom ``required`` is."""

    def decorate(method: Callable[..., Value]) -> Value:
        made: Value = strawberry.field(resolver=method, metadata=needs(*required), description=description)
        return made

    return decorate


def compiled() -> Never:
    """The body of every field with arguments: the compiler answers it, nothing is ever resolved in Python."""
    raise AssertionError("this field is answered by the compiled statement")


def exposes(
    declared: NodeType | RelType,
    *,
    withhold: Collection[str] = (),
    release: DataClass | None = None,
    as_reached: bool = False,
    by_class: Collection[str] = (),
) -> Callable[[Class], Class]:
    """Bind an object type: its plain fields and the declared properties are the same, but for those withheld.

    ``as_reached``: the columns are granted to whom the field is granted that leads to the type, but for those that are
    granted ``by_class`` as everywhere else.
    """

    def bind(cls: Class) -> Class:
        as_it_comes = declared.props.keys() - set(by_class) if as_reached else frozenset[str]()
        binding = _binding(cls, declared, release, as_reached=as_it_comes)
        columns = {member.property for member in binding.members.values() if member.property is not None}
        if unknown := set(withhold) - declared.props.keys():
            raise SchemaError(f"{cls.__name__} withholds {sorted(unknown)}, which {binding.label} does not declare")
        if drift := columns ^ (declared.props.keys() - {*withhold, "lineage"}):
            raise SchemaError(f"{cls.__name__} and {binding.label} differ on {sorted(map(str, drift))}")
        for item in _fields(cls):
            member = binding.members[member_name(item)]
            if member.property is not None:
                _check_type(cls, item, declared, member.property)
                item.description = declared.props[member.property].doc
        return cls

    return bind


def narrows(
    declared: NodeType, verb: Verb = Verb.FILTER, *, release: DataClass | None = None
) -> Callable[[Class], Class]:
    """Bind an input type that filters or sorts: each of its members names a declared property or says what it needs.

    What a value is filtered by is told: each member needs the verb and `read`.
    """

    def bind(cls: Class) -> Class:
        _check_declared(cls, _binding(cls, declared, release, verb))
        return cls

    return bind


def summarizes(declared: NodeType, *, release: DataClass | None = None) -> Callable[[Class], Class]:
    """Bind an output type of groups: its members are declared properties, grouped by or summed up.

    A group tells about single values: each member needs the verbs `aggregate` and `read`.
    """

    def bind(cls: Class) -> Class:
        _check_declared(cls, _binding(cls, declared, release, Verb.AGGREGATE))
        return cls

    return bind


def _check_declared(cls: type, binding: Binding) -> None:
    """Names are declared ones; and whatever else is done with a value, it tells of it: `read` is needed too."""
    for name, member in binding.members.items():
        read = tuple(replace(need, verb=Verb.READ) for need in member.needs)
        binding.members[name] = replace(member, needs=(*member.needs, *read))
        if member.property is not None and member.property not in binding.declared.props:
            raise SchemaError(f"{cls.__name__} names {member.property!r}, which {binding.label} does not declare")


def _binding(
    cls: type,
    declared: NodeType | RelType,
    release: DataClass | None,
    verb: Verb = Verb.READ,
    *,
    as_reached: Collection[str] = (),
) -> Binding:
    name = declared.label if isinstance(declared, NodeType) else declared.type
    binding = Binding(_definition(cls).name, declared, release)
    for item in _fields(cls):
        own: tuple[Needs, ...] | None = item.metadata.get("needs")
        if own is None:
            column = member_name(item)
            forms = _forms(declared, column)
            required = [Needs(name, column, verb, forms, release=release)]
            if release is not None and _stands_beside(declared, column):
                # It compares with others, also beyond one's own scope.
                required = [replace(required[0], forms=forms - {Form.OWN_SCOPE})]
                required.append(Needs(name, "value", verb, NUMBERS, release=release))
            binding.members[column] = Member(column, () if column in as_reached else tuple(required), column)
        else:
            released = tuple(
                Needs(need.label, need.property, need.verb, need.forms, need.levels, need.release or release)
                for need in own
            )
            binding.members[member_name(item)] = Member(
                member_name(item), released, None, item.metadata.get("link"), item.metadata.get("related")
            )
    BINDINGS[binding.type_name] = binding
    return binding


def _stands_beside(declared: NodeType | RelType, name: str) -> bool:
    """Whether a column of a prediction is a fact with a class of its own: for whom the prediction is a number."""
    return name in declared.props and declared.props[name].data_class is not DataClass.PREDICTION


def _forms(declared: NodeType | RelType, name: str) -> frozenset[Form]:
    """The forms in which a column can be shown.

    A band stands for the confidential numbers; units and dates are shown beside it as they are. Masked are numbers,
    dates and words from closed lists; what is public and the opaque key stay.
    """
    found = declared.props.get(name)
    if found is None:
        return NUMBERS
    is_key = isinstance(declared, NodeType) and name == declared.key
    forms = NUMBERS if found.sensitivity >= Sensitivity.CONFIDENTIAL else ANY_FORM
    maskable = found.sensitivity is Sensitivity.PUBLIC or found.type in MASKABLE or found.values or is_key
    return forms | {Form.MASKED} if maskable else forms


def _definition(cls: type) -> StrawberryObjectDefinition:
    return get_object_definition(cls, strict=True)


def _fields(cls: type) -> Iterator[StrawberryField]:
    yield from _definition(cls).fields


def member_name(item: StrawberryField) -> str:
    """The GraphQL name, which is also the declared name."""
    return item.graphql_name if item.graphql_name is not None else to_camel_case(item.python_name)


PYTHON_TYPES: dict[str, object] = {
    "string": str,
    "integer": int,
    "float": float,
    "boolean": bool,
    "date": datetime.date,
    "datetime": datetime.datetime,
    "strings": [str],
    "floats": [float],
    "dates": [datetime.date],
}


def _check_type(cls: type, item: StrawberryField, declared: NodeType | RelType, name: str) -> None:
    """A column has the declared type and may be null; only the key is never null."""
    kind = item.type
    is_key = isinstance(declared, NodeType) and name == declared.key
    if isinstance(kind, StrawberryOptional):
        if is_key:
            raise SchemaError(f"{cls.__name__}.{name} is the key and cannot be null")
        kind = kind.of_type
    elif not is_key:
        raise SchemaError(f"{cls.__name__}.{name} must be nullable: a row rule may hide it")
    found: object = [kind.of_type] if isinstance(kind, StrawberryList) else kind
    wanted = PYTHON_TYPES[declared.props[name].type]
    if found != wanted and not (is_key and _is_id(found)):
        raise SchemaError(f"{cls.__name__}.{name} is {found!r}, declared as {declared.props[name].type}")


def _is_id(found: object) -> bool:
    return found is strawberry.ID or (isinstance(found, Enum) and found.name == "ID")
