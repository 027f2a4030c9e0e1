"""`twin models`: the versions in the registry."""

import json

import click

from api.commands.common import echo_result, json_option
from graph.settings import Settings
from graph.store import open_store


@click.command("models")
@json_option
def command(as_json: bool) -> None:
    """List model versions, newest first per task; * marks the one in use. Figures are of the test window.

    Exit codes: 0 done; 60 Neo4j does not answer.
    """
    with open_store(Settings.load()) as store:
        rows = store.read("analytics/models")
    for row in rows:
        row["metrics"] = json.loads(row["metrics"])
    lines = [f"  {'version':36} {'uses':10} {'seed':>5} {'auc':>7} {'log loss':>9} {'ece':>7}  trained"]
    for row in rows:
        test = row["metrics"]["models"][row["kind"]]["test"]
        mark = "*" if row["promoted"] else " "
        lines.append(
            f"{mark} {row['version']:36} {row['kind']:10} {row['seed']:5} {test['auc']:7.4f} "
            f"{test['log_loss']:9.4f} {test['ece']:7.4f}  {row['trained_at'][:16]}"
        )
    echo_result(rows, as_json, "\n".join(lines) if rows else "no model is trained yet: run `twin train`")
