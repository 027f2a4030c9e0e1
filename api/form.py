"""What a document may look like, decided before it is validated and in time that grows with its length alone.

Fragments are measured once each, however often they are spread. What is small to write and dear to validate has a cap
of its own, so that a document of any content costs little until it is refused.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from graphql import (
    ArgumentNode,
    DirectiveNode,
    DocumentNode,
    FieldNode,
    FloatValueNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    IntValueNode,
    ListValueNode,
    ObjectValueNode,
    OperationDefinitionNode,
    OperationType,
    SelectionNode,
    SelectionSetNode,
    StringValueNode,
    ValueNode,
)

from api.errors import Invalid, TooCostly

LONGEST_DOCUMENT = 15_360
"""Bytes."""
MOST_TOKENS = 1_000
DEEPEST = 16
DEEPEST_VALUE = 16
LONGEST_TEXT = 2_000
"""Characters of one text in an argument or a variable."""
LONGEST_NUMBER = 40
MOST_ALIASES = 60
MOST_DUPLICATES = 10
MOST_DIRECTIVES = 50
MOST_FIELDS = 500
MOST_OPERATIONS = 10
MOST_SPREADS = 100
MOST_VARIABLES = 60


@dataclass(frozen=True, slots=True)
class _Size:
    """``names`` counts, for each response name, how many fields merge into its fullest place, there or below."""

    depth: int
    fields: int
    aliases: int
    names: Mapping[str, int]


NOTHING = _Size(0, 0, 0, {})


def check_form(document: DocumentNode) -> int:
    """Refuse a document that is too deep, too wide or repeats itself; return how many nodes were looked at."""
    operations, fragments = [], {}
    for definition in document.definitions:
        if isinstance(definition, FragmentDefinitionNode):
            fragments[definition.name.value] = definition
        elif isinstance(definition, OperationDefinitionNode) and definition.operation is OperationType.QUERY:
            operations.append(definition)
        else:
            raise Invalid("only queries are answered")
    measure = _Measure(fragments)
    for name in fragments:
        measure.fragment(name)
    fields = variables = 0
    for operation in operations:
        measure.directives(operation.directives)
        for variable in operation.variable_definitions or ():
            variables += 1
            measure.directives(variable.directives)
            measure.value(variable.default_value)
        fields += measure.set(operation.selection_set).fields
    for what, found, most in (
        ("operations", len(operations), MOST_OPERATIONS),
        ("fields in all its operations", fields, MOST_FIELDS),
        ("variables", variables, MOST_VARIABLES),
        ("fragments", len(fragments), MOST_SPREADS),
        ("fragments spread", measure.spreads, MOST_SPREADS),
        ("directives", measure.directives_seen, MOST_DIRECTIVES),
    ):
        if found > most:
            raise TooCostly(f"the document has {found} {what}; {most} are allowed")
    return measure.looked_at


class _Measure:
    def __init__(self, fragments: Mapping[str, FragmentDefinitionNode]) -> None:
        self._fragments = fragments
        self._known: dict[str, _Size | None] = {}
        self.spreads = self.directives_seen = self.looked_at = 0

    def fragment(self, name: str) -> _Size:
        if name not in self._fragments:
            return NOTHING  # validation names it
        if name not in self._known:
            self._known[name] = None
            self.directives(self._fragments[name].directives)
            self._known[name] = self.set(self._fragments[name].selection_set)
        size = self._known[name]
        if size is None:
            raise Invalid("a fragment contains itself")
        return size

    def set(self, selection_set: SelectionSetNode) -> _Size:
        depth = fields = aliases = 0
        names: dict[str, int] = {}
        for selection in selection_set.selections:
            self.looked_at += 1
            if selection.directives:
                self.directives(selection.directives)
            if isinstance(selection, FieldNode):
                size = self.below(selection)
                fields += 1
                aliases += selection.alias is not None
                name = (selection.alias or selection.name).value
                names[name] = names.get(name, 0) + (1 if size is NOTHING else max(size.names.values(), default=1))
                depth = max(depth, 1 + size.depth)
            else:
                size = self.fragment_of(selection)
                for name, times in size.names.items():
                    names[name] = names.get(name, 0) + times
                depth = max(depth, size.depth)
            fields, aliases = fields + size.fields, aliases + size.aliases
        for what, found, most in (
            ("levels deep", depth, DEEPEST),
            ("fields long", fields, MOST_FIELDS),
            ("aliases long", aliases, MOST_ALIASES),
            ("times the same field in one place", max(names.values(), default=0), MOST_DUPLICATES),
        ):
            if found > most:
                raise TooCostly(f"the document is {found} {what}; {most} are allowed")
        return _Size(depth, fields, aliases, names)

    def below(self, node: FieldNode) -> _Size:
        if node.arguments:
            self.arguments(node.arguments)
        return NOTHING if node.selection_set is None else self.set(node.selection_set)

    def fragment_of(self, selection: SelectionNode) -> _Size:
        if isinstance(selection, FragmentSpreadNode):
            self.spreads += 1
            return self.fragment(selection.name.value)
        return self.set(selection.selection_set)  # type: ignore[attr-defined]

    def directives(self, found: Iterable[DirectiveNode] | None) -> None:
        for directive in found or ():
            self.directives_seen += 1
            self.arguments(directive.arguments)

    def arguments(self, found: Iterable[ArgumentNode] | None) -> None:
        for argument in found or ():
            self.value(argument.value)

    def value(self, node: ValueNode | None, depth: int = 1) -> None:
        self.looked_at += 1
        if depth > DEEPEST_VALUE:
            raise TooCostly(f"a value is more than {DEEPEST_VALUE} levels deep: ask with simpler conditions")
        if isinstance(node, ListValueNode):
            for entry in node.values:
                self.value(entry, depth + 1)
        elif isinstance(node, ObjectValueNode):
            for member in node.fields:
                self.value(member.value, depth + 1)
        elif isinstance(node, StringValueNode) and len(node.value) > LONGEST_TEXT:
            raise TooCostly(f"a text has more than {LONGEST_TEXT} characters")
        elif isinstance(node, IntValueNode | FloatValueNode) and len(node.value) > LONGEST_NUMBER:
            raise TooCostly(f"a number has more than {LONGEST_NUMBER} digits")
