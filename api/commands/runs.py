"""`twin runs`: the ledger of refreshes and the age of each source's data."""

import datetime
from typing import Any

import click

from api.commands.common import echo_result, json_option, load_settings, table
from graph.store import open_store


@click.command()
@click.option("--limit", default=20, type=click.IntRange(1), show_default=True, help="How many runs, newest first.")
@json_option
def command(limit: int, as_json: bool) -> None:
    """Show what the last refreshes did and how old each source's data is."""
    with open_store(load_settings()) as store:
        runs = [_plain(row) for row in store.read("read/runs", limit=limit)]
        sources = [_plain(row) for row in store.read("read/sources")]
    run_columns = ["run", "delivered_on", "started_at", "sequence", "inserted", "updated", "tombstoned", "sources"]
    source_columns = ["source", "data_time", "refreshed_at", "rows_in", "rows_loaded", "rows_quarantined"]
    text = "\n\n".join([_table(run_columns, runs), _table(source_columns, sources)])
    echo_result({"runs": runs, "sources": sources}, as_json, text)


def _plain(row: dict[str, Any]) -> dict[str, Any]:
    """Neo4j's dates as ISO texts."""
    return {name: value.iso_format() if hasattr(value, "iso_format") else value for name, value in row.items()}


def _table(columns: list[str], rows: list[dict[str, Any]]) -> str:
    return table(
        [name.replace("_", " ") for name in columns],
        [[_shown(name, row[name]) for name in columns] for row in rows],
    )


def _shown(name: str, value: Any) -> object:
    """A cell for people: lists as words, instants to the minute."""
    if isinstance(value, list):
        return ", ".join(value)
    if name.endswith("_at") and value is not None:
        return datetime.datetime.fromisoformat(value).astimezone(datetime.UTC).strftime("%Y-%m-%d %H:%M UTC")
    return value
