"""`twin policy`: check a policy file."""

from pathlib import Path

import click

from api.commands.common import echo_result, json_option

EXIT_CODES = """\b
Exit codes: 0 it can come into force, 2 wrong usage, 5 it cannot."""


@click.group(epilog=EXIT_CODES)
def command() -> None:
    """The policy: who may see what."""


@command.command(epilog=EXIT_CODES)
@click.argument("file", type=click.Path(path_type=Path))
@json_option
def check(file: Path, as_json: bool) -> None:
    """Do with FILE all that a server does before a policy comes into force: read, check, build every role's schema.

    A server that runs takes the file of TWIN_POLICY_FILE on SIGHUP; one that does not pass here it would refuse.
    """
    from api.policies import Ruling
    from graph.governance import load_policy

    ruling = Ruling.of(load_policy(file))
    policy = ruling.policy
    result = {
        "version": policy.version,
        "fingerprint": policy.fingerprint,
        "roles": list(policy.roles),
        "grants": len(policy.grants),
    }
    text = f"{file}: version {policy.version}, {len(policy.roles)} roles, {len(policy.grants)} grants: can be used"
    echo_result(result, as_json, text)
