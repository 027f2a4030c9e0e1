"""`where` as Cypher predicates. A hidden cell is null here too: no operator or negation tells it from an absent one."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from api.binding import BINDINGS, Member
from api.compiler.arguments import Leaf, Tree
from api.compiler.bands import band
from api.compiler.cells import column
from api.compiler.indexes import related_seeks
from api.compiler.restricted import related
from api.compiler.rows import Row
from api.compiler.rules import narrowed
from api.compiler.writing import Writing
from api.errors import BadInput
from graph.schema.catalogue import properties

OPERATORS: dict[str, Callable[[str, str], str]] = {
    "eq": lambda left, right: f"{left} = {right}",
    "in": lambda left, right: f"{left} IN {right}",
    "gt": lambda left, right: f"{left} > {right}",
    "gte": lambda left, right: f"{left} >= {right}",
    "lt": lambda left, right: f"{left} < {right}",
    "lte": lambda left, right: f"{left} <= {right}",
    "contains": lambda left, right: f"{left} CONTAINS {right}",
    "startsWith": lambda left, right: f"{left} STARTS WITH {right}",
    "endsWith": lambda left, right: f"{left} ENDS WITH {right}",
}
QUANTIFIERS: dict[str, Callable[[str], str]] = {
    "some": lambda text: f"EXISTS {{ {text} }}",
    "none": lambda text: f"NOT EXISTS {{ {text} }}",
    "single": lambda text: f"COUNT {{ {text} }} = 1",
}


def predicate(writing: Writing, row: Row, type_name: str, tree: Tree) -> str:
    """The conjunction of everything a `where` object says; ``true`` for an empty one."""
    writing.condition()
    if not isinstance(tree, dict):
        return "true"
    parts: list[str] = []
    for name, below in tree.items():
        if isinstance(below, Leaf) and below.value(writing.variables) is None:
            continue
        if name in ("AND", "OR"):
            options = [predicate(writing, row, type_name, entry) for entry in below]
            if options:
                parts.append("(" + f" {name} ".join(options) + ")")
        elif name == "NOT":
            parts.append(f"NOT ({predicate(writing, row, type_name, below)})")
        else:
            parts.append(_member(writing, row, BINDINGS[type_name].members[name], below))
    return " AND ".join(parts) if parts else "true"


def leading(writing: Writing, row: Row, type_name: str, tree: Tree) -> tuple[list[str], Tree]:
    """Lines that bind related rows which an index finds, so that Neo4j may start from them, and the other conditions.

    A row comes once for each of its related rows that are found.
    """
    if not isinstance(tree, dict):
        return [], tree
    for name, below in tree.items():
        member = BINDINGS[type_name].members.get(name)
        if member is None or member.link is None or not related_seeks(member, below, writing.variables):
            continue
        scope = related(writing, row, member.link)
        condition = predicate(writing, scope.row, str(member.related), below["some"])
        lines = narrowed(scope.lines, scope.row.variable, [condition])
        others = {**tree, name: {quantifier: rest for quantifier, rest in below.items() if quantifier != "some"}}
        return lines, others if others[name] else {key: rest for key, rest in others.items() if key != name}
    return [], tree


def _member(writing: Writing, row: Row, member: Member, tree: Any) -> str:
    if member.link is not None:
        return _related(writing, row, member, tree)
    expression = band(writing, row) if member.property is None else column(writing, row, member.property)
    words = () if member.property is None else properties(row.label)[member.property].values
    parts = [_operator(writing, expression, name, _listed(name, leaf, member, words)) for name, leaf in tree.items()]
    return "(" + " AND ".join(parts) + ")" if parts else "true"


def _listed(operator: str, leaf: Leaf, member: Member, words: tuple[str, ...]) -> Leaf:
    """The leaf, which refuses what is not on the closed list of a property's words: it would find nothing, silently."""
    if not words or operator not in ("eq", "in"):
        return leaf

    def known(value: Any) -> Any:
        given = value if isinstance(value, list) else [value]
        if any(one is not None and one not in words for one in given):
            raise BadInput(f"{member.name!r} is one of {', '.join(repr(word) for word in words)}")
        return value

    if leaf.items is not None:
        return replace(leaf, items=tuple(replace(item, via=known) for item in leaf.items))
    return replace(leaf, via=known)


def _operator(writing: Writing, expression: str, name: str, leaf: Leaf) -> str:
    writing.condition()
    if leaf.value(writing.variables) is None:
        if name == "eq":
            return f"{expression} IS NULL"
        raise BadInput(f"operator {name!r} needs a value; use eq to look for null")
    return OPERATORS[name](expression, writing.parameter(leaf))


def _related(writing: Writing, row: Row, member: Member, tree: Any) -> str:
    """A condition on related rows: those that exist for the caller, the others count as absent."""
    assert member.link is not None  # noqa: S101
    assert member.related is not None  # noqa: S101 - said together with the link
    link, label = member.link, member.related
    if not isinstance(tree, dict):
        return "true"
    if not tree.keys() & (QUANTIFIERS.keys() | {"all"}):
        return f"EXISTS {{ {_text(writing, row, link, label, tree, negated=False)} }}"
    parts = []
    for name, below in tree.items():
        if name == "all":
            parts.append(f"NOT EXISTS {{ {_text(writing, row, link, label, below, negated=True)} }}")
        else:
            parts.append(QUANTIFIERS[name](_text(writing, row, link, label, below, negated=False)))
    return "(" + " AND ".join(parts) + ")"


def _text(writing: Writing, row: Row, link: tuple[str, str], where: str, tree: Tree, *, negated: bool) -> str:
    scope = related(writing, row, link)
    condition = predicate(writing, scope.row, where, tree)
    # A condition that is null does not hold: for "all" such a row is a counterexample.
    condition = f"NOT coalesce({condition}, false)" if negated else condition
    lines = " ".join(scope.lines)
    return f"{lines} WITH {scope.row.variable} WHERE {condition} RETURN {scope.row.variable}"
