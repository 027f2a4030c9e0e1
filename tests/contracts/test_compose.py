"""The production files, as far as they can be checked without a container engine."""

import json
import re
import stat
import subprocess
import sys
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import yaml

from api.cli import COMMANDS
from graph.server.lockfile import Lock
from graph.settings import Settings
from graph.store import Store

ROOT = Path(__file__).parents[2]
SCHEMA = Path(__file__).with_name("compose-spec.json")
DOCKERFILE = (ROOT / "Dockerfile").read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def compose() -> dict[str, Any]:
    content: dict[str, Any] = yaml.safe_load((ROOT / "docker-compose.yml").read_text(encoding="utf-8"))
    return content


@pytest.fixture
def services(compose: dict[str, Any]) -> dict[str, dict[str, Any]]:
    found: dict[str, dict[str, Any]] = compose["services"]
    return found


def words(command: str | list[str]) -> list[str]:
    return command.split() if isinstance(command, str) else command


def test_it_is_a_compose_file(compose: dict[str, Any]) -> None:
    schema = json.loads(SCHEMA.read_text(encoding="utf-8"))

    errors = list(jsonschema.Draft202012Validator(schema).iter_errors(compose))

    assert [f"{'/'.join(map(str, error.path))}: {error.message}" for error in errors] == []


def test_the_schema_would_refuse_a_mistake(compose: dict[str, Any]) -> None:
    schema = json.loads(SCHEMA.read_text(encoding="utf-8"))
    wrong = {**compose, "services": {"api": {"image": "x", "port": ["8000"]}}}

    assert not jsonschema.Draft202012Validator(schema).is_valid(wrong)


def test_versions_are_those_of_the_lock(services: dict[str, dict[str, Any]]) -> None:
    check = [sys.executable, "scripts/lock_compose.py", "--check"]

    assert services["neo4j"]["image"] == f"neo4j:{Lock.load().neo4j}"
    assert subprocess.run(check, cwd=ROOT, check=False).returncode == 0


def test_every_command_exists(services: dict[str, dict[str, Any]]) -> None:
    commands = [words(service["command"]) for service in services.values() if "command" in service]
    commands += [json.loads(line) for line in re.findall(r"^CMD (\[.*\])$", DOCKERFILE, re.MULTILINE)]

    called = [command[command.index("twin") + 1] for command in commands]

    assert sorted(called) == ["nightly", "nightly", "serve", "serve"]
    assert set(called) <= set(COMMANDS)


def test_every_file_that_is_named_exists(services: dict[str, dict[str, Any]]) -> None:
    in_image = set()
    for service in services.values():
        for text in (*words(service.get("command", [])), *words(service["healthcheck"]["test"])):
            in_image |= set(re.findall(r"/app/(\S+)", text))
    copied = {name for line in re.findall(r"^COPY (.+) \S+$", DOCKERFILE, re.MULTILINE) for name in line.split()}
    allowed = (ROOT / ".dockerignore").read_text(encoding="utf-8").splitlines()

    assert in_image == {"deploy/every_night.sh", "deploy/healthy.py"}
    assert [name for name in in_image | copied if not (ROOT / name).exists()] == []
    assert {name.split("/")[0] for name in copied} == {
        line.removeprefix("!").split("/")[0] for line in allowed if line.startswith("!")
    }


def test_every_build_target_is_a_stage(services: dict[str, dict[str, Any]]) -> None:
    stages = re.findall(r"^FROM \S+ AS (\S+)$", DOCKERFILE, re.MULTILINE)

    targets = {service["build"]["target"] for service in services.values() if "build" in service}

    assert targets == {"serve", "train"} <= set(stages)


def test_images_run_as_somebody_without_rights_and_hold_no_secret() -> None:
    stages = re.split(r"^FROM ", DOCKERFILE, flags=re.MULTILINE)[2:]

    assert [stage.count("\nUSER twin\n") for stage in stages] == [1, 1]
    assert re.findall(r"(?i)password|secret|token", DOCKERFILE) == []
    assert "--require-hashes" in stages[1]


def test_only_the_loopback_address_is_published(services: dict[str, dict[str, Any]]) -> None:
    ports = [port for service in services.values() for port in service.get("ports", [])]

    assert ports == ["127.0.0.1:7474:7474", "127.0.0.1:7687:7687", "127.0.0.1:8000:8000"]


def test_every_service_has_a_health_check_and_waits_for_neo4j(services: dict[str, dict[str, Any]]) -> None:
    waiting = {name: service.get("depends_on") for name, service in services.items()}

    healthy = {"neo4j": {"condition": "service_healthy"}}
    assert waiting == {"neo4j": None, "api": healthy, "nightly": healthy}
    assert all(service["healthcheck"]["test"] for service in services.values())


