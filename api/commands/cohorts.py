"""`twin cohorts`: publish cohorts of people and totals of what HCPs did, audited, each month once."""

from typing import TYPE_CHECKING

import click

from api.commands.common import echo_result, json_option, load_settings

if TYPE_CHECKING:
    from graph.disclosure.publish import Published

EPILOG = """\b
Exit codes: 0 done (also when no month was due), 8 a count of 1 to 10 would follow (nothing of that month is
published), 40 the graph has months that TWIN_HOME does not, or an edition is damaged, 50 another run is
writing, 60 Neo4j does not answer, 75 stopped as asked: run again to go on."""


@click.command("cohorts", epilog=EPILOG)
@json_option
def command(as_json: bool) -> None:
    """Publish cohorts and totals of every month that is mature and was not published, and write them to the graph.

    A month is published once, 60 days after its end, and never changed: see docs/cohorts.md and docs/totals.md.
    """
    from api.wiring import run_cohorts
    from graph.stopping import stoppable, stopped_at_once

    with stoppable(), stopped_at_once():
        report = run_cohorts(load_settings())
    parts = {"cohorts": report.cohorts, **{f"totals of {topic}": done for topic, done in report.totals.items()}}
    lines = [line for name, done in parts.items() for line in _told(name, done)]
    echo_result(report.as_json(), as_json, "\n".join([*lines, f"{report.seconds:.1f} s"]))


def _told(name: str, done: "Published") -> list[str]:
    """What one publication did, for people."""
    return [
        f"{name}: {done.groups:,} in all, {done.suppressed:,} of them withheld; "
        f"facts known up to {done.known_to or 'no day'}",
        f"  published: {', '.join(done.published) or 'no month was due'}",
        f"  written to the graph: {', '.join(done.written) or 'nothing'}",
    ]
