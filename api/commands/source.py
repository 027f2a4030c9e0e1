"""`twin source`: the feeds, and whether a mapping file is sound."""

import datetime
from pathlib import Path
from typing import Any

import click

from api.commands.common import echo_result, json_option, load_settings, table
from graph.ingest.preview import Part, Preview, preview
from graph.refresh import admit as admit_source
from graph.refresh import withdraw as withdraw_source
from graph.sources import Mapping, load_mapping, load_mappings
from graph.store import open_store

LONGEST = 60


@click.group()
def command() -> None:
    """List the sources, check a mapping file, show what it would make of some data, withdraw a source."""


@command.command("list")
@json_option
def list_sources(as_json: bool) -> None:
    """List every source: kind, tables, and the labels and relationships it feeds."""
    found = [_described(mapping) for mapping in load_mappings()]
    text = table(
        ["source", "kind", "after", "feeds"],
        [[one["name"], one["kind"], ", ".join(one["after"]) or "-", ", ".join(one["feeds"])] for one in found],
    )
    echo_result(found, as_json, text)


@command.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--data", type=click.Path(exists=True, path_type=Path), help="A file, or a folder with a delivery.")
@click.option("--rows", default=3, type=click.IntRange(0), show_default=True, help="Rows to show of each select.")
@json_option
def check(file: Path, data: Path | None, rows: int, as_json: bool) -> None:
    """Check the mapping in FILE; with --data, show the first rows of each select and what would be put aside.

    Nothing is written: neither landing nor graph.
    """
    mapping = load_mapping(file)
    result = _described(mapping)
    text = f"{file.name} is sound: {len(mapping.tables)} tables, feeds {', '.join(result['feeds'])}"
    if data is not None:
        found = preview(load_settings(), mapping, data, rows)
        result |= _preview_json(found)
        text += "\n\n" + _preview_text(found)
    echo_result(result, as_json, text)


def _described(mapping: Mapping) -> dict[str, Any]:
    return {
        "name": mapping.name,
        "title": mapping.title,
        "kind": mapping.kind,
        "after": list(mapping.after),
        "tables": [one.name for one in mapping.tables],
        "feeds": list(dict.fromkeys(claim.target for claim in mapping.claims)),
        "version": mapping.version,
    }


def _preview_json(found: Preview) -> dict[str, Any]:
    return {
        "files": found.files,
        "rows_in": found.rows_in,
        "rows_quarantined": found.rows_quarantined,
        "selects": [
            {
                "name": part.name,
                "rows": part.rows,
                "first": [dict(zip(part.columns, map(_plain, row), strict=True)) for row in part.first],
            }
            for part in found.parts
        ],
        "aside": found.aside,
    }


def _plain(value: object) -> object:
    return value.isoformat() if isinstance(value, datetime.date) else value


def _preview_text(found: Preview) -> str:
    loaded = found.rows_in - found.rows_quarantined
    blocks = [
        f"{found.rows_in:,} rows of {len(found.files)} files: {loaded:,} would be loaded, "
        f"{found.rows_quarantined:,} put aside",
        *(_part_text(part) for part in found.parts),
    ]
    if found.aside:
        headers = ["table", "column", "reason", "rows", "example"]
        blocks.append("put aside\n" + table(headers, [[one[name] for name in headers] for one in found.aside]))
    return "\n\n".join(blocks)


def _part_text(part: Part) -> str:
    title = f"{part.name}: {part.rows:,} rows"
    if not part.first:
        return title
    cells: list[list[object]] = [[_short(value) for value in row] for row in part.first]
    return f"{title}\n" + table(list(part.columns), cells)


def _short(value: object) -> str:
    text = "-" if value is None else str(_plain(value))
    return text if len(text) <= LONGEST else text[: LONGEST - 1] + "…"


@command.command()
@click.argument("name")
@json_option
def withdraw(name: str, as_json: bool) -> None:
    """Take back everything that source NAME claims; what the others say is computed anew.

    It is not taken again until `twin source admit NAME`.
    """
    settings = load_settings()
    with open_store(settings) as store:
        report = withdraw_source(settings, store, name)
    echo_result(report.to_json(), as_json, f"{name} is withdrawn in run {report.run}")


@command.command()
@click.argument("name")
def admit(name: str) -> None:
    """Let source NAME, which was withdrawn, be taken again at the next refresh."""
    settings = load_settings()
    with open_store(settings) as store:
        admit_source(settings, store, name)
    click.echo(f"{name} is taken again at the next refresh")
