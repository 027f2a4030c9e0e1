"""Row rules of the policy as Cypher predicates: true where the row or cell may be seen."""

from api.compiler.writing import TERRITORIES, TODAY, Writing
from graph.governance.policy import Rule, RuleKind

CLAIMS = {"territories": TERRITORIES}


def holds_today(relationship: str) -> str:
    """A dated relationship holds today."""
    return f"{relationship}.from <= {TODAY} AND ({relationship}.to IS NULL OR {relationship}.to > {TODAY})"


def seen(writing: Writing, rule: Rule, variable: str) -> str:
    """The predicate of a rule on the node bound to ``variable``."""
    match rule.kind:
        case RuleKind.CLAIM:
            return f"{variable}.{rule.property} IN {CLAIMS[rule.claim or '']}"
        case RuleKind.CLAIM_THROUGH:
            link, target = writing.name("aligned"), writing.name("scope")
            return (
                f"EXISTS {{ MATCH ({variable})-[{link}:{rule.relationship}]->({target}:{rule.target}) "
                f"WHERE {target}.{rule.property} IN {CLAIMS[rule.claim or '']} AND {holds_today(link)} }}"
            )
        case RuleKind.DATE_REACHED:
            return f"({variable}.{rule.property} IS NULL OR {variable}.{rule.property} > {TODAY})"
        case RuleKind.MINIMUM:
            return f"coalesce({variable}.{rule.property}, 0) >= {rule.minimum}"


def exists(writing: Writing, label: str, variable: str) -> list[str]:
    """The predicates that a node of a label must meet to exist for the caller."""
    return [seen(writing, rule, variable) for rule in writing.permissions.row_rules(label)]


def anchored(writing: Writing, label: str, variable: str) -> list[str]:
    """Lines that bind every node of a label that exists for the caller, each once, starting from the claims.

    Without a rule that leads from a claim: from the label.
    """
    rules = writing.permissions.row_rules(label)
    anchor = next((rule for rule in rules if rule.kind is RuleKind.CLAIM_THROUGH), None)
    if anchor is None:
        return [f"MATCH ({variable}:{label})", *where(exists(writing, label, variable))]
    link, target = writing.name("aligned"), writing.name("scope")
    others = [seen(writing, rule, variable) for rule in rules if rule is not anchor]
    return [
        f"MATCH ({target}:{anchor.target})",
        f"WHERE {target}.{anchor.property} IN {CLAIMS[anchor.claim or '']}",
        f"MATCH ({variable}:{label})-[{link}:{anchor.relationship}]->({target})",
        *where([holds_today(link), *others]),
        f"WITH DISTINCT {variable}",
    ]


def where(predicates: list[str]) -> list[str]:
    """A WHERE line for the predicates, or nothing."""
    return [f"WHERE {' AND '.join(predicates)}"] if predicates else []
