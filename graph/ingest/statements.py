"""Writing statements, derived from the declaration: every label, type and property goes through the catalogue.

Rows travel as lists (``row[0]``, …). Each statement returns how many rows it wrote, so that a row whose node is not
there is noticed and nothing of the run stays.
"""

from collections.abc import Sequence

from graph.schema.catalogue import node_type, rel_type
from graph.schema.core import NodeType, RelType, SchemaError


def create_nodes(label: str, names: Sequence[str]) -> str:
    """Rows: id, then the properties in ``names``."""
    node = node_type(label)
    columns = [node.key, *names]
    return f"UNWIND $rows AS row\nCREATE (:{_q(label)} {{{_map(node, columns, 0)}}})\nRETURN count(*) AS written"


def create_identifiers(label: str) -> str:
    """Rows: id of the entity, then key, system and value of its identifier."""
    identifier = node_type("Identifier")
    properties = _map(identifier, ["key", "system", "value"], 1)
    return (
        f"UNWIND $rows AS row\nMATCH (entity:{_q(label)} {{{_key(label)}: row[0]}})\n"
        f"CREATE (:{_q('Identifier')} {{{properties}}})-[:{_q(rel_type('OF').type)}]->(entity)\n"
        "RETURN count(*) AS written"
    )


def return_nodes(label: str, names: Sequence[str]) -> str:
    """Rows as in `create_nodes`, of entities that are tombstones: each becomes itself again."""
    node = node_type(label)
    return (
        f"UNWIND $rows AS row\nMATCH (entity:Tombstone {{id: row[0]}})\n"
        f"REMOVE entity:Tombstone SET entity:{_q(label)}, entity = {{{_map(node, [node.key, *names], 0)}}}\n"
        "RETURN count(*) AS written"
    )


def set_node_properties(label: str, names: Sequence[str]) -> str:
    """Rows: id, then the values of ``names``; Neo4j leaves alone what is as it was."""
    node = node_type(label)
    return (
        f"UNWIND $rows AS row\nMATCH (entity:{_q(label)} {{{_key(label)}: row[0]}})\n"
        f"SET {_settings('entity', node, names, 1)}\nRETURN count(*) AS written"
    )


def bury_nodes(label: str) -> str:
    """Rows: id, day, run. What a refresh did not write ends with the entity: predictions and their reasons."""
    return (
        f"UNWIND $rows AS row\nMATCH (entity:{_q(label)} {{{_key(label)}: row[0]}})\n"
        "CALL (entity) {\n  OPTIONAL MATCH (about:Prediction)-[:ABOUT]->(entity) DETACH DELETE about\n}\n"
        "CALL (entity) {\n  OPTIONAL MATCH (entity)-[edge:!OF]-() DELETE edge\n}\n"
        f"REMOVE entity:{_q(label)}\n"
        f"SET entity:Tombstone, entity.label = {_text(label)}, entity.endedOn = row[1], entity.run = row[2]\n"
        "RETURN count(*) AS written"
    )


def create_relationships(name: str, start: str, end: str, names: Sequence[str]) -> str:
    """Rows: id of the start, id of the end, then the properties in ``names``."""
    properties = _map(rel_type(name), names, 2)
    return (
        f"UNWIND $rows AS row\n{_ends(name, start, end)}\n"
        f"CREATE (first)-[:{_q(name)}{f' {{{properties}}}' if properties else ''}]->(second)\n"
        "RETURN count(*) AS written"
    )


def set_relationship_properties(name: str, start: str, end: str, changed: Sequence[str]) -> str:
    """Rows: id of the start, id of the end, the key properties, then the values of ``changed``."""
    declared = rel_type(name)
    return (
        f"UNWIND $rows AS row\n{_ends(name, start, end)}\nMATCH (first)-[edge{_keyed(declared)}]->(second)\n"
        f"SET {_settings('edge', declared, changed, 2 + len(declared.key))}\nRETURN count(*) AS written"
    )


def delete_relationships(name: str, start: str, end: str) -> str:
    """Rows: id of the start, id of the end, the key properties."""
    return (
        f"UNWIND $rows AS row\n{_ends(name, start, end)}\nMATCH (first)-[edge{_keyed(rel_type(name))}]->(second)\n"
        "DELETE edge\nRETURN count(*) AS written"
    )


def _ends(name: str, start: str, end: str) -> str:
    if (start, end) not in rel_type(name).ends:
        raise SchemaError(f"{name} does not join {start} to {end}")
    return f"MATCH (first:{_q(start)} {{{_key(start)}: row[0]}})\nMATCH (second:{_q(end)} {{{_key(end)}: row[1]}})"


def _keyed(declared: RelType) -> str:
    properties = _map(declared, declared.key, 2)
    return f":{_q(declared.type)}{f' {{{properties}}}' if properties else ''}"


def _map(declared: NodeType | RelType, names: Sequence[str], first: int) -> str:
    return ", ".join(f"{_property(declared, name)}: row[{first + at}]" for at, name in enumerate(names))


def _settings(variable: str, declared: NodeType | RelType, names: Sequence[str], first: int) -> str:
    return ", ".join(f"{variable}.{_property(declared, name)} = row[{first + at}]" for at, name in enumerate(names))


def _text(label: str) -> str:
    return f"'{node_type(label).label}'"


def _property(declared: NodeType | RelType, name: str) -> str:
    if name not in declared.props:
        owner = declared.label if isinstance(declared, NodeType) else declared.type
        raise SchemaError(f"{owner}.{name} is not declared")
    return _q(name)


def _key(label: str) -> str:
    return _q(node_type(label).key)


def _q(name: str) -> str:
    """Backticked, as `from`, `to` and every other declared name may be."""
    if "`" in name:
        raise SchemaError(f"{name!r} cannot be a name in the graph")
    return f"`{name}`"
