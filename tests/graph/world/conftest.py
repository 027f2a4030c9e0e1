"""One small world, built once: the files that the tests of this folder read."""

import csv
from collections.abc import Callable
from pathlib import Path

import pytest

from graph.world import WorldReport, WorldSettings, build

Rows = list[dict[str, str]]


@pytest.fixture(scope="session")
def small_world(tmp_path_factory: pytest.TempPathFactory) -> WorldReport:
    """200 HCPs over 12 months, seed 7, contagion."""
    return build(WorldSettings(out=tmp_path_factory.mktemp("small") / "world", hcps=200, months=12))


@pytest.fixture(scope="session")
def deliveries(small_world: WorldReport) -> list[Path]:
    """The delivery folders in order of date: the backfill first."""
    return sorted(path for path in small_world.settings.out.iterdir() if path.is_dir())


@pytest.fixture(scope="session")
def claims(deliveries: list[Path]) -> Rows:
    """All claim lines of all deliveries, each as it was first stated."""
    lines: dict[tuple[str, str], dict[str, str]] = {}
    for folder in deliveries:
        for row in rows_of(next((folder / "rx_claims").iterdir())):
            lines.setdefault((row["claim_id"], row["claim_line_number"]), row)
    return list(lines.values())


def rows_of(path: Path, delimiter: str = ",", encoding: str = "utf-8") -> Rows:
    """The rows of a file with a header."""
    with path.open(encoding=encoding, newline="") as file:
        return list(csv.DictReader(file, delimiter=delimiter))


@pytest.fixture(scope="session")
def read_rows() -> Callable[..., Rows]:
    """`rows_of`, for the tests."""
    return rows_of
