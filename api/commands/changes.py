"""`twin changes`: what changed for an entity, when it held, when it was known, and from which record."""

import datetime
from typing import Any

import click

from api.commands.common import echo_result, json_option, load_settings, table
from graph.history.changes import changes_of
from graph.schema.evidence import KIND
from graph.store import open_store

DAY = click.DateTime(["%Y-%m-%d"])
COLUMNS = (
    "recorded_on",
    "known_at",
    "valid_at",
    "label",
    "other",
    "property",
    "operation",
    "kind",
    "old",
    "new",
    "source",
    "record",
)


@click.command()
@click.argument("entity")
@click.option("--since", type=DAY, default="1900-01-01", help="Recorded on this date or later.")
@click.option("--until", type=DAY, default="9999-12-31", help="Recorded on this date or earlier.")
@click.option("--kind", "kinds", type=click.Choice(KIND), multiple=True, help="Only changes of this kind; repeatable.")
@click.option("--limit", default=200, type=click.IntRange(1), show_default=True, help="How many changes, newest first.")
@json_option
def command(
    entity: str,
    since: datetime.datetime,
    until: datetime.datetime,
    kinds: tuple[str, ...],
    limit: int,
    as_json: bool,
) -> None:
    """Show the changes of ENTITY: an id, or system:value such as npi:1234567893.

    recorded_on is the date of the delivery with which the twin learned it, known_at the date at which it could be
    known, valid_at the date from which it holds.
    """
    with open_store(load_settings()) as store:
        found = changes_of(store, entity, since.date(), limit, until=until.date(), kinds=kinds)
    rows = [_plain(row) for row in found]
    text = table(list(COLUMNS), [[row[name] for name in COLUMNS] for row in rows]) if rows else "nothing changed"
    echo_result(rows, as_json, text)


def _plain(row: dict[str, Any]) -> dict[str, Any]:
    return {name: value.iso_format() if hasattr(value, "iso_format") else value for name, value in row.items()}
