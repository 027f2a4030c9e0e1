"""`twin models`: the versions in the registry, compared, put in use, and taken back."""

import getpass
import json
from datetime import date, datetime
from typing import Any

import click

from api.commands.common import echo_result, json_option, load_settings, table
from graph.errors import ConfigurationError
from graph.store import open_store

EPILOG = """\b
Exit codes: 0 done; 6 no such version; 7 it cannot be used or compared; 50 another run is writing;
60 Neo4j does not answer."""
UNTIL_SCORED = (
    "Predictions in the graph are not yet those of this model: `twin score`, or the next `twin nightly`, writes them."
)
MARKS = {"champion": "*", "challenger": " ", "retired": "-"}


@click.group("models", invoke_without_command=True, epilog=EPILOG)
@json_option
@click.pass_context
def command(context: click.Context, as_json: bool) -> None:
    """List model versions, newest first per task. * is in use, - was. Figures are of the test window."""
    if context.invoked_subcommand is not None:
        return
    with open_store(load_settings()) as store:
        rows = store.read("analytics/models")
    for row in rows:
        row["metrics"] = json.loads(row["metrics"])
        row["drift"] = None if row["drift"] is None else json.loads(row["drift"])
    text = "\n".join(_lines(rows)) if rows else "no model is trained yet: run `twin train`"
    echo_result(rows, as_json, text)


@command.command("compare", epilog=EPILOG)
@click.argument("first")
@click.argument("second")
@click.option("--as-of", type=click.DateTime(["%Y-%m-%d"]), help="Use only what was known by this day.")
@json_option
def compare(first: str, second: str, as_of: datetime | None, as_json: bool) -> None:
    """Two versions (FIRST, SECOND) on the same rows of the newest matured window, as they are used.

    Gains are of the first over the second, with 95 % intervals from redrawn HCPs (adoption) or plans (friction).
    """
    from api.wiring import run_compare

    day: date | None = None if as_of is None else as_of.date()
    result = run_compare(load_settings(), first, second, day).as_json()
    echo_result(result, as_json, _comparison(result))


@command.command("promote", epilog=EPILOG)
@click.argument("version")
@click.option("--why", required=True, help="The reason; it is kept with the version, in file and graph.")
@click.option("--by", help="Who decides. Default: the login of this process.")
@json_option
def promote(version: str, why: str, by: str | None, as_json: bool) -> None:
    """Put VERSION in use, whatever its gates said."""
    from api.wiring import run_promote

    _echo_change(run_promote(load_settings(), version, _who(by), _reason(why)).as_json(), as_json)


@command.command("rollback", epilog=EPILOG)
@click.argument("task")
@click.option("--why", default="rolled back", show_default=True, help="The reason; it is kept with the version.")
@click.option("--by", help="Who decides. Default: the login of this process.")
@json_option
def rollback(task: str, why: str, by: str | None, as_json: bool) -> None:
    """Go back to the model of TASK that was in use before."""
    from api.wiring import run_rollback

    _echo_change(run_rollback(load_settings(), task, _who(by), _reason(why)).as_json(), as_json)


def _who(by: str | None) -> str:
    if by is not None and by.strip():
        return by.strip()
    try:
        return getpass.getuser()
    except (KeyError, OSError):
        raise ConfigurationError("this process has no login name: say who decides with --by") from None


def _reason(why: str) -> str:
    if not why.strip():
        raise ConfigurationError(f"--why {why!r} is no reason: say why in a few words")
    return " ".join(why.split())


def _echo_change(change: dict[str, Any], as_json: bool) -> None:
    text = (
        f"{change['task']}: {change['now']} is in use since {change['at'][:19]}, was {change['before'] or 'none'} "
        f"(by {change['by']}: {change['why']}).\n{UNTIL_SCORED}"
    )
    echo_result(change, as_json, text)


def _lines(rows: list[dict[str, Any]]) -> list[str]:
    lines = [
        f"  {'version':36} {'state':11} {'since':10} {'as of':10} {'uses':10} {'seed':>5} {'auc':>7} {'log loss':>9} "
        f"{'ece':>7}  {'drift':8} trained"
    ]
    for row in rows:
        test = row["metrics"]["models"][row["kind"]]["test"]
        lines.append(
            f"{MARKS[row['state']]} {row['version']:36} {row['state']:11} {row['since'][:10]} {row['as_of']} "
            f"{row['kind']:10} {row['seed']:5} {test['auc']:7.4f} {test['log_loss']:9.4f} {test['ece']:7.4f}  "
            f"{row['drift_verdict'] or '-':8} {row['trained_at'][:16]}"
        )
        failed = [gate["name"] for gate in row["metrics"]["decision"]["gates"] if not gate["passed"]]
        if row["state"] != "champion":
            lines.append(f"    {row['state']}: {row['reason']}")
        elif failed:
            lines.append(f"    WARNING: used although it failed {' and '.join(failed)}: {row['reason']}")
        if "overrides" in row["metrics"]:
            lines.append(f"    overrides: {row['metrics']['overrides']['words']}")
        if row["state"] == "champion" and row["drift"] is not None:
            lines += [f"    drift: {reason}" for reason in row["drift"]["reasons"]]
            if row["drift_verdict"] == "retrain":
                lines.append(f"    train again: `twin train {row['task']}`")
    return lines


def _comparison(result: dict[str, Any]) -> str:
    names = [model["version"] for model in result["models"]]
    figures = [
        [
            name,
            *(model["metrics"][figure] for figure in ("auc", "average_precision", "log_loss", "brier")),
            *(model["calibration"][figure] for figure in ("ece", "slope")),
            model["has_seen"] or "nothing of it",
        ]
        for name, model in zip(names, result["models"], strict=True)
    ]
    gains = [
        ["all", *_gain(result["gain"])],
        *([one["kind"] + " " + one["name"], *_gain(one)] for one in result["slices"]),
    ]
    return "\n".join(
        [
            f"{result['task']}: the window from {result['window'][0]} to {result['window'][1]}, "
            f"{result['gain']['rows']:,} rows",
            "",
            table(["version", "auc", "average precision", "log loss", "brier", "ece", "slope", "has used"], figures),
            "Calibration (ece, slope) is from before the window: fitted on it, it could not be off there.",
            "",
            f"Gain of {names[0]} over {names[1]}:",
            table(["slice", "rows", "in auc", "95 %", "in log loss", "95 %"], gains),
            f"Intervals of the {len(gains) - 1:,} slices hold all together with 95 % (Bonferroni).",
            "",
            result["verdict"],
        ]
    )


def _gain(found: dict[str, Any]) -> list[object]:
    (auc, *one), (loss, *other) = found["auc"], found["log_loss"]
    return [found["rows"], f"{auc:+.4f}", _interval(one), f"{loss:+.4f}", _interval(other)]


def _interval(ends: list[float]) -> str:
    return f"{ends[0]:+.4f} to {ends[1]:+.4f}"
