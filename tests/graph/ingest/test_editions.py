"""A file that comes again, byte for byte, for a later edition is news: the later edition says the same."""

from pathlib import Path

import pytest

from graph.ingest.delivery import discover
from graph.ingest.landing import checksum
from graph.sources import load_mappings

PLANS = """CONTRACT_ID|PLAN_ID|SEGMENT_ID|CONTRACT_NAME|PLAN_NAME|FORMULARY_ID
H0001|001|000|One Health|One PPO|00010001
"""


@pytest.fixture
def delivery(tmp_path: Path) -> Path:
    """One delivery with two formulary editions whose plan files are equal."""
    folder = tmp_path / "2025-02-01"
    for edition in ("20250101", "20250201"):
        place = folder / "formulary" / edition
        place.mkdir(parents=True)
        (place / f"plan information  PPUF_{edition[:4]}M{edition[4:6]}.txt").write_text(PLANS, encoding="latin-1")
    return folder


def test_equal_files_of_two_editions_have_two_checksums(delivery: Path) -> None:
    # given
    (found,) = discover(delivery, load_mappings())

    # when
    checksums = {one.name.split("/")[-2]: checksum(one) for one in found.files}

    # then
    assert set(checksums) == {"20250101", "20250201"}
    assert len(set(checksums.values())) == 2


def test_the_same_file_of_the_same_edition_keeps_its_checksum(delivery: Path) -> None:
    # given
    (first,) = discover(delivery, load_mappings())
    (again,) = discover(delivery, load_mappings())

    # then
    assert [checksum(one) for one in first.files] == [checksum(one) for one in again.files]
