"""One holder at a time, whatever becomes of the holder."""

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from graph.errors import ServerError
from graph.server.filelock import held

HOLDER = """
import sys, time
from pathlib import Path
from graph.server.filelock import held
with held(Path(sys.argv[1]), "this test", 5):
    print("held", flush=True)
    time.sleep(60)
"""


@pytest.fixture
def holder(tmp_path: Path) -> Iterator[subprocess.Popen[str]]:
    """Another process that holds the lock ``tmp_path / "lock"``."""
    command = [sys.executable, "-c", HOLDER, str(tmp_path / "lock")]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "held\n"
        yield process
        process.kill()


def test_a_lock_that_stays_held_is_an_error_that_names_it(tmp_path: Path, holder: subprocess.Popen[str]) -> None:
    with (
        pytest.raises(ServerError, match=r"another start holds '.*/lock' for more than 0 s: wait for it or end it"),
        held(tmp_path / "lock", "another start", 0.3),
    ):
        raise AssertionError("two hold it")

    assert holder.poll() is None


def test_a_killed_holder_holds_nothing(tmp_path: Path, holder: subprocess.Popen[str]) -> None:
    holder.kill()
    holder.wait()

    with held(tmp_path / "lock", "another start", 5):
        entered = True

    assert entered


def test_it_can_be_held_again_and_again(tmp_path: Path) -> None:
    for _ in range(3):
        with held(tmp_path / "lock", "another start", 0.1):
            pass

    assert (tmp_path / "lock").exists()
