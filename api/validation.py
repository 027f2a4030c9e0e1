"""Whether a document fits a schema: graphql-core's rules in one cheap walk.

The rules are the library's own, so that verdicts and messages are; what differs is the cost. Its walk asks every rule
at every node, walks each operation and fragment a second time for variables, and compares repeated fields pair by
pair. Here each kind of node knows who listens, variables are noted in the same walk, and `check_overlaps` is linear.
"""

from collections.abc import Callable, Sequence
from contextlib import suppress
from typing import Any

from graphql import (
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    GraphQLError,
    GraphQLSchema,
    Node,
    OperationDefinitionNode,
    TypeInfo,
    VariableNode,
    specified_rules,
)
from graphql.language import SKIP
from graphql.language.ast import QUERY_DOCUMENT_KEYS
from graphql.validation import (
    ASTValidationRule,
    DeferStreamDirectiveLabel,
    DeferStreamDirectiveOnRootField,
    DeferStreamDirectiveOnValidOperationsRule,
    ExecutableDefinitionsRule,
    MaxIntrospectionDepthRule,
    NoFragmentCyclesRule,
    NoUndefinedVariablesRule,
    NoUnusedVariablesRule,
    OverlappingFieldsCanBeMergedRule,
    SingleFieldSubscriptionsRule,
    StreamDirectiveOnListField,
    ValidationContext,
    ValidationRule,
)
from graphql.validation.validation_context import VariableUsage

from api.errors import Invalid
from api.overlaps import check_overlaps

MOST_ERRORS = 100
MOST_SAID = 6_000
"""Characters of all messages: some repeat a whole value, which costs a microsecond for each character."""
ELSEWHERE = {
    ExecutableDefinitionsRule,  # api.limits.check_form
    NoFragmentCyclesRule,  # api.limits.check_form
    SingleFieldSubscriptionsRule,  # only queries are answered
    DeferStreamDirectiveLabel,  # no schema has these directives
    DeferStreamDirectiveOnRootField,
    DeferStreamDirectiveOnValidOperationsRule,
    StreamDirectiveOnListField,
    OverlappingFieldsCanBeMergedRule,  # api.overlaps
    MaxIntrospectionDepthRule,  # named below: not every version lists it
    NoUndefinedVariablesRule,  # AFTER
    NoUnusedVariablesRule,  # AFTER
}
RULES: tuple[type[ASTValidationRule], ...] = (
    *(rule for rule in specified_rules if rule not in ELSEWHERE),
    MaxIntrospectionDepthRule,
)
AFTER = (NoUndefinedVariablesRule, NoUnusedVariablesRule)
"""They ask when an operation begins which variables it uses: answered here when the walk knows."""
Listener = tuple[int, Callable[..., Any]]


class NoSchema(ValidationRule):
    """`__schema` does not exist; `__type`, which may be null, finds no type (`api.operations`)."""

    def enter_field(self, node: FieldNode, *_args: Any) -> None:
        if node.name.value == "__schema":
            self.report_error(GraphQLError("Cannot query field '__schema' on type 'Query'.", node))


class _Enough(Exception):
    """As many errors as are told have been found."""


def check_valid(schema: GraphQLSchema, document: DocumentNode, *, introspection: bool = True) -> int:
    """Return how many nodes were visited; raise `Invalid` with what is wrong, as far as there is room for it.

    `check_form` must have passed the document. Without ``introspection`` there is no `__schema`.
    """
    messages: list[str] = []

    def note(error: GraphQLError) -> None:
        messages.append(error.message)
        if len(messages) == MOST_ERRORS or sum(map(len, messages)) > MOST_SAID:
            raise _Enough

    rules = RULES if introspection else (*RULES, NoSchema)
    walk = _Walk(schema, document, rules, note)
    with suppress(_Enough):
        walk.document()
    if messages:
        raise Invalid(*messages)
    return walk.visited + check_overlaps(schema, document)


