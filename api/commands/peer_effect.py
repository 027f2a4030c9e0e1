"""`twin peer-effect`: the effect of peers on the adoption of a product, with its verdict."""

from datetime import datetime
from typing import Any

import click

from api.commands.common import echo_result, json_option
from graph.settings import Settings


@click.command("peer-effect")
@click.option("--product", required=True, help="Id or brand of the product.")
@click.option("--as-of", type=click.DateTime(["%Y-%m-%d"]), help="Use only what was known by this day.")
@json_option
def command(product: str, as_of: datetime | None, as_json: bool) -> None:
    """Estimate how peers' earlier adoption changes an HCP's, say how far it is identified, and audit what confounds it.

    The verdict is one of: identified by instrument; adjusted, with sensitivity bound; not identified. Nothing is
    written to the twin.

    Adoption is the first start that claims show: the product has to be launched after they began.

    Exit codes: 0 done, whatever the verdict; 6 no such product; 7 too little is known to estimate anything, or the
    product is older than the claims; 60 Neo4j does not answer.
    """
    from api.wiring import run_peer_effect

    report = run_peer_effect(Settings.load(), product, None if as_of is None else as_of.date())
    result = report.as_json()
    echo_result(result, as_json, _text(result))


def _text(result: dict[str, Any]) -> str:
    effect, judgement = result["effect"], result["judgement"]
    lines = [
        f"{result['product']} as of {result['as_of']}: {effect['rows']:,} windows of {result['window_days']} days at "
        f"risk from {result['first']} to {result['last']}, {effect['events']:,} first observed starts, "
        f"chance {effect['chance']:.4f} per window",
        f"verdict: {judgement['verdict'].upper()}",
        f"  because: {judgement['reason']}",
        f"  effect {judgement['value']:+.4f} on that chance if all peers had adopted before instead of none, "
        f"95 % interval {_interval(judgement['interval'])}, bounds {_interval(judgement['bounds'])}",
        "",
        f"{'peers: those the HCP ' + effect['direction']:44}{'effect':>9}  95 % interval",
    ]
    held = [
        ("held constant: " + name if name == "nothing" else "  " + name, fit) for name, fit in effect["steps"].items()
    ]
    lines += [_row(name, fit) for name, fit in held]
    adjusted, found = effect["adjusted"], effect["instrumented"]
    lines.append(_row("placebo: peers of the same window", adjusted["placebo"]))
    if found is not None:
        lines.append(_row(f"lottery, 2SLS (first stage F {found['strength']:.1f})", found["effect"]))
        lines.append(f"{'lottery, Anderson-Rubin':44}{'':9}  {_interval(found['interval'])}")
    lines += [
        f"robustness value {adjusted['robustness']:.3f}, of the interval {adjusted['robustness_of_interval']:.3f}; "
        f"a confounder like {adjusted['strongest']!r} would bias by at most {_number(adjusted['bias'])}",
        "",
        f"{'one direction, given the other':44}{'effect':>9}  95 % interval",
        *(_row("  those it " + one["direction"], one["given_others"]) for one in (effect, result["reverse"])),
        f"verdict on those it {result['reverse']['direction']}: {result['reverse_judgement']['verdict']}",
        "",
        f"{'confounding audit: only this held constant':44}{'effect':>9}  95 % interval",
        *(_row("  " + name, fit) for name, fit in result["audit"]["held"].items()),
        f"{'alike over ties':44}{'corr':>9}  chance of as much among strangers",
    ]
    for name, rows in result["audit"]["likeness"].items():
        lines += [f"{'  ' + name + ': ' + one['name']:44}{one['correlation']:+9.3f}  {one['p']:.3f}" for one in rows]
    return "\n".join(lines)


def _row(name: str, fit: dict[str, Any]) -> str:
    return f"{name:44}{fit['value']:+9.4f}  {_interval(fit['interval'])}"


def _interval(interval: dict[str, float | None]) -> str:
    return f"{_number(interval['low'])} to {_number(interval['high'])}"


def _number(value: float | None) -> str:
    return "unbounded" if value is None else f"{value:+.4f}"
