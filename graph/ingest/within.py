"""Foreign keys inside one source: a row that names a row which is not there is put aside."""

from graph.ingest.engine import Connection, literal, met, quoted
from graph.sources import Mapping, Table


def check_within(connection: Connection, mapping: Mapping, table: Table) -> None:
    """Move the rows of an opened table whose keys lead nowhere to `aside`; all tables of the mapping are open."""
    personal = any(column.personal for column in table.columns)
    for name, (other, key) in table.within.items():
        column, here = quoted(name), quoted(table.name)
        nowhere = (
            f"{column} IS NOT NULL AND NOT EXISTS (SELECT 1 FROM {quoted(other)} other "
            f"WHERE other.{quoted(key)} = {here}.{column})"
        )
        if not met(connection, table.name, [(name, nowhere, "")]):
            continue
        shown = "NULL" if personal else f"left({column}::VARCHAR, 80)"
        connection.execute(
            f"INSERT INTO aside SELECT {literal(mapping.name)}, {literal(table.name)}, _delivered, _file, _line, "
            f"{literal(name)}, {literal(f'names a row of {other} that is not there')}, {shown} "
            f"FROM {here} WHERE {nowhere}"
        )
        connection.execute(f"DELETE FROM {here} WHERE {nowhere}")
