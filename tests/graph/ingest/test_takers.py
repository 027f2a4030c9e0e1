"""Which table takes which file: by name, by what it holds, and inside archives."""

import gzip
import zipfile
from pathlib import Path

from graph.ingest.delivery import discover
from graph.ingest.held import Held
from graph.ingest.takers import takers, unpackers
from graph.sources import load_mappings

MAPPINGS = load_mappings()
HEADER = "Id,PATIENTID,PROVIDERID,PRIMARYPATIENTINSURANCEID\n"


def taken(path: Path) -> list[tuple[str, str]]:
    return [(mapping.name, table.name) for mapping, table in takers(MAPPINGS, path.name, path)]


def test_a_file_whose_name_says_little_is_known_by_what_it_holds(tmp_path: Path) -> None:
    # given: claims of Synthea, packed ones, those of somebody else, nothing but a beginning, and a cut-off file
    (tmp_path / "claims.csv").write_text("\ufeff" + HEADER)
    (tmp_path / "claims.csv.gz").write_bytes(gzip.compress(HEADER.encode()))
    other = tmp_path / "other"
    other.mkdir()
    (other / "claims.csv").write_text("claim_id,PATIENTID\n")
    (other / "claims.csv.gz").write_bytes(b"\x1f\x8b")
    cut = gzip.compress((HEADER + "".join(f"{n * 7919 % 9973},b,c,d\n" for n in range(99_999))).encode())
    (tmp_path / "cut").mkdir()
    (tmp_path / "cut" / "claims.csv.gz").write_bytes(cut[:2000])

    # then
    assert taken(tmp_path / "claims.csv") == [("synthea_27", "claims")]
    assert taken(tmp_path / "claims.csv.gz") == [("synthea_27", "claims")]
    assert taken(other / "claims.csv") == []
    assert taken(other / "claims.csv.gz") == []
    assert taken(tmp_path / "cut" / "claims.csv.gz") == [("synthea_27", "claims")]


def test_a_name_alone_is_enough_where_the_file_is_missing() -> None:
    assert [table.name for _, table in takers(MAPPINGS, "Claims.csv")] == ["claims"]


def test_members_of_archives_are_taken_by_those_that_open_them(tmp_path: Path) -> None:
    # given: the registry as it is published, its header file beside it, and an archive that nobody asked for
    names = ("npidata_pfile_20050523-20250810.csv", "npidata_pfile_20050523-20250810_fileheader.csv", "pdrp.csv")
    for archive in ("NPPES_Data_Dissemination_August_2025_V2.zip", "unknown.zip"):
        with zipfile.ZipFile(tmp_path / archive, "w") as file:
            for name in names:
                file.writestr(name, "")

    # when
    (delivery,) = discover(tmp_path, MAPPINGS)

    # then
    assert [(one.source, one.name, one.members) for one in delivery.files] == [
        ("nppes", f"NPPES_Data_Dissemination_August_2025_V2.zip/{names[0]}", (names[0],))
    ]


def test_an_archive_that_cannot_be_opened_holds_its_source(tmp_path: Path) -> None:
    # given
    path = tmp_path / "SPUF_2025_20250710.zip"
    path.write_bytes(b"PK")

    # when
    (held,) = unpackers(MAPPINGS, path.name, path)

    # then
    reason = f"archive {path.name!r} cannot be opened (BadZipFile): deliver it again"
    assert held == Held("formulary", reason)
