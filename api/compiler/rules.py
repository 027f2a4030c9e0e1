"""Row rules of the policy as Cypher predicates: true where the row or cell may be seen."""

from collections.abc import Sequence

from api.compiler.patterns import texts
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
        case RuleKind.ONE_OF:
            return f"{variable}.{rule.property} IN {texts(rule.values)}"


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


def anchor_of(writing: Writing, label: str) -> Rule | None:
    """The rule that leads from a claim to the few nodes of a label that exist for the caller, if there is one."""
    return next((rule for rule in writing.permissions.row_rules(label) if rule.kind is RuleKind.CLAIM_THROUGH), None)


def labelled(writing: Writing, label: str, variable: str) -> list[str]:
    """Lines that bind every node of a label that exists for the caller, for an index of the label to lead."""
    return [f"MATCH ({variable}:{label})", *where(exists(writing, label, variable))]


def joined(writing: Writing, label: str, variable: str, anchor: Rule) -> list[str]:
    """Lines that bind the nodes of a label that exist for the caller in one pattern with the claims, for Neo4j to start
    at the end where it expects fewer; a node may come more than once."""
    link, target = writing.name("aligned"), writing.name("scope")
    rules = writing.permissions.row_rules(label)
    others = [seen(writing, rule, variable) for rule in rules if rule is not anchor]
    return [
        f"MATCH {_pattern(anchor, f'{variable}:{label}', link, target)}",
        *where([_claimed(anchor, target), *_holding(anchor, link), *others]),
    ]


def anchored(writing: Writing, label: str, variable: str) -> list[str]:
    """Lines that bind every node of a label that exists for the caller, each once, starting from the claims.

    Without a rule that leads from a claim: from the label.
    """
    rules = writing.permissions.row_rules(label)
    anchor = anchor_of(writing, label)
    if anchor is None:
        return labelled(writing, label, variable)
    link, target = writing.name("aligned"), writing.name("scope")
    others = [seen(writing, rule, variable) for rule in rules if rule is not anchor]
    return [
        f"MATCH ({target}:{anchor.target})",
        f"WHERE {_claimed(anchor, target)}",
        # Without this line Neo4j may start from every node of the label, to have them in the order of an index.
        f"WITH DISTINCT {target}",
        f"MATCH {_pattern(anchor, f'{variable}:{label}', link, target)}",
        *where([*_holding(anchor, link), *others]),
        f"WITH DISTINCT {variable}",
    ]


def at_end(writing: Writing, relationship: str, label: str, variable: str) -> list[str]:
    """The predicates under which a node exists for the caller at an end of a relationship: also those that come with
    the relationship and speak of the node's label."""
    row_rules = writing.permissions.row_rules(label)
    ruled = writing.permissions.rules(writing.permissions.verdict(relationship).rules)
    more = [seen(writing, rule, variable) for rule in ruled if rule.label == label and rule not in row_rules]
    return [*exists(writing, label, variable), *more]


def where(predicates: list[str]) -> list[str]:
    """A WHERE line for the predicates, or nothing."""
    return [f"WHERE {' AND '.join(predicates)}"] if predicates else []


def narrowed(lines: Sequence[str], variable: str, predicates: list[str]) -> list[str]:
    """The lines with further predicates, next to those of the last pattern when that is where they end."""
    if not predicates:
        return list(lines)
    *before, last = lines
    if last.startswith("WHERE "):
        return [*before, f"{last} AND {' AND '.join(predicates)}"]
    if last.startswith(("MATCH ", "WITH DISTINCT ")):
        return [*lines, *where(predicates)]
    return [*lines, f"WITH {variable}", *where(predicates)]
