"""`twin nightly`: refresh, analyse, score, cohorts, report; what a scheduler runs."""

import contextlib
import datetime
from pathlib import Path
from typing import Any

import click

from api.commands.common import echo_result, json_option, load_settings, strict_exit_option
from api.commands.refresh import describe
from graph.errors import StoreUnavailable, TwinError
from graph.store import open_store

EPILOG = """\b
Exit codes: 0 done (also when nothing was new or a source is held), 40 nothing could be used, 50 another run works on
a source, 6 nothing to analyse, 7 there is no model yet (run `twin train` once), 8 cohorts are not safe to publish,
60 Neo4j does not answer, 75 stopped as asked: run again to go on. With --strict-exit: 0 published,
10 nothing new, 20 published with quarantine, 30 held for approval, 40 held."""


@click.command(epilog=EPILOG)
@click.option("--from", "folder", required=True, type=click.Path(path_type=Path), help="Dated deliveries, or one.")
@click.option("--approve-deletes", metavar="RUN", help="Accept what was held for approval in this run of `twin runs`.")
@click.option("--metrics", type=click.Path(path_type=Path), help="Write figures for Prometheus to this file.")
@strict_exit_option
@json_option
def command(folder: Path, approve_deletes: str | None, metrics: Path | None, strict_exit: bool, as_json: bool) -> None:
    """Refresh, centralities, predictions, cohorts, each only when needed; stops at the first stage that fails."""
    from api.metrics import write_metrics
    from api.nightly import Night, nightly

    settings = load_settings()
    night = Night(datetime.datetime.now(datetime.UTC))
    try:
        with open_store(settings) as store:
            try:
                nightly(settings, store, folder, night, approve_deletes=approve_deletes)
            finally:
                if metrics is not None:
                    with contextlib.suppress(StoreUnavailable):
                        write_metrics(metrics, store, night)
    except TwinError as error:
        night.exit_code, night.error = error.exit_code, str(error)
        if metrics is not None and isinstance(error, StoreUnavailable):
            write_metrics(metrics, None, night)
        raise
    assert night.refreshed is not None  # noqa: S101 - every stage went through
    lines = [
        describe(night.refreshed),
        "",
        *(f"{name}: {night.stages[name]}, {taken:.1f} s" for name, taken in night.seconds.items()),
        *_retraining(night.scored or []),
    ]
    echo_result(night.to_json(), as_json, "\n".join(lines))
    if strict_exit:
        click.get_current_context().exit(night.refreshed.strict_exit)


def _retraining(scored: list[dict[str, Any]]) -> list[str]:
    """A line for each model that has drifted so far that training again is due."""
    due = {
        one["model"]: one["drift"]["reasons"] for one in scored if (one.get("drift") or {}).get("verdict") == "retrain"
    }
    return [f"train again, {model} has drifted: {'; '.join(reasons)}" for model, reasons in due.items()]
