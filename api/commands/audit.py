"""`twin audit`: the record of who was told what."""

from dataclasses import asdict
from pathlib import Path

import click

from api.commands.common import echo_result, json_option, load_settings, table
from graph.errors import AuditTampered

EXIT_CODES = """\b
Exit codes: 0 as it was written, 2 a key or the checkpoints are missing, 6 there is no audit, 42 tampered with."""


@click.group()
def command() -> None:
    """Check the record of who was told what."""


@command.command(epilog=EXIT_CODES)
@click.option(
    "--checkpoints",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    help="The copy of the checkpoints that you trust (default TWIN_AUDIT_CHECKPOINTS).",
)
@json_option
def verify(checkpoints: Path | None, as_json: bool) -> None:
    """Find any line that was changed, removed, added or moved, up to the last checkpoint.

    Needs TWIN_HOME/audit, its keys and the checkpoints; neither the API nor Neo4j. A last line that a crash cut off is
    reported and is no tampering.
    """
    from graph.governance.audit import verify as check

    settings = load_settings()
    reports = check(settings.home, settings.audit_checkpoints if checkpoints is None else checkpoints)
    findings = [f"chain {report.chain}: {finding}" for report in reports for finding in report.findings]
    rows: list[list[object]] = [
        [one.chain, one.lines, one.vouched, one.checkpoints, one.torn_bytes, one.healed, not one.findings]
        for one in reports
    ]
    text = table(["chain", "lines", "vouched for", "checkpoints", "torn bytes", "healed", "intact"], rows)
    echo_result({"intact": not findings, "chains": [asdict(report) for report in reports]}, as_json, text)
    if findings:
        raise AuditTampered("the audit was tampered with: " + "; ".join(findings))
