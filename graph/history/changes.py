"""The log of differences: one `:Change` per property that changed and per entity or relationship that came or went.

The first delivery of a source is its baseline and is not logged.
"""

import datetime

from graph.errors import NotFound
from graph.ingest.difference import Steps
from graph.ingest.engine import literal, quoted, scan
from graph.ingest.fold import ClaimSet, Target
from graph.schema.catalogue import NODE_TYPES, node_type, rel_type
from graph.store import Store
from graph.store.store import Row, text_of

REMEDY = "use an id, or system:value such as npi:1234567893"
ENTITIES = "|".join(one.label for one in NODE_TYPES if one.logged and one.key == "id" and one.written_by == "refresh")
IS_THERE = f"MATCH (entity:{ENTITIES} {{id: $entity_id}}) RETURN entity.id AS id LIMIT 1"


def log_changes(steps: Steps, target: Target, run: str, baseline: set[str]) -> int:
    """Add the step that logs the compared rows (`fresh`, `changed`, `ended`) of a target; return its rows."""
    declared = node_type(target.name) if target.is_node else rel_type(target.name)
    if not declared.logged:
        return 0
    selects = [_came(target)]
    if not target.is_node:
        selects.append(_went(target))
    selects += [_changed(target, name) for name in target.properties if name not in target.keys]
    first_deliveries = ", ".join(literal(source) for source in sorted(baseline)) or "''"
    return steps.add(
        text_of("refresh/write_changes"),
        f"""SELECT 'chg_' || left(sha256(concat_ws('|', {literal(run)}, entity, label, property, kind, detail)), 24),
        entity, label, property, kind, old, new, coalesce(lineage.valid, lineage.known, getvariable('delivered')),
        coalesce(lineage.known, getvariable('delivered')), lineage.source, lineage.record, {literal(run)}, classes
        FROM ({" UNION ALL ".join(selects)}) WHERE lineage.source NOT IN ({first_deliveries})
        ORDER BY entity, label, property, kind, detail""",
    )


def _came(target: Target) -> str:
    new = "NULL::VARCHAR" if target.is_node else _edge(target, "r")
    return (
        f"SELECT r.{target.ids[0]} AS entity, {literal(target.name)} AS label, NULL::VARCHAR AS property, "
        f"'added' AS kind, {_detail(target, 'r')} AS detail, NULL::VARCHAR AS old, {new} AS new, "
        f"{_lineage(target.sets, None)} AS lineage, {_classes(target, None)} AS classes "
        f"FROM fresh r {_joins(target, target.sets, 'r')}"
    )


def _went(target: Target) -> str:
    source = literal(target.sets[0].source)
    return (
        f"SELECT r._start, {literal(target.name)}, NULL::VARCHAR, 'ended', {_detail(target, 'r')}, "
        f"{_edge(target, 'r')}, NULL::VARCHAR, {{'source': {source}, 'record': NULL::VARCHAR, "
        f"'known': getvariable('delivered'), 'valid': getvariable('delivered')}}, {_classes(target, None)} FROM ended r"
    )


def _changed(target: Target, name: str) -> str:
    column = quoted(name)
    sets = target.ranked(name)
    ended = f"WHEN r.o.{column} IS NULL THEN 'ended'" if name == "to" and not target.is_node else ""
    kind = f"CASE {ended} ELSE 'changed' END" if ended else "'changed'"
    old, new = f"to_json(r.o.{column})::VARCHAR", f"to_json(r.n.{column})::VARCHAR"
    if not target.is_node:
        old, new = _edge(target, "r.o", name), _edge(target, "r.n", name)
    return (
        f"SELECT r.n.{target.ids[0]}, {literal(target.name)}, {literal(name)}, {kind}, {_detail(target, 'r.n')}, "
        f"{old}, {new}, {_lineage(sets, name)}, {_classes(target, name)} "
        f"FROM changed r {_joins(target, sets, 'r.n')} WHERE r.n.{column} IS DISTINCT FROM r.o.{column}"
    )


def _joins(target: Target, sets: tuple[ClaimSet, ...] | list[ClaimSet], row: str) -> str:
    same = " AND ".join(f"{{0}}.{quoted(key)} = {row}.{quoted(key)}" for key in target.keys)
    return " ".join(f"LEFT JOIN {scan([one.path])} c{at} ON {same.format(f'c{at}')}" for at, one in enumerate(sets))


def _lineage(sets: tuple[ClaimSet, ...] | list[ClaimSet], name: str | None) -> str:
    """SQL for where a value comes from: the strongest claim that has it, else the strongest claim."""
    cases = []
    for at, one in enumerate(sets):
        has = f"c{at}.{quoted(name)} IS NOT NULL" if name is not None else f"c{at}._gone IS NOT NULL"
        cases.append(f"WHEN {has} THEN {_claim(at, one)}")
    return f"CASE {' '.join(cases)} ELSE {_claim(0, sets[0])} END"


def _claim(at: int, one: ClaimSet) -> str:
    return (
        f"{{'source': {literal(one.source)}, 'record': c{at}._record, 'known': c{at}._known_at, "
        f"'valid': c{at}._valid_at}}"
    )


def _edge(target: Target, row: str, name: str | None = None) -> str:
    """SQL for a relationship as JSON: its other end and its properties, or its key and the one that changed."""
    names = [*target.keys[2:], name] if name is not None else list(target.properties)
    parts = [f"'end': {row}._end", *(f"{literal(one)}: {row}.{quoted(one)}" for one in names)]
    return f"to_json({{{', '.join(parts)}}})::VARCHAR"


def _detail(target: Target, row: str) -> str:
    """SQL that tells relationships of one start apart."""
    if target.is_node:
        return "''"
    return f"concat_ws('|', {', '.join(f'{row}.{quoted(key)}' for key in target.keys[1:])})"


def _classes(target: Target, name: str | None) -> str:
    if target.is_node:
        node = node_type(target.name)
        data_class = node.props[name or node.key].data_class
        return f"[{literal(data_class.value)}]"
    relationship = rel_type(target.name)
    classes = {relationship.data_class.value}
    if name is not None:
        classes.add(relationship.props[name].data_class.value)
    return f"[{', '.join(literal(one) for one in sorted(classes))}]"


def find_entity(store: Store, entity: str) -> str:
    """The id behind ``entity``: an id itself, or an identifier such as ``npi:1234567893``; raise `NotFound`."""
    if ":" not in entity:
        return entity
    system, _, value = entity.partition(":")
    rows = store.read("read/changes_entity_by_identifier", key=f"{system}|{value}")
    if not rows:
        raise NotFound(f"nothing in the twin is known as {entity!r}: {REMEDY}")
    return str(rows[0]["id"])


def changes_of(store: Store, entity: str, since: datetime.date, limit: int = 1000) -> list[Row]:
    """The logged changes of an entity known since a date, newest first; raise `NotFound` when there is no such one."""
    entity_id = find_entity(store, entity)
    rows = store.read("read/changes_of_entity", entity_id=entity_id, since=since, limit=limit)
    if not rows and not store.read(IS_THERE, entity_id=entity_id):
        raise NotFound(f"nothing in the twin is known as {entity!r}: {REMEDY}")
    return rows
