"""`twin train`: learn, compare with baselines, promote the winner."""

from datetime import date, datetime
from typing import Any

import click

from api.commands.common import echo_result, json_option, table
from api.commands.models import UNTIL_SCORED
from graph.settings import Settings

FIGURES = ("auc", "average_precision", "log_loss", "brier", "ece")


@click.command("train")
@click.argument("task", required=False)
@click.option("--as-of", type=click.DateTime(["%Y-%m-%d"]), help="Use only what was known by this day.")
@click.option("--seed", type=click.IntRange(min=0), help="Random seed; the same seed gives the same model.")
@click.option("--strict-exit", is_flag=True, help="Exit with 30 when a model is kept as a challenger only.")
@json_option
def command(task: str | None, as_of: datetime | None, seed: int | None, strict_exit: bool, as_json: bool) -> None:
    """Train TASK (access_friction, adoption), or all tasks: the model that wins on validation is the challenger.

    It replaces the one in use when it passes its gates, and is kept as a challenger otherwise, with the reason.

    Exit codes: 0 done, also when a model is kept as a challenger (30 with --strict-exit); 7 it cannot be trained;
    50 another run is writing; 60 Neo4j does not answer.
    """
    from api.wiring import run_train

    day: date | None = None if as_of is None else as_of.date()
    reports = run_train(Settings.load(), task=task, as_of=day, **({} if seed is None else {"seed": seed}))
    results = [report.as_json() for report in reports]
    text = "\n\n".join(_table(result) for result in results)
    echo_result(results[0] if task is not None else results, as_json, text)
    if strict_exit and any(result["decision"]["state"] == "challenger" for result in results):
        click.get_current_context().exit(30)


def _table(result: dict[str, Any]) -> str:
    lines = [
        f"{result['task']} as of {result['as_of']}: {result['rows']:,} rows, figures on the later test window",
        f"{'model':15}" + "".join(f"{name.replace('_', ' '):>19}" for name in FIGURES) + f"{'n':>8}{'positives':>11}",
    ]
    for model in result["models"]:
        test = model["metrics"]["test"]
        mark = "*" if model["name"] == result["promoted"] else " "
        lines.append(
            f"{mark}{model['name']:14}"
            + "".join(f"{test[name]:19.4f}" for name in FIGURES)
            + f"{test['n']:8,}{test['positives']:11,}"
        )
    lines += ["* chosen: lowest log loss on the validation window.", result["verdict"], "", _intervals(result), ""]
    return "\n".join([*lines, *_decision(result)])


def _intervals(result: dict[str, Any]) -> str:
    headers = ["90 % intervals", "groups", "cover", "of no width", "log likelihood gained"]
    rows: list[list[object]] = [
        [
            level,
            found["groups"],
            *(f"{found[name]:.1%}" for name in ("coverage_90", "no_width_90")),
            f"{found['gain']:+.1f}",
        ]
        for level, found in result["intervals"].items()
    ]
    return table(headers, rows)


def _decision(result: dict[str, Any]) -> list[str]:
    decision = result["decision"]
    marks = {True: "passed", False: "FAILED"}
    told = [f"  {marks[gate['passed']]} {gate['name']}: {gate['words']}" for gate in decision["gates"]]
    version, before = result["version"], decision["champion_before"]
    if decision["state"] == "challenger":
        head = f"KEPT AS A CHALLENGER: {version}; still in use: {before or 'none'}"
        return [head, *told, f"  A person may decide otherwise: `twin models promote {version} --why TEXT`"]
    if before == version:
        return [f"In use, as before: {version}", *told]
    head = f"In use: {version} (before: {before})" if before else f"In use: {version}"
    warning = [f"  WARNING: {decision['warning']}"] if decision["warning"] else []
    return [head, *warning, *told, UNTIL_SCORED]
