"""What a mapping may say, by the declaration."""

from graph.schema.catalogue import node_type, rel_type
from graph.schema.core import SchemaError
from graph.sources.mapping import Claim, Mapping, Table
from graph.sources.readers import READERS


def check(mapping: Mapping) -> None:
    """Raise `ValueError` for the first thing in ``mapping`` that the declaration does not know or allow."""
    for table in mapping.tables:
        names = [column.name for column in table.columns]
        if table.unpivot is not None:
            names += [table.unpivot.name, table.unpivot.value]
        for name in (*table.key, *table.references):
            if name not in names:
                raise ValueError(f"table {table.name!r} has no column {name!r}")
        _check_partition(table)
        _check_reader(table)
        _check_within(mapping, table, names)
        if mapping.kind == "editions" and table.edition is None:
            raise ValueError(f"table {table.name!r}: editions need an `edition` pattern that finds a date")
        if mapping.kind == "editions" and not table.key:
            raise ValueError(f"table {table.name!r}: editions need a `key` by which a row is found in a later file")
        if mapping.kind != "delta" and table.partition is not None:
            raise ValueError(f"table {table.name!r} has a `partition`: only a delta may, which nothing is missing from")
    _check_prepared(mapping)
    for claim in mapping.claims:
        try:
            _check_node(mapping, claim) if claim.kind == "node" else _check_relationship(claim)
        except SchemaError as error:
            raise ValueError(str(error)) from error


def _check_partition(table: Table) -> None:
    required = [column.name for column in table.columns if column.required]
    if table.partition is not None and table.partition not in required:
        raise ValueError(f"table {table.name!r} has partition {table.partition!r}: it needs to be a required column")


def _check_reader(table: Table) -> None:
    if table.reader is None:
        if table.options:
            raise ValueError(f"table {table.name!r} has options but no `reader` that they are for")
        return
    if table.reader not in READERS:
        raise ValueError(f"table {table.name!r}: reader {table.reader!r} is not known: use {', '.join(READERS)}")
    READERS[table.reader].check(table)


def _check_prepared(mapping: Mapping) -> None:
    for part in mapping.prepare:
        if part.kept and part.partition is None:
            raise ValueError(f"prepare {part.name!r} is kept: it needs a `partition`")
        if part.group is not None and not part.kept:
            raise ValueError(f"prepare {part.name!r} has a `group`: it needs `kept = true`")
        if part.group not in (None, mapping.group):
            raise ValueError(f"prepare {part.name!r} has group {part.group!r}, another one {mapping.group!r}: use one")


def _check_within(mapping: Mapping, table: Table, names: list[str]) -> None:
    for name, (other, column) in table.within.items():
        if name not in names:
            raise ValueError(f"table {table.name!r} has no column {name!r}")
        found = [one for one in mapping.tables if one.name == other]
        if not found or column not in [one.name for one in found[0].columns]:
            raise ValueError(f"table {table.name!r}: `within` names {other}.{column}, which is not there")


def _check_node(mapping: Mapping, claim: Claim) -> None:
    node = node_type(claim.target)
    allowed = {*node.precedence, *(source for prop in node.props.values() for source in prop.precedence)}
    if mapping.name not in allowed:
        raise ValueError(f"{claim.target} gives no precedence to {mapping.name!r}: add it in the declaration")
    if not claim.identify:
        raise ValueError(f"{claim.target} is not identified by anything")
    for system in claim.identify:
        if system not in node.identifiers:
            raise ValueError(f"{claim.target} is not known by {system!r}: use one of {', '.join(node.identifiers)}")
    for name in claim.when_gone:
        if name not in node.props:
            raise ValueError(f"{claim.target}.{name} is not declared")


def _check_relationship(claim: Claim) -> None:
    declared = rel_type(claim.target)
    ends = (claim.start[0], claim.end[0])
    if ends not in declared.ends:
        raise ValueError(f"{claim.target} does not join {ends[0]} to {ends[1]}")
    for label, system, _ in (claim.start, claim.end):
        if system != "id" and system not in node_type(label).identifiers:
            raise ValueError(f"{label} is not known by {system!r}")
