"""Archives: members are found at any depth that is allowed, and nothing dangerous is unpacked."""

import io
import re
import zipfile
from pathlib import Path

import pytest

from graph.errors import SourceError
from graph.ingest.archive import members, opened, unpacked
from graph.ingest.delivery import Found
from graph.ingest.landing import checksum
from graph.sources import Column, Table


def packed(files: dict[str, bytes]) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return buffer.getvalue()


def write(tmp_path: Path, content: bytes, name: str = "edition.zip") -> Path:
    path = tmp_path / name
    path.write_bytes(content)
    return path


def test_members_of_inner_archives_are_found_and_read(tmp_path: Path) -> None:
    # given
    inner = packed({"plan information  X.txt": b"a|b\n", "folder/": b"", ".hidden": b""})
    path = write(tmp_path, packed({"plan information  X.zip": inner, "readme.txt": b"text"}))

    # then
    chain = ("plan information  X.zip", "plan information  X.txt")
    assert members(path, "edition.zip") == [chain, ("readme.txt",)]
    with opened(path, chain, "edition.zip") as file:
        assert file.read() == b"a|b\n"
    with opened(path, (), "edition.zip") as file:
        assert file.read() == path.read_bytes()


def test_what_is_unpacked_is_private_and_gone_afterwards(tmp_path: Path) -> None:
    # given
    path = write(tmp_path, packed({"deep/in/rows.csv.gz": b"x"}))
    spill = tmp_path / "spill"

    # when
    with unpacked(path, ("deep/in/rows.csv.gz",), "edition.zip", spill) as copy:
        inside = (copy.read_bytes(), copy.suffixes, copy.parent.parent, copy.parent.stat().st_mode & 0o777)

    # then
    assert inside == (b"x", [".csv", ".gz"], spill, 0o700)
    assert list(spill.iterdir()) == []
    with unpacked(path, (), "edition.zip", spill) as same:
        assert same == path


@pytest.mark.parametrize("name", ["../out.txt", "/out.txt", "a/../../out.txt", "..\\out.txt"])
def test_a_member_that_leads_out_is_refused(tmp_path: Path, name: str) -> None:
    path = write(tmp_path, packed({name: b"x"}))
    with pytest.raises(SourceError, match=r"archive 'edition\.zip' has a member .* that leads out of it"):
        members(path, "edition.zip")


def test_a_bomb_is_refused_where_it_would_be_unpacked(tmp_path: Path) -> None:
    # given: beside a member that is none, and as an archive that has to be opened to be listed
    path = write(tmp_path, packed({"bomb.txt": b"0" * 5_000_000, "rows.txt": b"x"}))
    bomb = io.BytesIO()
    with zipfile.ZipFile(bomb, "w") as archive:
        archive.writestr("rows.txt", b"0" * 5_000_000)
    nested = write(tmp_path, packed({"inner.zip": bomb.getvalue()}), "nested.zip")

    # then
    assert members(path, "edition.zip") == [("bomb.txt",), ("rows.txt",)]
    with opened(path, ("rows.txt",), "edition.zip") as file:
        assert file.read() == b"x"
    too_much = r"unpacks to 5\d{6} bytes from \d+, more than 100 times"
    with pytest.raises(SourceError, match=too_much), opened(path, ("bomb.txt",), "edition.zip"):
        pass
    with pytest.raises(SourceError, match=too_much):
        members(nested, "nested.zip")


def test_archives_inside_archives_inside_archives_are_refused(tmp_path: Path) -> None:
    path = write(tmp_path, packed({"a.zip": packed({"b.zip": packed({"c.txt": b""})})}))
    with pytest.raises(SourceError, match=r"'edition\.zip' is nested deeper than 2"):
        members(path, "edition.zip")


def test_an_encrypted_member_is_refused(tmp_path: Path) -> None:
    # given: the flag that says so, in the local header and in the directory
    content = bytearray(packed({"rows.txt": b"x"}))
    content[6] |= 1
    content[content.index(b"PK\x01\x02") + 8] |= 1
    path = write(tmp_path, bytes(content))

    # then
    with pytest.raises(SourceError, match=r"an encrypted member 'rows.txt': deliver it without a password"):
        members(path, "edition.zip")


@pytest.mark.parametrize(
    "content", [b"", b"no archive", packed({"rows.txt": b"x" * 1000})[:-30]], ids=["empty", "text", "cut off"]
)
def test_a_broken_archive_is_refused(tmp_path: Path, content: bytes) -> None:
    path = write(tmp_path, content)
    with pytest.raises(SourceError, match=re.escape("archive 'edition.zip' cannot be opened (BadZipFile)")):
        members(path, "edition.zip")


def test_damage_inside_a_member_is_noticed_while_it_is_read(tmp_path: Path) -> None:
    # given: one byte of the packed text is another
    content = bytearray(packed({"rows.txt": bytes(range(256)) * 8}))
    content[60] ^= 0xFF
    path = write(tmp_path, bytes(content))

    # then
    refused = pytest.raises(SourceError, match=r"archive 'edition\.zip' cannot be opened")
    with refused, unpacked(path, ("rows.txt",), "edition.zip", tmp_path / "spill"):
        pass
    assert list((tmp_path / "spill").iterdir()) == []


def test_a_member_that_is_not_there_is_named(tmp_path: Path) -> None:
    path = write(tmp_path, packed({"rows.txt": b"x"}))
    with pytest.raises(SourceError, match="has no member"), opened(path, ("other.txt",), "edition.zip"):
        pass


def test_damage_inside_a_member_is_noticed_while_its_checksum_is_made(tmp_path: Path) -> None:
    # given: one byte of the packed text is another
    content = bytearray(packed({"rows.txt": bytes(range(256)) * 8}))
    content[60] ^= 0xFF
    path = write(tmp_path, bytes(content))
    table = Table("rows", re.compile(r"\.txt$"), (Column("a", ("a",)),), ("a",))
    found = Found("test", table, path, "edition.zip/rows.txt", None, None, complete=True, members=("rows.txt",))

    # then
    with pytest.raises(SourceError, match=r"archive 'edition\.zip/rows\.txt' cannot be opened"):
        checksum(found)
