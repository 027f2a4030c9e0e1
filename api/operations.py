"""One request: document, caller, variables -> the answer of GraphQL over HTTP."""

import datetime
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from graphql import DocumentNode, FieldNode, OperationDefinitionNode, SelectionSetNode
from graphql.execution import execute_sync

from api.compiler.compile import INTROSPECTION
from api.compiler.plan import Plan
from api.compiler.selection import Document, in_order
from api.cursors import CursorKey
from api.documents import Accepted, Documents, coerce_variables, digest_of
from api.engine import Engine
from api.errors import BadInput, RequestError, Unauthenticated
from api.limits import check_cost
from api.permissions import PermissionSet
from api.tokens import Caller
from api.trace import Trace
from graph.governance.policy import Policy

NOT_FOUND = "nothing with this key, or nothing for you"


@dataclass(frozen=True, slots=True)
class Request:
    """The body of a request."""

    query: str
    variables: Mapping[str, Any]
    operation_name: str | None

    @classmethod
    def of(cls, body: Any) -> "Request":
        """From decoded JSON; raise `BadInput` when it is not as GraphQL over HTTP says."""
        if not isinstance(body, dict):
            raise BadInput("the body must be a JSON object")
        query, variables, name = body.get("query"), body.get("variables"), body.get("operationName")
        if not isinstance(query, str) or not query.strip():
            raise BadInput("`query` must be a document")
        if not (variables is None or isinstance(variables, dict)) or not (name is None or isinstance(name, str)):
            raise BadInput("`variables` must be an object and `operationName` a text")
        if not (body.get("extensions") is None or isinstance(body["extensions"], dict)):
            raise BadInput("`extensions` must be an object")
        return cls(query, variables or {}, name)


class Operations:
    """Answers requests under one policy."""

    def __init__(
        self, policy: Policy, engine: Engine, cursors: CursorKey, today: Callable[[], datetime.date] | None = None
    ) -> None:
        self._policy, self._engine, self._cursors = policy, engine, cursors
        self._today = today or (lambda: datetime.datetime.now(datetime.UTC).date())
        self._documents = Documents()
        self._sets = {
            (role.name, purpose): PermissionSet(policy, role.name, purpose)
            for role in policy.roles.values()
            for purpose in role.purposes
        }
        for permissions in self._sets.values():
            _ = permissions.schema

    def permissions(self, caller: Caller) -> PermissionSet:
        """The permission set of a caller."""
        try:
            return self._sets[caller.role, caller.purpose]
        except KeyError as error:
            raise Unauthenticated("a valid bearer token is needed") from error

    @property
    def cache_uses(self) -> dict[str, tuple[int, int]]:
        """For each cache how often what was asked for was there, and how often not."""
        return self._documents.uses

    async def answer(self, caller: Caller, request: Request, trace: Trace | None = None) -> dict[str, Any]:
        """``{data, errors?, extensions?}``; raise a `RequestError` when there is no answer. ``trace`` is filled in."""
        trace = Trace() if trace is None else trace
        trace.policy_version, trace.policy_fingerprint = self._policy.version, self._policy.fingerprint
        permissions = self.permissions(caller)
        try:
            accepted = self._documents.accept(permissions, request.query)
        except RequestError:
            trace.document = digest_of(request.query)
            raise
        trace.document = accepted.digest
        operation = accepted.operation(request.operation_name)
        trace.operation = operation.name.value if operation.name is not None else None
        variables = coerce_variables(permissions, operation, request.variables)
        assert accepted.document is not None  # noqa: S101 - accept raises otherwise
        trace.cost = check_cost(permissions.schema, accepted.document, operation, variables)
        plan = self._documents.plan(permissions, accepted, operation, variables)
        data: dict[str, Any] = {}
        hidden: list[list[str]] = []
        if plan.text is not None:
            sealer = self._cursors.sealer(permissions.id, caller.territories)
            answer = await self._engine.run(plan.text, plan.bind(caller, variables, self._today(), sealer))
            data, hidden = answer.data, answer.hidden
            trace.statements, trace.published = answer.statements, answer.published
            plan.seal_cursors(data, variables, sealer)
        trace.granted, trace.rows = plan.granted, plan.granted.rows.count(data)
        trace.restricted = _counted(plan, hidden)
        return self._assembled(permissions, accepted, operation, variables, plan, data, hidden)

    def _assembled(
        self,
        permissions: PermissionSet,
        accepted: Accepted,
        operation: OperationDefinitionNode,
        variables: Mapping[str, Any],
        plan: Plan,
        data: dict[str, Any],
        hidden: list[list[str]],
    ) -> dict[str, Any]:
        assert accepted.document is not None  # noqa: S101
        document = Document.of(accepted.document, variables)
        roots = document.fields([operation.selection_set])
        found = _introspected(permissions, accepted.document, operation, roots, variables, data)
        answer: dict[str, Any] = {"data": in_order(document.shape(roots), found)}
        missing = [response for response in plan.lookups if data[response] is None]
        if missing:
            answer["errors"] = [
                {"message": NOT_FOUND, "path": [response], "extensions": {"code": "NOT_FOUND"}} for response in missing
            ]
        restricted = [
            {"path": list(path), "rule": rule, "reason": self._policy.rules[rule].doc}
            | ({"ids": sorted(ids)} if named else {})
            for (path, rule, named), ids in zip(plan.hidden, hidden, strict=True)
            if ids
        ]
        if restricted:
            answer["extensions"] = {"restricted": restricted}
        return answer


def _counted(plan: Plan, hidden: list[list[str]]) -> dict[str, int]:
    """How many ids each rule hid; a connection names a rule at most once, whatever it left out."""
    counts: dict[str, int] = {}
    for (_, rule, _), ids in zip(plan.hidden, hidden, strict=True):
        if ids:
            counts[rule] = counts.get(rule, 0) + len(ids)
    return counts


def _introspected(
    permissions: PermissionSet,
    document: DocumentNode,
    operation: OperationDefinitionNode,
    roots: dict[str, list[FieldNode]],
    variables: Mapping[str, Any],
    data: dict[str, Any],
) -> dict[str, Any]:
    """Add `__schema` and `__type`, answered from the caller's own schema."""
    asked = [node for nodes in roots.values() for node in nodes if node.name.value in INTROSPECTION]
    if not asked:
        return data
    alone = OperationDefinitionNode(
        operation=operation.operation,
        variable_definitions=operation.variable_definitions,
        selection_set=SelectionSetNode(selections=tuple(asked)),
    )
    others = tuple(found for found in document.definitions if not isinstance(found, OperationDefinitionNode))
    result = execute_sync(
        permissions.schema, DocumentNode(definitions=(alone, *others)), variable_values=dict(variables)
    )
    found = {**data, **(result.data or {})}
    return {response: found.get(response) for response in roots}
