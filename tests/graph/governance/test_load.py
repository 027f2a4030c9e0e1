"""A policy that contradicts itself or the declaration is refused, naming file and line."""

from pathlib import Path

import pytest

from graph.errors import PolicyError
from graph.governance import load_policy
from graph.governance.load import POLICY_FILE
from graph.schema.core import DataClass

FIELD_REP_NETWORK = '{ class = "network", verbs = ["read", "filter", "aggregate"], form = "own_scope"'
DENIED_TO_FIELD_REP = '["patient", "therapy", "access_event", "support", "research"'
MASKED = '"field_note"], verbs = ["read"], form = "masked"'
AGENT = '"cohort", "therapy", "access_event"], verbs = ["read", "filter", "aggregate"], form = "value"'

# What is wrong, the text that is replaced, its replacement, the complaint; the line is that of the replacement.
WRONG: list[tuple[str, str, str, str]] = [
    ("role", "market_access = [", "market_acess = [", "unknown role 'market_acess'"),
    ("verb", FIELD_REP_NETWORK, FIELD_REP_NETWORK.replace("filter", "look"), "unknown verb 'look'"),
    ("class", DENIED_TO_FIELD_REP, DENIED_TO_FIELD_REP.replace("patient", "patients"), "unknown data class 'patients'"),
    ("no class", DENIED_TO_FIELD_REP, '[], label = ["x"', "names at least one class"),
    ("form", 'form = "band"', 'form = "hidden"', "unknown form 'hidden'"),
    (
        "rule",
        'rules = ["own_territory"]',
        'rules = ["own_teritory"]',
        "unknown rule 'own_teritory': use one of case_in_territory, consent_in_territory, minimum_cell",
    ),
    ("purpose", FIELD_REP_NETWORK, FIELD_REP_NETWORK + ', purpose = "sales"', "unknown purpose of field_rep 'sales'"),
    (
        "a purpose too many",
        'purposes = ["field_engagement"]',
        'purposes = ["field_engagement", "analysis"]',
        "purpose of field_rep None",
    ),
    ("the purpose of another role", 'purposes = ["access_strategy"]', 'purposes = ["other"]', "unknown purpose"),
    ("label", 'label = "IN_TERRITORY"', 'label = "IN_TERITORY"', "unknown label or relationship type"),
    (
        "a label without the class",
        'label = "IN_TERRITORY"',
        'label = "Plan"',
        "'Plan' has nothing of class 'alignment'",
    ),
    ("level", 'level = "hcp_plan"', 'level = "person"', "unknown level 'person'"),
    (
        "key",
        FIELD_REP_NETWORK,
        '{ lable = "HCP"' + FIELD_REP_NETWORK[1:].replace(" class", ", class"),
        "unknown key 'lable'",
    ),
    ("no verbs", FIELD_REP_NETWORK, '{ class = "network", form = "own_scope"', "names its verbs"),
    ("a filter on masked values", MASKED, MASKED.replace('"read"', '"read", "filter"'), "for the verb 'read' alone"),
    ("a masked prediction", '"suggestion", ' + MASKED, '"adoption", ' + MASKED, "show a prediction as a band"),
    (
        "single rows as aggregates",
        'verbs = ["aggregate"], form = "aggregate" }',
        'verbs = ["read"], form = "aggregate" }',
        "form 'aggregate' of single rows",
    ),
    (
        "levels with other verbs",
        'level = "account", verbs = ["read", "filter", "aggregate"]',
        'level = "account", verbs = ["read"]',
        "levels of a class share their verbs",
    ),
    (
        "an agent with a scope",
        AGENT,
        AGENT.replace('"value"', '"own_scope", rules = ["territory"]'),
        "an agent's grants say 'value' or 'denied'",
    ),
    ("two agents", 'purposes = ["analysis"]', 'purposes = ["analysis"]\nacts_for_others = true', "acts for others"),
    ("role key", 'purposes = ["analysis"]', 'purposes = ["analysis"]\nlevel = 1', "unknown key 'level' in role"),
    ("a role without a purpose", 'purposes = ["analysis"]', "purposes = []", "needs a doc and at least one purpose"),
    ("a rule of another label", 'rule = "territory"', 'rule = "oneself"', "is not a rule of its own about 'HCP'"),
    ("a rule that is not there", 'rule = "territory"', 'rule = "region"', "unknown rule 'region'"),
    ("no scope", 'rules = ["own_territory"]', "rules = []", "form 'own_scope' needs a rule"),
    ("rule kind", 'kind = "minimum"', 'kind = "least"', "unknown rule kind 'least'"),
    ("rule property", 'property = "optedOutOn"', 'property = "optOut"', "unknown property of HCP 'optOut'"),
    ("rule claim", 'claim = "territories"', 'claim = "regions"', "unknown claim 'regions'"),
    ("rule path", 'relationship = "IN_TERRITORY"', 'relationship = "COVERS"', "'COVERS' does not join 'HCP'"),
    ("minimum", "minimum = 11", 'minimum = "11"', "needs a whole number"),
    ("a value", 'values = ["all"', 'values = ["alle"', "unknown value of level 'alle'"),
    ("no values", 'values = ["all", "planKind"]', "values = []", "needs values"),
    ("values of anything", 'property = "level"', 'property = "edition"', "a closed list of them"),
    ("bands", "cuts = [0.06, 0.16]", "cuts = [0.16, 0.06]", "cut points ascend"),
]


