"""The landed rows of a source as tables that its selects read, one row per key."""

import re
from dataclasses import dataclass
from pathlib import Path

from graph.errors import SourceError
from graph.ingest.contract import SQL_TYPES, may_be_told
from graph.ingest.engine import Connection, literal, met, quoted, scan, told
from graph.ingest.landing import Landed
from graph.ingest.scope import NEWEST, Scope, Unfit, put_aside_before
from graph.ingest.within import check_within
from graph.sources import Mapping, Table

QUARANTINE = (
    'CREATE TEMP TABLE IF NOT EXISTS aside (source VARCHAR, "table" VARCHAR, delivered DATE, file VARCHAR, '
    'line BIGINT, "column" VARCHAR, reason VARCHAR, value VARCHAR)'
)


@dataclass(frozen=True, slots=True)
class View:
    """The temporary tables opened for a mapping, to be dropped afterwards."""

    names: tuple[str, ...]

    def close(self, connection: Connection) -> None:
        for name in self.names:
            connection.execute(f"DROP TABLE IF EXISTS {quoted(name)}")


def open_view(
    connection: Connection, home: Path, mapping: Mapping, landed: tuple[Landed, ...], scope: Scope | None = None
) -> View:
    """Make the tables of a mapping and its intermediate ones; rows with unknown references go to `aside`.

    Beside the contract's columns each row has `_file`, `_line`, `_record` (both), `_delivered`, `_edition`,
    `_known_at`, `_first_known_at` (over all deliveries of its key) and `_restated` (its key came before). Raise `Unfit`
    when the scope is partial and cannot be.
    """
    names = []
    connection.execute(QUARANTINE)
    for table in mapping.tables:
        files = [one for one in landed if one.table == table.name]
        try:
            connection.execute(
                f"CREATE TEMP TABLE {quoted(table.name)} AS {rows_of(mapping, table, home, files, scope)}"
            )
            names.append(table.name)
            if scope is not None and scope.partial:
                put_aside_before(connection, mapping, table, scope.quarantine)
            _check_references(connection, mapping, table, scope)
        except Exception as error:
            raise SourceError(f"mapping {mapping.name!r}, table {table.name!r}: {told(error)}") from error
    for table in mapping.tables:
        check_within(connection, mapping, table)
    for part in mapping.prepare:
        select = part.select if scope is None else scope.select(part)
        try:
            connection.execute(f"CREATE TEMP TABLE {quoted(part.name)} AS {select}")
            names.append(part.name)
            if scope is not None:
                scope.keep(connection, part)
        except Unfit:
            View(tuple(names)).close(connection)
            raise
        except Exception as error:
            raise SourceError(f"mapping {mapping.name!r}, prepare {part.name!r}: {told(error)}") from error
    return View(tuple(names))


def rows_of(mapping: Mapping, table: Table, home: Path, files: list[Landed], scope: Scope | None = None) -> str:
    """SQL for what landed files of a table say together: one row per key, and per edition where it has editions."""
    if not files:
        return f"SELECT {_no_columns(table)} WHERE false"
    # The empty first part gives columns that the contract got after a file was landed: null in that file.
    each = f"SELECT {_nulls(_contract_types(table))} WHERE false UNION ALL BY NAME " + " UNION ALL BY NAME ".join(
        f"SELECT *, {literal(one.record_file)} AS _file, DATE {literal(one.delivered)} AS _delivered, "
        f"{'NULL' if one.edition is None else literal(one.edition)}::DATE AS _edition "
        f"FROM {scan([home / one.parquet])}{'' if scope is None else ' ' + scope.rows(table)}"
        for one in files
    )
    key = ", ".join(quoted(name) for name in table.key) or "_record"
    if mapping.kind == "editions":
        key += ", _edition"
    known = f"SELECT *, _file || ':' || _line AS _record, ({table.known_at})::DATE AS _known_at FROM ({each})"
    # Worth their while only where a select asks for them.
    all_of_it = "ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING"
    asked = any("_first_known_at" in select for select in _selects(mapping))
    earliest = f"min(_known_at) OVER (PARTITION BY {key} ORDER BY {NEWEST} {all_of_it})" if asked else "NULL::DATE"
    asked = any("_restated" in select for select in _selects(mapping))
    restated = "lead(true) OVER newest IS NOT NULL" if asked else "NULL::BOOLEAN"
    ranked = (
        f"SELECT *, {earliest} AS _first_known_at, {restated} AS _restated, row_number() OVER newest AS _rank "
        f"FROM ({known}) WINDOW newest AS (PARTITION BY {key} ORDER BY {NEWEST})"
    )
    left = ", ".join(quoted(name) for name in ("_rank", *_unread(mapping, table)))
    return f"SELECT * EXCLUDE ({left}) FROM ({ranked}) WHERE _rank = 1 {_current(mapping, files)}"


