"""The log of differences: a `:Change` per property that changed and per entity or relationship that came or went.

The first delivery of a source is its baseline: what it brings is not logged, what it changes is. Every change can be
undone: what ends is logged with the values it had.
"""

from __future__ import annotations

from pathlib import Path

from graph.history.credit import Credit, open_credit
from graph.ingest.difference import Steps
from graph.ingest.engine import Connection, literal, quoted, scalar
from graph.ingest.fold import Target
from graph.schema.catalogue import node_type, rel_type
from graph.schema.core import DataClass, NodeType, Prop, RelType
from graph.store.store import text_of

KIND = """CASE
    WHEN change_kind IS NOT NULL THEN change_kind
    WHEN remapped AND NOT delivered THEN 'correction'
    WHEN NOT delivered OR credit.fresh AND record_on < getvariable('delivered') THEN 'identity'
    WHEN credit.restated AND old IS NOT NULL AND new IS NOT NULL THEN 'correction'
    WHEN credit.valid < previous OR getvariable('delivered') < getvariable('recorded') THEN 'late'
    ELSE 'new' END"""
_RECORD_ON = "try_cast(left(credit.record, 10) AS DATE)"


def log_changes(connection: Connection, steps: Steps, target: Target, run: str, staged: Path, committed: Path) -> int:
    """Add the step that logs the compared rows (`fresh`, `changed`, `ended`) of a target; return its rows.

    Needs the tables of `open_feeds` and the variables `delivered` and `recorded`.
    """
    if not _declared(target).logged or not _worth_a_look(connection, target):
        return 0
    credit = open_credit(connection, target, staged, committed)
    plain = [name for name in target.properties if name not in target.keys]
    selects = [_came(target, credit)]
    selects += [_changed(target, credit, name) for name in _differing(connection, plain)]
    if scalar(connection, "SELECT count(*) FROM ended"):
        selects.append(_went(target, credit))
        selects += [_went_with(target, credit, name) for name in plain if target.is_node or _other_class(target, name)]
    return steps.add(
        text_of("refresh/write_changes"),
        f"""SELECT
        'chg_' || left(sha256(concat_ws('|', {literal(run)}, entity, label, property, operation, detail)), 24),
        entity, other, label, property, operation, {KIND}, old, new,
        coalesce(credit.valid, credit.known, getvariable('delivered')),
        coalesce(credit.known, getvariable('delivered')), getvariable('recorded'), credit.source, credit.record,
        {literal(run)}, classes
        FROM (SELECT *, {_RECORD_ON} AS record_on FROM ({" UNION ALL ".join(selects)})) found
        LEFT JOIN feed ON feed.source = found.credit.source
        WHERE NOT (operation = 'added' AND coalesce(feed.baseline, false))
        ORDER BY entity, label, property, operation, detail""",
    )


def _declared(target: Target) -> NodeType | RelType:
    return node_type(target.name) if target.is_node else rel_type(target.name)


def _worth_a_look(connection: Connection, target: Target) -> bool:
    """False when nothing differs, or all that does is what a first delivery brings."""
    sources = ", ".join(literal(one.source) for one in target.sets)
    later = scalar(connection, f"SELECT count(*) FROM feed WHERE source IN ({sources}) AND NOT baseline")
    return bool(later) or bool(
        scalar(connection, "SELECT (SELECT count(*) FROM changed) + (SELECT count(*) FROM ended)")
    )


def _differing(connection: Connection, names: list[str]) -> list[str]:
    """The properties that differ in some row: each is a select of its own."""
    if not names:
        return []
    counts = ", ".join(f"count(*) FILTER (n.{quoted(name)} IS DISTINCT FROM o.{quoted(name)})" for name in names)
    found = connection.execute(f"SELECT {counts} FROM changed").fetchone()
    return [name for name, count in zip(names, found, strict=True) if count]


def _came(target: Target, credit: Credit) -> str:
    new = "NULL::VARCHAR" if target.is_node else _edge(target, "r")
    return (
        f"SELECT {_place(target, 'r')}, NULL::VARCHAR AS property, 'added' AS operation, NULL::VARCHAR AS old, "
        f"{new} AS new, {credit.of_arrival()} AS credit, {_classes(target, None)} AS classes "
        f"FROM fresh r {credit.joins('r')}"
    )


def _went(target: Target, credit: Credit) -> str:
    old = "NULL::VARCHAR" if target.is_node else _edge(target, "r")
    return (
        f"SELECT {_place(target, 'r')}, NULL::VARCHAR, 'ended', {old}, NULL::VARCHAR, {credit.of_departure()}, "
        f"{_classes(target, None)} FROM ended r {credit.joins('r')}"
    )


def _went_with(target: Target, credit: Credit, name: str) -> str:
    """A value that ended with its entity or relationship: under its own data class, so that each sees its own."""
    old = f"to_json(r.{quoted(name)})::VARCHAR" if target.is_node else _edge(target, "r", name)
    return (
        f"SELECT {_place(target, 'r')}, {literal(name)}, 'ended', {old}, NULL::VARCHAR, {credit.of_departure()}, "
        f"{_classes(target, name)} FROM ended r {credit.joins('r')} WHERE r.{quoted(name)} IS NOT NULL"
    )


def _changed(target: Target, credit: Credit, name: str) -> str:
    column = quoted(name)
    ended = name == "to" and not target.is_node
    operation = f"CASE WHEN r.o.{column} IS NULL THEN 'ended' ELSE 'changed' END" if ended else "'changed'"
    old, new = f"to_json(r.o.{column})::VARCHAR", f"to_json(r.n.{column})::VARCHAR"
    if not target.is_node:
        old, new = _edge(target, "r.o", name), _edge(target, "r.n", name)
    return (
        f"SELECT {_place(target, 'r.n')}, {literal(name)}, {operation}, {old}, {new}, {credit.of_property(name)}, "
        f"{_classes(target, name)} FROM changed r {credit.joins('r.n')} "
        f"WHERE r.n.{column} IS DISTINCT FROM r.o.{column}"
    )


def _place(target: Target, row: str) -> str:
    """SQL columns that say what a row is about; `detail` tells relationships between two entities apart."""
    if target.is_node:
        return f"{row}._id AS entity, NULL::VARCHAR AS other, {literal(target.name)} AS label, '' AS detail"
    detail = ", ".join(f"{row}.{quoted(key)}" for key in target.keys[1:])
    return (
        f"{row}._start AS entity, {row}._end AS other, {literal(target.name)} AS label, "
        f"concat_ws('|', {detail}) AS detail"
    )


def _edge(target: Target, row: str, name: str | None = None) -> str:
    """SQL for a relationship as JSON: its key with one property, or with all that share its data class."""
    names = list(target.keys[2:])
    if name is not None:
        names.append(name)
    else:
        names += [one for one in target.properties if one not in names and not _other_class(target, one)]
    parts = ", ".join(f"{literal(one)}: {row}.{quoted(one)}" for one in names)
    return f"to_json({{{parts}}})::VARCHAR" if parts else "'{}'"


def _other_class(target: Target, name: str) -> bool:
    return not target.is_node and _class(target, name) is not rel_type(target.name).data_class


def _class(target: Target, name: str) -> DataClass:
    prop: Prop = _declared(target).props[name]
    return prop.data_class


def _classes(target: Target, name: str | None) -> str:
    if target.is_node:
        node = node_type(target.name)
        return f"[{literal(_class(target, name or node.key).value)}]"
    classes = {rel_type(target.name).data_class.value}
    if name is not None:
        classes.add(_class(target, name).value)
    return f"[{', '.join(literal(one) for one in sorted(classes))}]"
