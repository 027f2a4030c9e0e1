"""Row rules of the policy as Cypher predicates: true where the row or cell may be seen."""

from api.compiler.writing import SUBJECT, TERRITORIES, TODAY, Writing
from graph.governance.policy import Rule, RuleKind
from graph.schema.catalogue import RELS

CLAIMS = {"territories": TERRITORIES, "subject": f"[{SUBJECT}]"}


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
            met = [_claimed(rule, target), *_holding(rule, link)]
            return f"EXISTS {{ MATCH {_pattern(rule, variable, link, target)} WHERE {' AND '.join(met)} }}"
        case RuleKind.RELATED:
            link, target = writing.name("related"), writing.name("scope")
            met = [seen(writing, writing.permissions.policy.rules[rule.rule or ""], target), *_holding(rule, link)]
            return f"EXISTS {{ MATCH {_pattern(rule, variable, link, target)} WHERE {' AND '.join(met)} }}"
        case RuleKind.DATE_REACHED:
            return f"({variable}.{rule.property} IS NULL OR {variable}.{rule.property} > {TODAY})"
        case RuleKind.MINIMUM:
            return f"coalesce({variable}.{rule.property}, 0) >= {rule.minimum}"


def _claimed(rule: Rule, target: str) -> str:
    return f"{target}.{rule.property} IN {CLAIMS[rule.claim or '']}"


def _holding(rule: Rule, link: str) -> list[str]:
    """That the rule's relationship holds today, where it is dated."""
    return [holds_today(link)] if {"from", "to"} <= RELS[rule.relationship or ""].props.keys() else []


def _pattern(rule: Rule, variable: str, link: str, target: str) -> str:
    """The rule's relationship between a node of its label and its target, in the declared direction."""
    declared = RELS[rule.relationship or ""]
    left, right = ("-", "->") if (rule.label, rule.target) in declared.ends else ("<-", "-")
    return f"({variable}){left}[{link}:{rule.relationship}]{right}({target}:{rule.target})"


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
        f"WHERE {_claimed(anchor, target)}",
        f"MATCH {_pattern(anchor, f'{variable}:{label}', link, target)}",
        *where([*_holding(anchor, link), *others]),
        f"WITH DISTINCT {variable}",
    ]


def where(predicates: list[str]) -> list[str]:
    """A WHERE line for the predicates, or nothing."""
    return [f"WHERE {' AND '.join(predicates)}"] if predicates else []
