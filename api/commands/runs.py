"""`twin runs`: what happened each night, one run in detail, and the state of each source."""

import datetime
from typing import Any

import click

from api.commands.common import echo_result, json_option, load_settings, table
from graph.errors import NotFound
from graph.store import Store, open_store

RUN = (
    "run", "state", "delivered_on", "started_at", "sequence", "inserted", "updated", "tombstoned", "loaded", "rows_in",
    "aside", "held",
)  # fmt: skip
PART = ("name", "state", "data_time", "rows_in", "rows_loaded", "rows_quarantined")
SOURCE = ("source", "state", "data_time", "age_days", "delivered_on", "stale_since", "rows_in", "rows_quarantined")
ALL = 1_000_000_000


@click.command()
@click.argument("run", required=False)
@click.option("--limit", default=20, type=click.IntRange(1), show_default=True, help="How many runs, newest first.")
@json_option
def command(run: str | None, limit: int, as_json: bool) -> None:
    """Show what the last refreshes did, what is held and why, and how old each source's data is.

    With RUN: what that run did, source by source. Exit codes: 0 done; 6 no such run; 60 Neo4j does not answer.
    """
    with open_store(load_settings()) as store:
        if run is not None:
            found = _one(store, run)
            echo_result(found, as_json, _detail(found))
            return
        runs = [_plain(row) for row in store.read("read/runs", limit=limit)]
        sources = [_plain(row) for row in store.read("read/sources")]
    counted = [row | _counts(row["sources"]) for row in runs]
    parts = [_table(RUN, counted), _table(SOURCE, sources), "\n".join(_news(sources))]
    echo_result({"runs": runs, "sources": sources}, as_json, "\n\n".join(part for part in parts if part))


def _one(store: Store, run: str) -> dict[str, Any]:
    for row in store.read("read/runs", limit=ALL):
        if row["run"] == run:
            return _plain(row)
    raise NotFound(f"no run is called {run!r}: `twin runs` lists them")


def _counts(sources: list[dict[str, Any]]) -> dict[str, Any]:
    """Numbers of what was loaded, and the names of what was held."""
    loaded = [one for one in sources if one["state"] == "loaded"]
    return {
        "loaded": len(loaded),
        "rows_in": sum(one["rowsIn"] or 0 for one in loaded),
        "aside": sum(one["rowsQuarantined"] or 0 for one in loaded),
        "held": ", ".join(one["name"] for one in sources if one["state"] == "held") or None,
    }


def _detail(run: dict[str, Any]) -> str:
    names = {"dataTime": "data_time", "rowsIn": "rows_in", "rowsLoaded": "rows_loaded"}
    names["rowsQuarantined"] = "rows_quarantined"
    parts = [{names.get(name, name): value for name, value in one.items()} for one in run["sources"]]
    facts = [f"{name.replace('_', ' ')}: {_shown(name, run[name])}" for name in run if name != "sources"]
    held = [f"{one['name']} is held: {one['reason']}" for one in run["sources"] if one["state"] == "held"]
    return "\n\n".join(part for part in ("\n".join(facts), _table(PART, parts), "\n".join(held)) if part)


def _news(sources: list[dict[str, Any]]) -> list[str]:
    """What somebody should look at: sources that are held, and those of which a delivery is overdue."""
    return [
        f"{row['source']} is held since {row['held_since']}: {row['held_reason']}"
        for row in sources
        if row["state"] == "held"
    ] + [
        f"{row['source']} is overdue since {row['stale_since']}: the last delivery was of {row['delivered_on']}"
        for row in sources
        if row["stale_since"] is not None
    ]


def _plain(row: dict[str, Any]) -> dict[str, Any]:
    """Neo4j's dates as ISO texts."""
    return {name: value.iso_format() if hasattr(value, "iso_format") else value for name, value in row.items()}


def _table(columns: tuple[str, ...], rows: list[dict[str, Any]]) -> str:
    return table(
        [name.replace("_", " ") for name in columns],
        [[_shown(name, row[name]) for name in columns] for row in rows],
    )


def _shown(name: str, value: Any) -> object:
    """A cell for people: instants to the minute."""
    if name.endswith("_at") and value is not None:
        return datetime.datetime.fromisoformat(value).astimezone(datetime.UTC).strftime("%Y-%m-%d %H:%M UTC")
    return value
