"""Valid documents made invalid, odd or hostile; what they answer must not depend on hidden data either."""

import random
import re
from collections.abc import Callable

from graphql import get_introspection_query

from tests.noninterference.documents import Operation

NAME = re.compile(r"(?<![$\"\w])[a-z]\w{2,}(?=[ ({:}\n])")
WORDS = {"query", "fragment", "true", "false", "null", "include", "skip", "on"}


def _names(text: str) -> list[re.Match[str]]:
    return [match for match in NAME.finditer(text) if match.group() not in WORDS]


def _rename(operation: Operation, foreign: list[str], rng: random.Random) -> Operation:
    """A name of the document becomes one that the full schema knows."""
    found = _names(operation.query)
    if not found:
        return operation
    match = rng.choice(found)
    text = operation.query[: match.start()] + rng.choice(foreign) + operation.query[match.end() :]
    return Operation(text, operation.variables)


def _misspell(operation: Operation, foreign: list[str], rng: random.Random) -> Operation:
    found = _names(operation.query)
    if not found:
        return operation
    match = rng.choice(found)
    return Operation(operation.query[: match.end()] + "x" + operation.query[match.end() :], operation.variables)


def _cut(operation: Operation, foreign: list[str], rng: random.Random) -> Operation:
    return Operation(operation.query[: rng.randrange(1, len(operation.query))], operation.variables)


def _twice(operation: Operation, foreign: list[str], rng: random.Random) -> Operation:
    """The same roots again: merged where they are equal, refused where they are not."""
    body = operation.query[operation.query.index("{") + 1 : operation.query.rindex("}")]
    if "fragment" in body:
        return operation
    head = operation.query[: operation.query.index("{")]
    return Operation(f"{head}{{ {body} {body} }}", operation.variables)


def _introspect(operation: Operation, foreign: list[str], rng: random.Random) -> Operation:
    """Introspection beside data, of a type that may be another role's."""
    at = operation.query.index("{") + 1
    name = rng.choice(foreign)
    asked = f' __type(name: "{name[0].upper()}{name[1:]}") {{ name fields {{ name }} inputFields {{ name }} }} '
    return Operation(operation.query[:at] + asked + operation.query[at:], operation.variables)


def _whole_schema(operation: Operation, foreign: list[str], rng: random.Random) -> Operation:
    return Operation(get_introspection_query(descriptions=rng.random() < 0.5))


def _odd_value(operation: Operation, foreign: list[str], rng: random.Random) -> Operation:
    """A literal of another type, or none."""
    found = list(re.finditer(r'"[^"]*"|(?<=: )\d+(\.\d+)?', operation.query))
    if not found:
        return operation
    match = rng.choice(found)
    odd = rng.choice(("null", "[]", "{}", "true", "-1", "99999999999", '"\\u0027"', "1.5", "DESC", "$missing"))
    return Operation(operation.query[: match.start()] + odd + operation.query[match.end() :], operation.variables)


def _odd_variable(operation: Operation, foreign: list[str], rng: random.Random) -> Operation:
    if not operation.variables:
        return _odd_value(operation, foreign, rng)
    name = rng.choice(sorted(operation.variables))
    odd = rng.choice((None, [], {}, -1, "x", {"eq": None}, {"no": 1}, [[]]))
    return Operation(operation.query, {**operation.variables, name: odd})


def _forged_cursor(operation: Operation, foreign: list[str], rng: random.Random) -> Operation:
    forged = rng.choice(("", "AAAA", "bnVsbA", "x" * 3000, "äöü"))
    return Operation(operation.query, {**operation.variables, "cursor": forged})


def _every_row(operation: Operation, foreign: list[str], rng: random.Random) -> Operation:
    """Large pages everywhere: beyond the limit, or everything there is."""
    return Operation(re.sub(r"first: \d+", "first: 60", operation.query), operation.variables, operation.turns)


def _mutation(operation: Operation, foreign: list[str], rng: random.Random) -> Operation:
    kind = rng.choice(("mutation", "subscription"))
    body = operation.query[operation.query.index("{") :]
    return Operation(f"{kind} {body}", operation.variables)


MUTATIONS: list[Callable[[Operation, list[str], random.Random], Operation]] = [
    _rename, _rename, _rename, _misspell, _cut, _twice, _introspect, _whole_schema, _odd_value, _odd_value,
    _odd_variable, _forged_cursor, _every_row, _every_row, _mutation,
]  # fmt: skip


def mutated(operation: Operation, foreign: list[str], rng: random.Random) -> Operation:
    """The operation changed once, or twice."""
    found = rng.choice(MUTATIONS)(operation, foreign, rng)
    again = rng.random() < 0.2 and "{" in found.query and "}" in found.query and _names(found.query)
    return rng.choice(MUTATIONS)(found, foreign, rng) if again else found
