"""`twin score`: apply the models in use and write predictions."""

from datetime import date, datetime

import click

from api.commands.common import echo_result, json_option
from graph.settings import Settings


@click.command("score")
@click.argument("task", required=False)
@click.option("--as-of", type=click.DateTime(["%Y-%m-%d"]), help="Use only what was known by this day.")
@json_option
def command(task: str | None, as_of: datetime | None, as_json: bool) -> None:
    """Score TASK (access_friction, adoption, influence), or all, and replace the predictions in the graph.

    Exit codes: 0 done; 7 there is no model; 40 a refresh was cut off and has to be finished first;
    50 a refresh is writing; 60 Neo4j does not answer.
    """
    from api.wiring import run_score

    day: date | None = None if as_of is None else as_of.date()
    results = [report.as_json() for report in run_score(Settings.load(), task=task, as_of=day)]
    lines = [f"{'task':16} {'as of':11} {'predictions':>12} {'new':>8} {'removed':>8} {'seconds':>8}  by level"]
    for one in results:
        levels = ", ".join(f"{level} {count:,}" for level, count in one["levels"].items())
        lines.append(
            f"{one['task']:16} {one['as_of']:11} {one['predictions']:12,} {one['new']:8,} {one['removed']:8,} "
            f"{one['seconds']:8.1f}  {levels}"
        )
    for model, verdict, reasons in dict.fromkeys(
        (one["model"], one["drift"]["verdict"], tuple(one["drift"]["reasons"])) for one in results if one["drift"]
    ):
        lines.append(f"drift of {model}: {verdict}{'; '.join(['', *reasons])}")
    echo_result(results[0] if task is not None else results, as_json, "\n".join(lines))
