"""Read the policy file and refuse one that contradicts itself or the declaration, naming file and line."""

import hashlib
import tomllib
from collections.abc import Iterator, Mapping
from itertools import combinations
from pathlib import Path
from typing import Any, NoReturn

from graph.errors import PolicyError
from graph.governance.lines import LineNumbers
from graph.governance.policy import Band, Form, Grant, Hides, Policy, Role, Rule, RuleKind, Verb
from graph.schema.catalogue import NODES, RELS, properties
from graph.schema.core import DataClass
from graph.schema.prediction import RELEASES, SUBJECTS
from graph.schema.total import TOTALS

POLICY_FILE = Path(__file__).with_name("policy.toml")
LEVELS = NODES["Prediction"].props["level"].values
CLAIMS = ("territories", "subject")
ROLE_KEYS = {"doc", "purposes", "acts_for_others"}
PUBLISHED = tuple(total.label for total in TOTALS)
AGGREGATE_LEVELS = tuple(level for level, label in SUBJECTS.items() if label != "HCP")
GRANT_KEYS = {"class", "label", "level", "verbs", "purpose", "form", "rules"}
RULE_KEYS = {
    "doc", "hides", "kind", "label", "property", "claim", "relationship", "target", "minimum", "rule", "values",
}  # fmt: skip


def load_policy(file: Path = POLICY_FILE) -> Policy:
    """The checked policy; raise `PolicyError` as ``file:line: what is wrong``."""
    try:
        text = file.read_text(encoding="utf-8")
        raw = tomllib.loads(text)
    except (OSError, tomllib.TOMLDecodeError) as error:
        raise PolicyError(f"{file.name}: cannot be read ({error}): mend the file") from error
    return _Loader(file.name, text, raw).policy()


