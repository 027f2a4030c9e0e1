"""The deciding function: deny by default, the narrowest line wins, predictions by release and level."""

from dataclasses import replace
from itertools import product

import pytest

from graph.errors import PolicyError
from graph.governance import Policy, decide, load_policy
from graph.governance.decide import decide_class, meet
from graph.governance.policy import Form, Verb
from graph.schema.catalogue import NODES, RELS
from graph.schema.core import DataClass, SchemaError

REP = ("field_rep", "field_engagement")
ACCESS = ("market_access", "access_strategy")


@pytest.fixture(scope="module")
def policy() -> Policy:
    return load_policy()


# role, label, property, verb -> form, rules
VERDICTS: list[tuple[tuple[str, str], str, str | None, Verb, Form, tuple[str, ...]]] = [
    (REP, "HCP", "lastName", Verb.READ, Form.OWN_SCOPE, ("territory",)),
    (REP, "HCP", None, Verb.READ, Form.OWN_SCOPE, ("territory",)),
    (REP, "Account", "name", Verb.READ, Form.VALUE, ()),
    (REP, "HCP", "optedOutOn", Verb.READ, Form.DENIED, ()),
    (REP, "HCP", "optedOutOn", Verb.FILTER, Form.DENIED, ()),
    (REP, "HCP", "lastName", Verb.AGGREGATE, Form.OWN_SCOPE, ("territory",)),
    (REP, "HCP", "lastName", Verb.RUN, Form.DENIED, ()),
    (REP, "HCP", "knownAt", Verb.READ, Form.OWN_SCOPE, ("territory",)),
    (REP, "Payer", "name", Verb.READ, Form.VALUE, ()),
    (REP, "CoveragePolicy", "knownAt", Verb.READ, Form.DENIED, ()),
    (REP, "PRESCRIBED", "trx", Verb.READ, Form.OWN_SCOPE, ("territory", "prescriber_opt_out")),
    (REP, "HCP", "pageRank", Verb.READ, Form.OWN_SCOPE, ("territory",)),
    (REP, "Territory", "name", Verb.READ, Form.OWN_SCOPE, ("own_territory",)),
    (REP, "Rep", "name", Verb.READ, Form.OWN_SCOPE, ("oneself",)),
    (REP, "Patient", "token", Verb.READ, Form.DENIED, ()),
    (REP, "TherapyStart", "writtenOn", Verb.READ, Form.DENIED, ()),
    (REP, "Source", "dataTime", Verb.READ, Form.VALUE, ()),
    (REP, "RefreshRun", "fingerprint", Verb.READ, Form.DENIED, ()),
    (ACCESS, "HCP", "lastName", Verb.READ, Form.VALUE, ()),
    (ACCESS, "PRESCRIBED", "trx", Verb.READ, Form.DENIED, ()),
    (ACCESS, "PRESCRIBED", "trx", Verb.FILTER, Form.DENIED, ()),
    (ACCESS, "PRESCRIBED", "trx", Verb.AGGREGATE, Form.AGGREGATE, ()),
    (ACCESS, "HCP", "optedOutOn", Verb.READ, Form.DENIED, ()),
    (ACCESS, "Rep", "name", Verb.READ, Form.DENIED, ()),
    (ACCESS, "Territory", "name", Verb.READ, Form.VALUE, ()),
]


@pytest.mark.parametrize(("who", "label", "name", "verb", "form", "rules"), VERDICTS)
def test_verdicts(
    policy: Policy, who: tuple[str, str], label: str, name: str | None, verb: Verb, form: Form, rules: tuple[str, ...]
) -> None:
    verdict = decide(policy, *who, label, name, verb)
    assert (verdict.form, verdict.rules, verdict.allowed) == (form, rules, form is not Form.DENIED)


# Rows of the role matrix of the design, read by hand: role -> the form in which it reads the class; `-` is nothing.
# v value, o own scope, a only aggregates (nothing to read), m masked, b band.
MATRIX = """
class            brand field access medical executive science privacy support
public_identity  v     v     v      v       v         v       v       v
privacy_choice   -     -     -      -       -         -       v       -
prescribing      v     o     -      -       -         m       -       -
network          v     o     v      v       v         v       -       -
alignment        v     -     v      -       v         v       -       -
coverage         v     v     v      v       v         v       v       v
product          v     v     v      v       v         v       v       v
patient          -     -     -      -       -         -       -       -
therapy          -     -     -      -       -         -       -       -
access_event     -     -     -      -       -         -       -       -
support          -     -     -      -       -         -       -       o
interaction      -     o     -      -       -         m       -       -
suggestion       -     o     -      -       -         m       -       -
field_note       -     o     -      -       -         m       v       -
research         -     -     -      v       -         v       -       -
scientific       -     -     -      v       -         v       -       -
medical          -     -     -      v       -         -       v       -
transparency     -     -     -      v       v         v       v       -
cohort           a     -     a      a       a         a       a       a
"""
LETTERS = {
    "v": Form.VALUE, "o": Form.OWN_SCOPE, "a": Form.AGGREGATE, "m": Form.MASKED, "-": Form.DENIED, "b": Form.BAND,
}  # fmt: skip
CELLS = [
    (role, line.split()[0], letter)
    for line in MATRIX.strip().splitlines()[1:]
    for role, letter in zip(
        ["brand", "field_rep", "market_access", "medical", "executive", "data_science", "privacy_admin",
         "patient_support"],
        line.split()[1:], strict=True,
    )
]  # fmt: skip


