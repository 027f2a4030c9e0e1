"""What introspection may cost: it is answered in Python, value by value, so it has a limit of its own."""

from collections.abc import Mapping

from graphql import (
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    OperationDefinitionNode,
    SelectionSetNode,
)

from api.compiler.compile import INTROSPECTION
from api.errors import TooCostly

# Usual lengths of the lists of a schema; the fullest standard introspection query then costs 19,000 values.
LENGTHS = {"types": 50, "fields": 10, "args": 2, "inputFields": 8, "enumValues": 4, "directives": 5, "locations": 3}
MOST_VALUES = 22_000


def check_introspection(fragments: Mapping[str, FragmentDefinitionNode], operation: OperationDefinitionNode) -> int:
    """The values that introspection may return; refuse more than a client needs to learn the whole schema."""
    values = _Introspection(fragments).roots(operation.selection_set)
    if values > MOST_VALUES:
        raise TooCostly(f"the introspection may return {values} values; {MOST_VALUES} are allowed")
    return values


class _Introspection:
    """Counts values; fragments are measured once each, however often they are spread."""

    def __init__(self, fragments: Mapping[str, FragmentDefinitionNode]) -> None:
        self._fragments = fragments
        self._roots: dict[str, int] = {}
        self._known: dict[str, int] = {}

    def roots(self, selection_set: SelectionSetNode) -> int:
        """The values below the roots of introspection, with those that fragments on the query hold."""
        total = 0
        for selection in selection_set.selections:
            if isinstance(selection, FieldNode):
                total += self.field(selection) if selection.name.value in INTROSPECTION else 0
            elif isinstance(selection, FragmentSpreadNode):
                name = selection.name.value
                if name not in self._roots:
                    self._roots[name] = self.roots(self._fragments[name].selection_set)
                total += self._roots[name]
            else:
                total += self.roots(selection.selection_set)  # type: ignore[attr-defined]
        return total

    def field(self, node: FieldNode) -> int:
        if node.selection_set is None:
            return 1
        below = LENGTHS.get(node.name.value, 1) * self.set(node.selection_set)
        return 1 + (below // 4 if node.name.value == "ofType" else below)  # most types wrap nothing

    def set(self, selection_set: SelectionSetNode) -> int:
        total = 0
        for selection in selection_set.selections:
            if isinstance(selection, FieldNode):
                total += self.field(selection)
            elif isinstance(selection, FragmentSpreadNode):
                name = selection.name.value
                if name not in self._known:
                    self._known[name] = self.set(self._fragments[name].selection_set)
                total += self._known[name]
            else:
                total += self.set(selection.selection_set)  # type: ignore[attr-defined]
        return total
