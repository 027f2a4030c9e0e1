"""A policy that contradicts itself or the declaration is refused, naming file and line."""

from pathlib import Path

import pytest

from graph.errors import PolicyError
from graph.governance import load_policy
from graph.governance.load import POLICY_FILE
from graph.schema.core import DataClass

FIELD_REP_NETWORK = '{ class = "network", verbs = ["read", "filter"], purpose = "field_engagement"'

# What is wrong, the text that is replaced, its replacement, the complaint; the line is that of the replacement.
WRONG: list[tuple[str, str, str, str]] = [
    ("role", "market_access = [", "market_acess = [", "unknown role 'market_acess'"),
    ("verb", FIELD_REP_NETWORK, FIELD_REP_NETWORK.replace("filter", "look"), "unknown verb 'look'"),
    ("class", '{ class = "patient", purpose = "field', '{ class = "patients", purpose = "field', "unknown data class"),
    ("form", 'form = "band"', 'form = "hidden"', "unknown form 'hidden'"),
    (
        "rule",
        'rules = ["own_territory"]',
        'rules = ["own_teritory"]',
        "unknown rule 'own_teritory': use one of minimum_cell, own_territory",
    ),
    ("purpose", FIELD_REP_NETWORK, FIELD_REP_NETWORK.replace("field_", "sales_"), "unknown purpose of field_rep"),
    ("the purpose of another role", 'purposes = ["access_strategy"]', 'purposes = ["other"]', "unknown purpose"),
    ("label", 'label = "IN_TERRITORY"', 'label = "IN_TERITORY"', "unknown label or relationship type"),
    (
        "a label without the class",
        'label = "IN_TERRITORY"',
        'label = "Plan"',
        "'Plan' has nothing of class 'alignment'",
    ),
    ("level", 'level = "hcp_plan"', 'level = "person"', "unknown level 'person'"),
    ("key", 'class = "patient", ', 'class = "patient", lable = "Patient", ', "unknown key 'lable' in a grant"),
    ("no verbs", FIELD_REP_NETWORK, '{ class = "network", purpose = "field_engagement"', "names its verbs"),
    ("no scope", 'rules = ["own_territory"]', "rules = []", "form 'own_scope' needs a rule"),
    ("rule kind", 'kind = "minimum"', 'kind = "least"', "unknown rule kind 'least'"),
    ("rule property", 'property = "optedOutOn"', 'property = "optOut"', "unknown property of HCP 'optOut'"),
    ("rule claim", 'claim = "territories"', 'claim = "regions"', "unknown claim 'regions'"),
    ("rule path", 'relationship = "IN_TERRITORY"', 'relationship = "COVERS"', "does not lead from 'HCP'"),
    ("minimum", "minimum = 11", 'minimum = "11"', "needs a whole number"),
    ("bands", "cuts = [0.06, 0.16]", "cuts = [0.16, 0.06]", "cut points ascend"),
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
    assert list(policy.roles) == ["field_rep", "market_access"]
    assert list(policy.rules) == ["territory", "own_territory", "prescriber_opt_out", "minimum_cell"]
    lines = POLICY_FILE.read_text(encoding="utf-8").splitlines()
    for grant in policy.grants:
        assert f'class = "{grant.data_class}"' in lines[grant.line - 1]
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
    lines = POLICY_FILE.read_text(encoding="utf-8").splitlines()
    kept = [line for line in lines if f'class = "{data_class}"' not in line or "market" in line or "field_" not in line]
    file = tmp_path / "policy.toml"
    file.write_text("\n".join(kept), encoding="utf-8")
    with pytest.raises(PolicyError, match=f"role 'field_rep' has no line for class '{data_class}'") as caught:
        load_policy(file)
    assert str(caught.value).startswith(f"policy.toml:{line_of(file, '[roles.field_rep]')}: ")


CONTRADICTIONS = [
    '{ class = "network", verbs = ["read"], purpose = "field_engagement", form = "value" },',
    '{ class = "patient", purpose = "field_engagement", form = "denied" },',
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
