"""`twin why`: the policy's verdict on a field, and the line that decides."""

import click

from api.commands.common import echo_result, json_option
from graph.errors import ConfigurationError, NotFound
from graph.governance.policy import Verb

EXIT_CODES = """\b
Exit codes: 0 verdict given (also a denial), 2 unknown role, verb or level, 5 policy, 6 no such field."""


@click.command(epilog=EXIT_CODES)
@click.argument("field", metavar="FIELD")
@click.option("--as", "role", required=True, help="A role of the policy.")
@click.option("--verb", default="read", type=click.Choice([verb.value for verb in Verb]), help="What to do with it.")
@click.option("--purpose", help="A purpose of the role (default: its first).")
@json_option
def command(field: str, role: str, verb: str, purpose: str | None, as_json: bool) -> None:
    """Explain whether ROLE may do VERB with FIELD.

    FIELD is a property of the declaration (HCP.lastName, PRESCRIBED.trx) or a field of the API (AccessFriction.value,
    HcpWhere.pageRank). What a prediction says has a verdict for each level.
    """
    from api.explain import explain
    from graph.governance import load_policy

    policy = load_policy()
    if role not in policy.roles:
        raise ConfigurationError(f"unknown role {role!r}: use one of {', '.join(policy.roles)}")
    chosen = purpose or policy.roles[role].purposes[0]
    if chosen not in policy.roles[role].purposes:
        raise ConfigurationError(f"unknown purpose {purpose!r}: use one of {', '.join(policy.roles[role].purposes)}")
    verdicts = explain(policy, role, chosen, field, Verb(verb))
    if not verdicts:
        raise NotFound(f"no field {field!r}: write Label.property or Type.field, as in docs/reference.md or the schema")
    result = {
        "role": role,
        "purpose": chosen,
        "field": field,
        "verb": verb,
        "allowed": any(found.verdict.allowed for found in verdicts),
        "verdicts": [found.as_json() for found in verdicts],
    }
    echo_result(result, as_json, "\n".join(found.text() for found in verdicts))
