"""The local server, for real: every way in which it starts, is found, ends."""

import json
import os
import signal
import socket
import stat
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest
import requests

from graph.errors import ConfigurationError, ServerError
from graph.server.bolt import ask_versions
from graph.server.local import LocalServer
from graph.server.record import ServerRecord, StoreRecord, read_server, write
from graph.settings import Settings

NOT_RUNNING = {"running": False, "uri": None, "http": None, "version": None, "gds": None, "pid": None}


def settings_for(home: Path, **variables: str) -> Settings:
    cache = {"TWIN_CACHE": os.environ["TWIN_CACHE"]} if "TWIN_CACHE" in os.environ else {}
    return Settings.load({"TWIN_HOME": str(home), **cache, **variables})


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Settings]:
    """One home for all tests here; whatever still runs in it is ended."""
    settings = settings_for(tmp_path_factory.mktemp("local"))
    yield settings
    LocalServer(settings).stop()


@pytest.fixture
def server(home: Settings) -> LocalServer:
    """A server with Browser that runs."""
    local = LocalServer(home)
    local.start()
    return local


@pytest.fixture
def stopped(home: Settings) -> LocalServer:
    """A small server that ran before and does not run now."""
    local = LocalServer(home, profile="lean")
    if not local.home.store.exists():
        local.start()
    local.stop()
    return local


def password_of(server: LocalServer) -> str:
    return server.home.password.read_text(encoding="utf-8").strip()


def test_the_status_has_exactly_what_scripts_rely_on(server: LocalServer) -> None:
    status = server.status()

    assert list(status.as_json()) == ["running", "uri", "http", "user", "password_file", "version", "gds", "pid"]
    assert (status.running, status.version, status.gds) == (True, server.lock.neo4j, server.lock.gds)
    assert status.password_file == str(server.home.password)


def test_a_second_start_changes_nothing(server: LocalServer) -> None:
    before = server.status()

    assert server.start() == before
    assert LocalServer(server.settings, profile="lean").start() == before


def test_the_password_is_in_its_file_and_nowhere_else(server: LocalServer) -> None:
    password, process = password_of(server), psutil.Process(server.status().pid)

    assert stat.S_IMODE(server.home.password.stat().st_mode) == 0o600
    assert stat.S_IMODE(server.home.folder.stat().st_mode) == 0o700
    assert password not in " ".join(process.cmdline())
    assert password not in process.environ().values()
    holders = [
        file
        for folder in (server.home.configuration, server.home.logs, server.home.folder)
        for file in folder.iterdir()
        if file.is_file() and password.encode() in file.read_bytes()
    ]
    assert holders == [server.home.password]


def test_the_first_password_is_refused(server: LocalServer) -> None:
    uri = server.status().uri
    assert uri is not None

    with pytest.raises(Exception, match="refuses the credentials"):
        ask_versions(uri, "neo4j", "neo4j")


def test_it_listens_on_the_loopback_address_and_connects_to_nobody(server: LocalServer) -> None:
    status = server.status()
    connections = psutil.Process(status.pid).net_connections(kind="inet")

    listening = {c.laddr.port for c in connections if c.status == psutil.CONN_LISTEN}
    addresses = {end.ip.removeprefix("::ffff:") for c in connections for end in (c.laddr, c.raddr) if end}
    ports = {int(str(address).rsplit(":", 1)[1]) for address in (status.uri, status.http)}
    assert listening == ports
    assert addresses == {"127.0.0.1"}


def test_browser_is_served_under_the_strict_policy(server: LocalServer) -> None:
    status = server.status()

    response = requests.get(f"{status.http}/browser/", timeout=10)

    policy = response.headers["Content-Security-Policy"]
    assert "<title>Neo4j Browser</title>" in response.text
    assert "default-src 'self'" in policy
    assert f"ws://{str(status.uri).removeprefix('bolt://')}" in policy


def test_the_console_tells_of_no_failure(server: LocalServer) -> None:
    lines = server.home.console.read_text(encoding="utf-8").splitlines()

    assert [line for line in lines if " ERROR " in line] == []
    assert any(line.endswith("Started.") for line in lines)


def test_stop_ends_it_and_a_second_stop_does_nothing(server: LocalServer) -> None:
    process = psutil.Process(server.status().pid)

    first, second = server.stop(), server.stop()

    assert (first, second) == (True, False)
    assert not process.is_running()
    assert NOT_RUNNING.items() <= server.status().as_json().items()
    assert read_server(server.home.record) is None


