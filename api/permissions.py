"""A permission set: what one role may do for one purpose, as a schema and as answers to the compiler.

Built once per role and purpose when the API starts. A denied member is absent from the schema, so that it cannot be
selected, filtered by, sorted by, introspected or guessed from a message.
"""

import hashlib
from collections.abc import Callable, Iterator
from functools import cache, cached_property
from typing import Any

import strawberry
from graphql import GraphQLSchema
from strawberry.schema.config import StrawberryConfig
from strawberry.types import get_object_definition
from strawberry.types.base import StrawberryContainer, StrawberryObjectDefinition
from strawberry.types.field import StrawberryField
from strawberry.types.lazy_type import LazyType

from api.binding import BINDINGS, Needs, member_name
from api.types.query import Query
from graph.errors import PolicyError
from graph.governance.decide import Verdict, decide, decide_class, meet
from graph.governance.policy import Form, Hides, Policy, Rule, Verb
from graph.schema.catalogue import NODES
from graph.schema.core import DataClass

LEVELS = NODES["Prediction"].props["level"].values


class PermissionSet:
    """One role for one purpose under one policy, borne by a person or by an agent that acts for one.

    ``id`` names it in cache keys and cursors.
    """

    def __init__(self, policy: Policy, role: str, purpose: str, *, by_agent: bool = False) -> None:
        if by_agent and policy.agent is None:
            raise PolicyError(f"{policy.file} has no role that acts for others: agents may see nothing")
        self.policy, self.role, self.purpose = policy, role, purpose
        self.agent = policy.agent if by_agent else None
        bearer = f"{policy.fingerprint}/{role}/{purpose}" + ("/agent" if by_agent else "")
        self.id = hashlib.sha256(bearer.encode()).hexdigest()[:16]
        self.visible = _visible_members(self)
        # The compiler asks for every column of every statement, and the answers are few.
        self.verdict = cache(self.verdict)  # type: ignore[method-assign]

    @cached_property
    def schema(self) -> GraphQLSchema:
        """The GraphQL schema of this permission set."""
        return self.strawberry_schema._schema

    @cached_property
    def strawberry_schema(self) -> "RoleSchema":
        return RoleSchema(self.visible)

    @property
    def sdl(self) -> str:
        """The schema as text, as committed under docs/roles."""
        return self.strawberry_schema.as_str() + "\n"

    def verdict(
        self,
        label: str,
        property_name: str | None = None,
        verb: Verb = Verb.READ,
        *,
        release: DataClass | None = None,
        level: str | None = None,
    ) -> Verdict:
        """The policy's verdict for this role and purpose."""
        return self._met(
            lambda role, purpose: decide(
                self.policy, role, purpose, label, property_name, verb, release=release, level=level
            )
        )

    def class_verdict(
        self, data_class: DataClass, label: str | None, level: str | None, verb: Verb = Verb.READ
    ) -> Verdict:
        """The verdict on a whole class, or on what a label or level of it holds."""
        return self._met(lambda role, purpose: decide_class(self.policy, role, purpose, data_class, label, level, verb))

    def _met(self, decided: Callable[[str, str], Verdict]) -> Verdict:
        verdict = decided(self.role, self.purpose)
        return verdict if self.agent is None else meet(verdict, decided(self.agent.name, self.agent.purposes[0]))

    def levels(self, release: DataClass, among: tuple[str, ...] = LEVELS) -> dict[str, Verdict]:
        """The levels at which values of a release may be read, with the verdicts."""
        verdicts = {level: self.verdict("Prediction", "value", release=release, level=level) for level in among}
        return {level: verdict for level, verdict in verdicts.items() if verdict.allowed}

    def rules(self, names: tuple[str, ...]) -> tuple[Rule, ...]:
        return tuple(self.policy.rules[name] for name in names)

    def row_rules(self, label: str) -> tuple[Rule, ...]:
        """The rules that every node of a label must meet to exist for this role."""
        found = self.rules(self.verdict(label).rules)
        return tuple(rule for rule in found if rule.hides is Hides.ROW and rule.label == label)

    def readable_classes(self, level: str, release_form: Form) -> list[str]:
        """The data classes that a reason for a value at ``level`` may speak of."""
        found = []
        for data_class in DataClass:
            read = self.class_verdict(data_class, None, level)
            summed = self.class_verdict(data_class, None, level, Verb.AGGREGATE)
            if release_form is Form.AGGREGATE:
                # A reason for an aggregate speaks of everybody in it, also of those beyond one's own scope.
                readable = {read.form, summed.form} & {Form.VALUE, Form.AGGREGATE} != set()
            else:
                readable = read.form in (Form.VALUE, Form.OWN_SCOPE)
            if readable:
                found.append(data_class.value)
        return found

    def grants(self, need: Needs) -> bool:
        """Whether a member that needs this exists for this role."""
        levels: tuple[str | None, ...] = (None,) if need.release is None else (need.levels or LEVELS)
        for level in levels:
            verdict = self.verdict(need.label, need.property, need.verb, release=need.release, level=level)
            if verdict.allowed and verdict.form in need.forms:
                return True
        return False


class RoleSchema(strawberry.Schema):
    """A schema from which the members that are not visible are left out."""

    def __init__(self, visible: frozenset[tuple[str, str]]) -> None:
        self.visible = visible
        super().__init__(query=Query, config=StrawberryConfig())

    def get_fields(self, type_definition: StrawberryObjectDefinition) -> list[StrawberryField]:
        return [item for item in type_definition.fields if (type_definition.name, member_name(item)) in self.visible]


def _visible_members(permissions: PermissionSet) -> frozenset[tuple[str, str]]:
    """(type, member) pairs that are granted and lead to a type with at least one member."""
    definitions = {found.name: found for found in _reachable(Query)}
    visible = {
        (name, member_name(item))
        for name, definition in definitions.items()
        for item in definition.fields
        if all(permissions.grants(need) for need in _needs(name, item))
    }
    while True:
        empty = definitions.keys() - {name for name, _ in visible}
        dangling = {
            (name, member_name(item))
            for name, definition in definitions.items()
            for item in definition.fields
            if (target := _target(item.type)) is not None and target.name in empty
        }
        if not visible & dangling:
            return frozenset(visible)
        visible -= dangling


def _needs(type_name: str, item: StrawberryField) -> tuple[Needs, ...]:
    binding = BINDINGS.get(type_name)
    if binding is not None:
        return binding.members[member_name(item)].needs
    return tuple(item.metadata.get("needs", ()))


def _target(kind: Any) -> StrawberryObjectDefinition | None:
    while isinstance(kind, StrawberryContainer):
        kind = kind.of_type
    if isinstance(kind, LazyType):
        kind = kind.resolve_type()
    return get_object_definition(kind)


def _reachable(root: type) -> Iterator[StrawberryObjectDefinition]:
    """Every object and input type that can be reached from the root, each once."""
    seen: set[str] = set()
    waiting = [_target(root)]
    while waiting:
        definition = waiting.pop()
        if definition is None or definition.name in seen:
            continue
        seen.add(definition.name)
        yield definition
        for item in definition.fields:
            waiting.append(_target(item.type))
            waiting.extend(_target(argument.type) for argument in item.arguments)
