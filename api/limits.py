"""What a document may ask, decided before it runs and in time that grows with its length alone.

Fragments are measured once each, however often they are spread.
"""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from graphql import (
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLInterfaceType,
    GraphQLObjectType,
    GraphQLSchema,
    InlineFragmentNode,
    NamedTypeNode,
    OperationDefinitionNode,
    SelectionSetNode,
    get_named_type,
    is_list_type,
    is_non_null_type,
)

from api.compiler.arguments import arguments_of, resolved
from api.errors import BadInput, Invalid, TooCostly
from api.introspection import check_introspection

Composite = GraphQLObjectType | GraphQLInterfaceType
MOST_TOKENS = 1_500
DEEPEST = 16
MOST_ALIASES = 60
MOST_DUPLICATES = 10
MOST_SPREADS = 100
MOST_FIELDS = 2_000
LONGEST_PAGE = 1_000
MOST_OBJECTS = 300
MOST_COST = 40_000
USUAL_LIST = 20


@dataclass(frozen=True, slots=True)
class _Size:
    """``names`` counts, for each response name, how many fields merge into its fullest place, there or below."""

    depth: int
    fields: int
    aliases: int
    names: Counter[str]


def check_form(document: DocumentNode) -> None:
    """Refuse a document that is too deep, too wide or repeats itself; done before validation, which is quadratic."""
    fragments = {
        definition.name.value: definition
        for definition in document.definitions
        if isinstance(definition, FragmentDefinitionNode)
    }
    measure = _Measure(fragments)
    for definition in document.definitions:
        if isinstance(definition, OperationDefinitionNode | FragmentDefinitionNode):
            measure.set(definition.selection_set)
    if measure.spreads > MOST_SPREADS:
        raise TooCostly(f"the document spreads fragments {measure.spreads} times; {MOST_SPREADS} are allowed")


class _Measure:
    def __init__(self, fragments: Mapping[str, FragmentDefinitionNode]) -> None:
        self._fragments = fragments
        self._known: dict[str, _Size | None] = {}
        self.spreads = 0

    def fragment(self, name: str) -> _Size:
        if name not in self._fragments:
            return _Size(0, 0, 0, Counter())  # validation names it
        if name not in self._known:
            self._known[name] = None
            self._known[name] = self.set(self._fragments[name].selection_set)
        size = self._known[name]
        if size is None:
            raise Invalid("a fragment contains itself")
        return size

    def set(self, selection_set: SelectionSetNode) -> _Size:
        depth = fields = aliases = 0
        names: Counter[str] = Counter()
        for selection in selection_set.selections:
            if isinstance(selection, FieldNode):
                below = self.set(selection.selection_set) if selection.selection_set is not None else None
                depth = max(depth, 1 + (below.depth if below is not None else 0))
                fields += 1 + (below.fields if below is not None else 0)
                aliases += (selection.alias is not None) + (below.aliases if below is not None else 0)
                name = selection.alias.value if selection.alias is not None else selection.name.value
                names[name] += 1 if below is None else max([1, *below.names.values()])
            else:
                if isinstance(selection, FragmentSpreadNode):
                    self.spreads += 1
                    size = self.fragment(selection.name.value)
                else:
                    size = self.set(selection.selection_set)  # type: ignore[attr-defined]
                depth, fields = max(depth, size.depth), fields + size.fields
                aliases += size.aliases
                names.update(size.names)
        for what, found, most in (
            ("levels deep", depth, DEEPEST),
            ("fields long", fields, MOST_FIELDS),
            ("aliases long", aliases, MOST_ALIASES),
            ("times the same field in one place", max(names.values(), default=0), MOST_DUPLICATES),
        ):
            if found > most:
                raise TooCostly(f"the document is {found} {what}; {most} are allowed")
        return _Size(depth, fields, aliases, names)


def check_variables(given: Mapping[str, Any]) -> None:
    """Refuse variables of too many objects; done before they are coerced, which takes microseconds for each."""
    waiting: list[Any] = [given]
    objects = 0
    while waiting:
        value = waiting.pop()
        if isinstance(value, dict):
            objects += 1
            if objects > MOST_OBJECTS:
                raise TooCostly(f"the variables hold more than {MOST_OBJECTS} objects: ask with fewer conditions")
            waiting.extend(value.values())
        elif isinstance(value, list):
            waiting.extend(value)


def check_cost(
    schema: GraphQLSchema, document: DocumentNode, operation: OperationDefinitionNode, variables: Mapping[str, Any]
) -> int:
    """The number of values the operation may return, by the list sizes it asks for; refuse it when that is too many."""
    fragments = {
        definition.name.value: definition
        for definition in document.definitions
        if isinstance(definition, FragmentDefinitionNode)
    }
    assert schema.query_type is not None  # noqa: S101 - every schema of this API has roots
    check_introspection(fragments, operation)
    cost = _Cost(schema, fragments, variables).set(operation.selection_set, schema.query_type)
    if cost > MOST_COST:
        raise TooCostly(f"the operation may return {cost} values; {MOST_COST} are allowed: ask for shorter lists")
    return cost


class _Cost:
    def __init__(
        self, schema: GraphQLSchema, fragments: Mapping[str, FragmentDefinitionNode], variables: Mapping[str, Any]
    ) -> None:
        self._schema, self._fragments, self._variables = schema, fragments, variables
        self._known: dict[str, int] = {}

    def set(self, selection_set: SelectionSetNode, parent: Composite) -> int:
        total = 0
        for selection in selection_set.selections:
            if isinstance(selection, FieldNode):
                total += self.field(selection, parent)
            elif isinstance(selection, FragmentSpreadNode):
                name = selection.name.value
                if name not in self._known:
                    fragment = self._fragments[name]
                    self._known[name] = self.set(fragment.selection_set, self.on(fragment.type_condition, parent))
                total += self._known[name]
            elif isinstance(selection, InlineFragmentNode):
                total += self.set(selection.selection_set, self.on(selection.type_condition, parent))
        return total

    def on(self, condition: NamedTypeNode | None, parent: Composite) -> Composite:
        """The type that a fragment is on: more than its place says where that is an interface."""
        found = self._schema.type_map[condition.name.value] if condition is not None else parent
        return found if isinstance(found, GraphQLObjectType | GraphQLInterfaceType) else parent

    def field(self, node: FieldNode, parent: Composite) -> int:
        definition = parent.fields.get(node.name.value)
        if definition is None or node.selection_set is None:
            return 1  # a leaf or introspection, which has limits of its own
        target = get_named_type(definition.type)
        if not isinstance(target, GraphQLObjectType | GraphQLInterfaceType):
            return 1
        size = 1
        kind = definition.type.of_type if is_non_null_type(definition.type) else definition.type
        if "first" in definition.args:
            size = self.first(node, definition)
        elif "ids" in definition.args:
            size = len(resolved(arguments_of(node, definition, self._variables)["ids"], self._variables))
        elif is_list_type(kind) and node.name.value != "edges":
            size = USUAL_LIST
        return 1 + size * self.set(node.selection_set, target)

    def first(self, node: FieldNode, definition: Any) -> int:
        arguments = arguments_of(node, definition, self._variables)
        first = resolved(arguments["first"], self._variables) if "first" in arguments else None
        if not isinstance(first, int) or not 0 <= first <= LONGEST_PAGE:
            raise BadInput(f"`first` must be a whole number from 0 to {LONGEST_PAGE}")
        return first
