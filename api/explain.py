"""Why somebody may or may not see something: the verdicts with the lines that decide them, and rules on one HCP."""

import datetime
from collections.abc import Sequence
from dataclasses import dataclass

import api.types.query  # noqa: F401 - binds every type
from api.binding import BINDINGS, Needs
from api.claims import Caller
from api.compiler.questions import rules_of_hcp
from api.permissions import LEVELS, PermissionSet
from graph.errors import NotFound
from graph.governance.decide import Verdict
from graph.governance.policy import Hides, Rule, Verb
from graph.schema.catalogue import NODES, RELS, properties
from graph.schema.prediction import RELEASES
from graph.store import Store

HIDING = {Hides.ROW: "the HCP does not exist for them", Hides.CELL: "its confidential values are null for them"}


@dataclass(frozen=True, slots=True)
class Explained:
    """One verdict; ``about`` names the property, and the release and level of a prediction."""

    about: str
    verdict: Verdict

    def as_json(self) -> dict[str, object]:
        return {
            "about": self.about,
            "allowed": self.verdict.allowed,
            "form": self.verdict.form.value,
            "rules": list(self.verdict.rules),
            "reason": self.verdict.reason,
        }

    def text(self) -> str:
        word = f"yes, {self.verdict.form.value}" if self.verdict.allowed else "no"
        return f"{self.about}: {word} ({self.verdict.reason})"


@dataclass(frozen=True, slots=True)
class RuleOnHcp:
    """Whether a row rule lets an HCP through for a caller today; None when the rule is not about HCPs."""

    rule: Rule
    holds: bool | None

    def as_json(self) -> dict[str, object]:
        return {"rule": self.rule.name, "hides": self.rule.hides.value, "holds": self.holds, "meaning": self.rule.doc}

    def text(self) -> str:
        if self.holds is None:
            return f"{self.rule.name}: not about HCPs but about each {self.rule.label} ({self.rule.doc})"
        word = "holds" if self.holds else f"does not hold, so {HIDING[self.rule.hides]}"
        return f"{self.rule.name}: {word} ({self.rule.doc})"


def explain(permissions: PermissionSet, field: str, verb: Verb) -> list[Explained]:
    """Verdicts on ``Label.property`` or ``Type.field``; empty when there is no such field."""
    found: list[Explained] = []
    for need in _needs(field, verb):
        levels: tuple[str | None, ...] = (None,) if need.release is None else need.levels or LEVELS
        for level in levels:
            verdict = permissions.verdict(need.label, need.property, need.verb, release=need.release, level=level)
            about = f"{need.label}.{need.property}" if need.property is not None else need.label
            if need.release is not None:
                about = f"{about} of {need.release} at level {level}"
            found.append(Explained(about, verdict))
    return found


def rules_on_hcp(
    store: Store, permissions: PermissionSet, found: Sequence[Explained], caller: Caller, npi: str, today: datetime.date
) -> list[RuleOnHcp]:
    """Each rule of the verdicts, and those under which HCPs exist at all for the caller, judged for one HCP.

    Raise `NotFound` when the graph has no such HCP. The answer tells what rules keep from the caller: it is for those
    who run the twin.
    """
    names = [rule.name for rule in permissions.row_rules("HCP")]
    names += [name for entry in found if entry.verdict.allowed for name in entry.verdict.rules]
    rules = permissions.rules(tuple(dict.fromkeys(names)))
    about_hcps = [rule for rule in rules if rule.label == "HCP"]
    rows = store.read(
        rules_of_hcp(permissions, about_hcps),
        npi=npi,
        claim_territories=list(caller.territories),
        claim_subject=caller.subject,
        claim_role=caller.role,
        claim_purpose=caller.purpose,
        today=today,
    )
    if not rows:
        raise NotFound(f"no HCP with NPI {npi!r} in the graph: look it up with `twin changes npi:{npi}`")
    verdicts = dict(zip([rule.name for rule in about_hcps], rows[0]["verdicts"], strict=True))
    return [RuleOnHcp(rule, verdicts.get(rule.name)) for rule in rules]


def _needs(field: str, verb: Verb) -> list[Needs]:
    holder, _, name = field.partition(".")
    if holder in BINDINGS and (name in BINDINGS[holder].members):
        needs = BINDINGS[holder].members[name].needs
        return [need if need.verb is not Verb.READ else _with_verb(need, verb) for need in needs]
    if holder not in NODES and holder not in RELS:
        return []
    if name and name not in properties(holder):
        return []
    need = Needs(holder, name or None, verb)
    if holder == "Prediction" and name:
        return [Needs(holder, name, verb, release=release) for release in RELEASES]
    return [need]


def _with_verb(need: Needs, verb: Verb) -> Needs:
    return Needs(need.label, need.property, verb, need.forms, need.levels, need.release)
