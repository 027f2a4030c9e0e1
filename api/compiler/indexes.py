"""Which properties have an index, and which conditions Neo4j answers by looking into it."""

from collections.abc import Iterator

from api.binding import BINDINGS
from api.compiler.arguments import Leaf, Tree, Values
from graph.schema.catalogue import NODES, properties
from graph.schema.core import Feature

SEEKING = ("eq", "in")


def indexed(label: str) -> frozenset[str]:
    """The properties of a label that an index leads with."""
    node = NODES.get(label)
    return frozenset() if node is None else frozenset({node.key, *(columns[0] for columns in node.indexes)})


def seeks(label: str, where_type: str, where: Tree | None, variables: Values) -> bool:
    """Whether every row that meets ``where`` has one of a few given values in an indexed property.

    A category does not count: each of its values has many rows, more than a caller's claims may lead to.
    """
    members = BINDINGS[where_type].members
    few = {name for name in indexed(label) if properties(label)[name].feature is not Feature.CATEGORY}
    return any(
        members[name].property in few
        and any(isinstance(leaf, Leaf) and leaf.value(variables) is not None for leaf in operators)
        for name, operators in _conjuncts(where)
    )


def _conjuncts(where: Tree | None) -> Iterator[tuple[str, list[Tree]]]:
    """The members of a `where` object that all hold, each with the values of its seeking operators."""
    if not isinstance(where, dict):
        return
    for name, below in where.items():
        if name == "AND" and isinstance(below, list):
            for entry in below:
                yield from _conjuncts(entry)
        elif name not in ("OR", "NOT") and isinstance(below, dict):
            yield name, [below[operator] for operator in SEEKING if operator in below]
