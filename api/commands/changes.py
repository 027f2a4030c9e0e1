"""`twin changes`: what changed for an entity, when it held, when it was known, and from which record."""

import datetime
from typing import Any

import click

from api.commands.common import echo_result, json_option, load_settings, table
from graph.history.changes import changes_of
from graph.store import open_store


@click.command()
@click.argument("entity")
@click.option("--since", type=click.DateTime(["%Y-%m-%d"]), default="1900-01-01", help="Known since this date.")
@click.option("--limit", default=200, type=click.IntRange(1), show_default=True, help="How many changes, newest first.")
@json_option
def command(entity: str, since: datetime.datetime, limit: int, as_json: bool) -> None:
    """Show the changes of ENTITY: an id, or system:value such as npi:1234567893."""
    with open_store(load_settings()) as store:
        rows = [_plain(row) for row in changes_of(store, entity, since.date(), limit)]
    columns = ["known_at", "valid_at", "label", "property", "kind", "old", "new", "source", "record"]
    text = table(columns, [[row[name] for name in columns] for row in rows]) if rows else "nothing changed"
    echo_result(rows, as_json, text)


def _plain(row: dict[str, Any]) -> dict[str, Any]:
    return {name: value.iso_format() if hasattr(value, "iso_format") else value for name, value in row.items()}
