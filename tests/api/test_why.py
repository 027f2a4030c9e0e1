"""`twin why` about somebody and one HCP: which row rule holds today, and what an agent may who acts for them."""

import json
from dataclasses import replace

import pytest

from api.commands import why
from api.permissions import PermissionSet
from graph.governance import Policy, load_policy
from graph.governance.policy import Form, Role
from graph.schema.core import DataClass
from tests.api import world
from tests.api.commands.test_policy_commands import run
from tests.api.conftest import Api, Asker

POLICY = load_policy()
TERRITORY = POLICY.rules["territory"].doc
OPT_OUT = POLICY.rules["prescriber_opt_out"].doc
PRESCRIBED = 'query ($npi: String!) { hcp(npi: $npi) { prescriptions(product: "OWN-1") { trx } } }'


@pytest.fixture(autouse=True)
def home(api: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    """The command finds the graph of the tests in its environment."""
    monkeypatch.setenv("TWIN_HOME", str(api.settings.home))
    monkeypatch.setenv("NEO4J_URI", str(api.settings.neo4j_uri))
    monkeypatch.setenv("NEO4J_PASSWORD", str(api.settings.neo4j_password))


CASES = {
    "one of theirs": (1, ["T-1"], {"territory": True, "prescriber_opt_out": True}),
    "one who opted out": (3, ["T-1"], {"territory": True, "prescriber_opt_out": False}),
    "one who will opt out": (5, ["T-1"], {"territory": True, "prescriber_opt_out": True}),
    "one elsewhere": (7, ["T-1"], {"territory": False, "prescriber_opt_out": True}),
    "one elsewhere who opted out": (8, ["T-1"], {"territory": False, "prescriber_opt_out": False}),
    "one who moved away": (12, ["T-1"], {"territory": False, "prescriber_opt_out": True}),
    "one who moved here": (12, ["T-2"], {"territory": True, "prescriber_opt_out": True}),
    "two territories": (7, ["T-1", "T-2"], {"territory": True, "prescriber_opt_out": True}),
    "no territory": (1, [], {"territory": False, "prescriber_opt_out": True}),
}


@pytest.mark.parametrize("name", CASES)
def test_each_rule_is_judged_for_the_hcp_as_the_api_does(
    api: Api, capsys: pytest.CaptureFixture[str], name: str
) -> None:
    number, territories, expected = CASES[name]
    npi = world.npi(number)
    # when it is asked why the rep sees, or does not see, the prescribing of this HCP
    options = [word for territory in territories for word in ("--territory", territory)]
    arguments = ["why", "PRESCRIBED.trx", "--as", "field_rep", "--hcp", npi, *options]
    code, out, _ = run(capsys, *arguments, "--json")
    # then each rule has its verdict
    found = json.loads(out)["hcp"]
    assert (code, found["npi"], found["territories"]) == (0, npi, territories)
    assert {rule["rule"]: rule["holds"] for rule in found["rules"]} == expected
    # and the API gives the rep exactly what they leave
    asker: Asker = api.as_("field_rep", *territories)
    hcp = asker.ask(PRESCRIBED, npi=npi)["data"]["hcp"]
    assert (hcp is not None) is expected["territory"]
    if hcp is not None:
        assert (hcp["prescriptions"] is not None) is expected["prescriber_opt_out"]


def test_the_answer_reads_as_sentences(capsys: pytest.CaptureFixture[str]) -> None:
    npi = world.npi(8)
    arguments = ["why", "PRESCRIBED.trx", "--as", "field_rep", "--hcp", npi, "--territory", "T-1"]
    lines = run(capsys, *arguments)[1].splitlines()
    assert lines[0].startswith("PRESCRIBED.trx: yes, own_scope (policy.toml:")
    assert lines[1:] == [
        f"HCP {npi}: territory: does not hold, so the HCP does not exist for them ({TERRITORY})",
        f"HCP {npi}: prescriber_opt_out: does not hold, so its confidential values are null for them ({OPT_OUT})",
    ]


def test_a_rule_about_something_else_says_so(capsys: pytest.CaptureFixture[str]) -> None:
    arguments = ["why", "AccessFriction.value", "--as", "field_rep", "--hcp", world.npi(1), "--territory", "T-1"]
    rules = {rule["rule"]: rule["holds"] for rule in json.loads(run(capsys, *arguments, "--json")[1])["hcp"]["rules"]}
    assert rules == {"territory": True, "prescriber_opt_out": True, "minimum_cell": None}
    assert "minimum_cell: not about HCPs but about each Prediction" in run(capsys, *arguments)[1]


def test_what_the_policy_denies_no_rule_opens(capsys: pytest.CaptureFixture[str]) -> None:
    arguments = ["why", "HCP.optedOutOn", "--as", "field_rep", "--hcp", world.npi(1), "--territory", "T-1", "--json"]
    found = json.loads(run(capsys, *arguments)[1])
    assert found["allowed"] is False
    assert [(rule["rule"], rule["holds"]) for rule in found["hcp"]["rules"]] == [("territory", True)]


def test_an_unknown_hcp_and_a_territory_without_one(capsys: pytest.CaptureFixture[str]) -> None:
    code, out, error = run(capsys, "why", "HCP.npi", "--as", "field_rep", "--hcp", world.NEVER_SEEN)
    assert (code, out) == (6, "")
    assert error.startswith(f"error: no HCP with NPI '{world.NEVER_SEEN}' in the graph")
    code, _, error = run(capsys, "why", "HCP.npi", "--as", "field_rep", "--territory", "T-1")
    assert (code, error) == (2, "error: --territory decides about rows: name one with --hcp NPI\n")


def with_agents(policy: Policy, denied: DataClass) -> Policy:
    """The policy with agents that may what a rep may, except one class."""
    purposes = policy.roles["field_rep"].purposes
    grants = tuple(
        replace(grant, role="agent", form=Form.DENIED if grant.data_class is denied else grant.form)
        for grant in policy.grants
        if grant.role == "field_rep"
    )
    others = tuple(grant for grant in policy.grants if grant.role != "agent")
    roles = {**policy.roles, "agent": Role("agent", 1, "Software that acts for people.", purposes)}
    return replace(policy, fingerprint="with agents", roles=roles, grants=(*others, *grants))


def test_an_agent_may_what_both_may(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    # given a policy whose agents see no prescribing
    policy = with_agents(POLICY, DataClass.PRESCRIBING)
    assert PermissionSet(policy, "agent", "field_engagement").verdict("HCP", "lastName").allowed
    monkeypatch.setattr(why, "policy_in_use", lambda _settings: policy)

    def asked(field: str, *more: str) -> tuple[bool, list[tuple[str, bool]]]:
        found = json.loads(run(capsys, "why", field, "--as", "field_rep", "--json", *more)[1])
        return found["allowed"], [(entry["role"], entry["allowed"]) for entry in found["verdicts"]]

    # then the rep sees it, and an agent does not for the rep; what both may see, both see
    assert asked("PRESCRIBED.trx") == (True, [("field_rep", True)])
    assert asked("PRESCRIBED.trx", "--agent") == (False, [("field_rep", True), ("agent", False)])
    assert asked("HCP.lastName", "--agent") == (True, [("field_rep", True), ("agent", True)])
    # and what the rep may not, an agent may not either
    assert asked("HCP.optedOutOn", "--agent") == (False, [("field_rep", False), ("agent", False)])
    text = run(capsys, "why", "PRESCRIBED.trx", "--as", "field_rep", "--agent")[1].splitlines()
    assert [line.partition(": yes")[0].partition(": no")[0] for line in text] == [
        "field_rep: PRESCRIBED.trx",
        "agent: PRESCRIBED.trx",
    ]


def test_a_policy_without_agents_says_so(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    without = replace(POLICY, roles={name: role for name, role in POLICY.roles.items() if name != "agent"})
    monkeypatch.setattr(why, "policy_in_use", lambda _settings: without)
    code, _, error = run(capsys, "why", "HCP.npi", "--as", "field_rep", "--agent")
    assert (code, error) == (2, "error: the policy has no role 'agent': leave out --agent\n")
