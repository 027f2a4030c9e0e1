"""Documents that were parsed, limited and validated once for a permission set, and the plans compiled from them."""

import hashlib
from collections import OrderedDict
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Generic, TypeVar

from graphql import (
    DocumentNode,
    GraphQLError,
    OperationDefinitionNode,
    OperationType,
    get_variable_values,
    parse,
    specified_rules,
    validate,
)
from graphql.validation import MaxIntrospectionDepthRule

from api.compiler.arguments import shape
from api.compiler.compile import compile_operation
from api.compiler.plan import Plan
from api.compiler.selection import Document
from api.errors import BadInput, Invalid, ParseFailed, RequestError
from api.granted import granted
from api.limits import MOST_TOKENS, check_form, check_variables
from api.permissions import PermissionSet

Key = TypeVar("Key")
Value = TypeVar("Value")
RULES = [rule for rule in specified_rules if rule is not MaxIntrospectionDepthRule] + [MaxIntrospectionDepthRule]
MOST_ERRORS = 20


class Recent(Generic[Key, Value]):
    """The values used most recently, up to a number. ``hits`` and ``misses`` count how often one was there."""

    def __init__(self, size: int) -> None:
        self._size = size
        self.hits = self.misses = 0
        self._values: OrderedDict[Key, Value] = OrderedDict()

    def get(self, key: Key, make: Callable[[], Value]) -> Value:
        if key in self._values:
            self._values.move_to_end(key)
            self.hits += 1
            return self._values[key]
        self.misses += 1
        value = make()
        self._values[key] = value
        if len(self._values) > self._size:
            self._values.popitem(last=False)
        return value


@dataclass(frozen=True, slots=True)
class Accepted:
    """A document that fits a permission set's schema, or why it does not."""

    digest: str
    document: DocumentNode | None = None
    refusal: RequestError | None = None
    operations: Mapping[str, OperationDefinitionNode] = field(default_factory=dict)

    def operation(self, name: str | None) -> OperationDefinitionNode:
        """The operation to run; raise `BadInput` when the name does not decide it."""
        if name is None and len(self.operations) == 1:
            return next(iter(self.operations.values()))
        if name is None or name not in self.operations:
            raise BadInput("operationName must name one operation of the document")
        return self.operations[name]


class Documents:
    """Keyed by permission set: what was accepted for one role says nothing to another."""

    def __init__(self, size: int = 1_000) -> None:
        self._accepted: Recent[tuple[str, str], Accepted] = Recent(size)
        self._plans: Recent[object, Plan] = Recent(size)

    @property
    def uses(self) -> dict[str, tuple[int, int]]:
        """For each cache how often what was asked for was there, and how often not."""
        caches = {"document": self._accepted, "plan": self._plans}
        return {name: (cache.hits, cache.misses) for name, cache in caches.items()}  # type: ignore[attr-defined]

    def accept(self, permissions: PermissionSet, text: str) -> Accepted:
        """Parse, limit and validate; raise the refusal, also from memory."""
        digest = digest_of(text)
        accepted = self._accepted.get((permissions.id, digest), lambda: _accept(permissions, text, digest))
        if accepted.refusal is not None:
            raise accepted.refusal
        return accepted

    def plan(
        self,
        permissions: PermissionSet,
        accepted: Accepted,
        operation: OperationDefinitionNode,
        variables: Mapping[str, Any],
    ) -> Plan:
        """The compiled plan for the structure of these variables."""
        assert accepted.document is not None  # noqa: S101 - a refused document does not come here
        document = Document.of(accepted.document, variables)
        name = operation.name.value if operation.name is not None else ""
        key = (permissions.id, accepted.digest, name, shape(dict(variables)))

        def make() -> Plan:
            plan = compile_operation(permissions, document, operation, variables)
            return replace(plan, granted=granted(permissions.schema, document, operation))

        return self._plans.get(key, make)


def digest_of(text: str) -> str:
    """What names a document in caches and in the audit."""
    return hashlib.sha256(text.encode()).hexdigest()


def _accept(permissions: PermissionSet, text: str, digest: str) -> Accepted:
    try:
        document = parse(text, no_location=False, max_tokens=MOST_TOKENS)
    except GraphQLError as error:
        return Accepted(digest, refusal=ParseFailed(error.message))
    except RecursionError:
        return Accepted(digest, refusal=ParseFailed("the document is nested too deeply"))
    try:
        check_form(document)
    except RequestError as error:
        return Accepted(digest, refusal=error)
    errors = validate(permissions.schema, document, RULES, max_errors=MOST_ERRORS, hide_suggestions=True)
    if errors:
        return Accepted(digest, refusal=Invalid(*(error.message for error in errors)))
    operations = {
        definition.name.value if definition.name is not None else "": definition
        for definition in document.definitions
        if isinstance(definition, OperationDefinitionNode)
    }
    if any(operation.operation is not OperationType.QUERY for operation in operations.values()):
        return Accepted(digest, refusal=Invalid("only queries are answered"))
    return Accepted(digest, document, None, operations)


def coerce_variables(
    permissions: PermissionSet, operation: OperationDefinitionNode, given: Mapping[str, Any]
) -> dict[str, Any]:
    """The variables as the schema's types want them; a refusal names the variable and never repeats its value."""
    check_variables(given)
    result = get_variable_values(
        permissions.schema, operation.variable_definitions or (), dict(given), max_errors=1, hide_suggestions=True
    )
    if isinstance(result, list):
        names = sorted(
            definition.variable.name.value
            for definition in operation.variable_definitions or ()
            if f"${definition.variable.name.value}'" in result[0].message
            or f"${definition.variable.name.value} " in result[0].message
        )
        raise BadInput(f"variable {' or '.join('$' + name for name in names) or 'value'} is not as its type says")
    return dict(result.coerced)
