"""`twin runs`: what happened each night, and the state of each source."""

import datetime
from typing import Any

import click

from api.commands.common import echo_result, json_option, load_settings, table
from graph.store import open_store

RUN = ("run", "state", "delivered_on", "started_at", "sequence", "inserted", "updated", "tombstoned", "sources")
SOURCE = ("source", "state", "data_time", "age_days", "delivered_on", "stale_since", "rows_in", "rows_quarantined")


@click.command()
@click.option("--limit", default=20, type=click.IntRange(1), show_default=True, help="How many runs, newest first.")
@json_option
def command(limit: int, as_json: bool) -> None:
    """Show what the last refreshes did, what is held and why, and how old each source's data is."""
    with open_store(load_settings()) as store:
        runs = [_plain(row) for row in store.read("read/runs", limit=limit)]
        sources = [_plain(row) for row in store.read("read/sources")]
    held = [
        f"{row['source']} is held since {row['held_since']}: {row['held_reason']}"
        for row in sources
        if row["state"] == "held"
    ]
    text = "\n\n".join([_table(RUN, runs), _table(SOURCE, sources), *(["\n".join(held)] if held else [])])
    echo_result({"runs": runs, "sources": sources}, as_json, text)


def _plain(row: dict[str, Any]) -> dict[str, Any]:
    """Neo4j's dates as ISO texts."""
    return {name: value.iso_format() if hasattr(value, "iso_format") else value for name, value in row.items()}


def _table(columns: tuple[str, ...], rows: list[dict[str, Any]]) -> str:
    return table(
        [name.replace("_", " ") for name in columns],
        [[_shown(name, row[name]) for name in columns] for row in rows],
    )


def _shown(name: str, value: Any) -> object:
    """A cell for people: sources with their rows, instants to the minute."""
    if isinstance(value, list):
        return ", ".join(_source(one) for one in value)
    if name.endswith("_at") and value is not None:
        return datetime.datetime.fromisoformat(value).astimezone(datetime.UTC).strftime("%Y-%m-%d %H:%M UTC")
    return value


def _source(one: dict[str, Any]) -> str:
    if one["state"] == "held":
        return f"{one['name']} (held)"
    aside = one["rowsQuarantined"]
    return f"{one['name']} {one['rowsIn']:,}" + (f" ({aside:,} aside)" if aside else "")
