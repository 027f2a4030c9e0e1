"""`twin quarantine`: the rows that were put aside, with the reason."""

import datetime

import click

from api.commands.common import echo_result, json_option, load_settings, table
from graph.errors import SourceError
from graph.ingest.engine import engine
from graph.ingest.quarantine import COLUMNS, quarantined
from graph.ingest.state import StateFolder
from graph.sources import load_mappings


@click.command()
@click.option("--source", help="Only this source.")
@click.option("--limit", default=100, type=click.IntRange(1), show_default=True, help="How many rows.")
@json_option
def command(source: str | None, limit: int, as_json: bool) -> None:
    """List rows that were put aside: file, record, column, reason, and the value unless it is personal."""
    names = [mapping.name for mapping in load_mappings()]
    if source is not None and source not in names:
        raise SourceError(f"no source is called {source!r}: use one of {', '.join(names)}")
    settings = load_settings()
    folder = StateFolder(settings)
    with engine(settings) as connection:
        rows = quarantined(connection, settings.home, folder.committed, folder.load(), source)
    for row in rows:
        if isinstance(row["delivered"], datetime.date):
            row["delivered"] = row["delivered"].isoformat()
    shown = rows[:limit]
    columns = [name for name in COLUMNS if name != "delivered"]
    text = f"{len(rows):,} rows put aside" + (f", the first {limit}:" if len(rows) > limit else "")
    if shown:
        text += "\n\n" + table(columns, [[row[name] for name in columns] for row in shown])
    echo_result({"rows": len(rows), "shown": shown}, as_json, text)
