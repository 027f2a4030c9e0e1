"""Which properties have an index, and which conditions Neo4j answers by looking into it."""

from collections.abc import Iterator

from api.binding import BINDINGS, Member
from api.compiler.arguments import Leaf, Tree, Values
from graph.schema.catalogue import NODES, properties
from graph.schema.core import Feature

SEEKING = ("eq", "in")


def indexed(label: str) -> frozenset[str]:
    """The properties of a label that an index leads with."""
    node = NODES.get(label)
    return frozenset() if node is None else frozenset({node.key, *(columns[0] for columns in node.indexes)})


def seeks(label: str, where_type: str, where: Tree | None, variables: Values) -> bool:
    """Whether an index finds the few rows that may meet ``where``, by their own values or those of related rows.

    A category does not count: each of its values has many rows, more than a caller's claims may lead to.
    """
    members = BINDINGS[where_type].members
    few = {name for name in indexed(label) if properties(label)[name].feature is not Feature.CATEGORY}
    for name, below in _conjuncts(where):
        operators = [below[operator] for operator in SEEKING if operator in below]
        if members[name].property in few and any(
            isinstance(leaf, Leaf) and leaf.value(variables) is not None for leaf in operators
        ):
            return True
    asked = where.items() if isinstance(where, dict) else ()
    return any(name in members and related_seeks(members[name], below, variables) for name, below in asked)


def related_seeks(member: Member, below: Tree, variables: Values) -> bool:
    """Whether a condition on related rows asks for ``some`` that an index finds."""
    if member.link is None or not isinstance(below, dict) or "some" not in below:
        return False
    where_type = str(member.related)
    return seeks(BINDINGS[where_type].label, where_type, below["some"], variables)


def _conjuncts(where: Tree | None) -> Iterator[tuple[str, dict[str, Tree]]]:
    """The members of a `where` object that all hold."""
    if not isinstance(where, dict):
        return
    for name, below in where.items():
        if name == "AND" and isinstance(below, list):
            for entry in below:
                yield from _conjuncts(entry)
        elif name not in ("OR", "NOT") and isinstance(below, dict):
            yield name, below