@pytest.mark.parametrize(("role", "data_class", "letter"), CELLS)
def test_the_role_matrix(policy: Policy, role: str, data_class: str, letter: str) -> None:
    purpose = policy.roles[role].purposes[0]
    verdict = decide_class(policy, role, purpose, DataClass(data_class), None, None, Verb.READ)
    assert verdict.form is LETTERS[letter]


LEVELS = NODES["Prediction"].props["level"].values
# release, role -> the levels at which it is read, with the form.
RELEASED: list[tuple[DataClass, str, dict[str, Form]]] = [
    (DataClass.INFLUENCE, "brand", {"hcp": Form.VALUE}),
    (DataClass.INFLUENCE, "field_rep", {"hcp": Form.BAND}),
    (DataClass.INFLUENCE, "market_access", {}),
    (DataClass.INFLUENCE, "medical", {}),
    (DataClass.INFLUENCE, "executive", {}),
    (DataClass.INFLUENCE, "data_science", dict.fromkeys(LEVELS, Form.VALUE)),
    (DataClass.INFLUENCE, "privacy_admin", {}),
    (DataClass.INFLUENCE, "patient_support", {}),
    (DataClass.ADOPTION, "medical", {}),
    (DataClass.ADOPTION, "market_access", {}),
    (
        DataClass.ACCESS_FRICTION,
        "brand",
        {"hcp_plan": Form.VALUE} | dict.fromkeys(("plan", "payer", "account", "territory", "cohort"), Form.AGGREGATE),
    ),
    (DataClass.ACCESS_FRICTION, "medical", dict.fromkeys(("plan", "payer", "cohort"), Form.AGGREGATE)),
    (
        DataClass.ACCESS_FRICTION,
        "executive",
        dict.fromkeys(("plan", "payer", "account", "territory", "cohort"), Form.AGGREGATE),
    ),
    (DataClass.ACCESS_FRICTION, "privacy_admin", {}),
    (
        DataClass.ACCESS_FRICTION,
        "patient_support",
        {"hcp_plan": Form.OWN_SCOPE} | dict.fromkeys(("plan", "payer", "account", "cohort"), Form.AGGREGATE),
    ),
]


@pytest.mark.parametrize(("release", "role", "levels"), RELEASED)
def test_releases_by_role_and_level(policy: Policy, release: DataClass, role: str, levels: dict[str, Form]) -> None:
    purpose = policy.roles[role].purposes[0]
    found = {
        level: verdict.form
        for level in LEVELS
        if (
            verdict := decide(policy, role, purpose, "Prediction", "value", Verb.READ, release=release, level=level)
        ).allowed
    }
    assert found == levels


# Published totals of a class, by label: the roles that read them, always as aggregates; everybody else has nothing.
TOTALS = {
    "PrescribingTotal": {"market_access", "executive"},
    "InteractionTotal": {"brand", "market_access", "executive"},
    "InquiryTotal": {"executive"},
}


@pytest.mark.parametrize("label", TOTALS)
def test_who_reads_totals(policy: Policy, label: str) -> None:
    for role in policy.roles.values():
        for name in NODES[label].props:
            read = decide(policy, role.name, role.purposes[0], label, name, Verb.READ)
            assert read.form is (Form.AGGREGATE if role.name in TOTALS[label] else Form.DENIED)
            if not read.allowed:
                assert not decide(policy, role.name, role.purposes[0], label, name, Verb.FILTER).allowed
                assert not decide(policy, role.name, role.purposes[0], label, name, Verb.AGGREGATE).allowed


COMMERCIAL = ["brand", "field_rep", "market_access", "executive", "data_science", "patient_support"]


@pytest.mark.parametrize("role", COMMERCIAL)
def test_nobody_on_the_commercial_side_has_any_verb_on_medical_inquiries(policy: Policy, role: str) -> None:
    purpose = policy.roles[role].purposes[0]
    for verb in Verb:
        for name in NODES["MedicalInquiry"].props:
            if name != "lineage":
                assert not decide(policy, role, purpose, "MedicalInquiry", name, verb).allowed
        assert not decide(policy, role, purpose, "ASKED", None, verb).allowed


