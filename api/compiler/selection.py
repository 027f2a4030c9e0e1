"""A selection with fragments resolved, @skip and @include decided, and same response names merged."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from graphql import (
    DirectiveNode,
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    SelectionSetNode,
    VariableNode,
)

Shape = dict[str, "Shape"]
"""Response names in the order in which they were asked for, each with those below it."""


@dataclass(frozen=True, slots=True)
class Document:
    """The fragments of a document and the variables of a request."""

    fragments: Mapping[str, FragmentDefinitionNode]
    variables: Mapping[str, Any]

    @classmethod
    def of(cls, document: DocumentNode, variables: Mapping[str, Any]) -> "Document":
        fragments = {
            definition.name.value: definition
            for definition in document.definitions
            if isinstance(definition, FragmentDefinitionNode)
        }
        return cls(fragments, variables)

    def fields(self, sets: Iterable[SelectionSetNode | None]) -> dict[str, list[FieldNode]]:
        """Response name -> the nodes selected under it, in the order of their first appearance.

        Every type is an object type and the document is valid, so a fragment's type condition always holds.
        """
        found: dict[str, list[FieldNode]] = {}
        seen: set[str] = set()
        for selection_set in sets:
            if selection_set is not None:
                self._collect(selection_set, found, seen)
        return found

    def below(self, nodes: list[FieldNode]) -> dict[str, list[FieldNode]]:
        """The merged selections below nodes that share a response name."""
        return self.fields(node.selection_set for node in nodes)

    def shape(self, fields: Mapping[str, list[FieldNode]]) -> Shape:
        """The response names below ``fields``, level by level."""
        return {name: self.shape(self.below(nodes)) for name, nodes in fields.items()}

    def _collect(self, selection_set: SelectionSetNode, found: dict[str, list[FieldNode]], seen: set[str]) -> None:
        for selection in selection_set.selections:
            if not self.included(selection.directives):
                continue
            if isinstance(selection, FieldNode):
                name = selection.alias.value if selection.alias is not None else selection.name.value
                found.setdefault(name, []).append(selection)
            elif isinstance(selection, FragmentSpreadNode):
                if selection.name.value not in seen:
                    seen.add(selection.name.value)
                    self._collect(self.fragments[selection.name.value].selection_set, found, seen)
            else:
                self._collect(selection.selection_set, found, seen)  # type: ignore[attr-defined]

    def included(self, directives: Iterable[DirectiveNode] | None) -> bool:
        """What @skip and @include say, with the variables of the request."""
        for directive in directives or ():
            value = directive.arguments[0].value if directive.arguments else None
            condition = (
                self.variables.get(value.name.value)
                if isinstance(value, VariableNode)
                else getattr(value, "value", None)
            )
            if (directive.name.value == "skip" and condition) or (directive.name.value == "include" and not condition):
                return False
        return True


def in_order(shape: Shape, value: Any) -> Any:
    """``value`` with its keys as they were asked for: a map in Neo4j forgets their order."""
    if not shape or value is None:
        return value
    if isinstance(value, list):
        return [in_order(shape, one) for one in value]
    return {name: in_order(below, value[name]) for name, below in shape.items()}
