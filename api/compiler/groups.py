"""Rows of a connection counted and summed up, by the plain fields that are selected."""

from dataclasses import dataclass

from graphql import FieldNode, GraphQLObjectType, get_named_type

from api.binding import BINDINGS
from api.compiler.bands import band
from api.compiler.cells import shown
from api.compiler.patterns import Arguments, leaf
from api.compiler.restricted import note_hidden_cells
from api.compiler.rows import Row
from api.compiler.selection import Document
from api.compiler.writing import Writing

# Added up as whole millionths: the last bits of a sum of floats depend on the order in which rows are met, and this on
# rows that are hidden.
MILLIONTHS = "sum(toInteger(round(toFloat({0}) * 1000000)))"
FIGURES = {
    "known": "count({0})",
    "min": "min({0})",
    "max": "max({0})",
    "mean": f"CASE WHEN count({{0}}) > 0 THEN round({MILLIONTHS} / (1000000.0 * count({{0}})), 6) END",
    "sum": f"{MILLIONTHS} / 1000000.0",
}


@dataclass(frozen=True, slots=True)
class Grouped:
    """Lines that follow those of the matching rows, and the name under which they return the list of groups."""

    name: str
    lines: tuple[str, ...]


def groups(
    writing: Writing,
    row: Row,
    target: GraphQLObjectType,
    document: Document,
    nodes: list[FieldNode],
    arguments: Arguments,
) -> Grouped:
    """Compile the groups of a connection, largest first; a null or hidden value is a group and no figure."""
    members = BINDINGS[target.name].members
    count, name = writing.name("count"), writing.name("groups")
    columns, keys, entries = [f"count({row.variable}) AS {count}"], list[str](), list[str]()
    read: list[tuple[str, str]] = []
    for response, below in document.below(nodes).items():
        field = below[0].name.value
        if field == "__typename":
            entries.append(f"'{target.name}'")
        elif field == "count":
            entries.append(count)
        else:
            member = members[field]
            read.append((response, member.property or "value"))
            value = band(writing, row) if member.property is None else shown(writing, row, member.property)
            if get_named_type(target.fields[field].type).name == "NumberSummary":
                figures, named = _figures(writing, document, below, value)
                columns += figures
                entries.append(named)
            else:
                key = writing.name("key")
                keys.append(key)
                columns.append(f"{value} AS {key}")
                entries.append(key)
    note_hidden_cells(writing, row, read, named=False)
    order = ", ".join([f"{count} DESC", *(f"{key} IS NULL, {key}" for key in keys)])
    limit = writing.parameter(leaf(arguments["first"]))
    return Grouped(
        name,
        (
            f"WITH {', '.join(columns)}",
            f"ORDER BY {order} LIMIT toInteger({limit})",
            f"RETURN collect([{', '.join(entries)}]) AS {name}",
        ),
    )


def _figures(writing: Writing, document: Document, nodes: list[FieldNode], value: str) -> tuple[list[str], str]:
    """The figures as columns, and the list that shows them."""
    columns, entries = [], []
    for below in document.below(nodes).values():
        field = below[0].name.value
        if field == "__typename":
            entries.append("'NumberSummary'")
            continue
        figure = writing.name("figure")
        columns.append(f"{FIGURES[field].format(value)} AS {figure}")
        entries.append(figure)
    return columns, f"[{', '.join(entries)}]"
