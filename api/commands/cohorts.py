"""`twin cohorts`: publish cohorts of people, audited, each month once."""

import click

from api.commands.common import echo_result, json_option, load_settings

EPILOG = """\b
Exit codes: 0 done (also when no month was due), 8 a count of 1 to 10 would follow (nothing of that month is
published), 40 the graph has months that TWIN_HOME/cohorts does not, or an edition is damaged, 50 another run is
writing, 60 Neo4j does not answer, 75 stopped as asked: run again to go on."""


@click.command("cohorts", epilog=EPILOG)
@json_option
def command(as_json: bool) -> None:
    """Publish the cohorts of every month that is mature and was not published, and write them to the graph.

    A month is published once, 60 days after its end, and never changed: see docs/cohorts.md.
    """
    from api.wiring import run_cohorts
    from graph.stopping import stoppable, stopped_at_once

    with stoppable(), stopped_at_once():
        report = run_cohorts(load_settings())
    lines = [
        f"published: {', '.join(report.published) or 'no month was due'}",
        f"written to the graph: {', '.join(report.written) or 'nothing'}",
        f"{report.cohorts:,} cohorts in all, {report.suppressed:,} of them withheld; "
        f"claims known up to {report.known_to or 'no day'}; {report.seconds:.1f} s",
    ]
    echo_result(report.as_json(), as_json, "\n".join(lines))
