"""Identifiers become ids: what the twin knows is found, what a mapping may mint is minted, the rest is put aside."""

from graph.identity.mint import PREFIXES
from graph.ingest.engine import Connection, literal, met, minted, quoted
from graph.sources import Claim, Mapping

IDENTIFIER_COLUMNS = "system VARCHAR, value VARCHAR, label VARCHAR, id VARCHAR, named BOOLEAN, fresh BOOLEAN"
SECRET_SYSTEMS = ("person_token", "start_key", "claim_id", "pa_id", "case_id")
"""Identifiers made from personal values: never shown in quarantine."""
PUBLIC_SYSTEMS = ("npi", "ndc11")
"""Identifiers whose check leaves no room for a person: shown even where a source speaks of persons."""


def resolve_node(connection: Connection, mapping: Mapping, claim: Claim) -> None:
    """Turn the temporary table `picked` into `resolved` with `_id`."""
    systems = list(claim.identify.items())
    joins = " ".join(
        f"LEFT JOIN identifier i{at} ON i{at}.system = {literal(system)} AND i{at}.value = picked.{quoted(column)}"
        for at, (system, column) in enumerate(systems)
    )
    ids = ", ".join(f"i{at}.id" for at in range(len(systems)))
    labels = ", ".join(f"i{at}.label" for at in range(len(systems)))
    names = ", ".join(f"{literal(system + '|')} || picked.{quoted(column)}" for system, column in systems)
    prefix = PREFIXES[claim.target]
    fresh = f"CASE WHEN coalesce({ids}) IS NULL THEN {minted(prefix, f'coalesce({names})')} END"
    new_id = f"coalesce({ids}, {fresh})" if claim.mints else f"coalesce({ids})"
    connection.execute(
        f"CREATE OR REPLACE TEMP TABLE resolved AS SELECT picked.*, {new_id} AS _id, "
        f"coalesce({labels}, {literal(claim.target)}) AS _label FROM picked {joins}"
    )
    first_system, first_column = systems[0]
    _put_aside(
        connection,
        mapping,
        claim,
        first_column,
        f"_label <> {literal(claim.target)}",
        f"is known as something other than {claim.target}",
        first_system,
    )
    _put_aside(connection, mapping, claim, first_column, "_id IS NULL", f"is not known as {first_system}", first_system)


def learn_identifiers(connection: Connection, claim: Claim) -> None:
    """Add the identifiers in `resolved` that are new; rows put aside before teach nothing."""
    for system, column in claim.identify.items():
        connection.execute(
            f"INSERT INTO identifier SELECT {literal(system)}, {quoted(column)}, {literal(claim.target)}, min(_id), "
            f"{str(claim.named).lower()}, true FROM resolved WHERE {quoted(column)} IS NOT NULL AND NOT EXISTS ("
            f"SELECT 1 FROM identifier i WHERE i.system = {literal(system)} AND i.value = resolved.{quoted(column)}) "
            f"GROUP BY {quoted(column)}"
        )


def resolve_relationship(connection: Connection, mapping: Mapping, claim: Claim) -> None:
    """Turn the temporary table `picked` into `resolved` with `_start` and `_end`."""
    joins, found = [], []
    for name, (label, system, column) in (("start", claim.start), ("end", claim.end)):
        if system == "id":
            found.append(f"picked.{quoted(column)} AS _{name}")
            continue
        joins.append(
            f"LEFT JOIN identifier i_{name} ON i_{name}.system = {literal(system)} "
            f"AND i_{name}.value = picked.{quoted(column)} AND i_{name}.label = {literal(label)}"
        )
        found.append(f"i_{name}.id AS _{name}")
    connection.execute(
        f"CREATE OR REPLACE TEMP TABLE resolved AS SELECT picked.*, {', '.join(found)} FROM picked {' '.join(joins)}"
    )
    for name, (label, system, column) in (("start", claim.start), ("end", claim.end)):
        _put_aside(connection, mapping, claim, column, f"_{name} IS NULL", f"is not known as {label} {system}", system)


def _put_aside(
    connection: Connection, mapping: Mapping, claim: Claim, column: str, condition: str, reason: str, system: str
) -> None:
    """Move the rows of `resolved` that meet ``condition`` to `aside`."""
    personal = any(one.personal for table in mapping.tables for one in table.columns)
    told = system in PUBLIC_SYSTEMS or not (personal or system in SECRET_SYSTEMS)
    shown = f"left({quoted(column)}::VARCHAR, 80)" if told else "NULL"
    if not met(connection, "resolved", [(column, condition, reason)]):
        return
    connection.execute(
        f"INSERT INTO aside SELECT {literal(mapping.name)}, {literal(claim.target)}, NULL, "
        "regexp_extract(_record, '^(.*):(\\d+)$', 1), try_cast(regexp_extract(_record, '^(.*):(\\d+)$', 2) AS BIGINT), "
        f"{literal(column)}, {literal(reason)}, {shown} FROM resolved WHERE {condition}"
    )
    if claim.partition is not None:
        grouped = str(claim.partition == mapping.group).lower()
        connection.execute(
            f"INSERT INTO unresolved SELECT {quoted(claim.partition)}, {grouped} FROM resolved WHERE {condition}"
        )
    connection.execute(f"DELETE FROM resolved WHERE {condition}")
