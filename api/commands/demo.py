"""`twin demo`: build the sample twin, ask one question over HTTP as two roles, then serve."""

import os
import signal
import threading
from pathlib import Path
from typing import Any

import click

from api.commands.common import echo_result, json_option
from api.demo import question
from api.demo.answer import access_table, field_table, seconds_table
from api.demo.client import Client
from api.demo.server import development_token, serving
from api.demo.stages import Stopwatch, build_sample_twin
from graph.server.local import LocalServer
from graph.settings import Settings
from graph.world import WorldSettings


@click.command("demo")
@click.option("--hcps", type=click.IntRange(200), default=2000, show_default=True, help="HCPs of the sample world.")
@click.option("--months", type=click.IntRange(22), default=24, show_default=True, help="Months (training needs 22).")
@click.option("--seed", type=int, default=7, show_default=True, help="Seed of the sample world.")
@click.option("--once", is_flag=True, help="Stop after the answers; so does CI=true in the environment.")
@json_option
def command(hcps: int, months: int, seed: int, once: bool, as_json: bool) -> None:
    """Build a synthetic twin and answer: which HCPs need access support this week?

    Everything is kept under TWIN_HOME, by default the folder `.demo` here.
    """
    environment = {"TWIN_HOME": str(Path(".demo").absolute()), **os.environ}
    settings = Settings.load(environment)
    watch = Stopwatch()
    world = WorldSettings(seed=seed, hcps=hcps, months=months, out=settings.home / "world" / "deliveries")
    try:
        build_sample_twin(settings, world, watch)
        with serving(environment) as address:
            answers = watch.time("ask as two roles", lambda: _ask(environment, address))
            echo_result({**answers, "seconds": watch.seconds}, as_json, _told(answers, watch, settings, address))
            if not (once or as_json or os.environ.get("CI") == "true"):
                _wait_for_interrupt()
    finally:
        # Also after Ctrl-C or a failed stage: nobody would look for a server that is left.
        if settings.neo4j_uri is None:
            LocalServer(settings).stop()


def _ask(environment: dict[str, str], address: str) -> dict[str, Any]:
    """Both roles' answers, and what each is refused."""
    access = Client(address, development_token(environment, "--role", "market_access"))
    product = question.own_product(access)
    territories = question.ask_market_access(access, product, "territory", 5)
    territory = territories[0]["territory"]["territoryId"]
    rep = Client(address, development_token(environment, "--role", "field_rep", "--territory", territory))
    rows, count, restricted = question.ask_field_rep(rep, product, 10)
    outside = question.find_npi_outside(access, territory)
    return {
        "product": product.brand,
        "territory": territories[0]["territory"],
        "field_rep": {"rows": rows, "count": count, "restricted": restricted},
        "market_access": {
            "plans": question.ask_market_access(access, product, "plan", 10),
            "accounts": question.ask_market_access(access, product, "account", 5),
            "territories": territories,
        },
        "refused": {
            "field_rep": {
                "an HCP of another territory": question.attempt(rep, question.ONE_HCP, {"npi": outside}),
                "an NPI that does not exist": question.attempt(rep, question.ONE_HCP, {"npi": question.UNKNOWN_NPI}),
            },
            "market_access": {
                "one prescriber's prescribing": question.attempt(
                    access, question.PRESCRIBING, {"npi": outside, "product": product.id}
                ),
                "friction of one prescriber": question.attempt(
                    access, question.FIELD_VIEW, {"product": product.id, "first": 1}
                ),
            },
        },
    }


def _told(answers: dict[str, Any], watch: Stopwatch, settings: Settings, address: str) -> str:
    rep, access, refused = answers["field_rep"], answers["market_access"], answers["refused"]
    withheld = sorted({str(entry.get("rule", entry)) for entry in rep["restricted"]})
    lines = [
        "",
        f"Which HCPs need access support for {answers['product']} this week?",
        "(saveable = starts expected in the next 28 days x friction x share of the PA, STEP and LIMIT barriers)",
        "",
        f"As a field rep of {answers['territory']['name']} ({rep['count']} HCPs and plans of the territory in all):",
        "",
        field_table(rep["rows"]),
        "",
        f"Withheld by rule: {', '.join(withheld) or 'nothing in these rows'}.",
        *(f"Asked for {what}: {answer}" for what, answer in refused["field_rep"].items()),
        "",
        "As market access (never a single prescriber):",
        "",
        access_table(access["plans"], "plan"),
        "",
        access_table(access["accounts"], "account"),
        "",
        access_table(access["territories"], "territory"),
        "",
        *(f"Asked for {what}: {answer}" for what, answer in refused["market_access"].items()),
        "",
        seconds_table(watch.seconds),
        "",
        f"GraphiQL, with a role switcher: {address}/graphql",
        *_browser_lines(settings),
        "The sample world is synthetic: no person, payer or product in it exists.",
    ]
    return "\n".join(lines)


def _browser_lines(settings: Settings) -> list[str]:
    if settings.neo4j_uri is not None:
        return [f"Neo4j: {settings.neo4j_uri}"]
    status = LocalServer(settings).status()
    return [
        f"Neo4j Browser: {status.http}/browser/twin/ (user {status.user}, password in {status.password_file})",
        f"Other commands on this twin: export TWIN_HOME={settings.home}",
    ]


def _wait_for_interrupt() -> None:
    """Serve until Ctrl-C or SIGTERM."""
    click.echo("Serving; press Ctrl-C to stop.")
    stop = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stop.set())
    stop.wait()
