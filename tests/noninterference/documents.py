"""Operations generated from a schema: operation N of seed S is always the same one.

An operation is built around the units that it has to contain: each gets a root field that leads to it, with other
fields on the way. Arguments come from the pools; some travel as variables.
"""

import json
import random
from collections import deque
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from graphql import (
    GraphQLField,
    GraphQLInputObjectType,
    GraphQLInputType,
    GraphQLInterfaceType,
    GraphQLObjectType,
    GraphQLSchema,
    Undefined,
    get_named_type,
    is_leaf_type,
    is_list_type,
    is_non_null_type,
)

from api.binding import BINDINGS
from tests.noninterference.pools import Name, Pools
from tests.noninterference.units import LOGIC, Unit, is_filter, is_sort

PARTIAL = ("contains", "startsWith", "endsWith")
PATHS = 4
Units = tuple[Unit, ...]


@dataclass(slots=True)
class Operation:
    """A document with its variables. ``turns``: asked a second time with a cursor of the first answer."""

    query: str
    variables: dict[str, Any] = field(default_factory=dict)
    turns: bool = False


class Paths:
    """The shortest ways through a schema, from the roots to each type and from arguments to each input type."""

    def __init__(self, schema: GraphQLSchema) -> None:
        self.schema = schema
        assert schema.query_type is not None
        self.query = schema.query_type
        self._outputs = self._ways_to_types()

    def to_type(self, name: str) -> list[tuple[str, ...]]:
        """Field names that lead from the root to a type, shortest first."""
        return self._outputs.get(name, [])

    def inputs(self) -> Iterator[tuple[str, str, GraphQLInputObjectType]]:
        """(type, field, input type) of the arguments that are inputs."""
        for name in self._outputs:
            kind = self.schema.type_map[name]
            if isinstance(kind, GraphQLObjectType):
                for member, found in kind.fields.items():
                    for argument in found.args.values():
                        named = get_named_type(argument.type)
                        if isinstance(named, GraphQLInputObjectType):
                            yield name, member, named

    def _ways_to_types(self) -> dict[str, list[tuple[str, ...]]]:
        found: dict[str, list[tuple[str, ...]]] = {self.query.name: [()]}
        waiting = deque([(self.query, tuple[str, ...]())])
        while waiting:
            kind, way = waiting.popleft()
            for member, entry in kind.fields.items():
                target = get_named_type(entry.type)
                if not isinstance(target, GraphQLObjectType) or len(way) >= 6:
                    continue
                known = found.setdefault(target.name, [])
                if len(known) < PATHS and (not known or len(way) + 1 <= len(known[0]) + 1):
                    known.append((*way, member))
                    if len(known) == 1:
                        waiting.append((target, (*way, member)))
        return found

    def home(self, unit: Unit) -> tuple[tuple[str, str], tuple[str, ...]]:
        """Where a condition or sort key is given: (type, field), and the input members that lead to it."""
        return self.to_input(unit.type_name)[0]

    def rows_of(self, type_name: str, member: str) -> GraphQLObjectType | None:
        """The type of a field's rows: of a connection that of its nodes."""
        kind = self.schema.type_map[type_name]
        assert isinstance(kind, GraphQLObjectType)
        target = get_named_type(kind.fields[member].type)
        for name in ("edges", "node"):
            if isinstance(target, GraphQLObjectType) and name in target.fields:
                target = get_named_type(target.fields[name].type)
        return target if isinstance(target, GraphQLObjectType) else None

    def to_input(self, name: str) -> list[tuple[tuple[str, str], tuple[str, ...]]]:
        """((type, field) with the argument, input members that lead to the input type), shortest first."""
        found = []
        for type_name, member, top in self.inputs():
            waiting = deque([(top, tuple[str, ...]())])
            seen = {top.name}
            while waiting:
                kind, way = waiting.popleft()
                if kind.name == name:
                    found.append(((type_name, member), way))
                    break
                for below, entry in kind.fields.items():
                    target = get_named_type(entry.type)
                    if isinstance(target, GraphQLInputObjectType) and target.name not in seen and below not in LOGIC:
                        seen.add(target.name)
                        waiting.append((target, (*way, below)))
        return sorted(found, key=lambda entry: (len(entry[1]), len(self.to_type(entry[0][0])[0])))


@dataclass(frozen=True, slots=True)
class Form:
    """What one root field has to contain: conditions, sort keys of the same connection, links of its rows."""

    where: Units = ()
    sort: Units = ()
    links: Units = ()


