"""`twin seeds`: which HCPs to choose so that prescribing carries furthest, with a certificate."""

from pathlib import Path
from typing import Any

import click

from api.commands.common import echo_result, json_option, load_settings, table, verdict_line

EPILOG = """\b
Exit codes: 0 done (also when the deadline came before --ratio was certified), 2 what was asked cannot be satisfied,
6 unknown product, territory, channel or NPI, 7 no adoption model, or nothing at all was certified, 60 Neo4j does not
answer."""


@click.command("seeds", epilog=EPILOG)
@click.option("--product", required=True, help="Brand or id of the company's own product.")
@click.option(
    "--k", type=click.IntRange(1), help="How many to choose.  [default: 20; with --budget as many as it buys]"
)
@click.option("--territory", "territories", multiple=True, metavar="ID", help="Only HCPs of it; repeatable.")
@click.option("--quota", type=click.IntRange(1), help="At most so many of each territory.")
@click.option("--include", multiple=True, metavar="NPI", help="Chosen in any case, and counted; repeatable.")
@click.option("--exclude", multiple=True, metavar="NPI", help="Not to be chosen; repeatable.")
@click.option("--costs", type=click.Path(path_type=Path), help="CSV with npi,cost; who is not in it is no candidate.")
@click.option("--budget", type=click.FloatRange(0, min_open=True), help="What all together may cost; needs --costs.")
@click.option("--channel", help="Only HCPs who opted in to it, such as email.")
@click.option("--adopters", is_flag=True, help="HCPs that prescribe already may be chosen, too.")
@click.option(
    "--steps", type=click.IntRange(1, 40), default=4, show_default=True, help="Over how many ties it is passed on."
)
@click.option("--robust", is_flag=True, help="The best on average over the model's refits, not for the model in use.")
@click.option("--ratio", type=click.FloatRange(0, 1), default=0.9, show_default=True, help="Certificate to stop at.")
@click.option(
    "--seconds", type=click.FloatRange(0, min_open=True), default=10.0, show_default=True, help="Stop sampling by then."
)
@json_option
def command(as_json: bool, k: int | None, budget: float | None, **asked: Any) -> None:
    """Choose the HCPs whose prescribing would bring most new-to-brand starts of others. Nothing is written.

    Starts are counted along an independent cascade whose chances are the gains of the adoption model in use; whether
    they may be read as cause, the verdict below the list says. Prescribers who withhold their prescribing are neither
    chosen nor counted.
    """
    from api.wiring import run_seeds

    number = 20 if k is None and budget is None else k
    found = run_seeds(load_settings(), k=number, budget=budget, **asked).as_json()
    echo_result(found, as_json, _text(found))


def _text(found: dict[str, Any]) -> str:
    spread, chosen = found["spread"], found["chosen"]
    rows = [
        [one["rank"], one["npi"], one["territory"], "included" if one["included"] else "", one["adds"]]
        for one in chosen
    ]
    left_out = ", ".join(
        f"{count:,} {reason.replace('_', ' ')}" for reason, count in found["left_out"].items() if count
    )
    lines = [
        f"{len(chosen):,} HCPs for {found['product']} as of {found['as_of']}, model {found['model']}; "
        f"{found['candidates']:,} candidates{', left out: ' + left_out if left_out else ''}",
        table(["rank", "npi", "territory", "", "adds"], rows),
    ]
    if found["asked"] is not None and len(chosen) < found["asked"]:
        lines.append(f"{found['asked']:,} were asked for: nobody else who may be chosen adds anything")
    lines += [
        f"together {spread['value']:.3f} {found['unit']} over {_steps(found['steps'])}, of it "
        f"{spread['at_chosen']:.3f} at the chosen{', mean over the refits' if found['robust'] else ''}",
        _uncertainty(spread["by_refit"]),
        f"sampling error alone: {spread['sampling']['low']:.3f} to {spread['sampling']['high']:.3f}; certified: "
        f"at least {100 * found['certified_ratio']:.1f} % of the best possible choice, which reaches at most "
        f"{found['best_possible']:.3f}; confidence {100 * found['confidence']:g} %, if the model's chances were true",
        f"{found['sets']:,} sets in {found['seconds']:.2f} s, stopped: {found['stopped']}; {found['guarantee']}",
        verdict_line(found),
    ]
    return "\n".join(lines)


def _steps(count: int) -> str:
    return f"{count} step{'' if count == 1 else 's'}"


def _uncertainty(refits: dict[str, Any] | None) -> str:
    """How far the model's refits on resampled HCPs disagree about the same choice."""
    if refits is None:
        return "uncertainty: not known, the model has no refits"
    values = ", ".join(f"{value:.3f}" for value in refits["values"])
    return f"uncertainty: {refits['low']:.3f} to {refits['high']:.3f} by refit of the model ({values})"
