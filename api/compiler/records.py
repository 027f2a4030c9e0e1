"""Rows as lists of the values selected of them, in the order asked for."""

from collections.abc import Mapping

from graphql import (
    FieldNode,
    GraphQLField,
    GraphQLObjectType,
    GraphQLSchema,
    get_named_type,
    get_nullable_type,
    is_list_type,
    is_non_null_type,
)

from api.binding import BINDINGS
from api.compiler.arguments import arguments_of
from api.compiler.bands import band
from api.compiler.cells import column, guarded, hide, number_visible, shown
from api.compiler.history import origins
from api.compiler.links import LINKS
from api.compiler.patterns import texts
from api.compiler.restricted import note_hidden_cells, rules_on_parent
from api.compiler.rows import Path, Row, Scope, bounded
from api.compiler.rules import seen
from api.compiler.selection import Document
from api.compiler.writing import Writing
from graph.schema.therapy import BARRIERS

Selected = dict[str, list[FieldNode]]


class Records:
    """Writes the expressions of one statement for rows and what hangs on them.

    ``firsts`` are the paths of records that come as a list with the record or with nothing.
    """

    def __init__(self, schema: GraphQLSchema, document: Document, writing: Writing) -> None:
        self.schema, self.document, self.writing = schema, document, writing
        self.firsts: set[Path] = set()

    def plain(self, nodes: list[FieldNode], type_name: str, values: Mapping[str, str]) -> str:
        """The values of a type without a row."""
        entries = [
            f"'{type_name}'" if below[0].name.value == "__typename" else values[below[0].name.value]
            for below in self.document.below(nodes).values()
        ]
        return listed(entries)

    def rows(self, scope: Scope, target: GraphQLObjectType, nodes: list[FieldNode], *, many: bool) -> str:
        """A list with the values of a scope's rows, or of the only one.

        Not `head` of the list: around a subquery, it keeps Neo4j from planning the subquery with the rest.
        """
        lines = " ".join([*scope.lines, *scope.cut])
        selected = self.document.below(nodes)
        found = f"COLLECT {{ {lines} RETURN {self.values(bounded(scope), target, selected)} }}"
        if target.name == "Driver":
            found = self.counted(found, [nodes[0].name.value for nodes in selected.values()])
        if not many:
            self.firsts.add(scope.row.path)
        return found

    def counted(self, found: str, names: list[str]) -> str:
        """Reasons with their place among those shown: a gap would tell of a reason about somebody hidden."""
        if "rank" not in names:
            return found
        every, at = self.writing.name("listed"), self.writing.name("at")
        values = [f"{at} + 1" if name == "rank" else f"{every}[{at}][{place}]" for place, name in enumerate(names)]
        return f"head([{every} IN [{found}] | [{at} IN range(0, size({every}) - 1) | {listed(values)}]])"

    def values(self, row: Row, target: GraphQLObjectType, selected: Selected) -> str:
        """The values selected of one row."""
        entries = []
        columns: list[tuple[str, str]] = []
        for response, nodes in selected.items():
            name = nodes[0].name.value
            if name == "__typename":
                entries.append(f"'{target.name}'")
                continue
            member = BINDINGS[target.name].members[name]
            if member.property is not None:
                columns.append((response, member.property))
                entries.append(shown(self.writing, row, member.property))
            elif name == "ageDays":
                age = f"duration.inDays({column(self.writing, row, 'dataTime')}, date()).days"
                entries.append(age)
            elif name == "components":
                columns.append((response, "barrierShares"))
                entries.append(self.components(row, nodes))
            elif name == "share" and target.name == "PayerShare":
                columns.append((response, "expectedStarts"))
                part = column(self.writing, row, "expectedStarts")
                total = row.beside["total"]
                entries.append(f"CASE WHEN {total} > 0 THEN {part} / {total} END")
            elif name == "band":
                columns.append((response, "value"))
                entries.append(band(self.writing, row))
            elif name == "lineage":
                entries.append(self.lineage(row, target, response, nodes))
            else:
                entries.append(self.link(row, target, response, nodes))
        note_hidden_cells(self.writing, row, columns)
        return listed(entries)

    def link(self, row: Row, target: GraphQLObjectType, response: str, nodes: list[FieldNode]) -> str:
        name = nodes[0].name.value
        definition = target.fields[name]
        below = get_named_type(definition.type)
        assert isinstance(below, GraphQLObjectType)  # noqa: S101 - columns and expressions were dealt with
        arguments = arguments_of(nodes[0], definition, self.writing.variables)
        path = (*row.path, response)
        scope = LINKS[target.name, name](self.writing, row, arguments, path)
        found = self.rows(scope, below, nodes, many=is_list(definition))
        return self.followed(row, target, response, nodes, found)

    def lineage(self, row: Row, target: GraphQLObjectType, response: str, nodes: list[FieldNode]) -> str:
        """Where the row's values come from."""
        lines, values = origins(self.writing, row)
        found = f"COLLECT {{ {lines} RETURN {self.plain(nodes, 'Origin', values)} }}"
        return self.followed(row, target, response, nodes, found)

    def followed(self, row: Row, target: GraphQLObjectType, response: str, nodes: list[FieldNode], found: str) -> str:
        """What was found behind a field, where no rule hides the field for the row; a list that is never null is empty
        then."""
        name = nodes[0].name.value
        rules = rules_on_parent(self.writing, row, BINDINGS[target.name].members[name])
        for rule in rules:
            hide(self.writing, row, (*row.path, response), rule)
        met = [seen(self.writing, rule, row.variable) for rule in rules]
        return guarded(found, met, "[]" if is_non_null_type(target.fields[name].type) else None)

    def components(self, row: Row, nodes: list[FieldNode]) -> str:
        """The barrier shares as named parts."""
        at = self.writing.name("at")
        values = {"name": f"{texts(BARRIERS)}[{at}]", "value": f"{row.variable}.barrierShares[{at}]"}
        listed = (
            f"[{at} IN range(0, size({row.variable}.barrierShares) - 1) | {self.plain(nodes, 'Component', values)}]"
        )
        return guarded(listed, number_visible(self.writing, row))


def is_list(definition: GraphQLField) -> bool:
    """Whether a field returns a list."""
    return is_list_type(get_nullable_type(definition.type))


def listed(values: list[str]) -> str:
    """Expressions as a list."""
    return f"[{', '.join(values)}]"
