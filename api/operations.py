"""One request: document, caller, variables -> the answer of GraphQL over HTTP."""

import datetime
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from graphql import DocumentNode, OperationDefinitionNode, SelectionSetNode
from graphql.execution import execute_sync

from api.compiler.cells import MOST_MARKED
from api.compiler.compile import INTROSPECTION
from api.compiler.plan import Plan
from api.compiler.selection import Document
from api.cursors import CursorKey
from api.documents import Accepted, Documents, coerce_variables, digest_of
from api.engine import Engine
from api.errors import Malformed, RequestError, Unauthenticated
from api.permissions import PermissionSet
from api.persisted import named_digest
from api.policies import Policies
from api.rates import REQUEST, Spend, free
from api.tokens import Caller
from api.trace import Trace

NOT_FOUND = "nothing with this key, or nothing for you"


@dataclass(frozen=True, slots=True)
class Request:
    """What is asked: a document, or the digest of one that is known, or both."""

    query: str | None
    variables: Mapping[str, Any]
    operation_name: str | None
    digest: str | None = None

    @classmethod
    def of(cls, body: Any) -> "Request":
        """From decoded JSON; raise `Malformed` when it is not as GraphQL over HTTP says."""
        if not isinstance(body, dict):
            raise Malformed("the body must be a JSON object")
        query, variables, name = body.get("query"), body.get("variables"), body.get("operationName")
        if not (variables is None or isinstance(variables, dict)) or not (name is None or isinstance(name, str)):
            raise Malformed("`variables` must be an object and `operationName` a text")
        if not (body.get("extensions") is None or isinstance(body["extensions"], dict)):
            raise Malformed("`extensions` must be an object")
        try:
            digest = named_digest(body.get("documentId"), body.get("extensions"))
        except ValueError as error:
            raise Malformed(str(error)) from error
        if not (query is None and digest is not None) and (not isinstance(query, str) or not query.strip()):
            raise Malformed("`query` must be a document")
        if query is not None and digest is not None and digest_of(query) != digest:
            raise Malformed("the digest is not the SHA-256 of `query`")
        return cls(query, variables or {}, name, digest)


class Operations:
    """Answers requests, each under the policy in force when it came."""

    def __init__(
        self,
        policies: Policies,
        engine: Engine,
        cursors: CursorKey,
        today: Callable[[], datetime.date] | None = None,
        documents: Documents | None = None,
    ) -> None:
        self._policies, self._engine, self._cursors = policies, engine, cursors
        self._today = today or (lambda: datetime.datetime.now(datetime.UTC).date())
        self.documents = Documents() if documents is None else documents

    def permissions(self, caller: Caller) -> PermissionSet:
        """The permission set of a caller."""
        try:
            return self._policies.current.sets[caller.role, caller.purpose, caller.agent is not None]
        except KeyError as error:
            raise Unauthenticated("a valid bearer token is needed") from error

    @property
    def cache_uses(self) -> dict[str, tuple[int, int]]:
        """For each cache how often what was asked for was there, and how often not."""
        return self.documents.uses

    async def answer(
        self, caller: Caller, request: Request, spend: Spend = free, trace: Trace | None = None
    ) -> dict[str, Any]:
        """``{data, errors?, extensions?}``; raise a `RequestError` when there is no answer.

        ``spend`` is told what the request costs, in units of `api.rates`, before that is done. ``trace`` is filled in.
        """
        trace = Trace() if trace is None else trace
        permissions = self.permissions(caller)
        policy = permissions.policy
        trace.policy_version, trace.policy_fingerprint = policy.version, policy.fingerprint
        spend(REQUEST)
        try:
            accepted = self._accepted(permissions, caller, request, spend)
        except RequestError:
            trace.document = request.digest or digest_of(request.query or "")
            raise
        trace.document = accepted.digest
        operation = accepted.operation(request.operation_name)
        trace.operation = operation.name.value if operation.name is not None else None
        variables = coerce_variables(permissions, operation, request.variables)
        trace.cost = self.documents.cost(permissions, accepted, operation, variables)
        spend(trace.cost)
        plan = self.documents.plan(permissions, accepted, operation, variables, spend)
        data: dict[str, Any] = {}
        hidden: list[list[str]] = []
        if plan.text is not None:
            sealer = self._cursors.sealer(permissions.id, caller.subject, caller.territories)
            answer = await self._engine.run(plan.text, plan.bind(caller, variables, self._today(), sealer))
            data, hidden = plan.answer(answer.data, variables, sealer), answer.hidden
            trace.statements, trace.published = answer.statements, answer.published
        trace.granted, trace.rows = plan.granted, plan.granted.rows.count(data)
        trace.restricted = _counted(plan, hidden)
        if plan.introspects:
            assert accepted.document is not None  # noqa: S101 - accept raises otherwise
            introspection = self.documents.introspection
            data = _introspected(
                permissions, accepted.document, operation, variables, data, introspection=introspection
            )
        return _assembled(permissions, plan, data, hidden)

    def _accepted(self, permissions: PermissionSet, caller: Caller, request: Request, spend: Spend) -> Accepted:
        if request.query is not None:
            return self.documents.accept(permissions, request.query, spend, caller.subject)
        assert request.digest is not None  # noqa: S101 - a request has one of the two
        return self.documents.persisted(permissions, request.digest, caller.subject)


def _assembled(permissions: PermissionSet, plan: Plan, data: dict[str, Any], hidden: list[list[str]]) -> dict[str, Any]:
    missing = {response: nullable for response, nullable in plan.lookups if data[response] is None}
    answer: dict[str, Any] = {"data": data if all(missing.values()) else None}
    if missing:
        answer["errors"] = [
            {"message": NOT_FOUND, "path": [response], "extensions": {"code": "NOT_FOUND"}} for response in missing
        ]
    restricted = [
        {"path": list(path), "rule": rule, "reason": permissions.policy.rules[rule].doc}
        | ({"ids": sorted(ids)[:MOST_MARKED]} if named else {})
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
    variables: Mapping[str, Any],
    data: dict[str, Any],
    *,
    introspection: bool,
) -> dict[str, Any]:
    """Add `__schema` and `__type`, answered from the caller's own schema; without ``introspection`` it has no types."""
    roots = Document.of(document, variables).fields([operation.selection_set])
    if not introspection:
        return {response: data.get(response) for response in roots}
    asked = [node for nodes in roots.values() for node in nodes if node.name.value in INTROSPECTION]
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
