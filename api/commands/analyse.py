"""`twin analyse`: graph data science on the shared-patient network, written back."""

import click

from api.commands.common import echo_result, json_option
from graph.settings import Settings


@click.command("analyse")
@json_option
def command(as_json: bool) -> None:
    """Compute PageRank, communities, betweenness and embeddings and write them to the HCPs.

    Exit codes: 0 done; 6 nothing to analyse; 60 Neo4j does not answer.
    """
    from api.wiring import run_analyse

    report = run_analyse(Settings.load())
    lines = [
        f"run {report.run}, as of {report.analysed_on}: {report.nodes:,} HCPs, "
        f"{report.relationships:,} relationships projected, {report.seconds:.1f} s",
        f"{'algorithm':22} {'property':12} {'written':>8} {'seconds':>8}  findings",
    ]
    for one in report.algorithms:
        findings = ", ".join(f"{name} {value:g}" for name, value in one.findings.items())
        lines.append(f"{one.name:22} {one.property:12} {one.written:8,} {one.seconds:8.2f}  {findings}")
    echo_result(report.as_json(), as_json, "\n".join(lines))
