"""The one function that decides."""

from dataclasses import dataclass

from graph.errors import PolicyError
from graph.governance.policy import Form, Grant, Policy, Verb
from graph.schema.catalogue import NODES, RELS
from graph.schema.core import DataClass, SchemaError


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether, in which form and under which row rules; ``reason`` names the deciding line of the policy."""

    allowed: bool
    form: Form
    rules: tuple[str, ...]
    reason: str


def data_class_of(label: str, property_name: str | None) -> DataClass:
    """The class of a property, or of the bare existence of a node (its key) or relationship."""
    if label in NODES:
        node = NODES[label]
        name = node.key if property_name is None else property_name
        if name in node.props:
            return node.props[name].data_class
    elif label in RELS:
        if property_name is None:
            return RELS[label].data_class
        if property_name in RELS[label].props:
            return RELS[label].props[property_name].data_class
    else:
        raise SchemaError(f"{label!r} is not a declared label or relationship type")
    raise SchemaError(f"{label}.{property_name} is not declared")


def meet(person: Verdict, agent: Verdict) -> Verdict:
    """What an agent may do for a person: what the person may, unless it is denied to agents."""
    if not person.allowed or agent.allowed:
        return person
    return Verdict(False, Form.DENIED, (), f"denied to agents: {agent.reason}")


def decide(
    policy: Policy,
    role: str,
    purpose: str,
    label: str,
    property_name: str | None,
    verb: Verb,
    *,
    release: DataClass | None = None,
    level: str | None = None,
) -> Verdict:
    """What ``role`` may do with a property for a purpose.

    What belongs to a prediction is read under ``release``, the data class its task releases, at ``level``:
    both that class and the class `prediction` must be granted. Without a grant the verdict is denied.
    """
    if role not in policy.roles and (policy.agent is None or role != policy.agent.name):
        raise PolicyError(f"unknown role {role!r}: use one of {', '.join(policy.roles)}")
    data_class = data_class_of(label, property_name)
    opened = decide_class(policy, role, purpose, data_class, label, None, verb)
    if data_class is not DataClass.PREDICTION or not opened.allowed:
        return opened
    if release is None:
        return Verdict(
            False, Form.DENIED, (), "a prediction is read under the data class its task releases: name that class"
        )
    return decide_class(policy, role, purpose, release, label, level, verb)


def decide_class(
    policy: Policy, role: str, purpose: str, data_class: DataClass, label: str | None, level: str | None, verb: Verb
) -> Verdict:
    """The verdict on a whole class, or on what a label or level of it holds."""
    fitting = [
        grant
        for grant in policy.grants_of(role, purpose, data_class)
        if grant.label in (None, label) and grant.level in (None, level)
    ]
    # The narrowest lines decide alone: a verb that they do not name does not fall back to a wider line.
    narrowest = max((grant.narrowness for grant in fitting), default=0)
    deciding = [grant for grant in fitting if grant.narrowness == narrowest]
    granting = next((grant for grant in deciding if verb in grant.verbs), None)
    if granting is None:
        where = f"; {policy.file}:{deciding[0].line} names other verbs" if deciding else ""
        return Verdict(False, Form.DENIED, (), f"nothing grants {verb} of {data_class} for {purpose!r}{where}")
    return Verdict(granting.form is not Form.DENIED, granting.form, granting.rules, _reason(policy, granting, verb))


def _reason(policy: Policy, grant: Grant, verb: Verb) -> str:
    narrowed = "".join(
        f", {word} {value}" for word, value in (("label", grant.label), ("level", grant.level)) if value is not None
    )
    rules = f" under {', '.join(grant.rules)}" if grant.rules else ""
    return (
        f"{policy.file}:{grant.line}: {verb} of {grant.data_class}{narrowed} for {grant.purpose} "
        f"is {grant.form.value}{rules}"
    )
