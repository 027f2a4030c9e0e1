"""One validated operation becomes one statement.

    published first -> the pages of the connections -> one list of everything selected -> writing last

Every selection is the list of its values in the order asked for; `api.compiler.answer` gives them their names.
"""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from graphql import (
    FieldNode,
    GraphQLInterfaceType,
    GraphQLObjectType,
    OperationDefinitionNode,
    get_named_type,
    is_non_null_type,
)

from api.compiler.answer import Parts, reader
from api.compiler.arguments import arguments_of
from api.compiler.cells import guarded
from api.compiler.groups import groups
from api.compiler.links import LINKS
from api.compiler.nodes import Kind, ids_of, kinds_of, reachable, search_lines
from api.compiler.pages import Page, page, page_info
from api.compiler.patterns import Arguments, product_lines
from api.compiler.plan import CONTEXT, Plan
from api.compiler.predictions import subject_rules
from api.compiler.records import Records, Selected, is_list, listed
from api.compiler.rows import Path, Row, Scope
from api.compiler.rules import anchored, seen, where
from api.compiler.selection import Document
from api.compiler.writing import MOST_PATTERNS, TOO_WIDE, Hidden, Seal, Writing
from api.errors import TooCostly
from api.permissions import PermissionSet
from graph.governance.policy import Hides
from graph.schema.prediction import SUBJECTS

ROOT = Row("published", "Query", (), ())
VIEWER = {
    "subject": "$claim_subject",
    "role": "$claim_role",
    "purpose": "$claim_purpose",
    "territories": "$claim_territories",
}
INTROSPECTION = ("__schema", "__type")


def compile_operation(
    permissions: PermissionSet, document: Document, operation: OperationDefinitionNode, variables: Mapping[str, Any]
) -> Plan:
    """The plan of an operation that is valid for the permission set's schema, given coerced variables."""
    return _Compilation(permissions, document, variables).plan(document.fields([operation.selection_set]))


