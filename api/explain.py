"""Why a role may or may not do something with a field: the verdicts with the lines that decide them."""

from dataclasses import dataclass

import api.types.query  # noqa: F401 - binds every type
from api.binding import BINDINGS, Needs
from api.permissions import LEVELS, RELEASES
from graph.governance.decide import Verdict, decide
from graph.governance.policy import Policy, Verb
from graph.schema.catalogue import NODES, RELS, properties


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


def explain(policy: Policy, role: str, purpose: str, field: str, verb: Verb) -> list[Explained]:
    """Verdicts on ``Label.property`` or ``Type.field``; empty when there is no such field."""
    found: list[Explained] = []
    for need in _needs(field, verb):
        releases = [need.release] if need.release is not None else [None]
        for release in releases:
            levels: tuple[str | None, ...] = (None,) if release is None else need.levels or LEVELS
            for level in levels:
                verdict = decide(
                    policy, role, purpose, need.label, need.property, need.verb, release=release, level=level
                )
                about = f"{need.label}.{need.property}" if need.property is not None else need.label
                if release is not None:
                    about = f"{about} of {release} at level {level}"
                found.append(Explained(about, verdict))
    return found


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
