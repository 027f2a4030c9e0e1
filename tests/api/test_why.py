"""`twin why` about somebody and one HCP: which row rule holds today, and what an agent may who acts for them."""

import json
from dataclasses import replace

import pytest

from api.commands import why
from graph.governance import load_policy
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


def test_an_agent_may_what_its_person_may_less_what_is_denied_to_agents(capsys: pytest.CaptureFixture[str]) -> None:
    def asked(role: str, field: str, *more: str) -> dict[str, object]:
        found: dict[str, object] = json.loads(run(capsys, "why", field, "--as", role, "--json", *more)[1])
        return found

    # then what the person may and agents may, the agent may
    assert asked("field_rep", "PRESCRIBED.trx", "--agent")["allowed"] is True
    # and what only the person may, it may not, and the reason names the line about agents
    assert asked("privacy_admin", "HCP.optedOutOn")["allowed"] is True
    denied = asked("privacy_admin", "HCP.optedOutOn", "--agent")
    assert denied["allowed"] is False
    assert "denied to agents: policy.toml:" in str(denied["verdicts"])
    # and what only agents may, it may not either
    assert asked("medical", "PRESCRIBED.trx", "--agent")["allowed"] is False


def test_a_policy_without_agents_says_so(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(why, "policy_in_use", lambda _settings: replace(POLICY, agent=None))
    code, _, error = run(capsys, "why", "HCP.npi", "--as", "field_rep", "--agent")
    assert (code, error) == (5, "error: policy.toml has no role that acts for others: agents may see nothing\n")
