"""The policy in force: a change comes as a whole, a broken one changes nothing, who asks finishes under the old."""

import asyncio
import os
import pty
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx2
import pytest

from api.cursors import CursorKey
from api.engine import Answer, Engine
from api.operations import Operations, Request
from api.policies import Policies, Ruling
from api.tokens import Caller, development_key, sign
from graph.errors import PolicyError
from graph.governance import load_policy
from graph.governance.load import POLICY_FILE
from graph.settings import Settings
from graph.store.connection import find_connection
from tests.api import world
from tests.api.conftest import Api
from tests.api.test_serving import environment
from tests.api.test_telemetry import free_port, samples

REP = Caller("tester", "field_rep", "field_engagement", ("T-1",))
HIDDEN = 'query { hcp(npi: "NPI") { prescriptions(product: "OWN-1") { trx } } }'.replace("NPI", world.npi(3))
DOC = re.compile(r'(?<=\[rules\.prescriber_opt_out\]\ndoc = ")[^"]*')
TEXT = POLICY_FILE.read_text(encoding="utf-8")
BROKEN_LINE = TEXT.count("\n") + 2
BROKEN = f'{TEXT}\n[roles.nobody]\ndoc = "Nobody."\npurposes = ["nothing"]\n'


def worded(reason: str) -> str:
    """The policy with other words for a rule, which every answer shows that it concerns."""
    changed, count = DOC.subn(reason, TEXT)
    assert count == 1
    return changed


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "policy.toml"
    path.write_text(TEXT, encoding="utf-8")
    return path


def policies_at(file: Path) -> Policies:
    return Policies.at(Settings.load({"TWIN_HOME": str(file.parent), "TWIN_POLICY_FILE": str(file)}))


def reasons(answer: dict[str, Any]) -> set[str]:
    return {mark["reason"] for mark in answer["extensions"]["restricted"]}


def test_a_change_is_in_force_as_a_whole(file: Path) -> None:
    # given a policy in force
    policies = policies_at(file)
    before = policies.current
    # when its file says something else and is read again
    file.write_text(worded("Other words."), encoding="utf-8")
    assert policies.policy() is before.policy
    assert asyncio.run(policies.reload())
    # then every permission set is of the new one, with its schema built and an id of its own
    after = policies.current
    assert after.policy.rules["prescriber_opt_out"].doc == "Other words."
    assert after.sets.keys() == before.sets.keys()
    assert all(permissions.policy is after.policy for permissions in after.sets.values())
    assert all("schema" in vars(permissions) for permissions in after.sets.values())
    assert not {found.id for found in after.sets.values()} & {found.id for found in before.sets.values()}


