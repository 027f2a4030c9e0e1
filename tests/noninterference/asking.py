"""Asks two servers the same and compares every byte of the answers."""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from graphql import DocumentNode, GraphQLError, Node, SelectionSetNode, Visitor, parse, print_ast, visit
from starlette.testclient import TestClient

from tests.noninterference.documents import Operation

REQUEST_ID = re.compile(rb'"requestId":"[0-9a-f]+"')
VARYING = ("date", "x-request-id")
TRIES = 6
MOST_TRIES = 80


class Busy(Exception):
    """A server answered 503 again and again: nothing can be compared."""


@dataclass(frozen=True, slots=True)
class Answer:
    """Status, headers and body, without the date and the request id."""

    status: int
    headers: tuple[tuple[str, str], ...]
    body: bytes

    @property
    def data(self) -> Any:
        return json.loads(self.body).get("data")

    @property
    def text(self) -> str:
        return f"{self.status} {dict(self.headers)} {self.body.decode()}"


@dataclass(frozen=True, slots=True)
class Difference:
    """An operation that two graphs answer differently, with the place where the answers part."""

    operation: Operation
    left: str
    right: str

    def __str__(self) -> str:
        return (
            f"{self.operation.query}\nvariables {self.operation.variables}\n  one:   {self.left}\n  other: {self.right}"
        )


@dataclass(frozen=True, slots=True)
class Pair:
    """The same API over two graphs, asked with the same token."""

    left: TestClient
    right: TestClient
    token: str

    def answers(self, operation: Operation) -> Iterator[tuple[Answer, Answer]]:
        """Both answers; for a page that follows another, those of both pages."""
        left, right = self._one(self.left, operation), self._one(self.right, operation)
        yield left, right
        if operation.turns and operation.variables.get("cursor", "") is None:
            cursor = first_cursor(left.data)
            if cursor is not None and left == right:
                later = Operation(operation.query, {**operation.variables, "cursor": cursor})
                yield self._one(self.left, later), self._one(self.right, later)

    def difference(self, operation: Operation) -> Difference | None:
        """Where the answers differ, or None; raise `Busy` when a server does not answer."""
        for left, right in self.answers(operation):
            if left != right:
                return Difference(operation, *parting(left.text, right.text))
        return None

    def _one(self, client: TestClient, operation: Operation) -> Answer:
        for _ in range(TRIES):
            response = client.post(
                "/graphql",
                json={"query": operation.query, "variables": operation.variables},
                headers={"authorization": f"Bearer {self.token}"},
            )
            if response.status_code != 503:
                break
        else:
            raise Busy(f"no answer in {TRIES} tries: the machine is too busy for this proof")
        headers = tuple(sorted((k, v) for k, v in response.headers.items() if k.lower() not in VARYING))
        return Answer(response.status_code, headers, REQUEST_ID.sub(b'"requestId":""', response.content))


def parting(left: str, right: str, around: int = 90) -> tuple[str, str]:
    """Both texts around the first place where they differ."""
    at = next((i for i, (a, b) in enumerate(zip(left, right, strict=False)) if a != b), min(len(left), len(right)))
    start = max(0, at - around)
    return left[start : at + around], right[start : at + around]


def first_cursor(value: Any) -> str | None:
    """Some cursor of an answer."""
    if isinstance(value, dict):
        for name, below in value.items():
            if name in ("endCursor", "cursor") and isinstance(below, str):
                return below
            if (found := first_cursor(below)) is not None:
                return found
    if isinstance(value, list):
        for below in value:
            if (found := first_cursor(below)) is not None:
                return found
    return None


def has_rows(value: Any) -> bool:
    """Whether an answer holds something of the graph: a row of a page or list, or an entity with a value."""
    if not isinstance(value, dict):
        return False
    return any(_is_row(below) for below in value.values())


def _is_row(value: Any) -> bool:
    if isinstance(value, list):
        return any(_is_row(entry) for entry in value)
    if isinstance(value, dict):
        if "edges" in value or "totalCount" in value or "pageInfo" in value:
            return bool(value.get("edges")) or bool(value.get("totalCount"))
        return any(below is not None and below != [] for name, below in value.items() if name != "__typename")
    return False


def shrunk(pair: Pair, difference: Difference) -> Difference:
    """A shorter document that still tells the graphs apart: fields are left out as long as it does."""
    best = difference
    for _ in range(MOST_TRIES):
        for smaller in _smaller(best.operation):
            if (found := pair.difference(smaller)) is not None:
                best = found
                break
        else:
            return best
    return best


def _smaller(operation: Operation) -> Iterator[Operation]:
    """The document without one of its fields, largest pieces first."""
    try:
        document = parse(operation.query, no_location=True)
    except GraphQLError:
        return
    holders = sorted(_selection_sets(document), key=lambda holder: len(print_ast(holder)), reverse=True)
    for holder in holders:
        for one in holder.selections if len(holder.selections) > 1 else ():
            text = print_ast(visit(document, _Without(holder, one)))
            names = {name: value for name, value in operation.variables.items() if f"${name}" in text.partition("{")[2]}
            yield Operation(_without_unused(text, operation, names), names, operation.turns)


class _Without(Visitor):
    """Leaves one selection out of a set."""

    def __init__(self, holder: SelectionSetNode, one: Node) -> None:
        super().__init__()
        self.holder, self.one = holder, one

    def enter_selection_set(self, node: SelectionSetNode, *_: Any) -> SelectionSetNode | None:
        if node is not self.holder:
            return None
        return SelectionSetNode(selections=tuple(other for other in node.selections if other is not self.one))


def _selection_sets(document: DocumentNode) -> list[SelectionSetNode]:
    found: list[SelectionSetNode] = []

    class Finding(Visitor):
        def enter_selection_set(self, node: SelectionSetNode, *_: Any) -> None:
            found.append(node)

    visit(document, Finding())
    return found


def _without_unused(text: str, operation: Operation, kept: dict[str, Any]) -> str:
    """The document without the declarations of variables that nothing uses any more."""
    for name in operation.variables.keys() - kept.keys():
        text = re.sub(rf"\${name}: [\w!\[\]]+(, )?", "", text)
    return text.replace("()", "").replace(", )", ")")