class _Walk:
    def __init__(
        self,
        schema: GraphQLSchema,
        document: DocumentNode,
        rules: Sequence[type[ASTValidationRule]],
        note: Callable[[GraphQLError], None],
    ) -> None:
        self.visited = 0
        self._document = document
        self._types = TypeInfo(schema)
        self._context = ValidationContext(schema, document, self._types, note, hide_suggestions=True)
        self._rules = [rule(self._context) for rule in rules]
        self._skipping = [False] * len(self._rules)
        self._listeners: dict[str, tuple[Any, Any, list[Listener], list[Listener], tuple[str, ...]]] = {}
        self._usages: list[VariableUsage] = []
        self._ancestors: list[Any] = []

    def document(self) -> None:
        """Fragments first: when an operation ends, a rule asks which variables its fragments use."""
        type_enter, type_leave, enters, leaves, _ = self._heard("document")
        if type_enter is not None:
            type_enter(self._document)
        self._tell(enters, self._document, None)
        self._ancestors.append(self._document)
        definitions = self._document.definitions
        ordered = sorted(definitions, key=lambda found: not isinstance(found, FragmentDefinitionNode))
        for definition in ordered:
            # The context keeps what it has walked under the definition; so that it does not walk again, it is given.
            self._usages = self._context._variable_usages[definition] = []  # type: ignore[index]
            self._node(definition, definitions)
        self._ancestors.clear()
        for rule in AFTER:
            asking = rule(self._context)
            for definition in definitions:
                if isinstance(definition, OperationDefinitionNode):
                    asking.enter_operation_definition(definition)
        self._tell_end(leaves, self._document, None)
        if type_leave is not None:
            type_leave()

    def _heard(self, kind: str) -> tuple[Any, Any, list[Listener], list[Listener], tuple[str, ...]]:
        """Who listens to a kind of node, and which of its members are walked."""
        found = self._listeners.get(kind)
        if found is None:
            pairs = [(index, rule.get_enter_leave_for_kind(kind)) for index, rule in enumerate(self._rules)]
            found = self._listeners[kind] = (
                getattr(self._types, f"enter_{kind}", None),
                getattr(self._types, f"leave_{kind}", None),
                [(index, pair.enter) for index, pair in pairs if pair.enter is not None],
                [(index, pair.leave) for index, pair in pairs if pair.leave is not None],
                tuple(key for key in QUERY_DOCUMENT_KEYS.get(kind, ()) if key not in ("description", "name", "alias")),
            )
        return found

    def _node(self, node: Node, parent: Any) -> None:
        self.visited += 1
        type_enter, type_leave, enters, leaves, keys = self._heard(node.kind)
        if type_enter is not None:
            type_enter(node)
        skippers = self._tell(enters, node, parent) if enters else ()
        if keys:
            ancestors = self._ancestors
            ancestors.append(parent)  # as the library does: what is above the parent, with lists between
            for key in keys:
                below = getattr(node, key, None)
                if below is None:
                    continue
                if isinstance(below, tuple):
                    if below:
                        ancestors.append(node)
                        for entry in below:
                            self._node(entry, below)
                        ancestors.pop()
                elif isinstance(below, VariableNode):
                    if node.kind != "variable_definition":
                        self._use(below)
                    self._node(below, node)
                else:
                    self._node(below, node)
            ancestors.pop()
        if leaves:
            self._tell_end(leaves, node, parent)
        for index in skippers:
            self._skipping[index] = False
        if type_leave is not None:
            type_leave()

    def _use(self, node: VariableNode) -> None:
        types = self._types
        self._usages.append(
            VariableUsage(node, types.get_input_type(), types.get_parent_input_type(), types.get_default_value(), None)
        )

    def _tell(self, listeners: list[Listener], node: Node, parent: Any) -> Sequence[int]:
        """Tell the rules of a node; return those that do not want to hear of what is below it."""
        skippers: list[int] = []
        for index, listener in listeners:
            if not self._skipping[index]:
                result = listener(node, None, parent, (), self._ancestors)
                if result is not None:
                    assert result is SKIP or result is False  # noqa: S101 - no rule edits a document or breaks off
                    self._skipping[index] = True
                    skippers.append(index)
        return skippers

    def _tell_end(self, listeners: list[Listener], node: Node, parent: Any) -> None:
        for index, listener in listeners:
            if not self._skipping[index]:
                listener(node, None, parent, (), self._ancestors)
