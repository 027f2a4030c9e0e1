"""`twin seeds`: which HCPs to choose so that prescribing carries furthest, with a certificate."""

from pathlib import Path
from typing import Any

import click

from api.commands.common import echo_result, json_option, load_settings, table

EPILOG = """\b
Exit codes: 0 done (also when the deadline came before the certificate), 2 what was asked cannot be satisfied,
6 unknown product, territory or NPI, 7 no adoption model, 60 Neo4j does not answer."""


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
@click.option("--quarters", type=click.IntRange(1, 40), default=4, show_default=True, help="How long a cascade runs.")
@click.option("--robust", is_flag=True, help="The best on average over the model's refits, not for the model in use.")
@click.option("--ratio", type=click.FloatRange(0, 1), default=0.9, show_default=True, help="Certificate to stop at.")
@click.option(
    "--seconds", type=click.FloatRange(0, min_open=True), default=10.0, show_default=True, help="Stop sampling by then."
)
@json_option
def command(as_json: bool, k: int | None, budget: float | None, **asked: Any) -> None:
    """Choose the HCPs whose prescribing would bring most new-to-brand starts of others. Nothing is written.

    Starts are counted along an independent cascade whose chances are the gains of the adoption model in use: not an
    identified causal effect, see docs/models.md. Prescribers who withhold their prescribing are neither chosen nor
    counted.
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
        f"{len(chosen)} HCPs for {found['product']} as of {found['as_of']}, model {found['model']}; "
        f"{found['candidates']:,} candidates{', left out: ' + left_out if left_out else ''}",
        table(["rank", "npi", "territory", "", "adds"], rows),
        f"together {spread['value']:.3f} {found['unit']} in {found['quarters']} quarters "
        f"({spread['low']:.3f} to {spread['high']:.3f}, of it {spread['at_chosen']:.3f} at the chosen)",
        f"certified: at least {100 * found['certified_ratio']:.1f} % of the best possible choice, which reaches at "
        f"most {found['best_possible']:.3f}; confidence {100 * found['confidence']:g} %, of the sampling alone",
        f"{found['sets']:,} sets in {found['seconds']:.2f} s, stopped: {found['stopped']}; {found['guarantee']}",
    ]
    if "spread_by_refit" in found:
        values = found["spread_by_refit"]
        lines.append(f"by refit of the model: {', '.join(f'{value:.3f}' for value in values)}")
    return "\n".join(lines)