ROLES = [
    "brand",
    "field_rep",
    "market_access",
    "medical",
    "executive",
    "data_science",
    "privacy_admin",
    "patient_support",
]


def changed(tmp_path: Path, old: str, new: str) -> Path:
    text = POLICY_FILE.read_text(encoding="utf-8")
    assert old in text
    file = tmp_path / "policy.toml"
    file.write_text(text.replace(old, new, 1), encoding="utf-8")
    return file


def line_of(file: Path, text: str) -> int:
    return next(n for n, line in enumerate(file.read_text(encoding="utf-8").splitlines(), 1) if text in line)


def test_the_reviewed_policy_loads_with_its_lines() -> None:
    policy = load_policy()
    assert list(policy.roles) == ROLES
    assert policy.agent is not None
    assert (policy.agent.name, policy.agent.purposes) == ("agent", ("assistance",))
    lines = POLICY_FILE.read_text(encoding="utf-8").splitlines()
    for grant in policy.grants:
        assert f'"{grant.data_class}"' in lines[grant.line - 1]
        assert f'form = "{grant.form}"' in lines[grant.line - 1]
    for rule in policy.rules.values():
        assert lines[rule.line - 1] == f"[rules.{rule.name}]"


@pytest.mark.parametrize(("name", "old", "new", "complaint"), WRONG, ids=[case[0] for case in WRONG])
def test_a_wrong_policy_is_refused_with_its_line(tmp_path: Path, name: str, old: str, new: str, complaint: str) -> None:
    file = changed(tmp_path, old, new)
    with pytest.raises(PolicyError, match=r"^policy\.toml:\d+: ") as caught:
        load_policy(file)
    assert complaint in str(caught.value)


def test_the_line_named_is_the_line_to_mend(tmp_path: Path) -> None:
    file = changed(tmp_path, 'form = "band"', 'form = "hidden"')
    with pytest.raises(PolicyError, match=f"^policy.toml:{line_of(file, 'hidden')}: "):
        load_policy(file)


@pytest.mark.parametrize("data_class", DataClass)
def test_every_role_needs_a_line_for_every_class(tmp_path: Path, data_class: DataClass) -> None:
    # given a policy in which a role says nothing of a class
    grants = POLICY_FILE.read_text(encoding="utf-8")
    start = grants.index("\nmedical = [") + 1
    end = grants.index("\n]\n", start)
    file = tmp_path / "policy.toml"
    file.write_text(grants[:start] + "medical = [\n" + _without(grants[start:end], data_class) + grants[end:], "utf-8")
    # then it is refused at the role
    with pytest.raises(PolicyError, match=f"role 'medical' has no line for class '{data_class}'") as caught:
        load_policy(file)
    assert str(caught.value).startswith(f"policy.toml:{line_of(file, '[roles.medical]')}: ")


def _without(role: str, data_class: str) -> str:
    """The lines of a role without a class."""
    return "\n".join(
        line.replace(f'"{data_class}", ', "").replace(f', "{data_class}"', "") if "class = [" in line else line
        for line in role.splitlines()[1:]
        if f'class = "{data_class}"' not in line
    )


CONTRADICTIONS = [
    '{ class = "network", verbs = ["read"], purpose = "field_engagement", form = "value" },',
    '{ class = ["patient"], form = "denied" },',
    '{ class = "access_friction", level = "plan", verbs = ["read"], purpose = "field_engagement", form = "value" },',
]


@pytest.mark.parametrize("line", CONTRADICTIONS)
def test_two_lines_on_the_same_thing_are_refused(tmp_path: Path, line: str) -> None:
    file = changed(tmp_path, "field_rep = [\n", f"field_rep = [\n  {line}\n")
    with pytest.raises(PolicyError, match=r"contradicts line \d+"):
        load_policy(file)


def test_a_file_that_is_not_toml_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "policy.toml"
    file.write_text("[", encoding="utf-8")
    with pytest.raises(PolicyError, match=r"^policy.toml: cannot be read"):
        load_policy(file)
