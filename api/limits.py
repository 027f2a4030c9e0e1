"""What an operation may ask with these variables, decided before it runs: `api.form` has dealt with the document.

Fragments are measured once each, however often they are spread.
"""

from collections.abc import Mapping
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
from api.errors import BadInput, TooCostly
from api.form import DEEPEST_VALUE, LONGEST_TEXT
from api.introspection import check_introspection

Composite = GraphQLObjectType | GraphQLInterfaceType
LONGEST_PAGE = 1_000
MOST_IDS = 100
MOST_OBJECTS = 300
MOST_VALUES = 10_000
MOST_COST = 40_000
USUAL_LIST = 20


def check_variables(given: Mapping[str, Any]) -> None:
    """Refuse variables that are too many, too deep or too long; done before they are coerced, which costs more."""
    waiting: list[tuple[Any, int]] = [(given, 0)]
    objects = values = 0
    while waiting:
        value, depth = waiting.pop()
        values += 1
        if depth > DEEPEST_VALUE:
            raise TooCostly(f"a variable is more than {DEEPEST_VALUE} levels deep: ask with simpler conditions")
        if isinstance(value, str):
            if len(value) > LONGEST_TEXT:
                raise TooCostly(f"a text has more than {LONGEST_TEXT} characters")
        elif isinstance(value, dict):
            objects += 1
            waiting.extend((below, depth + 1) for below in value.values())
        elif isinstance(value, list):
            waiting.extend((below, depth + 1) for below in value)
        if objects > MOST_OBJECTS:
            raise TooCostly(f"the variables hold more than {MOST_OBJECTS} objects: ask with fewer conditions")
        if values > MOST_VALUES:
            raise TooCostly(f"the variables hold more than {MOST_VALUES} values: ask in several requests")


def check_cost(
    schema: GraphQLSchema, document: DocumentNode, operation: OperationDefinitionNode, variables: Mapping[str, Any]
) -> int:
    """The number of values the operation may return, by the list sizes it asks for; refuse too many.

    What introspection returns has a limit of its own and is added.
    """
    fragments = {
        definition.name.value: definition
        for definition in document.definitions
        if isinstance(definition, FragmentDefinitionNode)
    }
    assert schema.query_type is not None  # noqa: S101 - every schema of this API has roots
    introspected = check_introspection(fragments, operation)
    cost, _ = _Cost(schema, fragments, variables).set(operation.selection_set, schema.query_type)
    if cost > MOST_COST:
        raise TooCostly(f"the operation may return {cost} values; {MOST_COST} are allowed: ask for shorter lists")
    return cost + introspected


class _Cost:
    def __init__(
        self, schema: GraphQLSchema, fragments: Mapping[str, FragmentDefinitionNode], variables: Mapping[str, Any]
    ) -> None:
        self._schema, self._fragments, self._variables = schema, fragments, variables
        self._known: dict[str, tuple[int, int]] = {}

    def set(self, selection_set: SelectionSetNode, parent: Composite) -> tuple[int, int]:
        """Values that are returned once, and those that a connection returns for each row of its page."""
        once = each = 0
        for selection in selection_set.selections:
            if isinstance(selection, FieldNode):
                cost = self.field(selection, parent)
                if selection.name.value == "edges":
                    each += cost
                else:
                    once += cost
                continue
            if isinstance(selection, FragmentSpreadNode):
                name = selection.name.value
                if name not in self._known:
                    fragment = self._fragments[name]
                    self._known[name] = self.set(fragment.selection_set, self.on(fragment.type_condition, parent))
                found = self._known[name]
            else:
                assert isinstance(selection, InlineFragmentNode)  # noqa: S101 - there are no other kinds
                found = self.set(selection.selection_set, self.on(selection.type_condition, parent))
            once, each = once + found[0], each + found[1]
        return once, each

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
            if size > MOST_IDS:
                raise BadInput(f"`ids` has more than {MOST_IDS} entries")
        elif is_list_type(kind) and node.name.value != "edges":
            size = USUAL_LIST
        once, each = self.set(node.selection_set, target)
        return 1 + (once + size * each if target.name.endswith("Connection") else size * once)

    def first(self, node: FieldNode, definition: Any) -> int:
        arguments = arguments_of(node, definition, self._variables)
        first = resolved(arguments["first"], self._variables) if "first" in arguments else None
        if not isinstance(first, int) or not 0 <= first <= LONGEST_PAGE:
            raise BadInput(f"`first` must be a whole number from 0 to {LONGEST_PAGE}")
        return first