REFUSED: dict[str, tuple[Callable[[Path], object], str]] = {
    "an unknown purpose": (
        lambda file: file.write_text(BROKEN, encoding="utf-8"),
        f"policy.toml:{BROKEN_LINE}: unknown purpose 'nothing'",
    ),
    "half a file": (
        lambda file: file.write_text(TEXT[: len(TEXT) // 2], encoding="utf-8"),
        "policy.toml: cannot be read",
    ),
    "an empty file": (lambda file: file.write_text("", encoding="utf-8"), "policy.toml:1: unknown or missing section"),
    "no file": (lambda file: file.unlink(), "policy.toml: cannot be read"),
    "a folder": (lambda file: (file.unlink(), file.mkdir()), "policy.toml: cannot be read"),
    "not text": (lambda file: file.write_bytes(b"\xff\xfe"), "policy.toml: UnicodeDecodeError"),
    "a table without its key": (
        lambda file: file.write_text(f"{TEXT}\n[roles.nobody]\ndoc = 'Nobody.'\n", encoding="utf-8"),
        "policy.toml",
    ),
}


@pytest.mark.parametrize("name", REFUSED)
def test_a_broken_file_changes_nothing_and_says_where(file: Path, caplog: pytest.LogCaptureFixture, name: str) -> None:
    # given a policy in force
    policies = policies_at(file)
    before = policies.current
    # when its file is broken and read again, twice
    spoil, complaint = REFUSED[name]
    spoil(file)
    assert asyncio.run(policies.reload()) is False
    # then the policy is the one before, and one line says what is wrong
    assert policies.current is before
    assert policies.refused is not None
    assert policies.refused.startswith(complaint)
    lines = [record.getMessage() for record in caplog.records]
    assert lines == [f"policy refused, version {before.policy.version} stays in force: {policies.refused}"]
    assert "\n" not in lines[0]
    # and when it is mended, it comes into force
    if file.is_dir():
        file.rmdir()
    file.write_text(worded("Mended."), encoding="utf-8")
    assert asyncio.run(policies.reload())
    assert policies.refused is None
    assert policies.policy().rules["prescriber_opt_out"].doc == "Mended."


def test_a_server_does_not_start_with_a_broken_file(file: Path) -> None:
    file.write_text(BROKEN, encoding="utf-8")
    with pytest.raises(PolicyError, match=rf"^policy.toml:{BROKEN_LINE}: unknown purpose"):
        policies_at(file)


def test_a_request_finishes_under_the_policy_it_began_with(api: Api, file: Path) -> None:
    class Held(Engine):
        """Waits before the statement runs."""

        def __init__(self) -> None:
            super().__init__(find_connection(api.settings))
            self.reached, self.go_on = asyncio.Event(), asyncio.Event()

        async def run(self, text: str, parameters: dict[str, Any]) -> Answer:
            self.reached.set()
            await self.go_on.wait()
            return await super().run(text, parameters)

    async def run() -> tuple[set[str], set[str]]:
        # given an operation that is under way
        policies, engine = policies_at(file), Held()
        operations = Operations(policies, engine, CursorKey(b"k" * 64))
        request = Request(HIDDEN, {}, None)
        first = asyncio.create_task(operations.answer(REP, request))
        await engine.reached.wait()
        # when another policy comes into force meanwhile
        file.write_text(worded("Other words."), encoding="utf-8")
        assert await policies.reload()
        engine.go_on.set()
        # then it is answered under the old one, and the next under the new one
        found = reasons(await first), reasons(await operations.answer(REP, request))
        await engine.close()
        return found

    old = load_policy().rules["prescriber_opt_out"].doc
    assert asyncio.run(run()) == ({old}, {"Other words."})


def test_the_event_loop_goes_on_while_a_policy_is_built(file: Path) -> None:
    async def run() -> int:
        policies = policies_at(file)
        file.write_text(worded("Other words."), encoding="utf-8")
        building, turns = asyncio.create_task(policies.reload()), 0
        while not building.done():
            await asyncio.sleep(0.001)
            turns += 1
        assert await building
        return turns

    # with the loop held by the building there would be two
    assert asyncio.run(run()) >= 5


def test_what_is_given_without_a_file_is_not_read_again() -> None:
    policies = Policies(Ruling.of(load_policy()))
    assert asyncio.run(policies.reload()) is False
    assert policies.refused is None


def test_a_running_server_takes_another_policy_when_told(api: Api, file: Path, tmp_path: Path) -> None:
    port = free_port()
    # given the real process with a policy file of its own
    said = tmp_path / "stderr"
    with said.open("wb") as errors:
        process = subprocess.Popen(
            [sys.executable, "-m", "api.cli", "serve"],
            env=environment(api.settings, TWIN_POLICY_FILE=str(file), TWIN_METRICS_PORT=str(port)),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=errors,
            text=True,
        )
    try:
        assert process.stdout is not None
        address = process.stdout.readline().strip().removeprefix("GraphQL at ").removesuffix("/graphql")
        headers = {"authorization": f"Bearer {sign(development_key(api.settings), REP)}"}
        with httpx2.Client(base_url=address, headers=headers, timeout=30) as client:

            def asked() -> set[str]:
                return reasons(client.post("/graphql", json={"query": HIDDEN}).json())

            def told(text: str, expected: str) -> None:
                """Change the file, send SIGHUP, wait for the line that says what came of it."""
                file.write_text(text, encoding="utf-8")
                process.send_signal(signal.SIGHUP)
                deadline = time.monotonic() + 20
                while expected not in said.read_text(encoding="utf-8"):
                    assert time.monotonic() < deadline, said.read_text(encoding="utf-8")
                    time.sleep(0.05)

            def refused() -> float:
                return samples(httpx2.get(f"http://127.0.0.1:{port}/metrics").text)["twin_policy_refused", ()]

            old = load_policy().rules["prescriber_opt_out"].doc
            assert asked() == {old}
            # when it is told of another policy, and then of a broken one
            told(worded("Other words."), 'is in force"')
            assert (asked(), refused()) == ({"Other words."}, 0)
            told(BROKEN, f"stays in force: policy.toml:{BROKEN_LINE}: unknown purpose 'nothing'")
            # then it answers under the last good one, is ready, tells scrapers and no caller
            assert (asked(), refused()) == ({"Other words."}, 1)
            ready = client.get("/readyz")
            assert (ready.status_code, ready.json()["status"]) == (200, "ready")
        process.send_signal(signal.SIGTERM)
        assert process.wait(20) == 0
    finally:
        if process.poll() is None:
            process.kill()
        process.communicate()
    assert said.read_text(encoding="utf-8").count("\n") == 2


def test_a_server_ends_with_its_terminal(api: Api) -> None:
    # given a server in a terminal of its own
    main_end, terminal = pty.openpty()
    process = subprocess.Popen(
        [sys.executable, "-c", "import fcntl, termios; fcntl.ioctl(0, termios.TIOCSCTTY); "
         "from api.cli import main; main(['serve'])"],
        env=environment(api.settings),
        stdin=terminal,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
        text=True,
    )  # fmt: skip
    os.close(terminal)
    try:
        assert process.stdout is not None
        assert process.stdout.readline().startswith("GraphQL at ")
        # when SIGHUP is sent it goes on, and when the terminal is closed it ends
        process.send_signal(signal.SIGHUP)
        time.sleep(1)
        assert process.poll() is None
        os.close(main_end)
        assert process.wait(20) == 0
    finally:
        if process.poll() is None:
            process.kill()
        process.communicate()
