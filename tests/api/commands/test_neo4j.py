"""`twin neo4j` as scripts see it: JSON, exit codes, one line for what goes wrong."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from graph.settings import Settings
from graph.store import Store

STATUS = ["running", "uri", "http", "user", "password_file", "version", "gds", "pid"]


def twin(home: Path, *arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    inherited = {name: value for name, value in os.environ.items() if not name.startswith(("TWIN_", "NEO4J_"))}
    cache = {"TWIN_CACHE": os.environ["TWIN_CACHE"]} if "TWIN_CACHE" in os.environ else {}
    return subprocess.run(
        [sys.executable, "-m", "api.cli", *arguments],
        env={**inherited, **cache, "TWIN_HOME": str(home), **environment},
        capture_output=True,
        text=True,
        check=False,
    )


def test_the_status_of_nothing(tmp_path: Path) -> None:
    done = twin(tmp_path, "neo4j", "status", "--json")

    status = json.loads(done.stdout)
    assert (done.returncode, list(status), status["running"], status["pid"]) == (0, STATUS, False, None)


def test_stopping_nothing_is_fine(tmp_path: Path) -> None:
    done = twin(tmp_path, "neo4j", "stop", "--json")

    assert (done.returncode, json.loads(done.stdout)) == (0, {"stopped": False})


def test_an_external_server_is_described_and_never_started_or_stopped(
    neo4j_settings: Settings, neo4j_empty: Store, tmp_path: Path
) -> None:
    uri, password = neo4j_settings.neo4j_uri, neo4j_settings.neo4j_password
    assert uri is not None
    assert password is not None
    environment = {"NEO4J_URI": uri, "NEO4J_PASSWORD": password}

    status = twin(tmp_path, "neo4j", "status", "--json", **environment)
    start = twin(tmp_path, "neo4j", "start", **environment)
    stop = twin(tmp_path, "neo4j", "stop", **environment)

    found = json.loads(status.stdout)
    assert list(found) == STATUS
    assert (found["running"], found["uri"], found["version"], found["gds"]) == (True, uri, "5.26.31", "2.13.9")
    assert (found["pid"], found["password_file"], found["http"]) == (None, None, None)
    assert (start.returncode, stop.returncode) == (0, 0)
    assert "an external server is used, nothing is started here" in start.stderr
    assert "an external server is used, nothing is stopped here" in stop.stderr
    assert neo4j_empty.read("RETURN 1 AS one") == [{"one": 1}]
    assert password not in start.stdout + start.stderr + stop.stdout + status.stdout
    assert not (tmp_path / "neo4j").exists()


def test_an_external_server_that_does_not_answer(tmp_path: Path) -> None:
    done = twin(tmp_path, "neo4j", "status", "--json", NEO4J_URI="bolt://127.0.0.1:9", NEO4J_PASSWORD="unimportant")

    found = json.loads(done.stdout)
    assert (done.returncode, found["running"], found["uri"]) == (0, False, "bolt://127.0.0.1:9")


@pytest.mark.parametrize(
    ("arguments", "environment", "code", "line"),
    [
        pytest.param(["logs"], {}, 6, "there is no log at ", id="no log yet"),
        pytest.param(
            ["start"], {"NEO4J_JAVA": "/bin/true"}, 3, "'/bin/true' does not answer like a Java", id="no Java"
        ),
        pytest.param(["start"], {"TWIN_BOLT_PORT": "none"}, 2, "TWIN_BOLT_PORT='none' is not a port", id="no port"),
        pytest.param(
            ["status"], {"NEO4J_URI": "bolt://x"}, 2, "NEO4J_URI='bolt://x' is set without a password", id="no password"
        ),
        pytest.param(
            ["start"],
            {"NEO4J_URI": "bolt://127.0.0.1:9", "NEO4J_PASSWORD": "unimportant"},
            60,
            "Neo4j at 'bolt://127.0.0.1:9' does not answer: start it there, or unset NEO4J_URI",
            id="external and silent",
        ),
    ],
)
def test_what_goes_wrong_is_one_line_and_an_exit_code(
    tmp_path: Path, arguments: list[str], environment: dict[str, str], code: int, line: str
) -> None:
    done = twin(tmp_path, "neo4j", *arguments, **environment)

    assert done.returncode == code
    assert done.stderr.splitlines()[-1].startswith(f"error: {line}")
    assert "Traceback" not in done.stderr


def test_installing_what_is_there_does_nothing(tmp_path: Path) -> None:
    twin(tmp_path, "neo4j", "install")

    done = twin(tmp_path, "neo4j", "install", "--json")

    result = json.loads(done.stdout)
    assert (done.returncode, result["jars"], result["fetched"], result["bytes"]) == (0, 342, 0, 0)


@pytest.mark.parametrize("command", ["install", "start", "stop", "status", "logs"])
def test_every_command_documents_its_exit_codes(tmp_path: Path, command: str) -> None:
    done = twin(tmp_path, "neo4j", command, "--help")

    assert done.returncode == 0
    assert "Exit codes: 0 done" in done.stdout
    assert "--json" in done.stdout
