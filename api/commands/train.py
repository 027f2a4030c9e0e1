"""`twin train`: learn, compare with baselines, promote the winner."""

from datetime import date, datetime
from typing import Any

import click

from api.commands.common import echo_result, json_option
from graph.settings import Settings

FIGURES = ("auc", "average_precision", "log_loss", "brier", "ece")


@click.command("train")
@click.argument("task", required=False)
@click.option("--as-of", type=click.DateTime(["%Y-%m-%d"]), help="Use only what was known by this day.")
@click.option("--seed", type=click.IntRange(min=0), help="Random seed; the same seed gives the same model.")
@json_option
def command(task: str | None, as_of: datetime | None, seed: int | None, as_json: bool) -> None:
    """Train TASK (access_friction, adoption), or all tasks, and keep the model that wins on validation.

    Exit codes: 0 done; 7 it cannot be trained; 60 Neo4j does not answer.
    """
    from api.wiring import run_train

    day: date | None = None if as_of is None else as_of.date()
    reports = run_train(Settings.load(), task=task, as_of=day, **({} if seed is None else {"seed": seed}))
    results = [report.as_json() for report in reports]
    text = "\n\n".join(_table(result) for result in results)
    echo_result(results[0] if task is not None else results, as_json, text)


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
    lines.append(f"* used: lowest log loss on the validation window. {_verdict(result)}")
    for level, figures in result["intervals"].items():
        lines.append(
            f"  90 % interval, level {level}: "
            f"covers {100 * figures['coverage_90']:.1f} % of {figures['groups']:,} groups"
        )
    return "\n".join(lines)


def _verdict(result: dict[str, Any]) -> str:
    loss = {model["name"]: model["metrics"]["test"]["log_loss"] for model in result["models"]}
    better = "wins against" if loss["network"] < loss["lightgbm"] else "loses to"
    return f"On test the network {better} LightGBM ({loss['network']:.4f} and {loss['lightgbm']:.4f} log loss)."
