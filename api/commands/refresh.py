"""`twin refresh`: load deliveries, one-shot and idempotent."""

import datetime
from pathlib import Path

import click

from api.commands.common import echo_result, json_option, load_settings, strict_exit_option, table
from graph.ingest.report import RefreshReport
from graph.refresh import refresh
from graph.store import open_store

EPILOG = """\b
Exit codes: 0 done (also when nothing was new, rows were quarantined or a source is held), 40 nothing could be used,
50 another run works on the source, 60 Neo4j does not answer, 75 stopped as asked, run again to go on.
With --strict-exit: 0 published, 10 nothing new, 20 published with quarantine, 30 held for approval, 40 held."""


@click.command(epilog=EPILOG)
@click.option("--from", "folder", required=True, type=click.Path(path_type=Path), help="Dated deliveries, or one.")
@click.option("--source", "sources", multiple=True, help="Only this source; may be repeated.")
@click.option("--as-of", type=click.DateTime(["%Y-%m-%d"]), help="Only deliveries up to this date.")
@click.option("--approve-deletes", metavar="RUN", help="Accept what was held for approval in this run of `twin runs`.")
@click.option("--replay", is_flag=True, help="Go on from a graph that was restored from an older dump.")
@strict_exit_option
@json_option
def command(
    folder: Path,
    sources: tuple[str, ...],
    as_of: datetime.datetime | None,
    approve_deletes: str | None,
    replay: bool,
    strict_exit: bool,
    as_json: bool,
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
            replay=replay,
        )
    echo_result(report.to_json(), as_json, describe(report))
    if strict_exit:
        click.get_current_context().exit(report.strict_exit)


def describe(report: RefreshReport) -> str:
    """The report as a table for people."""
    headers = ["source", "state", "data until", "rows in", "loaded", "quarantined", "new", "changed", "same", "ended"]
    rows: list[list[object]] = [
        [
            one.name,
            one.state,
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
    held = "".join(f"\n{one.name} is held: {one.reason}" for one in report.held)
    held += "".join(f"\n{one.name}: {warning}" for one in report.sources for warning in one.warnings)
    stages = ", ".join(f"{name} {seconds:.1f} s" for name, seconds in report.stages.items())
    return (
        f"{table(headers, rows)}\n\nrun {report.run}, published sequence {report.published_seq}, "
        f"{report.write_transactions} write transactions, {report.seconds:.1f} s ({stages}){held}"
    )
