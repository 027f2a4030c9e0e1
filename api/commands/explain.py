"""`twin explain`: why a value is what it is, also where no reasons are stored."""

from datetime import date, datetime
from typing import Any

import click

from api.commands.common import echo_result, json_option, load_settings, table, verdict_line

EXIT_CODES = """\b
Exit codes: 0 done; 6 no such subject, or it withholds its prescribing; 7 there is no model, or none that this can be
asked of; 60 Neo4j does not answer."""


@click.command("explain", epilog=EXIT_CODES)
@click.argument("task", metavar="TASK")
@click.argument("subject", metavar="SUBJECT")
@click.option("--as-of", type=click.DateTime(["%Y-%m-%d"]), help="Use only what was known by this day.")
@click.option("--second-opinion", is_flag=True, help="Ask PyG's GNNExplainer, too, and print how faithful both are.")
@json_option
def command(task: str, subject: str, as_of: datetime | None, second_opinion: bool, as_json: bool) -> None:
    """Explain the predictions of TASK (access_friction, adoption, influence) about SUBJECT, with the model in use.

    SUBJECT is an NPI, or the id of an HCP, plan, account or territory. Each reason is the value with an element
    minus the value without it, computed now; nothing is written. Below influence stands whether it may be read as
    cause. No role is asked: every reason is shown with the data
    classes that it speaks of, so this is for those who run the twin.
    """
    from api.wiring import run_explain

    day: date | None = None if as_of is None else as_of.date()
    found = run_explain(load_settings(), task, subject, day, second_opinion=second_opinion).as_json()
    echo_result(found, as_json, _text(found))


def _text(found: dict[str, Any]) -> str:
    lines = [f"{found['task']} of {found['subject']} as of {found['as_of']}, model {found['model']}"]
    for one in found["predictions"]:
        under = f" under {one['plan']}" if one["plan"] else ""
        lines.append(f"\n{one['product']}{under}: {one['value']:.3f} ({one['low']:.3f} to {one['high']:.3f})")
        rows = [[reason["share"], reason["text"], ", ".join(reason["data_classes"])] for reason in one["reasons"]]
        lines.append(table(["share", "reason", "speaks of"], rows) if rows else "no element moves it")
    lines += [
        f"\n{one['method']}: {', '.join(one['groups'])}; fidelity+ {one['fidelity_plus']:.4f}, "
        f"fidelity- {one['fidelity_minus']:.4f}"
        for one in found["second_opinion"]
    ]
    if "verdict" in found:
        lines.append("\n" + verdict_line(found))
    return "\n".join(lines)
