"""What a caller may learn of a graph, said a second time: from the policy's grants and the declaration alone.

Neither the compiler nor the permission sets are asked. For each node, link, property and reason the oracle says how
much of it the caller may know. It errs towards knowing: what it calls hidden, no answer may depend on.
"""

import datetime
import math
from collections.abc import Mapping
from dataclasses import dataclass
from enum import IntEnum
from typing import Any

from graph.governance.policy import Form, Grant, Hides, Policy, Rule, Verb
from graph.schema.catalogue import NODES, RELS
from graph.schema.core import DataClass, Prop, Sensitivity
from tests.noninterference.graphs import Link, Node, Ref, World

ONE_BY_ONE = (Form.VALUE, Form.OWN_SCOPE)
LEARNING = (Verb.READ, Verb.FILTER, Verb.AGGREGATE)
PERSONS = ("HCP",)
RELEASED = ("Prediction", "Override")
"""Labels that are read under what a task releases: predictions, and what people said against them."""
SPOKEN_OF = {"adoption": "hcp", "access_friction": "hcp_plan"}
"""The level of the predictions that people speak against."""


class Known(IntEnum):
    """How much of a value the caller may know: nothing, in which band it lies, what a mask leaves of it, all of it."""

    NOTHING = 0
    BAND = 1
    MASKED = 2
    ALL = 3


@dataclass(frozen=True, slots=True)
class Caller:
    """The claims of a token. ``roles`` are the active role and, for an agent, then the role that limits it."""

    roles: tuple[str, ...]
    purpose: str
    claims: Mapping[str, tuple[str, ...]]


