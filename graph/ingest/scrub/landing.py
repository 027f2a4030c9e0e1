"""Notes at landing: the scrubbed text, what was removed, and the length of the original, per record."""

from graph.errors import SourceError
from graph.ingest.contract import LONGEST_NOTE, cleaned
from graph.ingest.csvfile import Layout
from graph.ingest.engine import Connection, quoted
from graph.ingest.scrub.scrubber import Scrubber
from graph.sources import Table

BATCH = 2_000


def has_notes(table: Table) -> bool:
    """True when a column is free text about people."""
    return any(column.type == "note" for column in table.columns)


def note_columns(name: str) -> str:
    """SQL that picks the columns of a note from its table of `scrub_notes`."""
    table = quoted(f"note_{name}")
    parts = ((name, "text"), (f"{name}_removed", "removed"), (f"{name}_bytes", "bytes"))
    return ", ".join(f"{table}.{column} AS {quoted(alias)}" for alias, column in parts)


def scrub_notes(connection: Connection, table: Table, shape: Layout, scrubber: Scrubber | None) -> None:
    """Make the temporary table `note_<column>` (record, text, removed, bytes) for each column of type note.

    A note that is too long to be one is not scrubbed; its text is left out.
    """
    for column in table.columns:
        if column.type != "note":
            continue
        if scrubber is None:
            raise SourceError(f"table {table.name!r} has notes, and nothing to scrub them with: land it with a roster")
        made = quoted(f"note_{column.name}")
        connection.execute(f"DROP TABLE IF EXISTS {made}")
        connection.execute(f"CREATE TEMP TABLE {made} (_line BIGINT, text VARCHAR, removed VARCHAR[], bytes BIGINT)")
        places = shape.positions[column.name]
        if not places:
            continue
        text = cleaned(quoted(f"c{places[0]}"), table.masks)
        connection.execute(
            f"INSERT INTO {made} SELECT _line, NULL, NULL, strlen({text}) FROM raw "
            f"WHERE strlen({text}) > {LONGEST_NOTE}"
        )
        notes = connection.execute(f"SELECT _line, {text} FROM raw WHERE strlen({text}) <= {LONGEST_NOTE}").fetchall()
        for at in range(0, len(notes), BATCH):
            batch = notes[at : at + BATCH]
            scrubbed = [scrubber.scrub(note) for _, note in batch]
            connection.execute(
                f"INSERT INTO {made} SELECT unnest($1::BIGINT[]), unnest($2::VARCHAR[]), unnest($3::VARCHAR[][]), "
                "unnest($4::BIGINT[])",
                [
                    [line for line, _ in batch],
                    [one.text for one in scrubbed],
                    [list(one.removed) for one in scrubbed],
                    [len(note.encode()) for _, note in batch],
                ],
            )