class _Compilation:
    def __init__(self, permissions: PermissionSet, document: Document, variables: Mapping[str, Any]) -> None:
        self.schema = permissions.schema
        self.document = document
        self.writing = Writing(permissions, variables)
        self.records = Records(self.schema, document, self.writing)
        self.pages: list[str] = []
        self.page_names: list[str] = []
        self.seals: dict[Path, Seal] = {}
        self.lookups: list[tuple[str, bool]] = []

    def plan(self, selected: Selected) -> Plan:
        roots = {response: nodes for response, nodes in selected.items() if nodes[0].name.value not in INTROSPECTION}
        query = self.schema.query_type
        assert query is not None  # noqa: S101 - every schema of this API has roots
        entries = [self.root(query, response, nodes) for response, nodes in roots.items()]
        writing = self.writing
        text = self.text(entries) if entries else None
        if text is not None and text.count("MATCH ") > MOST_PATTERNS:
            raise TooCostly(TOO_WIDE)
        return Plan(
            text,
            writing.parameters,
            writing.cursors,
            reader(Parts(self.document, self.schema, self.seals, self.records.firsts).of(query, roots)),
            tuple(self.seals.values()),
            tuple(self.lookups),
            tuple(self.marks()),
            introspects=len(roots) < len(selected),
            context=tuple(name for name in CONTEXT if text is not None and f"${name}" in text),
        )

    def text(self, entries: list[str]) -> str:
        """The whole statement."""
        kept = ", ".join(["published", *self.page_names])
        marks = ", ".join(" + ".join(ids) for ids in self.marks().values())
        return "\n".join(
            [
                "OPTIONAL MATCH (publishedSequence:Sequence {name: 'published'})",
                "WITH publishedSequence.value AS published",
                *self.pages,
                f"WITH {kept}, [{', '.join(entries)}] AS data, [{marks}] AS hidden",
                "OPTIONAL MATCH (writingSequence:Sequence {name: 'writing'})",
                "RETURN data, hidden, published, writingSequence.value AS writing",
            ]
        )

    def marks(self) -> dict[tuple[Path, str, bool], list[str]]:
        """Path, rule and whether ids are told, with the lists of ids: one for each pattern that leads to the path."""
        found: dict[tuple[Path, str, bool], list[str]] = {}
        for hidden in self.writing.hidden:
            found.setdefault((hidden.path, hidden.rule, hidden.named), []).append(hidden.ids)
        return found

    def root(self, query: GraphQLObjectType, response: str, nodes: list[FieldNode]) -> str:
        name = nodes[0].name.value
        if name == "__typename":
            return "'Query'"
        if name == "viewer":
            return self.records.plain(nodes, "Viewer", VIEWER)
        if name == "twin":
            return self.twin(nodes, (response,))
        definition = query.fields[name]
        target = get_named_type(definition.type)
        arguments = arguments_of(nodes[0], definition, self.writing.variables)
        if isinstance(target, GraphQLInterfaceType):
            return self.anything(name, response, nodes, arguments)
        assert isinstance(target, GraphQLObjectType)  # noqa: S101 - all other roots lead to objects
        scope = LINKS["Query", name](self.writing, ROOT, arguments, (response,))
        if target.name.endswith("Connection"):
            asked = page(self.writing, scope, target.name.removesuffix("Connection"), arguments, name)
            found = self.connection(target, response, nodes, asked, scope)
        else:
            found = self.records.rows(scope, target, nodes, many=is_list(definition))
        if "product" in arguments:
            # Nothing about a product that is not known would look like one without anything.
            known = product_lines(self.writing, self.writing.name("known"), arguments["product"])
            found = guarded(found, [f"EXISTS {{ {' '.join(known)} }}"])
        nullable = not is_non_null_type(definition.type)
        if nullable or "product" in arguments:
            self.lookups.append((response, nullable))
        return found

    def anything(self, name: str, response: str, nodes: list[FieldNode], arguments: Arguments) -> str:
        """One of `node`, `nodes` and `search`: rows of any type that the caller's schema has, each with its place among
        the types and then its values."""
        kinds = kinds_of(self.schema, name)
        if name == "search":
            return self.searched(kinds, (response,), nodes, arguments)
        given = self.writing.parameter(ids_of(name, arguments))
        if name == "node":
            self.lookups.append((response, True))
            return f"head({self.looked_up(kinds, (response,), nodes, (), given)})"
        one = self.writing.name("wanted")
        unwound = f"UNWIND {given} AS {one}"
        found = self.looked_up(kinds, (response,), nodes, (unwound,), one)
        return f"COLLECT {{ {unwound} RETURN head({found}) }}"

    def looked_up(
        self, kinds: list[Kind], path: Path, nodes: list[FieldNode], before: tuple[str, ...], given: str
    ) -> str:
        """The list of the one row with an id: an alternative for each type, so that each is looked up in its index."""
        texts = []
        for place, kind in enumerate(kinds):
            target = self.schema.type_map[kind.type_name]
            assert isinstance(target, GraphQLObjectType)  # noqa: S101
            selected = self.document.below(nodes, kind.type_name)
            found = self.writing.name("found")
            for levels, met in reachable(self.writing, kind, found):
                lines = (f"MATCH ({found}:{kind.label} {{id: {given}}})", *where(met))
                row = Row(found, kind.label, path, (*before, *lines), kind.release, levels)
                texts.append(
                    f"{' '.join(lines)} RETURN [{place}, {self.records.values(row, target, selected)}] AS node"
                )
        return f"COLLECT {{ {' UNION ALL '.join(texts)} }}" if texts else "[]"

    def searched(self, kinds: list[Kind], path: Path, nodes: list[FieldNode], arguments: Arguments) -> str:
        """The rows whose names hold the words."""
        found = self.writing.name("found")
        lines = search_lines(self.writing, found, arguments, kinds)
        maps = []
        for place, kind in enumerate(kinds):
            target = self.schema.type_map[kind.type_name]
            assert isinstance(target, GraphQLObjectType)  # noqa: S101
            row = Row(found, kind.label, path, (*lines, f"WITH {found} WHERE {found}:{kind.label}"))
            selected = self.document.below(nodes, kind.type_name)
            maps.append(f"WHEN {found}:{kind.label} THEN [{place}, {self.records.values(row, target, selected)}]")
        return f"COLLECT {{ {' '.join(lines)} RETURN CASE {' '.join(maps)} END }}" if maps else "[]"

    def twin(self, nodes: list[FieldNode], path: Path) -> str:
        entries = []
        for response, below in self.document.below(nodes).items():
            name = below[0].name.value
            if ("Twin", name) in LINKS:
                twin = self.schema.type_map["Twin"]
                assert isinstance(twin, GraphQLObjectType)  # noqa: S101
                target = get_named_type(twin.fields[name].type)
                assert isinstance(target, GraphQLObjectType)  # noqa: S101
                scope = LINKS["Twin", name](self.writing, ROOT, {}, (*path, response))
                entries.append(self.records.rows(scope, target, below, many=True))
            else:
                entries.append("'Twin'" if name == "__typename" else "published")
        return listed(entries)

    def connection(
        self, target: GraphQLObjectType, response: str, nodes: list[FieldNode], found: Page, scope: Scope
    ) -> str:
        selected_here = self.document.below(nodes)
        if {below[0].name.value for below in selected_here.values()} - {"totalCount", "__typename"}:
            self.pages.append(f"CALL (published) {{ {' '.join(found.lines)} }}")
            self.page_names.append(found.name)
        self.note_left_out(scope.row)
        self.seals[response,] = found.seal
        entries = []
        for name, below in selected_here.items():
            field = below[0].name.value
            selected = self.document.below(below)
            if field == "__typename":
                entries.append(f"'{target.name}'")
            elif field == "totalCount":
                entries.append(found.total)
            elif field == "pageInfo":
                entries.append(page_info(found, selected))
            elif field == "groups":
                entries.append(self.groups(target, found, (response, name), below))
            else:
                edge = get_named_type(target.fields["edges"].type)
                assert isinstance(edge, GraphQLObjectType)  # noqa: S101
                entries.append(self.edges(edge, found, selected, (response, name)))
        return listed(entries)

    def groups(self, target: GraphQLObjectType, found: Page, path: Path, nodes: list[FieldNode]) -> str:
        """The page's matching rows, grouped; computed beside the page."""
        definition = target.fields["groups"]
        group = get_named_type(definition.type)
        assert isinstance(group, GraphQLObjectType)  # noqa: S101
        arguments = arguments_of(nodes[0], definition, self.writing.variables)
        row = replace(found.rows, path=path, trail=found.matching)
        grouped = groups(self.writing, row, group, self.document, nodes, arguments)
        self.pages.append(f"CALL (published) {{ {' '.join([*found.matching, *grouped.lines])} }}")
        self.page_names.append(grouped.name)
        return grouped.name

    def edges(self, edge: GraphQLObjectType, found: Page, selected: Selected, path: Path) -> str:
        entries = []
        row = found.rows
        for response, nodes in selected.items():
            field = nodes[0].name.value
            if field == "__typename":
                entries.append(f"'{edge.name}'")
            elif field == "cursor":
                entries.append(found.cursor)
            else:
                node = get_named_type(edge.fields["node"].type)
                assert isinstance(node, GraphQLObjectType)  # noqa: S101
                placed = Row(row.variable, row.label, (*path, response), row.trail, row.release, row.levels)
                entries.append(self.records.values(placed, node, self.document.below(nodes)))
        return f"COLLECT {{ {row.trail[0]} RETURN {listed(entries)} }}"

    def note_left_out(self, row: Row) -> None:
        """A connection of predictions leaves out those whose subject hides its cells: name the rule, if it may apply.

        Whether it applies is asked of the subjects in reach, not of the predictions: the mark is the same whether or
        not a value exists.
        """
        if row.release is None:
            return
        for label, rule_name in dict.fromkeys(
            (SUBJECTS[level], name)
            for level in row.levels
            for name in subject_rules(self.writing, row.release, level)
            if self.writing.permissions.policy.rules[name].hides is Hides.CELL
        ):
            subject = self.writing.name("subject")
            rule = self.writing.permissions.policy.rules[rule_name]
            lines = " ".join(anchored(self.writing, label, subject))
            self.writing.hidden.append(
                Hidden(
                    row.path,
                    rule_name,
                    f"COLLECT {{ {lines} WITH {subject} WHERE NOT ({seen(self.writing, rule, subject)}) "
                    f"RETURN {subject}.id LIMIT 1 }}",
                    named=False,
                )
            )
