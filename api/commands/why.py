"""`twin why`: the policy's verdict on a field, the line that decides, and what the rules make of one HCP."""

import datetime

import click

from api.commands.common import echo_result, json_option, load_settings, policy_in_use, role_and_purpose
from graph.errors import ConfigurationError, NotFound
from graph.governance.policy import Verb

EXIT_CODES = """\b
Exit codes: 0 verdict given (also a denial), 2 unknown role, purpose, verb or level, 5 policy,
6 no such field or HCP, 60 Neo4j does not answer (with --hcp)."""


@click.command(epilog=EXIT_CODES)
@click.argument("field", metavar="FIELD")
@click.option("--as", "role", required=True, help="A role of the policy.")
@click.option("--verb", default="read", type=click.Choice([verb.value for verb in Verb]), help="What to do with it.")
@click.option("--purpose", help="A purpose of the role (default: its first).")
@click.option(
    "--agent", is_flag=True, help="As asked by an agent that acts for them: what is denied to agents is denied."
)
@click.option("--hcp", "npi", metavar="NPI", help="Ask the graph which row rules hold for this HCP today.")
@click.option("--territory", "territories", multiple=True, metavar="ID", help="With --hcp: a territory of theirs.")
@click.option("--subject", default="somebody", help="With --hcp: who they are, where a rule asks that.")
@json_option
def command(
    field: str,
    role: str,
    verb: str,
    purpose: str | None,
    agent: bool,
    npi: str | None,
    territories: tuple[str, ...],
    subject: str,
    as_json: bool,
) -> None:
    """Explain whether ROLE may do VERB with FIELD: for anybody, or for somebody and one HCP.

    FIELD is a property of the declaration (HCP.lastName, PRESCRIBED.trx) or a field of the API (AccessFriction.value,
    HcpWhere.pageRank). What a prediction says has a verdict for each level. With --hcp the answer tells what a rule
    hides from that person: it needs the password of the graph, and is for those who run the twin.
    """
    from api.claims import Caller
    from api.explain import explain, rules_on_hcp
    from api.permissions import PermissionSet
    from graph.store import open_store

    if npi is None and territories:
        raise ConfigurationError("--territory decides about rows: name one with --hcp NPI")
    settings = load_settings()
    policy = policy_in_use(settings)
    role, purpose = role_and_purpose(policy, role, purpose)
    permissions = PermissionSet(policy, role, purpose, by_agent=agent)
    found = explain(permissions, field, Verb(verb))
    if not found:
        raise NotFound(f"no field {field!r}: write Label.property or Type.field, as in docs/reference.md or the schema")
    result = {
        "role": role,
        "purpose": purpose,
        "field": field,
        "verb": verb,
        "agent": agent,
        "allowed": any(entry.verdict.allowed for entry in found),
        "verdicts": [entry.as_json() for entry in found],
    }
    lines = [entry.text() for entry in found]
    if npi is not None:
        caller = Caller(subject, role, purpose, territories)
        today = datetime.datetime.now(datetime.UTC).date()
        with open_store(settings) as store:
            rules = rules_on_hcp(store, permissions, found, caller, npi, today)
        result["hcp"] = {"npi": npi, "territories": list(territories), "rules": [entry.as_json() for entry in rules]}
        lines += [f"HCP {npi}: {entry.text()}" for entry in rules] or [f"HCP {npi}: no row rule applies"]
    echo_result(result, as_json, "\n".join(lines))
