"""Recognising and stopping the server's process, with ordinary programs in its place."""

import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from graph.server.process import ServerProcess, launch, start_mark

IGNORES_TERM = (
    "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); print('ready', flush=True); time.sleep(60)"
)
EARLIER = "another start"


@pytest.fixture
def stranger() -> Iterator[subprocess.Popen[str]]:
    """A process that does not end when it is asked to."""
    program = [sys.executable, "-c", IGNORES_TERM]
    with subprocess.Popen(program, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
        yield process
        process.kill()


def test_the_process_is_known_by_number_and_start(stranger: subprocess.Popen[str]) -> None:
    ours = ServerProcess(stranger.pid, start_mark(stranger.pid))
    earlier = ServerProcess(stranger.pid, EARLIER)

    assert (ours.is_alive(), earlier.is_alive()) == (True, False)


def test_a_reused_number_is_left_alone(stranger: subprocess.Popen[str]) -> None:
    stale = ServerProcess(stranger.pid, EARLIER)

    ended_by_itself = stale.stop()

    assert ended_by_itself is True
    assert stranger.poll() is None


def test_what_does_not_end_when_asked_is_ended(stranger: subprocess.Popen[str]) -> None:
    ours = ServerProcess(stranger.pid, start_mark(stranger.pid))

    ended_by_itself = ours.stop(seconds=0.3)

    assert ended_by_itself is False
    assert ours.is_alive() is False


def test_a_start_is_marked_the_same_each_time_and_differently_for_each_process(
    stranger: subprocess.Popen[str],
) -> None:
    time.sleep(0.05)
    with subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"]) as later:
        marks = [start_mark(pid) for pid in (stranger.pid, stranger.pid, later.pid)]
        later.kill()

    assert marks[0] == marks[1] != marks[2]


def test_a_process_that_is_gone_is_gone(stranger: subprocess.Popen[str]) -> None:
    ours = ServerProcess(stranger.pid, start_mark(stranger.pid))
    stranger.kill()
    stranger.wait()

    assert ours.is_alive() is False
    assert ours.memory() is None


def test_a_launched_process_keeps_no_secret_from_the_environment(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NEO4J_PASSWORD", "a secret")
    program = tmp_path / "java"
    program.write_text('#!/bin/sh\nenv\necho "$@"\n', encoding="utf-8")
    program.chmod(0o755)

    process = launch(program, tmp_path / "java.args", tmp_path / "console.log")
    deadline = time.monotonic() + 10
    while process.is_alive() and time.monotonic() < deadline:
        time.sleep(0.01)

    said = (tmp_path / "console.log").read_text(encoding="utf-8")
    assert "a secret" not in said
    assert said.endswith(f"@{tmp_path}/java.args\n")