def test_a_record_of_a_number_that_another_process_has_now_is_stale(stopped: LocalServer) -> None:
    with subprocess.Popen([sys.executable, "-c", "import time; time.sleep(120)"]) as stranger:
        earlier = ServerRecord(
            pid=stranger.pid,
            started="another start",
            profile="full",
            uri="bolt://127.0.0.1:1",
            http=None,
            user="neo4j",
            password_file=str(stopped.home.password),
            java="21.0.8",
            version="5.26.31",
            gds="2.13.9",
        )
        write(stopped.home.record, earlier)

        found = stopped.status()
        ended = stopped.stop()
        left_alone = stranger.poll() is None
        stranger.kill()

    assert found.running is False
    assert ended is False
    assert left_alone
    assert not stopped.home.record.exists()


def test_a_store_of_another_version_is_refused_and_nothing_starts(stopped: LocalServer) -> None:
    ours = stopped.home.store.read_text(encoding="utf-8")
    write(stopped.home.store, StoreRecord("4.4.38", password_set=True))

    with pytest.raises(ServerError, match=r"written by Neo4j '4\.4\.38'"):
        stopped.start()

    assert stopped.status().running is False
    stopped.home.store.write_text(ours, encoding="utf-8")


def test_a_password_file_that_does_not_fit_the_store_is_named_and_nothing_stays(stopped: LocalServer) -> None:
    password = password_of(stopped)
    stopped.home.password.write_text("not the password\n", encoding="utf-8")

    with pytest.raises(ServerError, match="refuses the password in its password file: put the right file back"):
        stopped.start()

    assert stopped.status().running is False
    stopped.home.password.write_text(password + "\n", encoding="utf-8")


def test_starts_at_the_same_time_end_with_one_server(stopped: LocalServer) -> None:
    code = (
        "import json, sys; from graph.settings import Settings; from graph.server.local import LocalServer; "
        "settings = Settings.load(json.loads(sys.argv[1])); print(LocalServer(settings, profile='lean').start().pid)"
    )
    environment = json.dumps({"TWIN_HOME": str(stopped.settings.home), "TWIN_CACHE": str(stopped.settings.cache)})
    starts = [
        subprocess.Popen([sys.executable, "-c", code, environment], stdout=subprocess.PIPE, text=True) for _ in range(3)
    ]

    pids = {start.communicate()[0] for start in starts}

    assert pids == {f"{stopped.status().pid}\n"}
    assert [start.returncode for start in starts] == [0, 0, 0]


def test_a_killed_server_is_found_dead_and_starts_again_with_its_address_and_password(home: Settings) -> None:
    server = LocalServer(home, profile="lean")
    before, password = server.start(), password_of(server)
    assert before.pid is not None
    os.kill(before.pid, signal.SIGKILL)
    psutil.wait_procs([psutil.Process(before.pid)], timeout=10)

    found_dead = server.status()
    after = server.start()

    assert NOT_RUNNING.items() <= found_dead.as_json().items()
    assert (after.running, after.http, after.gds) == (True, None, server.lock.gds)
    assert after.pid != before.pid
    assert after.uri == before.uri
    assert password_of(server) == password


@pytest.mark.parametrize("variable", ["TWIN_BOLT_PORT", "TWIN_HTTP_PORT"])
def test_a_wanted_port_that_is_taken_is_an_error_and_nothing_starts(tmp_path: Path, variable: str) -> None:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen()
        port = listener.getsockname()[1]
        server = LocalServer(settings_for(tmp_path, **{variable: str(port)}))

        with pytest.raises(ConfigurationError, match=f"{variable}={port} is taken"):
            server.start()

    assert server.status().running is False


def failing_java(file: Path, says: str) -> Path:
    """A Java that answers for its version and then fails, leaving a line for each attempt in ``<file>.attempts``."""
    file.write_text(
        "#!/bin/sh\n"
        'if [ "$1" = -version ]; then echo \'openjdk version "21.0.8"\' >&2; exit; fi\n'
        f"echo attempt >>{file}.attempts; echo '{says}'; exit 1\n",
        encoding="utf-8",
    )
    file.chmod(0o755)
    return file


def test_a_port_that_another_program_took_first_is_exchanged(tmp_path: Path) -> None:
    java = failing_java(tmp_path / "java", "java.net.BindException: Address already in use")
    server = LocalServer(settings_for(tmp_path, NEO4J_JAVA=str(java)), profile="lean")

    with pytest.raises(ServerError, match="a port of Neo4j was taken while it started"):
        server.start()

    assert (tmp_path / "java.attempts").read_text(encoding="utf-8") == "attempt\n" * 3
    assert not server.home.record.exists()


def test_a_server_that_ends_while_starting_is_one_line(tmp_path: Path) -> None:
    java = failing_java(tmp_path / "java", "Caused by: no such thing")
    server = LocalServer(settings_for(tmp_path, NEO4J_JAVA=str(java)), profile="lean")

    with pytest.raises(ServerError, match=r"ended while it was starting: 'Caused by: no such thing'"):
        server.start()

    assert (tmp_path / "java.attempts").read_text(encoding="utf-8") == "attempt\n"
    assert server.status().running is False
    assert not server.home.record.exists()
