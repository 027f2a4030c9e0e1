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


AHEAD = """
import numpy as np
from gnn.seeds import coverage, sketch
from gnn.seeds.cascade import Cascade
from gnn.seeds.question import asked
from gnn.seeds.service import SeedService
edges = np.zeros(9, dtype=np.int64), np.arange(1, 10), np.ones((3, 9)) / 2
star = Cascade.of(*edges, np.ones(10), itself=False, steps=2)
service = SeedService(star)
used = (sketch.draw_sets, coverage.sets_of_nodes, coverage.greedy, coverage.first_places)
print([len(one.signatures) for one in used])
service.answer(asked(10, range(10), 2), seconds=0.1)
service.answer(asked(10, range(10), cost=np.ones(10), budget=2.0), seconds=0.1)
service.answer(asked(10, range(10), 2, group=np.arange(10), quota=1, include=[3]), seconds=0.1)
print([len(one.signatures) for one in used])
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


def test_nothing_is_compiled_once_the_clock_runs():
    # when
    done = subprocess.run([sys.executable, "-c", AHEAD], capture_output=True, text=True, check=True)

    # then
    assert done.stdout.split("\n")[:2] == ["[1, 1, 1, 1]"] * 2
