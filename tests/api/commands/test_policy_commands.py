"""`twin why`, `twin token`, `twin schema`."""

import json
from pathlib import Path

import pytest

from api.cli import main
from api.tokens import Caller, Tokens
from graph.governance import load_policy
from graph.governance.load import POLICY_FILE
from graph.settings import Settings


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for name in ("TWIN_PROFILE", "TWIN_JWKS_FILE", "TWIN_POLICY_FILE"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("TWIN_HOME", str(tmp_path))
    return tmp_path


def run(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, str, str]:
    with pytest.raises(SystemExit) as ended:
        main(list(arguments))
    output = capsys.readouterr()
    return int(ended.value.code or 0), output.out, output.err


WHY = [
    (("field_rep", "HCP.lastName"), "yes, own_scope (policy.toml:"),
    (("field_rep", "HCP.optedOutOn"), "no (policy.toml:"),
    (("field_rep", "HCP.lastName", "--verb", "run"), "no (nothing grants run of public_identity"),
    (("market_access", "PRESCRIBED.trx"), "no (nothing grants read of prescribing"),
    (("market_access", "HCP.optedOutOn", "--verb", "filter"), "no (policy.toml:"),
    (("field_rep", "Influence.value"), "Prediction.value of influence at level hcp: yes, band (policy.toml:"),
    (("market_access", "AccessFriction.value"), "at level plan: yes, aggregate (policy.toml:"),
    (("market_access", "Prediction.value"), "access_friction at level hcp_plan: no (policy.toml:"),
]


@pytest.mark.parametrize(("arguments", "expected"), WHY)
def test_why_gives_verdict_and_line(
    capsys: pytest.CaptureFixture[str], arguments: tuple[str, ...], expected: str
) -> None:
    role, *rest = arguments
    code, out, _ = run(capsys, "why", "--as", role, *rest)
    assert code == 0
    assert expected in out


def test_why_as_json(capsys: pytest.CaptureFixture[str]) -> None:
    _, out, _ = run(capsys, "why", "--as", "field_rep", "HCP.optedOutOn", "--json")
    found = json.loads(out)
    assert found["allowed"] is False
    assert [entry["form"] for entry in found["verdicts"]] == ["denied"]


def test_unknown_role_and_field_are_told_apart(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(capsys, "why", "--as", "admin", "HCP.npi")[0] == 2
    code, _, error = run(capsys, "why", "--as", "field_rep", "HCP.ssn")
    assert (code, error.startswith("error: no field 'HCP.ssn'")) == (6, True)


def test_a_token_is_accepted_by_the_api_of_the_same_home(capsys: pytest.CaptureFixture[str], home: Path) -> None:
    _, out, _ = run(capsys, "token", "--role", "field_rep", "--territory", "A", "--territory", "B", "--subject", "me")
    policy = load_policy()
    tokens = Tokens.of(Settings.load({"TWIN_HOME": str(home)}), lambda: policy)
    assert tokens.caller(f"Bearer {out.strip()}") == Caller("me", "field_rep", "field_engagement", ("A", "B"))
    _, out, _ = run(capsys, "token", "--role", "field_rep", "--territory", "A", "--agent", "assistant-7")
    agent = Caller("developer", "field_rep", "field_engagement", ("A",), "assistant-7")
    assert tokens.caller(f"Bearer {out.strip()}") == agent
    _, out, _ = run(capsys, "token", "--role", "market_access", "--json")
    assert tokens.caller(f"Bearer {json.loads(out)['token']}").role == "market_access"


def test_a_token_that_reaches_no_hcp_says_so_beside_the_token(capsys: pytest.CaptureFixture[str]) -> None:
    _, out, said = run(capsys, "token", "--role", "field_rep")
    assert said == "no --territory: the rules own_territory, territory leave this token no HCP\n"
    assert out.count("\n") == 1
    assert run(capsys, "token", "--role", "field_rep", "--territory", "A")[2] == ""
    assert run(capsys, "token", "--role", "market_access")[2] == ""


def test_a_home_that_cannot_be_made_is_one_line(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, home: Path
) -> None:
    (home / "file").write_text("not a folder", encoding="utf-8")
    monkeypatch.setenv("TWIN_HOME", str(home / "file" / "twin"))
    code, out, error = run(capsys, "token", "--role", "market_access")
    assert (code, out) == (1, "")
    assert error.startswith(f"error: '{home / 'file'}")
    assert error.endswith(": Not a directory; `twin doctor` checks folders and disk\n")


def test_no_token_for_an_unknown_role_or_in_production(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, home: Path
) -> None:
    assert run(capsys, "token", "--role", "admin")[0] == 2
    monkeypatch.setenv("TWIN_PROFILE", "production")
    code, out, error = run(capsys, "token", "--role", "field_rep")
    assert (code, out) == (2, "")
    assert "signs no tokens" in error
    assert not (home / "keys").exists()


def test_schema_prints_the_roles_own(capsys: pytest.CaptureFixture[str]) -> None:
    rep = run(capsys, "schema", "--as", "field_rep")[1]
    access = run(capsys, "schema", "--as", "market_access")[1]
    assert "prescriptions(" in rep
    assert "prescriptions(" not in access
    known = ", ".join(load_policy().roles)
    code, _, error = run(capsys, "schema", "--as", "nobody")
    assert (code, error) == (2, f"error: unknown role 'nobody': use one of {known}\n")
    code, _, error = run(capsys, "schema")
    assert (code, error) == (2, f"error: no role: name one with --as ({known})\n")


def test_a_policy_is_checked_before_it_comes_into_force(capsys: pytest.CaptureFixture[str], home: Path) -> None:
    # given a copy of the policy, and one with a role whose purpose nobody knows
    text = POLICY_FILE.read_text(encoding="utf-8")
    good, broken = home / "good.toml", home / "broken.toml"
    good.write_text(text, encoding="utf-8")
    broken.write_text(f'{text}\n[roles.nobody]\ndoc = "Nobody."\npurposes = ["nothing"]\n', encoding="utf-8")
    policy = load_policy()
    # then the first can be used, with what is in it
    code, out, _ = run(capsys, "policy", "check", str(good), "--json")
    assert (code, json.loads(out)) == (
        0,
        {
            "version": policy.version,
            "fingerprint": policy.fingerprint,
            "roles": list(policy.roles),
            "grants": len(policy.grants),
        },
    )
    assert run(capsys, "policy", "check", str(good))[1].endswith("grants: can be used\n")
    # and the second is refused with its line
    code, out, error = run(capsys, "policy", "check", str(broken))
    assert (code, out) == (5, "")
    assert error.startswith(f"error: broken.toml:{text.count(chr(10)) + 2}: unknown purpose 'nothing'")


def test_every_command_asks_the_policy_of_the_deployment(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, home: Path
) -> None:
    # given a policy file of one's own that is broken
    file = home / "own.toml"
    file.write_text("version = 1\n", encoding="utf-8")
    monkeypatch.setenv("TWIN_POLICY_FILE", str(file))
    # then no command falls back to the packaged one
    for arguments in (
        ["token", "--role", "field_rep"],
        ["why", "HCP.npi", "--as", "field_rep"],
        ["schema", "--as", "field_rep"],
    ):
        code, out, error = run(capsys, *arguments)
        assert (code, out) == (5, ""), arguments
        assert error.startswith("error: own.toml:1: "), arguments
