"""Poison in a file: the row is put aside with its reason, and the rest loads; no database is needed."""

from pathlib import Path

import pytest

from graph.errors import SourceError
from graph.ingest.engine import Connection
from graph.settings import Settings
from tests.graph.ingest.landing import column, landed, table

ENCODING = "is not in the encoding of the contract"


@pytest.mark.parametrize(
    ("kind", "cell", "name", "reason"),
    [
        pytest.param("integer", b"twelve", "b", "is not a whole number", id="another type"),
        pytest.param("integer", b"9223372036854775808", "b", "is not a whole number", id="2^63"),
        pytest.param("number", b"NaN", "b", "is not a number", id="NaN"),
        pytest.param("number", b"-inf", "b", "is not a number", id="infinity"),
        pytest.param("number", b"1e999", "b", "is not a number", id="beyond a double"),
        pytest.param("text", b"x\x00y", "b", "holds a NUL character", id="NUL"),
        pytest.param("token", b"x\x00y", "b", "holds a NUL character", id="NUL in a person's id"),
        pytest.param("text", b"\xed\xa0\x80", None, ENCODING, id="lone surrogate"),
        pytest.param("text", b"\xff\xfe", None, ENCODING, id="bad UTF-8"),
        pytest.param("text", b"y" * 8_001, "b", "is longer than 8,000 bytes", id="longer than an index takes"),
        pytest.param("texts", b"a|" + b"y" * 8_001, "b", "is longer than 8,000 bytes", id="one of several too long"),
        pytest.param("text", b'"' + b"y\n" * 70_000 + b'"', "b", "is longer than 8,000 bytes", id="140,000 in quotes"),
        pytest.param("text", b"y" * 10_000_000, "b", "is longer than 8,000 bytes", id="10 MB"),
        pytest.param("text", b"y" * 20_000_000, None, "cannot be read as a record", id="20 MB"),
    ],
)
def test_a_poisoned_row_is_put_aside(
    connection: Connection, settings: Settings, tmp_path: Path, kind: str, cell: bytes, name: str, reason: str
) -> None:
    # given
    path = tmp_path / "rows.csv"
    path.write_bytes(b"a,b\n1,\n2," + cell + b"\n3,\n")

    # when
    note, good, bad = landed(connection, settings, path, table(column("a"), column("b", type=kind)))

    # then
    assert [row[:2] for row in good] == [(2, "1"), (4, "3")]
    assert [row[:3] for row in bad] == [(3, name, reason)]
    assert (note.rows, note.quarantined) == (3, 1)


@pytest.mark.parametrize(
    "text",
    [
        pytest.param(b"\xef\xbb\xbfa,b\n1,x\n2,y\n3,\n4,z\n", id="byte order mark"),
        pytest.param(b"a,b\r\n1,x\r\n2,y\n3,\r\n4,z\n", id="two line ends"),
        pytest.param(b"a,b\n1,x\n2,y\r3,\r\n4,z", id="three line ends"),
        pytest.param(b"a,b\r\n1,x\n2,y\n3,\n4,z\n", id="a header from elsewhere"),
    ],
)
def test_marks_and_line_ends_cost_no_row(
    connection: Connection, settings: Settings, tmp_path: Path, text: bytes
) -> None:
    # given
    path = tmp_path / "rows.csv"
    path.write_bytes(text)

    # when
    _, good, bad = landed(connection, settings, path, table(column("a"), column("b")))

    # then
    assert good == [(2, "1", "x"), (3, "2", "y"), (4, "3", None), (5, "4", "z")]
    assert bad == []


def test_mixed_line_ends_keep_quotes_and_bad_records(
    connection: Connection, settings: Settings, tmp_path: Path
) -> None:
    # given
    path = tmp_path / "rows.csv"
    path.write_bytes(b'a,b\r\n1,x\n2,"y\nz"\r\n3\n4,\xff\r\n5,w\n')

    # when
    _, good, bad = landed(connection, settings, path, table(column("a"), column("b")))

    # then
    assert good == [(2, "1", "x"), (3, "2", "y\nz"), (6, "5", "w")]
    assert [(row[0], row[2]) for row in bad] == [(4, "has too few columns"), (5, ENCODING)]
    assert list((settings.home / "state" / "spill").rglob("*.pipe")) == []


@pytest.mark.parametrize("content", [b"\x1f\x8b\x08\x00", b"\x1f\x8b\x08" + bytes(7) + b"\xff" * 40, b"a,b\n1,x\n"])
def test_a_damaged_gzip_file_is_refused(
    connection: Connection, settings: Settings, tmp_path: Path, content: bytes
) -> None:
    path = tmp_path / "rows.csv.gz"
    path.write_bytes(content)
    with pytest.raises(SourceError, match=r"file 'rows\.csv\.gz' cannot be read"):
        landed(connection, settings, path, table(column("a"), column("b")))


def test_a_name_that_reads_like_a_pattern_stands_for_its_file_alone(
    connection: Connection, settings: Settings, tmp_path: Path
) -> None:
    # given
    (tmp_path / "rows1.csv").write_bytes(b"a,b\n9,z\n")
    path = tmp_path / "rows[1].csv"
    path.write_bytes(b"a,b\n1,x\n")

    # when
    _, good, _ = landed(connection, settings, path, table(column("a"), column("b")))

    # then
    assert good == [(2, "1", "x")]
