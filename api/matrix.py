"""The page of roles: every verdict of the policy, generated, committed as docs/roles.md."""

from graph.governance.policy import Policy, Verb
from graph.schema.core import DataClass

FOLDER = "roles"


def roles_page(policy: Policy) -> str:
    """Roles, rules, bands and the matrix of role and data class, as Markdown."""
    lines = [
        "# Roles",
        "",
        f"Generated from `graph/governance/{policy.file}` (version {policy.version}) by `twin schema --roles`. "
        "What is not granted is denied. A denied member is absent from the role's schema: see the SDL of each role "
        f"in [`docs/{FOLDER}/`]({FOLDER}). `twin why --as ROLE HCP.lastName` explains any verdict.",
        "",
        "| role | purposes | who |",
        "|---|---|---|",
        *(f"| [`{role.name}`]({FOLDER}/{role.name}.graphql) | {', '.join(role.purposes)} | {role.doc} |"
          for role in policy.roles.values()),
        "",
        "## Who may see what",
        "",
        "`own_scope` is what the rules leave; `aggregate` is never about one person; narrower lines win.",
        "",
    ]  # fmt: skip
    for role in policy.roles.values():
        for purpose in role.purposes:
            lines += [f"### {role.name} for {purpose}", "", "| data class | form | rules | verbs | line |"]
            lines += ["|---|---|---|---|---|", *_rows(policy, role.name, purpose), ""]
    lines += ["## Row rules", "", "| rule | hides | about | meaning |", "|---|---|---|---|"]
    lines += [f"| `{rule.name}` | {rule.hides} | {rule.label} | {rule.doc} |" for rule in policy.rules.values()]
    lines += ["", "## Bands", "", "| data class | unit | bands |", "|---|---|---|"]
    for band in policy.bands.values():
        edges = [f"{name} below {cut:g}" for name, cut in zip(band.names, band.cuts, strict=False)]
        lines.append(f"| {band.data_class} | {band.unit} | {', '.join([*edges, f'else {band.names[-1]}'])} |")
    return "\n".join(lines) + "\n"


def _rows(policy: Policy, role: str, purpose: str) -> list[str]:
    rows = []
    for data_class in DataClass:
        for grant in policy.grants:
            if (grant.role, grant.purpose, grant.data_class) != (role, purpose, data_class):
                continue
            narrowed = grant.label or (f"level {grant.level}" if grant.level is not None else None)
            what = data_class.value if narrowed is None else f"{data_class.value}: {narrowed}"
            verbs = ", ".join(verb for verb in Verb if verb in grant.verbs) if grant.form != "denied" else ""
            rows.append(f"| {what} | {grant.form} | {', '.join(grant.rules)} | {verbs} | {grant.line} |")
    return rows
