"""`twin token`: a signed token to try the API with."""

import click

from api.commands.common import echo_result, json_option, load_settings, policy_in_use, role_and_purpose

EXIT_CODES = """\b
Exit codes: 0 done, 2 unknown role or purpose, or the production profile, 5 policy."""


@click.command(epilog=EXIT_CODES)
@click.option("--role", required=True, help="A role of the policy, such as field_rep.")
@click.option("--territory", "territories", multiple=True, metavar="ID", help="A territory id; may be repeated.")
@click.option("--subject", default="developer", show_default=True, help="Who the token speaks for.")
@click.option("--purpose", help="A purpose of the role (default: its first).")
@click.option("--agent", metavar="ID", help="The software agent that asks for the subject.")
@json_option
def command(
    role: str, territories: tuple[str, ...], subject: str, purpose: str | None, agent: str | None, as_json: bool
) -> None:
    """Sign a token that lives one hour, with the development key in TWIN_HOME/keys."""
    from api.tokens import LONGEST_LIFE, Caller, development_key, sign

    settings = load_settings()
    policy = policy_in_use(settings)
    role, purpose = role_and_purpose(policy, role, purpose)
    scoped = [rule.name for rule in policy.rules_of(role) if rule.claim == "territories"]
    if scoped and not territories and not as_json:
        click.echo(f"no --territory: the rules {', '.join(scoped)} leave this token no HCP", err=True)
    caller = Caller(subject, role, purpose, territories, agent)
    token = sign(development_key(settings), caller, names=settings.tokens)
    result = {
        "token": token,
        "role": caller.role,
        "purpose": caller.purpose,
        "territories": list(caller.territories),
        "subject": caller.subject,
        "agent": caller.agent,
        "expires_in": LONGEST_LIFE,
    }
    echo_result(result, as_json, token)
