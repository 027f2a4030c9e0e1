"""What follows from the declaration: constraints, row validation, the reference page."""

import datetime
import math
from collections.abc import Iterator, Mapping

from graph.schema.catalogue import NODE_TYPES
from graph.schema.core import NodeType, Prop, RelType
from graph.schema.relationships import RELATIONSHIPS

NAMES_INDEX = "names"
NAMED = {
    "HCP": ("lastName", "firstName"),
    "Account": ("name",),
    "Territory": ("name",),
    "Payer": ("name",),
    "Plan": ("name",),
    "Product": ("brand", "generic"),
}
"""What people look up by its name: label -> the properties that hold it, the first one for the order."""


def constraint_statements() -> Iterator[str]:
    """Uniqueness constraints and indexes, one statement each, harmless when they exist.

    Community Neo4j has neither existence nor type constraints: `validate` is the gate for those.
    """
    for node in NODE_TYPES:
        yield (
            f"CREATE CONSTRAINT {node.label}_{node.key} IF NOT EXISTS\n"
            f"FOR (n:{node.label}) REQUIRE n.{node.key} IS UNIQUE"
        )
        for index in node.indexes:
            columns = ", ".join(f"n.{name}" for name in index)
            yield f"CREATE INDEX {node.label}_{'_'.join(index)} IF NOT EXISTS\nFOR (n:{node.label}) ON ({columns})"
    named = ", ".join(f"n.{name}" for name in dict.fromkeys(name for names in NAMED.values() for name in names))
    yield f"CREATE FULLTEXT INDEX {NAMES_INDEX} IF NOT EXISTS\nFOR (n:{'|'.join(NAMED)}) ON EACH [{named}]"


_PYTHON_TYPES: dict[str, type | tuple[type, ...]] = {
    "string": str,
    "integer": int,
    "float": (float, int),
    "boolean": bool,
    "date": datetime.date,
    "datetime": datetime.datetime,
}
_ITEM_TYPES = {"strings": "string", "floats": "float", "dates": "date"}


def complaint(declared: Prop, value: object) -> str | None:
    """Why ``value`` does not fit the property, or None when it does. The value itself is not repeated."""
    if value is None:
        return "is missing" if declared.required else None
    if declared.type in _ITEM_TYPES:
        if not isinstance(value, list | tuple):
            return f"is a {type(value).__name__}, not a list"
        item = Prop(_ITEM_TYPES[declared.type], declared.data_class, declared.sensitivity, declared.doc, replica=False)  # type: ignore[arg-type]
        return next((problem for entry in value if (problem := complaint(item, entry))), None)
    expected = _PYTHON_TYPES[declared.type]
    wrong_type = not isinstance(value, expected)
    if declared.type in ("integer", "float") and isinstance(value, bool):
        wrong_type = True
    if declared.type == "date" and isinstance(value, datetime.datetime):
        wrong_type = True
    if wrong_type:
        return f"is a {type(value).__name__}, not a {declared.type}"
    if isinstance(value, float) and not math.isfinite(value):
        return "is not a finite number"
    if isinstance(value, int) and not isinstance(value, bool) and not -(2**63) <= value < 2**63:
        return "does not fit 64 bits"
    if declared.values and value not in declared.values:
        return f"is not one of {', '.join(declared.values)}"
    return None


def complaints(kind: NodeType | RelType, row: Mapping[str, object]) -> list[str]:
    """Everything wrong with a row of a label or relationship; empty when it may be written."""
    name = kind.label if isinstance(kind, NodeType) else kind.type
    found = [f"{name}.{column} is not declared" for column in row if column not in kind.props]
    for column, declared in kind.props.items():
        problem = complaint(declared, row.get(column))
        if problem is not None and (column in row or declared.required):
            found.append(f"{name}.{column} {problem}")
    return found


def _table(props: Mapping[str, Prop]) -> Iterator[str]:
    yield "| property | type | unit | data class | sensitivity | model | replica | meaning |"
    yield "|---|---|---|---|---|---|---|---|"
    for name, prop in props.items():
        yield (
            f"| `{name}` | {prop.type} | {prop.unit or ''} | {prop.data_class} | {prop.sensitivity.name.lower()} "
            f"| {prop.feature} | {'yes' if prop.replica else 'no'} | {prop.doc} |"
        )


def reference_page() -> str:
    """The property reference as Markdown, committed as `docs/reference.md` and diffed by a test."""
    lines = ["# Property reference", "", "Generated from `graph/schema` by `twin schema --reference`.", ""]
    for node in NODE_TYPES:
        lines += [f"## {node.label}", "", f"{node.doc} Key: `{node.key}`.", ""]
        if node.precedence:
            lines += [f"Sources, strongest first: {', '.join(node.precedence)}.", ""]
        lines += [*_table(node.props), ""]
    lines += ["# Relationships", ""]
    for rel in RELATIONSHIPS:
        ends = ", ".join(f"`(:{start})-[:{rel.type}]->(:{end})`" for start, end in rel.ends)
        lines += [f"## {rel.type}", "", f"{rel.doc} {ends}. Data class: {rel.data_class}.", ""]
        if rel.props:
            lines += [*_table(rel.props), ""]
    return "\n".join(lines)
