"""Compiled code never needs a place to be kept, and never writes into a package that it may not change."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

import gnn

COUNTS = """
import numpy as np
from gnn.seeds.coverage import first_places
found = first_places(np.array([3, 1], dtype=np.int32), np.array([1, 2]), np.array([-1, 0, -1, 1], dtype=np.int32))
print(found.tolist())
"""


@pytest.fixture
def package(tmp_path):
    """A copy of what is compiled, in which nothing can be written beside the source."""
    root = Path(gnn.__file__).parents[1]
    for name in ("gnn", "graph", "cypher"):
        shutil.copytree(root / name, tmp_path / name, ignore=shutil.ignore_patterns("__pycache__"))
    # A file where the folder would be: it holds for root as well, whom permissions do not stop.
    (tmp_path / "gnn" / "seeds" / "__pycache__").write_text("taken")
    return tmp_path


def _run(package, home):
    environment = {"PATH": "/usr/bin:/bin", "HOME": str(home), "PYTHONPATH": str(package)}
    return subprocess.run(
        [sys.executable, "-B", "-c", COUNTS], env=environment, cwd=package, capture_output=True, text=True, check=True
    )


def test_a_read_only_package_is_kept_in_the_users_cache(package):
    # given
    home = package / "home"

    # when
    done = _run(package, home)

    # then
    assert done.stdout.startswith("[1, 0]")
    assert list(home.rglob("coverage.first_places-*.nbc")) != []
    assert (package / "gnn" / "seeds" / "__pycache__").read_text() == "taken"


def test_without_any_place_it_is_compiled_again(package):
    # given a home that is no folder
    home = package / "home"
    home.write_text("taken")

    # when
    done = _run(package, home)

    # then
    assert done.stdout.startswith("[1, 0]")
    assert list(package.rglob("*.nbc")) == []
