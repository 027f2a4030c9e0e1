"""`twin refresh`: load deliveries, one-shot and idempotent."""

import datetime
from pathlib import Path

import click

from api.commands.common import echo_result, json_option, load_settings, table
from graph.ingest.report import RefreshReport
from graph.refresh import refresh
from graph.store import open_store

EPILOG = """\b
Exit codes: 0 done (also when nothing was new or rows were quarantined), 40 a delivery cannot be used,
50 another refresh is writing, 60 Neo4j does not answer."""


@click.command(epilog=EPILOG)
@click.option("--from", "folder", required=True, type=click.Path(path_type=Path), help="Dated deliveries, or one.")
@click.option("--source", "sources", multiple=True, help="Only this source; may be repeated.")
@click.option("--as-of", type=click.DateTime(["%Y-%m-%d"]), help="Only deliveries up to this date.")
@click.option("--approve-deletes", is_flag=True, help="Accept a snapshot that lacks much of what the last one had.")
@json_option
def command(
    folder: Path, sources: tuple[str, ...], as_of: datetime.datetime | None, approve_deletes: bool, as_json: bool
) -> None:
    """Load the deliveries in a folder, in order of their dates."""
    settings = load_settings()
    with open_store(settings) as store:
        report = refresh(
            settings,
            store,
            folder,
            sources=sources,
            as_of=None if as_of is None else as_of.date(),
            approve_deletes=approve_deletes,
        )
    echo_result(report.to_json(), as_json, describe(report))


def describe(report: RefreshReport) -> str:
    """The report as a table for people."""
    headers = ["source", "data until", "rows in", "loaded", "quarantined", "new", "changed", "same", "ended"]
    rows: list[list[object]] = [
        [
            one.name,
            one.data_time,
            one.rows_in,
            one.rows_loaded,
            one.rows_quarantined,
            one.inserted,
            one.updated,
            one.unchanged,
            one.tombstoned,
        ]
        for one in report.sources
    ]
    stages = ", ".join(f"{name} {seconds:.1f} s" for name, seconds in report.stages.items())
    return (
        f"{table(headers, rows)}\n\nrun {report.run}, published sequence {report.published_seq}, "
        f"{report.write_transactions} write transactions, {report.seconds:.1f} s ({stages})"
    )
