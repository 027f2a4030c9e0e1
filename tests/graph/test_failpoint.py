"""Failpoints: every place is named once and lies somewhere; production refuses them."""

import os
import re
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from graph.errors import ConfigurationError
from graph.failpoint import NAMES, parsed
from graph.settings import Settings

ROOT = Path(__file__).parents[2]


def test_every_name_is_a_place_and_every_place_has_a_name() -> None:
    # given
    files = [path for folder in ("graph", "api") for path in (ROOT / folder).rglob("*.py") if path.stem != "failpoint"]
    calls = "\n".join(re.findall(r"failpoint\((.*?)\)", "\n".join(path.read_text() for path in files)))

    # when
    placed = set(re.findall(r'"([a-z_]+\.[a-z_]+)"', calls))

    # then
    assert placed == set(NAMES)
    assert len(NAMES) == len(set(NAMES))
    assert len(NAMES) >= 60


def test_the_process_dies_at_the_hit_that_is_named() -> None:
    # given
    code = "from graph.failpoint import failpoint\nfor at in range(3):\n    print(at)\n    failpoint('apply.begun')"

    # when
    done = subprocess.run(
        [sys.executable, "-u", "-c", code],
        env=os.environ | {"TWIN_FAILPOINT": "apply.begun:2"},
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )

    # then
    assert (done.returncode, done.stdout) == (-signal.SIGKILL, "0\n1\n")


@pytest.mark.parametrize("value", ["apply.begin", "apply.begun:0", "apply.begun:x"])
def test_a_place_that_does_not_exist_is_refused(value: str) -> None:
    with pytest.raises(ConfigurationError, match="TWIN_FAILPOINT="):
        Settings.load({"TWIN_FAILPOINT": value})


def test_production_refuses_failpoints() -> None:
    with pytest.raises(ConfigurationError, match="unset it in the production profile"):
        Settings.load({"TWIN_PROFILE": "production", "TWIN_FAILPOINT": "apply.begun"})
    assert parsed("apply.begun:3") == ("apply.begun", 3)