@pytest.mark.parametrize("name", ["api", "nightly"])
def test_the_environment_is_understood_by_the_settings(
    services: dict[str, dict[str, Any]], tmp_path: Path, name: str
) -> None:
    environment = dict(services[name]["environment"])
    password = tmp_path / "password"
    password.write_text("from a file", encoding="utf-8")
    assert environment["NEO4J_PASSWORD_FILE"] == "/run/secrets/neo4j_password"

    settings = Settings.load({**environment, "NEO4J_PASSWORD_FILE": str(password)})

    assert settings.neo4j_uri == "bolt://neo4j:7687"
    assert settings.neo4j_password == "from a file"
    assert settings.profile == "production"
    assert (settings.tokens.jwks_file is not None) is (name == "api")


def test_every_setting_given_to_neo4j_is_one_of_its_settings(
    services: dict[str, dict[str, Any]], neo4j_empty: Store
) -> None:
    of_the_image = {"NEO4J_AUTH_FILE", "NEO4J_PLUGINS"}
    given = [name for name in services["neo4j"]["environment"] if name not in of_the_image]

    # The image turns NEO4J_a_b__c into a.b_c.
    names = {re.sub(r"(?<!_)_(?!_)", ".", name.removeprefix("NEO4J_")).replace("__", "_") for name in given}

    known = {row["name"] for row in neo4j_empty.read("SHOW SETTINGS YIELD name")}
    assert len(names) == len(given) == 8
    assert names - known == set()


def test_every_secret_that_is_read_is_given_to_the_service(compose: dict[str, Any]) -> None:
    for service in compose["services"].values():
        read = {str(value) for value in service["environment"].values() if "/run/secrets/" in str(value)}

        assert read == {f"/run/secrets/{secret}" for secret in service["secrets"]}
        assert set(service["secrets"]) <= set(compose["secrets"])


def test_no_password_is_written_in_the_file(services: dict[str, dict[str, Any]]) -> None:
    named = {name: value for s in services.values() for name, value in s["environment"].items() if "AUTH" in name}
    named |= {name: value for s in services.values() for name, value in s["environment"].items() if "PASSWORD" in name}

    assert named == {
        "NEO4J_AUTH_FILE": "/run/secrets/neo4j_auth",
        "NEO4J_PASSWORD_FILE": "/run/secrets/neo4j_password",
    }


def test_the_secrets_that_are_named_are_made_once(compose: dict[str, Any], tmp_path: Path) -> None:
    folder = tmp_path / "secrets"
    make = ["sh", str(ROOT / "deploy" / "make_secrets.sh"), str(folder)]

    said = subprocess.run(make, check=True, capture_output=True, text=True).stdout
    first = {file.name: file.read_text(encoding="utf-8") for file in folder.iterdir()}
    subprocess.run(make, check=True)
    second = {file.name: file.read_text(encoding="utf-8") for file in folder.iterdir()}

    files = {secret["file"] for secret in compose["secrets"].values()}
    assert files == {f"./secrets/{name}" for name in first} | {"./secrets/jwks.json"}
    assert "into " + str(folder / "jwks.json") in said
    assert second == first
    assert re.fullmatch(r"[A-Za-z0-9]{32}", first["neo4j_password"])
    assert first["neo4j_auth"] == f"neo4j/{first['neo4j_password']}"
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700


def test_a_wrong_time_for_the_nightly_run_is_refused(tmp_path: Path) -> None:
    environment = {"PATH": "/usr/bin:/bin", "TWIN_HOME": str(tmp_path), "NIGHTLY_AT": "25:00"}
    command = ["sh", str(ROOT / "deploy" / "every_night.sh"), "true"]

    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)

    assert (done.returncode, done.stderr) == (2, "error: NIGHTLY_AT='25:00' is not a time: use HH:MM, in UTC\n")


@pytest.mark.parametrize(
    ("at", "now", "left"),
    [
        pytest.param("02:30", 0, 9000, id="later today"),
        pytest.param("00:00", 86_399, 1, id="at midnight"),
        pytest.param("08:09", 8 * 3600 + 9 * 60, 86_400, id="now means tomorrow"),
        pytest.param("02:30", 9001, 86_399, id="missed today"),
    ],
)
def test_the_nightly_run_waits_until_its_time_and_says_so(tmp_path: Path, at: str, now: int, left: int) -> None:
    bin_folder = tmp_path / "bin"
    bin_folder.mkdir()
    for name, does in {"date": f"echo {now}", "sleep": "exit 0"}.items():
        (bin_folder / name).write_text(f"#!/bin/sh\n{does}\n", encoding="utf-8")
        (bin_folder / name).chmod(0o755)
    environment = {"PATH": f"{bin_folder}:/usr/bin:/bin", "TWIN_HOME": str(tmp_path), "NIGHTLY_AT": at}
    script = str(ROOT / "deploy" / "every_night.sh")
    ends_the_loop = ["sh", "-c", "echo ran; kill -TERM $PPID"]

    done = subprocess.run(["sh", script, *ends_the_loop], env=environment, capture_output=True, text=True, check=False)

    assert done.stdout.splitlines()[:2] == [f"next run in {left} s, at {at} UTC", "ran"]
    assert done.returncode == 0
    assert (tmp_path / "nightly.ok").exists()
