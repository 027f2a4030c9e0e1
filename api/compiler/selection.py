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
    InlineFragmentNode,
    NamedTypeNode,
    SelectionSetNode,
    VariableNode,
)

INTERFACE = "Node"


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

    def fields(self, sets: Iterable[SelectionSetNode | None], of: str | None = None) -> dict[str, list[FieldNode]]:
        """Response name -> the nodes selected under it, in the order of their first appearance.

        ``of`` names the object type where the selection is on an interface: then fragments on other types are left
        out. On an object type every fragment's condition holds, since the document is valid.
        """
        found: dict[str, list[FieldNode]] = {}
        seen: set[str] = set()
        for selection_set in sets:
            if selection_set is not None:
                self._collect(selection_set, found, seen, of)
        return found

    def below(self, nodes: list[FieldNode], of: str | None = None) -> dict[str, list[FieldNode]]:
        """The merged selections below nodes that share a response name."""
        return self.fields((node.selection_set for node in nodes), of)

    def _collect(
        self, selection_set: SelectionSetNode, found: dict[str, list[FieldNode]], seen: set[str], of: str | None
    ) -> None:
        for selection in selection_set.selections:
            if not self.included(selection.directives):
                continue
            if isinstance(selection, FieldNode):
                name = selection.alias.value if selection.alias is not None else selection.name.value
                found.setdefault(name, []).append(selection)
            elif isinstance(selection, FragmentSpreadNode):
                fragment = self.fragments[selection.name.value]
                if selection.name.value not in seen and _fits(fragment.type_condition, of):
                    seen.add(selection.name.value)
                    self._collect(fragment.selection_set, found, seen, of)
            elif isinstance(selection, InlineFragmentNode) and _fits(selection.type_condition, of):
                self._collect(selection.selection_set, found, seen, of)

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


def _fits(condition: NamedTypeNode | None, of: str | None) -> bool:
    """Whether a fragment on ``condition`` holds for an object of type ``of``."""
    return condition is None or of is None or condition.name.value in (of, INTERFACE)
