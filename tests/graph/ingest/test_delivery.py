"""Deliveries: which files of a folder belong to which day."""

import datetime
import json
import zipfile
from pathlib import Path

import pytest

from graph.errors import SourceError
from graph.ingest.delivery import discover
from graph.sources import load_mappings
from tests.graph.ingest.landing import DAY


def test_deliveries_are_dated_folders_or_one_folder(tmp_path: Path) -> None:
    # given
    mappings = load_mappings()
    for date in ("2025-01-08", "2025-01-01"):
        (tmp_path / "many" / date / "pdrp").mkdir(parents=True)
        (tmp_path / "many" / date / "pdrp" / "pdrp.csv").write_text("npi,opt_out_date\n")
    (tmp_path / "many" / "2025-01-08" / "notes.txt").write_text("not a feed")

    # when
    dated = discover(tmp_path / "many", mappings)
    single = discover(tmp_path / "many" / "2025-01-08", mappings)
    early = discover(tmp_path / "many", mappings, as_of=DAY)

    # then
    assert [one.date.isoformat() for one in dated] == ["2025-01-01", "2025-01-08"]
    assert [(one.date.isoformat(), [file.name for file in one.files]) for one in single] == [
        ("2025-01-08", ["pdrp/pdrp.csv"])
    ]
    assert [one.date for one in early] == [DAY]
    with pytest.raises(SourceError, match="holds no file up to 2024-01-01 that a mapping takes"):
        discover(tmp_path / "many", mappings, as_of=datetime.date(2024, 1, 1))
    with pytest.raises(SourceError, match="name a folder that exists"):
        discover(tmp_path / "nowhere", mappings)


def test_a_folder_without_a_date_in_its_name_is_dated_by_its_manifest_before_anything_else(tmp_path: Path) -> None:
    # given
    mappings = load_mappings()
    (tmp_path / "pdrp").mkdir()
    (tmp_path / "pdrp" / "pdrp.csv").write_text("npi,opt_out_date\n")

    # then
    assert [one.date for one in discover(tmp_path, mappings, as_of=DAY)] == [DAY]
    (tmp_path / "manifest.json").write_text(json.dumps({"delivery": "2024-12-24", "files": []}))
    assert [one.date.isoformat() for one in discover(tmp_path, mappings, as_of=DAY)] == ["2024-12-24"]
    (tmp_path / "manifest.json").write_text(json.dumps({"delivery": "Christmas", "files": []}))
    assert [one.date for one in discover(tmp_path, mappings, as_of=DAY)] == [DAY]


def test_an_archive_is_held_like_a_file_when_it_is_missing_or_its_manifest_damaged(tmp_path: Path) -> None:
    # given a delivery without an archive that it lists, and one whose manifest cannot be read
    mappings, name = load_mappings(), "formulary/2025_20250101.zip"
    for date in ("2025-01-01", "2025-01-08"):
        (tmp_path / date / "formulary").mkdir(parents=True)
    (tmp_path / "2025-01-01" / "manifest.json").write_text(json.dumps({"files": [{"path": name}]}))
    (tmp_path / "2025-01-08" / "manifest.json").write_text("{")
    with zipfile.ZipFile(tmp_path / "2025-01-08" / name, "w") as archive:
        archive.writestr("plan information 2025.txt", "CONTRACT_ID\n")

    # when
    missing, damaged = discover(tmp_path, mappings)

    # then
    (one,), (other,) = missing.held, damaged.held
    assert (one.source, other.source) == ("formulary", "formulary")
    (tmp_path / "2025-01-08" / "manifest.json").write_text(json.dumps({"files": [{"path": name, "sha256": 5}]}))
    assert [held.source for held in discover(tmp_path, mappings)[1].held] == ["formulary"]
    assert one.reason == f"delivery '2025-01-01' lacks {name!r} that its manifest lists: deliver it again"
    assert other.reason.startswith("manifest of delivery '2025-01-08' cannot be read")


@pytest.mark.parametrize("name", ["pdrp|2.csv", "pdrp\n2.csv"])
def test_a_file_whose_name_would_break_the_lineage_is_held(tmp_path: Path, name: str) -> None:
    # given
    (tmp_path / "2025-01-01" / "pdrp").mkdir(parents=True)
    (tmp_path / "2025-01-01" / "pdrp" / name).write_text("npi,opt_out_date\n")

    # when
    (delivery,) = discover(tmp_path, load_mappings())

    # then
    (held,) = delivery.held
    assert (held.source, held.reason) == (
        "pdrp",
        f"file {'pdrp/' + name!r} has a bar or a control character: rename it",
    )