class Oracle:
    """Answers about one world for one caller on one day.

    ``shown`` are the properties, by label or relationship type, that the role's schema has a member for: what may only
    be counted and summed is hidden where there is no such member.
    """

    def __init__(
        self, policy: Policy, caller: Caller, world: World, shown: Mapping[str, frozenset[str]], today: datetime.date
    ) -> None:
        self.policy, self.caller, self.world, self.shown, self.today = policy, caller, world, shown, today
        self._seen: dict[Ref, bool] = {}
        self._entities: dict[str, Node] = {
            node.props["id"]: node
            for node in world.nodes.values()
            if "id" in node.props and node.label not in ("Change", "Tombstone")
        }

    # What the policy says

    def grants(self, data_class: DataClass, label: str | None, level: str | None = None) -> list[tuple[Verb, Grant]]:
        """The grants that let the caller learn something: the narrowest line decides, and every role must agree."""
        found: list[tuple[Verb, Grant]] = []
        for role in self.caller.roles:
            lines = [
                grant
                for grant in self.policy.grants
                if grant.role == role
                and grant.data_class is data_class
                and grant.label in (None, label)
                and grant.level in (None, level)
                and (grant.purpose == self.caller.purpose or role != self.caller.roles[0])
            ]
            narrowest = max(((line.label is not None) + (line.level is not None) for line in lines), default=0)
            deciding = [line for line in lines if (line.label is not None) + (line.level is not None) == narrowest]
            mine = [(verb, line) for verb in LEARNING for line in deciding if verb in line.verbs]
            mine = [(verb, line) for verb, line in mine if line.form is not Form.DENIED]
            if label is not None and {line.form for _, line in mine} == {Form.AGGREGATE} and level is None:
                # Of single rows nothing: only what is published about many. Published cells are rows themselves.
                mine = [(verb, line) for verb, line in mine if verb is not Verb.AGGREGATE]
            if not mine:
                return []
            found += mine if role == self.caller.roles[0] else []
        return found

    def form(
        self, data_class: DataClass, label: str | None, level: str | None = None, *, verb: Verb = Verb.READ
    ) -> Form:
        """The form of one verb; denied without a grant."""
        return next((g.form for v, g in self.grants(data_class, label, level) if v is verb), Form.DENIED)

    def rules(self, data_class: DataClass, label: str | None, level: str | None = None) -> list[Rule]:
        names = dict.fromkeys(name for _, grant in self.grants(data_class, label, level) for name in grant.rules)
        return [self.policy.rules[name] for name in names]

    # Whether a rule holds

    def holds(self, rule: Rule, node: Node) -> bool:
        """Whether the rule lets the caller see the node (or, for a rule about another label, some neighbour of it)."""
        if rule.label != node.label:
            others = [
                self.world.nodes[link.end if link.start == node.ref else link.start] for link in self.world.at(node.ref)
            ]
            about = [other for other in others if other.label == rule.label]
            return any(self.holds(rule, other) for other in about)
        found = node.props.get(rule.property) if rule.property else None
        match rule.kind.value:
            case "claim":
                return found in self.caller.claims.get(rule.claim or "", ())
            case "claim_through":
                return any(
                    other.props.get(rule.property) in self.caller.claims.get(rule.claim or "", ())
                    for link, other in self.world.neighbours(node.ref, rule.relationship or "", rule.target)
                    if self.today_holds(link)
                )
            case "related":
                related = self.policy.rules[rule.rule or ""]
                return any(
                    self.holds(related, other)
                    for link, other in self.world.neighbours(node.ref, rule.relationship or "", rule.target)
                    if self.today_holds(link)
                )
            case "date_reached":
                return found is None or found > self.today
            case "minimum":
                return (found or 0) >= (rule.minimum or 0)
            case "one_of":
                return found in rule.values
        raise AssertionError(f"the oracle knows no rule of kind {rule.kind!r}: say here what it means")

    def today_holds(self, link: Link) -> bool:
        if "from" not in RELS[link.type].props:
            return True
        since, until = link.props.get("from"), link.props.get("to")
        return since is not None and since <= self.today and (until is None or until > self.today)

    def met(self, rules: list[Rule], node: Node, *hides: Hides) -> bool:
        """Whether all the rules about a node, of those that hide rows or cells, hold."""
        return all(self.holds(rule, node) for rule in rules if rule.hides in hides)

    # Nodes

    def sees(self, node: Node) -> bool:
        """Whether the node exists for the caller."""
        if node.ref not in self._seen:
            self._seen[node.ref] = self._sees(node)
        return self._seen[node.ref]

    def _sees(self, node: Node) -> bool:
        if node.label in RELEASED:
            return self._sees_prediction(node)
        if node.label == "Change":
            return self._sees_change(node)
        data_class = NODES[node.label].props[NODES[node.label].key].data_class
        rules = self.rules(data_class, node.label)
        return bool(self.grants(data_class, node.label)) and self.met(rules, node, Hides.ROW)

    def knows(self, node: Node, name: str) -> Known:
        """How much of a property of a node the caller may know."""
        if name not in self.shown.get(node.label, frozenset()) or not self.sees(node):
            return Known.NOTHING
        if node.label == "Change":
            by_class = name in ("source", "record", "run")
            return Known.ALL if not by_class or self.grants(DataClass.LINEAGE, "Change") else Known.NOTHING
        declared = NODES[node.label].props[name]
        if declared.data_class is DataClass.PREDICTION:
            return self._knows_prediction(node, name)
        if node.label == "Prediction" and self._knows_prediction(node, "value") is not Known.ALL:
            return Known.NOTHING  # a fact beside a prediction is told with its number
        rules = self.rules(declared.data_class, node.label)
        hides = (Hides.ROW, Hides.CELL) if declared.sensitivity >= Sensitivity.CONFIDENTIAL else (Hides.ROW,)
        known = self._form_known(declared, node.label)
        return known if self.met(rules, node, *hides) else Known.NOTHING

    def _form_known(self, declared: Prop, label: str) -> Known:
        grants = self.grants(declared.data_class, label)
        if (
            grants
            and {grant.form for _, grant in grants} == {Form.MASKED}
            and declared.sensitivity > Sensitivity.PUBLIC
        ):
            return Known.MASKED
        return Known.ALL if grants else Known.NOTHING

    def released(self, node: Node) -> tuple[DataClass, str] | None:
        """The class and level under which a prediction is read; None where its task did not release it so."""
        if node.label == "Override":
            return DataClass(node.props["task"]), SPOKEN_OF[node.props["task"]]
        task, level = node.props["task"], node.props["level"]
        return (DataClass(task), level) if node.props["dataClass"] == task else None

    def _sees_prediction(self, node: Node) -> bool:
        released = self.released(node)
        if released is None or not self.grants(DataClass.PREDICTION, node.label):
            return False
        data_class, level = released
        if not self.grants(data_class, node.label, level):
            return False
        subjects = [self.world.nodes[link.end] for link in self.world.at(node.ref, "ABOUT") if link.start == node.ref]
        rules = [rule for rule in self.rules(data_class, node.label, level) if rule.label != node.label]
        return bool(subjects) and all(
            self.sees(subject) and all(self.holds(rule, subject) for rule in rules if rule.label == subject.label)
            for subject in subjects
        )

    def _knows_prediction(self, node: Node, name: str) -> Known:
        released = self.released(node)
        assert released is not None
        data_class, level = released
        if NODES[node.label].props[name].sensitivity < Sensitivity.CONFIDENTIAL:
            return Known.ALL
        own = [rule for rule in self.rules(data_class, node.label, level) if rule.label == node.label]
        if not self.met(own, node, Hides.ROW, Hides.CELL):
            return Known.NOTHING
        forms = {grant.form for _, grant in self.grants(data_class, node.label, level)}
        if forms == {Form.BAND}:
            return Known.BAND if name == "value" else Known.NOTHING
        return Known.ALL

    # Changes

    def _sees_change(self, node: Node) -> bool:
        """A change shows when each of its classes may be read as a value of the entity it is about."""
        about, label = node.props["entityId"], node.props["label"]
        entity = self._entities.get(about)
        if entity is None or not self.sees(entity):
            return False
        if label == "Prediction":
            return self._sees_predicted_change(node, entity)
        for name in node.props["dataClasses"]:
            if self.form(DataClass(name), label) not in ONE_BY_ONE:
                return False
            rules = [rule for rule in self.rules(DataClass(name), label) if rule.label == entity.label]
            if not all(self.holds(rule, entity) for rule in rules):
                return False
        if label in RELS and "otherId" in node.props:
            other = self._entities.get(node.props["otherId"])
            return other is not None and self.sees(other)
        return True

    def _sees_predicted_change(self, node: Node, entity: Node) -> bool:
        """Under some release at the level of the change, with every class that went into the value."""
        levels = ["hcp_plan"] if "otherId" in node.props else ["hcp", "plan", "payer", "account", "territory", "cohort"]
        for name in node.props["dataClasses"]:
            for level in levels:
                if self.form(DataClass(name), "Prediction", level) in ONE_BY_ONE and self._reads_all(
                    node.props["dataClasses"], level, Form.VALUE
                ):
                    rules = self.rules(DataClass(name), "Prediction", level)
                    if all(self.holds(rule, entity) for rule in rules if rule.label == entity.label):
                        return True
        return False

    def _reads_all(self, names: list[str], level: str, form: Form) -> bool:
        return all(self._speaks_of(DataClass(name), level, form) for name in names)

    def _speaks_of(self, data_class: DataClass, level: str, form: Form) -> bool:
        """Whether a reason for a value in ``form`` at ``level`` may speak of a class."""
        forms = {verb: self.form(data_class, None, level, verb=verb) for verb in LEARNING}
        if form is Form.AGGREGATE:
            return forms[Verb.READ] in (Form.VALUE, Form.AGGREGATE) or forms[Verb.AGGREGATE] is not Form.DENIED
        return forms[Verb.READ] in ONE_BY_ONE

    # Links

    def sees_link(self, link: Link) -> bool:
        """Whether the link exists for the caller."""
        start, end = self.world.nodes[link.start], self.world.nodes[link.end]
        if not (self.sees(start) and self.sees(end)):
            return False
        if link.type == "BECAUSE":
            return self._sees_reason(link, start, end)
        data_class = RELS[link.type].data_class
        if data_class is DataClass.PREDICTION or link.type == "BY":
            return True  # what a prediction that the caller sees is about, and the model that made it
        rules = self.rules(data_class, link.type)
        return bool(self.grants(data_class, link.type)) and all(
            self.holds(rule, node) for rule in rules for node in (start, end) if rule.label == node.label
        )

    def knows_of_link(self, link: Link, name: str) -> Known:
        declared = RELS[link.type].props[name]
        if name not in self.shown.get(link.type, frozenset()) or not self.sees_link(link):
            return Known.NOTHING
        if declared.data_class is DataClass.PREDICTION:
            return Known.ALL
        return self._form_known(declared, link.type)

    def _sees_reason(self, link: Link, prediction: Node, evidence: Node) -> bool:
        """All classes it speaks of may be read, and its evidence is nobody whose numbers are hidden."""
        released = self.released(prediction)
        assert released is not None
        data_class, level = released
        if self._knows_prediction(prediction, "value") is not Known.ALL or not link.props["dataClasses"]:
            return False
        form = self.form(data_class, "Prediction", level)
        if form is Form.AGGREGATE and evidence.label in PERSONS:
            return False
        hiding = {
            name
            for grant in self.policy.grants
            if grant.role == self.caller.roles[0]
            for name in grant.rules
            if self.policy.rules[name].hides is Hides.CELL and self.policy.rules[name].label == evidence.label
        }
        return all(self.holds(self.policy.rules[name], evidence) for name in hiding) and self._reads_all(
            link.props["dataClasses"], level, form
        )

    # Lineage

    def origins(self, node: Node) -> list[str]:
        """The entries of a node's lineage that speak of a value the caller may know, without the names of others."""
        if self.knows(node, "lineage") is Known.NOTHING:
            return []
        found = []
        for entry in node.props.get("lineage") or []:
            source, record, run, names = entry.split("|")
            listed = list(NODES[node.label].props) if names == "*" else names.split(",")
            told = [name for name in listed if name != "lineage" and self._told(node, name)]
            if told:
                found.append(f"{source}|{record}|{run}|{','.join(sorted(told))}")
        return found

    def _told(self, node: Node, name: str) -> bool:
        """Whether lineage may name the property: readable as a value of this node, whether or not a member shows it."""
        declared = NODES[node.label].props[name]
        if node.props.get(name) is None or self.form(declared.data_class, node.label) not in ONE_BY_ONE:
            return False
        return all(
            self.holds(rule, node) for rule in self.rules(declared.data_class, node.label) if rule.label == node.label
        )

    # Bands

    def band(self, node: Node) -> int:
        """The position of a prediction's value among the cut points."""
        released = self.released(node)
        assert released is not None
        return sum(node.props["value"] >= cut for cut in self.policy.bands[released[0]].cuts)


def mask(value: Any) -> Any:
    """What a mask leaves: the nearest ten, the month, a word as it is."""
    if isinstance(value, bool) or value is None:
        return value
    if isinstance(value, int | float):
        return 10 * math.floor(value / 10 + 0.5)
    return value.isoformat()[:7] if isinstance(value, datetime.date) else value


def key_of(link: Link) -> Any:
    """What tells a link from others of its type between the same nodes."""
    return (link.type, link.start, link.end, *(link.props.get(name) for name in RELS[link.type].key))
