"""`twin quarantine`: the rows that were put aside: list them, explain one, try them again."""

from dataclasses import asdict
from typing import Any

import click

from api.commands.common import echo_result, json_option, load_settings, table
from graph.errors import SourceError
from graph.ingest.engine import engine
from graph.ingest.explain import Explanation, explain
from graph.ingest.quarantine import COLUMNS, quarantined
from graph.ingest.state import StateFolder
from graph.refresh import retry as retry_rows
from graph.sources import load_mappings
from graph.store import open_store


@click.group(invoke_without_command=True)
@click.option("--source", help="Only this source.")
@click.option("--limit", default=100, type=click.IntRange(1), show_default=True, help="How many rows.")
@json_option
@click.pass_context
def command(context: click.Context, source: str | None, limit: int, as_json: bool) -> None:
    """Rows that were put aside. Without a subcommand they are listed."""
    if context.invoked_subcommand is None:
        _list(source, limit, as_json)


@command.command("list")
@click.option("--source", help="Only this source.")
@click.option("--limit", default=100, type=click.IntRange(1), show_default=True, help="How many rows.")
@json_option
def list_rows(source: str | None, limit: int, as_json: bool) -> None:
    """List rows: file, record, column, reason, and the value unless it is personal."""
    _list(source, limit, as_json)


@command.command("explain")
@click.argument("record")
@click.option("--show-original", is_flag=True, help="Show the row as it was delivered: it may be personal data.")
@json_option
def explain_row(record: str, show_original: bool, as_json: bool) -> None:
    """Explain why RECORD (such as 2025-01-01/claims.csv:17) was put aside, and what to do."""
    settings = load_settings()
    folder = StateFolder(settings)
    with engine(settings) as connection:
        found = explain(
            connection, settings, load_mappings(), folder.committed, folder.load(), record, original=show_original
        )
    echo_result([_to_json(one, show_original) for one in found], as_json, "\n\n".join(_text(one) for one in found))


@command.command()
@click.option("--source", "sources", multiple=True, help="Only this source; may be repeated.")
@json_option
def retry(sources: tuple[str, ...], as_json: bool) -> None:
    """Load the rows that satisfy their contract by now, or name what is known by now, in a run of their own."""
    settings = load_settings()
    with open_store(settings) as store:
        report = retry_rows(settings, store, sources)
    lines = [f"{one.name}: {one.rows_quarantined:,} rows stay aside in the files retried" for one in report.sources]
    lines += [f"{one.name} is held: {one.reason}" for one in report.held]
    echo_result(report.to_json(), as_json, "\n".join(lines) or "nothing to retry: no row would fare otherwise")


def _list(source: str | None, limit: int, as_json: bool) -> None:
    names = [mapping.name for mapping in load_mappings()]
    if source is not None and source not in names:
        raise SourceError(f"no source is called {source!r}: use one of {', '.join(names)}")
    settings = load_settings()
    folder = StateFolder(settings)
    with engine(settings) as connection:
        rows = quarantined(connection, settings.home, folder.committed, folder.load(), source)
    for row in rows:
        row["delivered"] = None if row["delivered"] is None else row["delivered"].isoformat()
    shown = rows[:limit]
    columns = [name for name in COLUMNS if name != "delivered"]
    text = f"{len(rows):,} rows put aside" + (f", the first {limit}:" if len(rows) > limit else "")
    if shown:
        text += "\n\n" + table(columns, [[row[name] for name in columns] for row in shown])
        text += "\n\n`twin quarantine explain FILE:LINE` tells more about one."
    echo_result({"rows": len(rows), "shown": shown}, as_json, text)


def _to_json(one: Explanation, show_original: bool) -> dict[str, Any]:
    found = asdict(one)
    if not show_original:
        del found["original"]
    return found


def _text(one: Explanation) -> str:
    what = one.reason if one.column is None else f"{one.column} {one.reason}"
    lines = [f"{one.file}:{one.line}  {what}", f"  source    {one.source}, table {one.table}"]
    lines += [f"  value     {one.value!r}"] if one.value is not None else []
    lines += [f"  contract  {one.contract}"] if one.contract is not None else []
    lines += [f"  to do     {one.advice}"]
    if one.original is not None:
        lines += ["  original  (may be personal data: do not pass it on)"]
        lines += [f"    {name}: {text!r}" for name, text in one.original.items()]
    return "\n".join(lines)
