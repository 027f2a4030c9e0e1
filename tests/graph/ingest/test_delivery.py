"""Deliveries: which files of a folder belong to which day."""

import datetime
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