SALES = ["prescribing", "suggestion", "interaction", "influence", "adoption", "alignment"]


@pytest.mark.parametrize("data_class", SALES)
def test_medical_has_no_verb_on_what_tells_of_sales(policy: Policy, data_class: str) -> None:
    for verb in Verb:
        for level in (None, *LEVELS):
            assert not decide_class(
                policy, "medical", "scientific_exchange", DataClass(data_class), None, level, verb
            ).allowed


def test_an_agent_sees_what_its_person_sees_less_what_is_denied_to_agents(policy: Policy) -> None:
    assert policy.agent is not None
    for role in policy.roles.values():
        for data_class in DataClass:
            person = decide_class(policy, role.name, role.purposes[0], data_class, None, None, Verb.READ)
            agent = decide_class(policy, "agent", policy.agent.purposes[0], data_class, None, None, Verb.READ)
            both = meet(person, agent)
            assert both.allowed == (person.allowed and agent.allowed)
            if both.allowed:
                assert (both.form, both.rules) == (person.form, person.rules)


FRICTION_LEVELS = {
    REP: {"hcp_plan": Form.OWN_SCOPE} | dict.fromkeys(("plan", "payer"), Form.AGGREGATE),
    ACCESS: dict.fromkeys(("plan", "payer", "account", "territory", "cohort"), Form.AGGREGATE),
}


@pytest.mark.parametrize("who", [REP, ACCESS])
def test_predictions_are_read_by_release_and_level(policy: Policy, who: tuple[str, str]) -> None:
    levels = NODES["Prediction"].props["level"].values
    found = {
        level: verdict.form
        for level in levels
        if (
            verdict := decide(
                policy, *who, "Prediction", "value", Verb.READ, release=DataClass.ACCESS_FRICTION, level=level
            )
        ).allowed
    }
    assert found == FRICTION_LEVELS[who]
    assert not decide(policy, *who, "Prediction", "value", Verb.READ).allowed


@pytest.mark.parametrize(
    ("verb", "who"), list(product([Verb.RUN, Verb.PROPOSE, Verb.APPROVE, Verb.EXECUTE], [REP, ACCESS]))
)
def test_what_no_line_names_is_denied(policy: Policy, verb: Verb, who: tuple[str, str]) -> None:
    for data_class in DataClass:
        assert not decide_class(policy, *who, data_class, None, None, verb).allowed


def test_another_purpose_is_granted_nothing(policy: Policy) -> None:
    for label in (*NODES, *RELS):
        assert not decide(policy, "field_rep", "access_strategy", label, None, Verb.READ).allowed


def test_without_grants_everything_is_denied(policy: Policy) -> None:
    empty = replace(policy, grants=())
    for label, node in NODES.items():
        for name in node.props:
            assert not decide(empty, *REP, label, name, Verb.READ).allowed


def test_a_narrow_line_does_not_fall_back_to_a_wider_one(policy: Policy) -> None:
    # given a class that may be aggregated, and a label of it that may only be read
    narrow = next(
        g for g in policy.grants if (g.role, g.data_class, g.label) == ("field_rep", "public_identity", "HCP")
    )
    grants = tuple(replace(g, verbs=frozenset({Verb.READ})) if g is narrow else g for g in policy.grants)
    changed = replace(policy, grants=grants)
    assert decide(changed, *REP, "Account", "name", Verb.AGGREGATE).allowed
    assert decide(changed, *REP, "HCP", "lastName", Verb.READ).allowed
    assert not decide(changed, *REP, "HCP", "lastName", Verb.AGGREGATE).allowed


def test_the_reason_names_the_line_that_decides(policy: Policy) -> None:
    verdict = decide(policy, *REP, "HCP", "optedOutOn", Verb.READ)
    line = next(g.line for g in policy.grants if g.role == "field_rep" and g.data_class == "privacy_choice")
    assert verdict.reason == f"policy.toml:{line}: read of privacy_choice for field_engagement is denied"


def test_unknown_names_are_errors_not_denials(policy: Policy) -> None:
    with pytest.raises(PolicyError, match="unknown role 'admin'"):
        decide(policy, "admin", "x", "HCP", "npi", Verb.READ)
    with pytest.raises(SchemaError, match=r"HCP\.ssn is not declared"):
        decide(policy, *REP, "HCP", "ssn", Verb.READ)
    with pytest.raises(SchemaError, match="'Person' is not a declared label"):
        decide(policy, *REP, "Person", None, Verb.READ)
