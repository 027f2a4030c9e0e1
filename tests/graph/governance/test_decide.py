"""The deciding function: deny by default, the narrowest line wins, predictions by release and level."""

from dataclasses import replace
from itertools import product

import pytest

from graph.errors import PolicyError
from graph.governance import Policy, decide, load_policy
from graph.governance.decide import decide_class
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
    (REP, "HCP", "lastName", Verb.AGGREGATE, Form.DENIED, ()),
    (REP, "HCP", "knownAt", Verb.READ, Form.OWN_SCOPE, ("territory",)),
    (REP, "Payer", "name", Verb.READ, Form.VALUE, ()),
    (REP, "CoveragePolicy", "knownAt", Verb.READ, Form.DENIED, ()),
    (REP, "PRESCRIBED", "trx", Verb.READ, Form.OWN_SCOPE, ("territory", "prescriber_opt_out")),
    (REP, "HCP", "pageRank", Verb.READ, Form.OWN_SCOPE, ("territory",)),
    (REP, "Territory", "name", Verb.READ, Form.OWN_SCOPE, ("own_territory",)),
    (REP, "Rep", "name", Verb.READ, Form.DENIED, ()),
    (REP, "Patient", "token", Verb.READ, Form.DENIED, ()),
    (REP, "TherapyStart", "writtenOn", Verb.READ, Form.DENIED, ()),
    (REP, "Source", "dataTime", Verb.READ, Form.VALUE, ()),
    (REP, "RefreshRun", "fingerprint", Verb.READ, Form.DENIED, ()),
    (ACCESS, "HCP", "lastName", Verb.READ, Form.VALUE, ()),
    (ACCESS, "PRESCRIBED", "trx", Verb.READ, Form.DENIED, ()),
    (ACCESS, "PRESCRIBED", "trx", Verb.FILTER, Form.DENIED, ()),
    (ACCESS, "PRESCRIBED", "trx", Verb.AGGREGATE, Form.AGGREGATE, ("minimum_cell",)),
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


WALLED = {
    "MedicalInquiry": ("ASKED",),
    "SurveyResponse": ("ANSWERED", "NOMINATED"),
    "ScientificActivity": ("CONTRIBUTED",),
    "SupportCase": ("REFERRED",),
    "PriorAuthorization": ("REQUESTED_BY", "DECIDED_UNDER", "CONCERNS"),
    "Payment": ("RECEIVED",),
    "Interaction": ("MADE", "WITH", "DETAILED"),
    "Consent": ("GAVE",),
    "Suggestion": ("TO", "SUGGESTS"),
    "FieldNote": ("WROTE", "MENTIONS"),
}
"""What the company's feeds bring, with the relationships that say so: granted to no role yet."""


@pytest.mark.parametrize("who", [REP, ACCESS])
@pytest.mark.parametrize("label", WALLED)
def test_what_stands_behind_a_wall_shows_nothing_in_any_way(policy: Policy, who: tuple[str, str], label: str) -> None:
    members: list[tuple[str, str | None]] = [(label, name) for name in NODES[label].props]
    members += [(kind, name) for kind in WALLED[label] for name in (None, *RELS[kind].props)]
    seen = [
        (owner, name, verb)
        for owner, name in members
        for verb in Verb
        if decide(policy, *who, owner, name, verb).allowed
    ]
    assert seen == []


FRICTION_LEVELS = {REP: {"hcp_plan": Form.OWN_SCOPE, "plan": Form.AGGREGATE}, ACCESS: dict.fromkeys(
    ("plan", "account", "territory"), Form.AGGREGATE)}  # fmt: skip


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
    wider = next(
        g for g in policy.grants if g.role == "field_rep" and g.data_class == "public_identity" and not g.label
    )
    grants = tuple(replace(g, verbs=g.verbs | {Verb.AGGREGATE}) if g is wider else g for g in policy.grants)
    changed = replace(policy, grants=grants)
    assert decide(changed, *REP, "Account", "name", Verb.AGGREGATE).allowed
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
