"""`twin world`: write a sample world as dated deliveries, with its truth beside them."""

from pathlib import Path

import click

from api.commands.common import echo_result, json_option, table


@click.command(name="world")
@click.option("--seed", default=7, show_default=True, help="The same seed gives the same files.")
@click.option("--hcps", default=2_000, show_default=True, help="Number of HCPs; all else scales with it.")
@click.option("--months", default=24, show_default=True, help="Length of the observed time.")
@click.option(
    "--weeks", default=8, show_default=True, help="Weekly deliveries after the backfill, within the observed time."
)
@click.option(
    "--regime",
    default="contagion_homophily",
    show_default=True,
    help="What is planted; an unknown name lists all: contagion_homophily (peers cause adoption and are alike), "
    "homophily_only, contagion_only, no_graph_signal, policy_shock, drift, cold_start_region, adversarial.",
)
@click.option(
    "--promotion-arm/--no-promotion-arm",
    default=True,
    show_default=True,
    help="Leave a tenth of the suggestions to a lottery with logged odds, so that the effect of a call can be learned.",
)
@click.option(
    "--out",
    required=True,
    type=click.Path(path_type=Path),
    help="Folder for the deliveries; the truth goes to its sibling with -truth at the end.",
)
@json_option
def command(
    seed: int, hcps: int, months: int, weeks: int, regime: str, promotion_arm: bool, out: Path, as_json: bool
) -> None:
    """Write a sample world: OUT/<delivery date>/<feed>/..., and the truth to OUT-truth.

    A backfill comes first, then the weekly deliveries. An earlier world in the same place
    is replaced; any other content there is refused.

    Exit codes: 0 done, 2 the world cannot be built as asked.
    """
    # numpy is loaded only when a world is built, never by the command line itself.
    from graph.world import WorldSettings, build

    settings = WorldSettings(
        out=out, seed=seed, hcps=hcps, months=months, weeks=weeks, regime=regime, promotion_arm=promotion_arm
    )
    report = build(settings)
    figures = table(
        ["measure", "from", "to", "world", "met", "source of the target"],
        [[one.name, one.low, one.high, one.value, one.met, one.source] for one in report.calibration],
    )
    counts = ", ".join(f"{value:,} {name.replace('_', ' ')}" for name, value in report.counts.items())
    text = f"{out}: {counts}\ntruth: {report.settings.truth}\n\n{figures}\n\n{report.seconds['total']:.1f} s"
    echo_result(report.as_dict(), as_json, text)
