"""`twin nightly`: refresh, analyse, score; what a scheduler runs."""

import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import click

from api.commands.common import echo_result, json_option, load_settings
from api.commands.refresh import describe
from graph.refresh import refresh
from graph.settings import Settings
from graph.store import open_store

EPILOG = """\b
Exit codes: 0 done (also when nothing was new), 40 a delivery cannot be used, 50 another refresh is writing,
6 nothing to analyse, 7 there is no model yet (run `twin train` once), 60 Neo4j does not answer."""


@click.command(epilog=EPILOG)
@click.option("--from", "folder", required=True, type=click.Path(path_type=Path), help="Dated deliveries, or one.")
@click.option("--approve-deletes", metavar="RUN", help="Accept what was held for approval in this run of `twin runs`.")
@json_option
def command(folder: Path, approve_deletes: str | None, as_json: bool) -> None:
    """Refresh, then compute centralities, then write predictions; stops at the first stage that fails."""
    from api.wiring import run_analyse, run_score

    settings = load_settings()
    with open_store(settings) as store:
        report = refresh(settings, store, folder, approve_deletes=approve_deletes)
    seconds = {"refresh": round(report.seconds, 3)}
    seconds["analyse"] = _timed(run_analyse, settings)
    seconds["score"] = _timed(run_score, settings)
    lines = [describe(report), "", *(f"{stage}: {taken:.1f} s" for stage, taken in seconds.items())]
    echo_result({"refresh": report.to_json(), "seconds": seconds}, as_json, "\n".join(lines))


def _timed(stage: Callable[[Settings], Any], settings: Settings) -> float:
    started = time.monotonic()
    stage(settings)
    return round(time.monotonic() - started, 3)