def _unread(mapping: Mapping, table: Table) -> list[str]:
    """The columns that nothing asks for: wide rows make every step slower."""
    readers = [select for select in _selects(mapping) if re.search(rf"\b{table.name}\b", select)]
    if any("*" in select.replace("count(*)", "") for select in readers):
        return []
    targets = [column for other in mapping.tables for name, column in other.within.values() if name == table.name]
    asked = {*table.key, table.partition, *table.references, *table.within, *targets}
    words = set(re.findall(r"\w+", " ".join([*readers, table.known_at, mapping.data_time])))
    return [column.name for column in table.columns if column.name not in asked | words]


def _selects(mapping: Mapping) -> list[str]:
    return [part.select for part in mapping.prepare] + [claim.select for claim in mapping.claims]


def _current(mapping: Mapping, files: list[Landed]) -> str:
    """SQL that keeps the newest complete delivery of a snapshot, or of each edition, and the changes after it."""
    whole = [one for one in files if one.complete]
    if mapping.kind == "delta" or not whole:
        return ""
    if mapping.kind == "snapshot":
        return f"AND _delivered >= DATE {literal(max(one.delivered for one in whole))}"
    newest = {str(one.edition): one.delivered for one in sorted(whole, key=lambda one: one.delivered)}
    return " ".join(
        f"AND (_edition <> DATE {literal(edition)} OR _delivered >= DATE {literal(delivered)})"
        for edition, delivered in newest.items()
    )


def _contract_types(table: Table) -> dict[str, str]:
    types = {column.name: SQL_TYPES.get(column.type, "VARCHAR") for column in table.columns}
    types |= {f"{column.name}_removed": "VARCHAR[]" for column in table.columns if column.type == "note"}
    if table.unpivot is not None:
        types |= {table.unpivot.name: "VARCHAR", table.unpivot.value: "BIGINT"}
    return types


def _nulls(types: dict[str, str]) -> str:
    return ", ".join(f"NULL::{kind} AS {quoted(name)}" for name, kind in types.items())


def _no_columns(table: Table) -> str:
    types = _contract_types(table) | {"_line": "BIGINT", "_file": "VARCHAR", "_record": "VARCHAR"}
    types |= dict.fromkeys(("_delivered", "_edition", "_known_at", "_first_known_at"), "DATE") | {
        "_restated": "BOOLEAN"
    }
    return _nulls(types)


def _check_references(connection: Connection, mapping: Mapping, table: Table, scope: Scope | None = None) -> None:
    for name, systems in table.references.items():
        known = ", ".join(literal(system) for system in systems)
        column = quoted(name)
        unknown = (
            f"{column} IS NOT NULL AND NOT EXISTS (SELECT 1 FROM identifier "
            f"WHERE identifier.system IN ({known}) AND identifier.value = {quoted(table.name)}.{column})"
        )
        if not met(connection, table.name, [(name, unknown, "")]):
            continue
        shown = column if may_be_told(table, name) else "NULL"
        connection.execute(
            f"INSERT INTO aside SELECT {literal(mapping.name)}, {literal(table.name)}, _delivered, _file, _line, "
            f"{literal(name)}, {literal('is not known as ' + ' or '.join(systems))}, {shown} "
            f"FROM {quoted(table.name)} WHERE {unknown}"
        )
        if scope is not None and table.partition is not None:
            value = quoted(table.partition)
            connection.execute(
                f"INSERT INTO unresolved SELECT {value}, false FROM {quoted(table.name)} WHERE {unknown}"
            )
        connection.execute(f"DELETE FROM {quoted(table.name)} WHERE {unknown}")
