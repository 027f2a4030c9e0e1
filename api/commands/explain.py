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
@click.option(
    "--second-opinion", is_flag=True, help="Let PyG's GNNExplainer choose, too, and say who is more faithful."
)
@json_option
def command(task: str, subject: str, as_of: datetime | None, second_opinion: bool, as_json: bool) -> None:
    """Explain the predictions of TASK (access_friction, adoption, influence) about SUBJECT, with the model in use.

    SUBJECT is an NPI, an id, planKey or territoryId as the API shows it, or the name of a plan, payer, account or
    territory. access_friction is of HCPs, plans, payers, accounts, territories and cohort segments, adoption of
    HCPs that have not prescribed yet, influence of HCPs. Each reason is the value with an element minus the value
    without it, computed now; nothing is written. Below influence stands whether it may be read as cause. No role is
    asked: every reason is shown with the data classes that it speaks of, so this is for those who run the twin.
    """
    from api.wiring import run_explain

    day: date | None = None if as_of is None else as_of.date()
    found = run_explain(load_settings(), task, subject, day, second_opinion=second_opinion).as_json()
    echo_result(found, as_json, _text(found))


def _text(found: dict[str, Any]) -> str:
    lines = [
        f"{found['task']} of {found['subject_name']} as of {found['as_of']}, model {found['model']}",
        found["meaning"],
    ]
    unit, times = ("starts", 1) if found["unit"] == "starts" else ("points", 100)
    for one in found["predictions"]:
        lines.append(f"\n{one['words']}")
        rows = [
            [f"{times * reason['share']:+7.2f}", reason["text"], ", ".join(reason["data_classes"])]
            for reason in one["reasons"]
        ]
        lines.append(table([unit, "reason", "speaks of"], rows) if rows else "no element moves it")
    if "verdict" in found:
        lines.append("\n" + verdict_line(found))
    if found["second_opinion"] is not None:
        lines += _second_opinion(found["second_opinion"])
    return "\n".join(lines)


def _second_opinion(found: dict[str, Any]) -> list[str]:
    both = (found["ours"], found["theirs"])
    rows = [
        [one["method"], f"{one['fidelity_plus']:10.2f}", f"{one['fidelity_minus']:10.2f}", "; ".join(one["names"])]
        for one in both
    ]
    return [
        f"\nSecond opinion on {found['prediction']} ({100 * found['value']:.1f} %): {found['verdict']}",
        table(["chosen by", "fidelity+", "fidelity-", "elements"], rows),
        f"Both chose among the same {found['elements']} elements and are judged on the model in use, in points of "
        "probability.\n"
        "fidelity+: how far the value moves when the named elements are removed together; more is better.\n"
        "fidelity-: how far it moves when all others are removed; less is better.",
    ]