class Generator:
    """Writes one operation. ``shape`` decides its form, ``values`` what it asks for: equal forms are planned once."""

    def __init__(self, paths: Paths, pools: Pools, shape: random.Random, values: random.Random) -> None:
        self.paths, self.pools, self.rng, self.values = paths, pools, shape, values
        self.variables: dict[str, tuple[str, Any]] = {}
        self.turns = False
        self.form = Form()

    def operation(self, wanted: list[Form]) -> Operation:
        """A document in which the wanted units occur: a root field for each form."""
        roots = [f"r{index}: {self.around(form)}" for index, form in enumerate(wanted)]
        head = ", ".join(f"${name}: {kind}" for name, (kind, _) in self.variables.items())
        fragments, body = "", "\n  ".join(roots)
        if self.rng.random() < 0.15:
            fragments, body = f"\nfragment All on {self.paths.query.name} {{\n  {body}\n}}", "...All"
        named = f"query Q({head})" if head else "query Q" if fragments or self.rng.random() < 0.3 else ""
        values = {name: value for name, (_, value) in self.variables.items()}
        return Operation(f"{named} {{\n  {body}\n}}{fragments}".strip(), values, self.turns)

    def around(self, form: Form) -> str:
        """A root field that contains the units of a form."""
        self.form = form
        group = form.where or form.sort
        if not group:
            return self.chain(self.rng.choice(self.paths.to_type(form.links[0].type_name)), form.links)
        (type_name, member), way = self.paths.home(group[0])
        at_end = Unit("link", type_name, member)
        return self.chain(self.paths.to_type(type_name)[0], (at_end,), group, way)

    def chain(
        self, way: tuple[str, ...], members: Units, group: Units | None = None, inputs: tuple[str, ...] = ()
    ) -> str:
        """The fields of a way, one in the other, down to the members."""
        kind: GraphQLObjectType = self.paths.query
        opened: list[str] = []
        for name in way:
            entry = kind.fields[name]
            opened.append(f"{name}{self.arguments(kind, name, entry)}")
            kind = get_named_type(entry.type)  # type: ignore[assignment]
        text = " ".join(self.entry(kind, unit.member, group, inputs) for unit in members)
        # From the inside out: each level also selects some of its own leaves.
        for depth in range(len(opened) - 1, -1, -1):
            text = f"{opened[depth]} {{ {self.leaves(self._type_at(way[: depth + 1]), text)} {text} }}"
        return text

    def _type_at(self, way: tuple[str, ...]) -> GraphQLObjectType:
        kind: GraphQLObjectType = self.paths.query
        for name in way:
            kind = get_named_type(kind.fields[name].type)  # type: ignore[assignment]
        return kind

    def entry(self, kind: GraphQLObjectType, member: str, group: Units | None, inputs: tuple[str, ...]) -> str:
        """A field with its arguments and a selection."""
        found = kind.fields[member]
        text = f"{member}{self.arguments(kind, member, found, group, inputs)}"
        return text + self.below(found, every=True)

    def below(self, found: GraphQLField, depth: int = 0, *, every: bool = False) -> str:
        """The selection below a field: for an interface, parts for some of its types."""
        target = get_named_type(found.type)
        if isinstance(target, GraphQLInterfaceType):
            kinds = sorted(self.paths.schema.get_possible_types(target), key=lambda kind: kind.name)
            parts = [
                f"... on {kind.name} {{ {self.leaves(kind)} }}" for kind in self.rng.sample(kinds, min(3, len(kinds)))
            ]
            return f" {{ __typename {' '.join(target.fields)} {' '.join(parts)} }}"
        return f" {self.selection(target, depth, every=every)}" if isinstance(target, GraphQLObjectType) else ""

    def selection(self, kind: GraphQLObjectType, depth: int = 0, *, every: bool = False) -> str:
        """Leaves, the links of the form, and what has to be below; now and then one more. ``every`` leaf or most."""
        links = [name for name, entry in kind.fields.items() if not is_leaf_type(get_named_type(entry.type))]
        below = [name for name in links if name in ("edges", "node", "pageInfo")]
        if self.form.where or self.form.sort:
            below += [unit.member for unit in self.form.links if unit.type_name == kind.name and depth < 4]
        if not below and links and (self.rng.random() < 0.2 and depth < 2):
            below = [self.rng.choice(links)]
        leaves = self.every_leaf(kind) if every else self.leaves(kind)
        texts = [leaves] if leaves != "__typename" or not below else []
        for name in below:
            arguments = self.arguments(kind, name, kind.fields[name])
            wanted = name in {unit.member for unit in self.form.links}
            whole = wanted or (every and name in ("edges", "node", "pageInfo"))
            texts.append(f"{name}{arguments}{self.below(kind.fields[name], depth + 1, every=whole)}")
        text = " ".join(texts)
        return f"{{ ... on {kind.name} {{ {text} }} }}" if self.rng.random() < 0.1 else f"{{ {text} }}"

    def every_leaf(self, kind: GraphQLObjectType) -> str:
        names = [
            name
            for name, entry in kind.fields.items()
            if is_leaf_type(get_named_type(entry.type)) and not _required(entry)
        ]
        return " ".join(names) or "__typename"

    def leaves(self, kind: GraphQLObjectType, beside: str = "") -> str:
        """Most of the leaves of a type, some under other names or behind a directive."""
        taken = set(beside.split())
        names = [
            name
            for name, entry in kind.fields.items()
            if is_leaf_type(get_named_type(entry.type))
            and not _required(entry)
            and self.rng.random() < 0.6
            and name not in taken
        ]
        texts = []
        for name in names:
            text = f"x{len(texts)}: {name}" if self.rng.random() < 0.04 else name
            if self.rng.random() < 0.04:
                text += self.rng.choice((" @include(if: true)", " @skip(if: false)", " @skip(if: true)"))
            texts.append(text)
        return " ".join(texts) or "__typename"

    def arguments(
        self,
        kind: GraphQLObjectType,
        member: str,
        found: GraphQLField,
        group: Units | None = None,
        inputs: tuple[str, ...] = (),
    ) -> str:
        """Values for the arguments that are required, and for some of the others."""
        texts = []
        for name, argument in found.args.items():
            named = get_named_type(argument.type)
            required = is_non_null_type(argument.type) and argument.default_value is Undefined
            if group is not None and isinstance(named, GraphQLInputObjectType) and self._leads(named, group[0], inputs):
                value = self.towards(argument.type, group, inputs)
            elif group is not None and self.form.sort and named.name == self.form.sort[0].type_name:
                value = self.towards(argument.type, self.form.sort, ())
            elif name in ("after", "before"):
                if not (required or self.rng.random() < 0.12):
                    continue
                self.turns = True
                self.variables["cursor"] = ("String", None)
                texts.append(f"{name}: $cursor")
                continue
            elif required or self.rng.random() < (0.8 if name in ("first", "last") else 0.2):
                value = self.argument(kind, member, name, argument.type)
            else:
                continue
            texts.append(f"{name}: {self.passed(argument.type, value)}")
        return f"({', '.join(texts)})" if texts else ""

    def _leads(self, named: GraphQLInputObjectType, unit: Unit, inputs: tuple[str, ...]) -> bool:
        """Whether the way to the wanted input starts at an argument of this type."""
        kind: Any = named
        for name in inputs:
            if not isinstance(kind, GraphQLInputObjectType) or name not in kind.fields:
                return False
            kind = get_named_type(kind.fields[name].type)
        return bool(kind.name == unit.type_name)

    def passed(self, kind: GraphQLInputType, value: Any) -> str:
        """A value as a literal or as a variable."""
        if self.rng.random() < 0.25:
            name = f"v{len(self.variables)}"
            self.variables[name] = (str(kind), value)
            return f"${name}"
        return literal(value)

    def argument(self, kind: GraphQLObjectType, member: str, name: str, wanted: GraphQLInputType) -> Any:
        """A value for an argument: by its name, and for a key by what the field leads to."""
        named = get_named_type(wanted)
        if isinstance(named, GraphQLInputObjectType):
            return self.input(wanted)
        if name in ("first", "last"):
            return self.values.choice((1, 2, 3, 3, 5, 5, 8, 8, 8, 20, 20, 20, 50, 50, 0))
        if is_list_type(wanted.of_type if is_non_null_type(wanted) else wanted):
            return [self._scalar(kind, member, name, wanted) for _ in range(self.rng.randrange(0, 4))]
        return self._scalar(kind, member, name, wanted)

    def _scalar(self, kind: GraphQLObjectType, member: str, name: str, wanted: GraphQLInputType) -> Any:
        target = get_named_type(kind.fields[member].type)
        label = {"Hcp": "HCP"}.get(target.name, target.name)
        if name in ("npi", "id", "ids"):
            if not self.pools.has(label):
                label = self.rng.choice(self.pools.labels())
            return self.pools.key(
                label, self.values, "npi" if name == "npi" else "id" if self.rng.random() < 0.8 else None
            )
        return self.pools.value(name, wanted, self.values)

    def input(self, kind: GraphQLInputType, depth: int = 0) -> Any:
        """Some input value; one or two members of an object."""
        if is_non_null_type(kind):
            return self.input(kind.of_type, depth)
        if is_list_type(kind):
            return [self.input(kind.of_type, depth)]
        named = get_named_type(kind)
        assert isinstance(named, GraphQLInputObjectType)
        members = [name for name in named.fields if depth < 1 or name not in LOGIC]
        chosen = {name for name, entry in named.fields.items() if is_non_null_type(entry.type)}
        chosen |= set(self.rng.sample(members, min(len(members), 1 if self.rng.random() < 0.9 else 2)))
        return {name: self.member(named, name, depth + 1) for name in sorted(chosen)}

    def member(self, kind: GraphQLInputObjectType, name: str, depth: int) -> Any:
        """The value of a member of an input."""
        wanted = kind.fields[name].type
        named = get_named_type(wanted)
        if is_filter(named):
            return self.filter(kind, named, name, self.rng.choice(list(named.fields)))
        if isinstance(named, GraphQLInputObjectType):
            return {} if depth > 3 else self.input(wanted, depth)
        return self.pools.value(name, wanted, self.values)

    def filter(
        self, holder: GraphQLInputObjectType, kind: GraphQLInputObjectType, member: str, operator: str
    ) -> dict[str, Any]:
        """One operator of a filter, with a value of the member."""
        wanted = kind.fields[operator].type
        label = BINDINGS[holder.name].label if holder.name in BINDINGS else None
        bare = wanted.of_type if is_non_null_type(wanted) else wanted
        if operator == "eq" and self.rng.random() < 0.1:
            return {operator: None}
        if operator in PARTIAL:
            return {operator: self.pools.part(member, operator, self.values, label)}
        if is_list_type(bare):
            return {
                operator: [
                    self.pools.value(member, wanted, self.values, label) for _ in range(self.rng.randrange(1, 9))
                ]
            }
        return {operator: self.pools.value(member, wanted, self.values, label)}

    def towards(self, kind: GraphQLInputType, group: Units, way: tuple[str, ...]) -> Any:
        """An input value that contains the units at the end of the way."""
        if is_non_null_type(kind):
            return self.towards(kind.of_type, group, way)
        named = get_named_type(kind)
        assert isinstance(named, GraphQLInputObjectType)
        if is_list_type(kind):
            if is_sort(named):
                return [self.towards(kind.of_type, (unit,), way) for unit in group]
            return [self.towards(kind.of_type, group, way)]
        if way:
            return {way[0]: self.towards(named.fields[way[0]].type, group, way[1:])}
        values = [self._wanted(named, unit) for unit in group]
        if len(values) > 1 and "OR" in named.fields:
            value: dict[str, Any] = {"OR": values}
        else:
            value = {name: below for one in values for name, below in one.items()}
        if not set(LOGIC) & set(value) or "OR" in value:
            other = self.rng.random()
            if other < 0.08 and "NOT" in named.fields:
                return {"NOT": value}
            if other < 0.2 and "AND" in named.fields:
                return {"AND": [value, self.input(kind, 1)]}
        return value

    def _wanted(self, named: GraphQLInputObjectType, unit: Unit) -> dict[str, Any]:
        return {unit.member: self._wanted_value(named, unit)}

    def _wanted_value(self, named: GraphQLInputObjectType, unit: Unit) -> Any:
        if unit.kind == "sort" and unit.choice:
            return Name(unit.choice)
        member = unit.member
        target = get_named_type(named.fields[member].type)
        if isinstance(target, GraphQLInputObjectType) and is_filter(target):
            return self.filter(named, target, member, unit.choice)
        if isinstance(target, GraphQLInputObjectType):
            return self.input(named.fields[member].type, 1)
        return self.pools.value(member, named.fields[member].type, self.values)


def _required(entry: GraphQLField) -> bool:
    return any(
        is_non_null_type(argument.type) and argument.default_value is Undefined for argument in entry.args.values()
    )


def literal(value: Any) -> str:
    """A value as GraphQL writes it."""
    if isinstance(value, Name):
        return str(value)
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{name}: {literal(below)}" for name, below in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(literal(entry) for entry in value) + "]"
    return json.dumps(value)
