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
    get_variable_values,
    parse,
)

from api.compiler.arguments import shape
from api.compiler.compile import compile_operation
from api.compiler.plan import Plan
from api.compiler.selection import Document
from api.errors import BadInput, NotPersisted, ParseFailed, RequestError, TooCostly
from api.form import LONGEST_DOCUMENT, MOST_TOKENS, check_form
from api.granted import granted
from api.limits import check_cost, check_variables
from api.permissions import PermissionSet
from api.rates import NEW_DOCUMENT, NEW_PLAN, Spend, free
from api.validation import check_valid

MOST_SENT = 20_000
Key = TypeVar("Key")
Value = TypeVar("Value")


class Recent(Generic[Key, Value]):
    """The values used most recently, up to a number."""

    def __init__(self, size: int) -> None:
        self._size = size
        self.hits = self.misses = 0
        self._values: OrderedDict[Key, Value] = OrderedDict()

    def known(self, key: Key) -> Value | None:
        """The value, if there is one; it counts as used."""
        if key not in self._values:
            return None
        self._values.move_to_end(key)
        return self._values[key]

    def get(self, key: Key, make: Callable[[], Value]) -> Value:
        known = self.known(key)
        if known is not None:
            self.hits += 1
            return known
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


@dataclass(slots=True)
class Work:
    """How often a document was parsed and validated, and an operation compiled, since the start."""

    parsed: int = 0
    validated: int = 0
    compiled: int = 0


def digest_of(text: str) -> str:
    """What names a document: the SHA-256 of its text, in hexadecimal."""
    return hashlib.sha256(text.encode()).hexdigest()


class Documents:
    """Keyed by permission set: what was accepted for one role says nothing to another.

    ``kept`` are persisted documents by their digest; what was accepted of them is never forgotten. With
    ``trusted_only`` nothing else is accepted.
    """

    def __init__(
        self,
        size: int = 1_000,
        *,
        kept: Mapping[str, str] | None = None,
        trusted_only: bool = False,
        introspection: bool = True,
    ) -> None:
        self.kept = kept or {}
        self.work = Work()
        self.introspection, self._trusted_only = introspection, trusted_only
        self._accepted: Recent[tuple[str, str], Accepted] = Recent(size)
        self._sent: Recent[tuple[str, str, str], bool] = Recent(MOST_SENT)
        self._accepted_kept: dict[tuple[str, str], Accepted] = {}
        self._plans: Recent[object, Plan] = Recent(size)
        self._costs: Recent[object, int] = Recent(size)

    @property
    def uses(self) -> dict[str, tuple[int, int]]:
        """For each cache how often what was asked for was there, and how often not."""
        return {
            "document": (self._accepted.hits, self._accepted.misses),
            "plan": (self._plans.hits, self._plans.misses),
        }

    def accept(self, permissions: PermissionSet, text: str, spend: Spend = free, subject: str = "") -> Accepted:
        """Parse, limit and validate; raise the refusal, also from memory. ``subject`` may name it by digest then."""
        if len(text) > LONGEST_DOCUMENT or len(encoded := text.encode()) > LONGEST_DOCUMENT:
            raise TooCostly(f"the document has more than {LONGEST_DOCUMENT} bytes: ask for less at once")
        digest = hashlib.sha256(encoded).hexdigest()
        if digest in self.kept:
            return self.persisted(permissions, digest, subject)
        if self._trusted_only:
            raise NotPersisted

        def make() -> Accepted:
            spend(NEW_DOCUMENT)
            return self._made(permissions, text, digest)

        found = _or_refused(self._accepted.get((permissions.id, digest), make))
        self._sent.get((permissions.id, subject, digest), lambda: True)
        return found

    def persisted(self, permissions: PermissionSet, digest: str, subject: str = "") -> Accepted:
        """A document by its digest: of the manifest, or what this subject has sent before under this permission set.

        What colleagues ask is not told.

        Raise `NotPersisted` also for one that does not fit the permission set: it is none of its documents.
        """
        text = self.kept.get(digest)
        if text is not None:
            key = (permissions.id, digest)
            if key not in self._accepted_kept:
                self._accepted_kept[key] = self._made(permissions, text, digest)
            found: Accepted | None = self._accepted_kept[key]
        else:
            sent = not self._trusted_only and self._sent.known((permissions.id, subject, digest))
            found = self._accepted.known((permissions.id, digest)) if sent else None
        if found is None or found.refusal is not None:
            raise NotPersisted
        return found

    def cost(
        self,
        permissions: PermissionSet,
        accepted: Accepted,
        operation: OperationDefinitionNode,
        variables: Mapping[str, Any],
    ) -> int:
        """The operation's cost; raise when it is too high. It depends on variables that may be the size of a list."""
        document = accepted.document
        assert document is not None  # noqa: S101 - a refused document does not come here
        sizes = tuple((name, _size(value)) for name, value in variables.items() if isinstance(value, int | list))
        key = (permissions.id, accepted.digest, _name(operation), sizes)
        return self._costs.get(key, lambda: check_cost(permissions.schema, document, operation, variables))

    def plan(
        self,
        permissions: PermissionSet,
        accepted: Accepted,
        operation: OperationDefinitionNode,
        variables: Mapping[str, Any],
        spend: Spend = free,
    ) -> Plan:
        """The compiled plan for the structure of these variables."""
        document = accepted.document
        assert document is not None  # noqa: S101 - a refused document does not come here
        key = (permissions.id, accepted.digest, _name(operation), shape(variables))

        def make() -> Plan:
            spend(NEW_PLAN)
            self.work.compiled += 1
            selected = Document.of(document, variables)
            plan = compile_operation(permissions, selected, operation, variables)
            return replace(plan, granted=granted(permissions.schema, selected, operation))

        return self._plans.get(key, make)

    def _made(self, permissions: PermissionSet, text: str, digest: str) -> Accepted:
        try:
            self.work.parsed += 1
            document = _parsed(text)
            check_form(document)
            self.work.validated += 1
            check_valid(permissions.schema, document, introspection=self.introspection)
        except RequestError as error:
            return Accepted(digest, refusal=error.with_traceback(None))
        return Accepted(digest, document, None, _operations(document))


def _or_refused(accepted: Accepted) -> Accepted:
    if accepted.refusal is not None:
        raise type(accepted.refusal)(*accepted.refusal.messages)
    return accepted


def _parsed(text: str) -> DocumentNode:
    try:
        return parse(text, no_location=False, max_tokens=MOST_TOKENS)
    except GraphQLError as error:
        if "tokens" in error.message and "Parsing aborted" in error.message:
            raise TooCostly(f"the document has more than {MOST_TOKENS} tokens") from None
        raise ParseFailed(error.message) from None
    except RecursionError:
        raise ParseFailed("the document is nested too deeply") from None


def _name(operation: OperationDefinitionNode) -> str:
    return operation.name.value if operation.name is not None else ""


def _size(value: int | list[Any]) -> int:
    return len(value) if isinstance(value, list) else value


def _operations(document: DocumentNode) -> dict[str, OperationDefinitionNode]:
    return {
        _name(definition): definition
        for definition in document.definitions
        if isinstance(definition, OperationDefinitionNode)
    }


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
