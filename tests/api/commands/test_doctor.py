"""`twin doctor`: what is checked, and what is said about what fails."""

import ctypes
import importlib.util
import json
import socket
from datetime import UTC, datetime
from pathlib import Path

import pytest
from click.testing import CliRunner

from api.commands import doctor
from graph.settings import Settings
from tests.api import issuer

NAMES = [
    "python",
    "disk of TWIN_HOME",
    "disk of TWIN_CACHE",
    "write to TWIN_HOME",
    "write to TWIN_CACHE",
    "java",
    "neo4j jars",
    "TWIN_BOLT_PORT",
    "TWIN_HTTP_PORT",
    "neo4j",
    "TWIN_PORT",
    "libgomp",
    "training packages",
    "keys",
    "token keys",
    "clock",
]


def settings(home: Path, **variables: str) -> Settings:
    return Settings.load({"TWIN_HOME": str(home / "home"), "TWIN_CACHE": str(home / "cache"), **variables})


def examine(home: Path, monkeypatch: pytest.MonkeyPatch, **variables: str) -> tuple[int, dict[str, tuple[str, str]]]:
    monkeypatch.setattr(doctor, "load_settings", lambda: settings(home, **variables))
    done = CliRunner().invoke(doctor.command, ["--json"])
    result = json.loads(done.stdout)
    assert result["ok"] is (done.exit_code == 0)
    return done.exit_code, {check["name"]: (check["verdict"], check["remedy"]) for check in result["checks"]}


def test_everything_is_looked_at_and_a_missing_installation_fails(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    code, checks = examine(tmp_path, monkeypatch)

    assert code == 1
    assert list(checks) == NAMES
    assert checks["neo4j jars"] == ("fail", "run 'twin neo4j install'")
    assert checks["neo4j"] == ("warn", "run 'twin neo4j start'")
    assert checks["java"] == ("ok", "")
    assert checks["libgomp"] == ("ok", "")
    assert not (tmp_path / "home").exists()


def test_a_java_that_does_not_fit_names_the_remedy(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    _, checks = examine(tmp_path, monkeypatch, NEO4J_JAVA="/bin/true")

    assert checks["java"] == ("fail", "name a Java from 17 to 21 in NEO4J_JAVA, or unset it and run 'make setup'")


@pytest.mark.parametrize("variable", ["TWIN_BOLT_PORT", "TWIN_HTTP_PORT", "TWIN_PORT"])
def test_a_wanted_port_that_is_taken_fails(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, variable: str) -> None:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen()
        port = listener.getsockname()[1]

        _, checks = examine(tmp_path, monkeypatch, **{variable: str(port)})

    assert checks[variable] == ("fail", f"end the program that listens there, or unset {variable}")


def test_an_external_server_that_does_not_answer_fails(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    _, checks = examine(tmp_path, monkeypatch, NEO4J_URI="bolt://127.0.0.1:9", NEO4J_PASSWORD="unimportant")

    assert checks["neo4j"] == ("fail", "start that server, or check NEO4J_URI, NEO4J_USER and NEO4J_PASSWORD_FILE")
    assert checks["neo4j jars"][0] == "warn"
    assert "TWIN_BOLT_PORT" not in checks


def test_a_missing_libgomp_fails(monkeypatch: pytest.MonkeyPatch) -> None:
    def missing(_: str) -> None:
        raise OSError

    monkeypatch.setattr(ctypes, "CDLL", missing)

    finding = doctor.openmp()

    assert (finding.verdict, finding.found) == ("fail", "cannot be loaded")
    assert "install" in finding.remedy


def test_missing_training_packages_are_a_warning_that_names_them(monkeypatch: pytest.MonkeyPatch) -> None:
    find = importlib.util.find_spec
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None if name == "torch" else find(name))

    finding = doctor.training_packages()

    assert (finding.verdict, finding.found) == ("warn", "missing: torch")


@pytest.mark.parametrize(("mode", "verdict"), [(0o600, "ok"), (0o640, "fail"), (0o604, "fail")])
def test_keys_that_others_can_read_fail(tmp_path: Path, mode: int, verdict: str) -> None:
    folder = tmp_path / "home" / "keys"
    folder.mkdir(parents=True, mode=0o700)
    (folder / "signing.pem").touch()
    (folder / "signing.pem").chmod(mode)

    finding = doctor.keys_folder(settings(tmp_path))

    assert finding.verdict == verdict
    assert finding.remedy == ("" if verdict == "ok" else f"chmod -R go= {folder}")


def test_production_needs_the_public_keys_of_its_tokens(tmp_path: Path) -> None:
    file = tmp_path / "jwks.json"
    named = settings(tmp_path, TWIN_PROFILE="production", TWIN_JWKS_FILE=str(file))

    assert doctor.token_keys(settings(tmp_path)).verdict == "ok"
    assert (
        doctor.token_keys(settings(tmp_path, TWIN_PROFILE="production")).found
        == "neither TWIN_JWKS_URL nor TWIN_JWKS_FILE is set"
    )
    assert doctor.token_keys(named).found == f"{file} cannot be read (No such file or directory)"
    file.touch()
    assert doctor.token_keys(named).verdict == "fail"
    file.write_bytes(issuer.jwks(issuer.okp("a"), issuer.ec("b")))
    assert doctor.token_keys(named).found == f"2 from {file}"


def test_an_address_of_keys_is_tried(tmp_path: Path) -> None:
    with issuer.provider(issuer.jwks(issuer.okp("a"))) as provider:
        named = settings(tmp_path, TWIN_PROFILE="production", TWIN_JWKS_URL=provider.url)
        assert doctor.token_keys(named).found == f"1 from {provider.url}"
        provider.answer = provider.with_status("404 Not Found")
        assert doctor.token_keys(named).found == f"{provider.url} cannot be used: it answers 404"


@pytest.mark.parametrize(
    ("now", "verdict"),
    [
        pytest.param(datetime(1970, 1, 2, tzinfo=UTC), "fail", id="never set"),
        pytest.param(datetime(2026, 2, 1, tzinfo=UTC), "warn", id="earlier than the files"),
        pytest.param(datetime(2100, 1, 1, tzinfo=UTC), "ok", id="later than the files"),
    ],
)
def test_a_clock_that_cannot_be_right(tmp_path: Path, now: datetime, verdict: str) -> None:
    (tmp_path / "home").mkdir()

    assert doctor.clock(settings(tmp_path), now).verdict == verdict