class _Loader:
    def __init__(self, name: str, text: str, raw: Mapping[str, Any]) -> None:
        self.name, self.raw = name, raw
        self.lines = LineNumbers(text)
        self.fingerprint = hashlib.sha256(text.encode()).hexdigest()

    def refuse(self, line: int, complaint: str) -> NoReturn:
        raise PolicyError(f"{self.name}:{line}: {complaint}")

    def one_of(self, line: int, what: str, value: object, allowed: Any) -> Any:
        if value not in list(allowed):
            self.refuse(line, f"unknown {what} {value!r}: use one of {', '.join(sorted(str(a) for a in allowed))}")
        return value

    def policy(self) -> Policy:
        expected = {"version", "purposes", "roles", "rules", "bands", "grants"}
        for key in self.raw.keys() ^ expected:
            self.refuse(1, f"unknown or missing section {key!r}: a policy has {', '.join(sorted(expected))}")
        purposes = dict(self.raw["purposes"])
        roles = {name: self.role(name, body, purposes) for name, body in self.raw["roles"].items()}
        agents = [role for role in roles.values() if role.acts_for_others]
        if len(agents) > 1:
            self.refuse(
                agents[1].line, f"role {agents[1].name!r} acts for others, as {agents[0].name!r} does: keep one"
            )
        rules = {name: self.rule(name, body) for name, body in self.raw["rules"].items()}
        for rule in rules.values():
            self.check_related(rule, rules)
        bands = {DataClass(name): self.band(name, body) for name, body in self.raw["bands"].items()}
        grants = tuple(
            grant
            for role, bodies in self.raw["grants"].items()
            for index, body in enumerate(bodies)
            for grant in self.grants(role, index, body, roles, rules)
        )
        for grant in grants:
            self.check_form(grant, roles[grant.role], bands)
            self.check_reach(grant, grants, rules)
        self.check_complete(roles, grants)
        self.check_contradictions(grants)
        self.check_levels(grants)
        borne = {name: role for name, role in roles.items() if not role.acts_for_others}
        return Policy(
            self.name, str(self.raw["version"]), self.fingerprint, purposes, borne, rules, bands, grants,
            agents[0] if agents else None,
        )  # fmt: skip

    def role(self, name: str, body: Mapping[str, Any], purposes: Mapping[str, str]) -> Role:
        line = self.lines.table(f"roles.{name}")
        for key in body.keys() - ROLE_KEYS:
            self.refuse(line, f"unknown key {key!r} in role {name!r}: use one of {', '.join(sorted(ROLE_KEYS))}")
        if not body.get("purposes") or not body.get("doc"):
            self.refuse(line, f"role {name!r} needs a doc and at least one purpose")
        for purpose in body["purposes"]:
            self.one_of(line, "purpose", purpose, purposes)
        acts_for_others = body.get("acts_for_others", False)
        if acts_for_others is True and len(body["purposes"]) != 1:
            self.refuse(line, f"role {name!r} acts for others: it has one purpose")
        return Role(name, line, body["doc"], tuple(body["purposes"]), acts_for_others is True)

    def rule(self, name: str, body: Mapping[str, Any]) -> Rule:
        line = self.lines.table(f"rules.{name}")
        for key in body.keys() - RULE_KEYS:
            self.refuse(line, f"unknown key {key!r} in rule {name!r}: use one of {', '.join(sorted(RULE_KEYS))}")
        kind = RuleKind(self.one_of(line, "rule kind", body.get("kind"), RuleKind))
        hides = Hides(self.one_of(line, "effect", body.get("hides"), Hides))
        self.one_of(line, "label", body.get("label"), NODES)
        holder = body["label"]
        if kind in (RuleKind.CLAIM_THROUGH, RuleKind.RELATED):
            self.one_of(line, "relationship", body.get("relationship"), RELS)
            self.one_of(line, "label", body.get("target"), NODES)
            ends = RELS[body["relationship"]].ends
            if (holder, body["target"]) not in ends and (body["target"], holder) not in ends:
                self.refuse(line, f"{body['relationship']!r} does not join {holder!r} and {body['target']!r}")
            holder = body["target"]
        if kind is not RuleKind.RELATED:
            self.one_of(line, f"property of {holder}", body.get("property"), NODES[holder].props)
        if kind in (RuleKind.CLAIM, RuleKind.CLAIM_THROUGH):
            self.one_of(line, "claim", body.get("claim"), CLAIMS)
        if kind is RuleKind.MINIMUM and not isinstance(body.get("minimum"), int):
            self.refuse(line, f"rule {name!r} of kind 'minimum' needs a whole number as minimum")
        if kind is RuleKind.ONE_OF:
            self.check_values(name, line, body)
        return Rule(
            name, line, body["doc"], hides, kind, body["label"], body.get("property"),
            body.get("claim"), body.get("relationship"), body.get("target"), body.get("minimum"), body.get("rule"),
            tuple(body.get("values", [])),
        )  # fmt: skip

    def check_values(self, name: str, line: int, body: Mapping[str, Any]) -> None:
        """Refuse values that the property could never have."""
        allowed = NODES[body["label"]].props[body["property"]].values
        if not body.get("values") or not allowed:
            self.refuse(line, f"rule {name!r} of kind 'one_of' needs values, and a property with a closed list of them")
        for value in body["values"]:
            self.one_of(line, f"value of {body['property']}", value, allowed)

    def check_related(self, rule: Rule, rules: Mapping[str, Rule]) -> None:
        if rule.kind is RuleKind.RELATED:
            self.one_of(rule.line, "rule", rule.rule, rules)
            other = rules[rule.rule or ""]
            if other.label != rule.target or other.kind is RuleKind.RELATED:
                self.refuse(rule.line, f"rule {rule.rule!r} is not a rule of its own about {rule.target!r}")

    def band(self, name: str, body: Mapping[str, Any]) -> Band:
        line = self.lines.table(f"bands.{name}")
        self.one_of(line, "data class", name, DataClass)
        cuts, names = tuple(float(cut) for cut in body["cuts"]), tuple(body["names"])
        if len(names) != len(cuts) + 1 or list(cuts) != sorted(set(cuts)):
            self.refuse(line, f"band {name!r}: cut points ascend and there is one more name than cut points")
        return Band(DataClass(name), line, body["unit"], cuts, names)

    def grants(
        self, role: str, index: int, body: Mapping[str, Any], roles: Mapping[str, Role], rules: Mapping[str, Rule]
    ) -> list[Grant]:
        """The grants of one line: one for each of its classes."""
        classes = body.get("class")
        if not isinstance(classes, list):
            return [self.grant(role, index, body, roles, rules)]
        if not classes:
            self.refuse(self.lines.grant(role, index), "a grant names at least one class")
        return [self.grant(role, index, {**body, "class": name}, roles, rules) for name in classes]

    def grant(
        self, role: str, index: int, body: Mapping[str, Any], roles: Mapping[str, Role], rules: Mapping[str, Rule]
    ) -> Grant:
        line = self.lines.grant(role, index)
        self.one_of(line, "role", role, roles)
        for key in body.keys() - GRANT_KEYS:
            self.refuse(line, f"unknown key {key!r} in a grant: use one of {', '.join(sorted(GRANT_KEYS))}")
        data_class = DataClass(self.one_of(line, "data class", body.get("class"), DataClass))
        form = Form(self.one_of(line, "form", body.get("form"), Form))
        verbs = body.get("verbs", list(Verb) if form is Form.DENIED else [])
        if not verbs:
            self.refuse(line, f"a grant with form {form.value!r} names its verbs")
        for verb in verbs:
            self.one_of(line, "verb", verb, Verb)
        purposes = roles[role].purposes
        # A role with one purpose need not repeat it in every line.
        purpose = body.get("purpose", purposes[0] if len(purposes) == 1 else None)
        self.one_of(line, f"purpose of {role}", purpose, purposes)
        label, level = body.get("label"), body.get("level")
        if label is not None:
            self.one_of(line, "label or relationship type", label, [*NODES, *RELS])
            if data_class not in classes_of(label):
                self.refuse(line, f"{label!r} has nothing of class {data_class.value!r}")
        if level is not None:
            self.one_of(line, "level", level, LEVELS)
        for rule in body.get("rules", []):
            self.one_of(line, "rule", rule, rules)
        if form is Form.OWN_SCOPE and not body.get("rules"):
            self.refuse(line, "form 'own_scope' needs a rule that says which scope")
        return Grant(
            line, role, data_class, frozenset(Verb(verb) for verb in verbs), purpose, form, label, level,
            tuple(body.get("rules", [])),
        )  # fmt: skip

    def check_form(self, grant: Grant, role: Role, bands: Mapping[DataClass, Band]) -> None:
        """Refuse a form that could not be kept."""
        if grant.form is Form.BAND and grant.data_class not in bands:
            self.refuse(grant.line, f"form 'band' without cut points: add [bands.{grant.data_class}]")
        if grant.form is Form.MASKED and grant.verbs != {Verb.READ}:
            self.refuse(grant.line, "form 'masked' is for the verb 'read' alone: a filter would tell the value")
        if grant.form is Form.MASKED and (
            grant.level is not None or grant.data_class in (*RELEASES, DataClass.PREDICTION)
        ):
            self.refuse(grant.line, "form 'masked' is for facts: show a prediction as a band")
        if grant.form is Form.AGGREGATE and grant.verbs - {Verb.AGGREGATE}:
            # Read one by one only where each row is an aggregate itself: published cells, predictions about no person.
            cells = grant.data_class is DataClass.COHORT or grant.label in PUBLISHED
            if not cells and grant.level not in AGGREGATE_LEVELS:
                self.refuse(grant.line, "form 'aggregate' of single rows: grant the verb 'aggregate' alone")
        if role.acts_for_others and (grant.form not in (Form.VALUE, Form.DENIED) or grant.rules):
            self.refuse(grant.line, "an agent's grants say 'value' or 'denied': scope and form are its person's")

    def check_reach(self, grant: Grant, grants: tuple[Grant, ...], rules: Mapping[str, Rule]) -> None:
        """Refuse a rule that could not limit all that the grant opens: what it does not speak of would stay open."""
        if grant.data_class is DataClass.PREDICTION and grant.rules:
            self.refuse(grant.line, "rules of predictions stand with the class that their task releases")
        narrowed = {
            other.label
            for other in grants
            if (other.role, other.purpose, other.data_class) == (grant.role, grant.purpose, grant.data_class)
            and other.narrowness > grant.narrowness
        }
        for name in grant.rules:
            for opened, labels in opened_by(grant):
                if opened not in narrowed and rules[name].label not in labels:
                    about = f"rule {name!r} is about {rules[name].label!r} and limits no {opened!r}"
                    self.refuse(grant.line, f"{about}: narrow the grant, or name a rule about {' or '.join(labels)}")

    def check_complete(self, roles: Mapping[str, Role], grants: tuple[Grant, ...]) -> None:
        for role in roles.values():
            for purpose in role.purposes:
                for data_class in DataClass:
                    if not any(
                        (grant.role, grant.purpose, grant.data_class, grant.narrowness)
                        == (role.name, purpose, data_class, 0)
                        for grant in grants
                    ):
                        self.refuse(role.line, f"role {role.name!r} has no line for class {data_class.value!r}")

    def check_levels(self, grants: tuple[Grant, ...]) -> None:
        """Levels of one class are filtered and summed up together: what one of them may, all may."""
        seen: dict[tuple[str, str, DataClass], Grant] = {}
        for grant in grants:
            if grant.level is not None and grant.form is not Form.DENIED:
                first = seen.setdefault((grant.role, grant.purpose, grant.data_class), grant)
                if first.verbs != grant.verbs:
                    self.refuse(grant.line, f"other verbs than line {first.line}: levels of a class share their verbs")

    def check_contradictions(self, grants: tuple[Grant, ...]) -> None:
        for first, second in combinations(grants, 2):
            same = (first.role, first.purpose, first.data_class) == (second.role, second.purpose, second.data_class)
            if not same or not first.verbs & second.verbs or first.narrowness != second.narrowness:
                continue
            if first.label not in (None, second.label) and second.label is not None:
                continue
            if first.level not in (None, second.level) and second.level is not None:
                continue
            self.refuse(second.line, f"contradicts line {first.line}: both decide on {first.data_class.value!r}")


def opened_by(grant: Grant) -> Iterator[tuple[str, tuple[str, ...]]]:
    """What a grant opens, each with the labels that a rule about it may be of: its own or those of its ends, for a
    prediction also its subject's."""
    if grant.data_class in RELEASES:
        for level in SUBJECTS if grant.level is None else (grant.level,):
            yield level, ("Prediction", SUBJECTS[level])
        return
    for label in NODES if grant.label is None else (grant.label,):
        if label in NODES and grant.data_class in classes_of(label):
            # What stands beside a prediction with a class of its own is about an HCP.
            yield label, (label, "HCP") if label == "Prediction" else (label,)
    for name in RELS if grant.label is None else (grant.label,):
        if name in RELS and grant.data_class in classes_of(name):
            yield name, tuple(dict.fromkeys(label for ends in RELS[name].ends for label in ends))


def classes_of(name: str) -> set[DataClass]:
    """The data classes met on a label or relationship type."""
    own = {prop.data_class for prop in properties(name).values()}
    return own | ({RELS[name].data_class} if name in RELS else set())
