"""`twin token`: a signed token to try the API with."""

import click

from api.commands.common import echo_result, json_option, load_settings
from graph.errors import ConfigurationError

EXIT_CODES = """\b
Exit codes: 0 done, 2 unknown role or purpose, or the production profile, 5 policy."""


@click.command(epilog=EXIT_CODES)
@click.option("--role", required=True, help="A role of the policy, such as field_rep.")
@click.option("--territory", "territories", multiple=True, metavar="ID", help="A territory id; may be repeated.")
@click.option("--subject", default="developer", show_default=True, help="Who the token speaks for.")
@click.option("--purpose", help="A purpose of the role (default: its first).")
@json_option
def command(role: str, territories: tuple[str, ...], subject: str, purpose: str | None, as_json: bool) -> None:
    """Sign a token that lives one hour, with the development key in TWIN_HOME/keys."""
    from api.tokens import LONGEST_LIFE, Caller, development_key, sign
    from graph.governance import load_policy

    policy = load_policy()
    if role not in policy.roles:
        raise ConfigurationError(f"unknown role {role!r}: use one of {', '.join(policy.roles)}")
    purposes = policy.roles[role].purposes
    if purpose is not None and purpose not in purposes:
        raise ConfigurationError(f"unknown purpose {purpose!r} of {role}: use one of {', '.join(purposes)}")
    scoped = {name for grant in policy.grants if grant.role == role for name in grant.rules if policy.rules[name].claim}
    if scoped and not territories and not as_json:
        click.echo(f"no --territory: the rules {', '.join(sorted(scoped))} leave this token no HCP", err=True)
    caller = Caller(subject, role, purpose or purposes[0], territories)
    token = sign(development_key(load_settings()), caller)
    result = {
        "token": token,
        "role": caller.role,
        "purpose": caller.purpose,
        "territories": list(caller.territories),
        "subject": caller.subject,
        "expires_in": LONGEST_LIFE,
    }
    echo_result(result, as_json, token)
