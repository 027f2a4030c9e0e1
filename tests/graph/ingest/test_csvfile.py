"""Quirks of real delimited files: quoting, encodings, record numbers, headers; no database is needed."""

from pathlib import Path

import pytest

from graph.errors import SourceError
from graph.ingest.engine import Connection
from graph.settings import Settings
from graph.sources import Column
from graph.sources.mapping import Unpivot
from tests.graph.ingest.landing import column, landed, table, write


def test_ragged_quoted_and_multi_line_records_keep_their_numbers(
    connection: Connection, settings: Settings, tmp_path: Path
) -> None:
    # given: a short record, quotes inside quotes, a line break inside quotes, a long record, a byte order mark
    path = write(tmp_path, '\ufeffa,b\n1,x\n2\n"3","say ""hi"", you"\n4,"two\nlines"\n5,x,y\n6,z\n')

    # when
    note, good, bad = landed(connection, settings, path, table(column("a"), column("b")))

    # then
    assert good == [(2, "1", "x"), (4, "3", 'say "hi", you'), (5, "4", "two\nlines"), (7, "6", "z")]
    assert bad == [(3, None, "has too few columns", None), (6, None, "has too many columns", None)]
    assert (note.rows, note.quarantined) == (6, 2)


def test_a_file_cut_off_inside_its_last_record_loses_only_that(
    connection: Connection, settings: Settings, tmp_path: Path
) -> None:
    # given
    path = write(tmp_path, '"a","b"\n"1","x"\n"2","cut of')

    # when
    _, good, bad = landed(connection, settings, path, table(column("a"), column("b")))

    # then
    assert good == [(2, "1", "x")]
    assert bad == [(3, None, "is cut off inside a quoted value, or misquoted", None)]


def test_a_quote_that_swallows_the_rest_holds_the_source(
    connection: Connection, settings: Settings, tmp_path: Path
) -> None:
    # given
    path = write(tmp_path, 'a,b\n1,x\n"2,x\n3,x\n4,x\n')

    # when, then
    with pytest.raises(SourceError, match="begins in record 3 never ends"):
        landed(connection, settings, path, table(column("a"), column("b")))


def test_latin_1_without_quoting(connection: Connection, settings: Settings, tmp_path: Path) -> None:
    # given
    path = write(tmp_path, 'A|B\n1|Señor "Plan"\n', encoding="latin-1")
    shape = table(column("a"), column("b"), delimiter="|", quote="", encoding="latin-1")

    # when
    _, good, bad = landed(connection, settings, path, shape)

    # then
    assert (good, bad) == ([(2, "1", 'Señor "Plan"')], [])


def test_text_in_another_encoding_is_put_aside(connection: Connection, settings: Settings, tmp_path: Path) -> None:
    # given
    path = tmp_path / "rows.csv"
    path.write_bytes(b"a,b\n1,x\n2,caf\xe9\n3,y\n")

    # when
    _, good, bad = landed(connection, settings, path, table(column("a"), column("b")))

    # then
    assert [row[1] for row in good] == ["1", "3"]
    assert bad == [(3, None, "is not in the encoding of the contract", None)]


def test_headerless_rows_count_from_one(connection: Connection, settings: Settings, tmp_path: Path) -> None:
    # given
    path = write(tmp_path, "1,11\n2,10\n")
    shape = table(column("a"), column("n", type="integer", minimum=11), header=False)

    # when
    _, good, bad = landed(connection, settings, path, shape)

    # then
    assert good == [(1, "1", 11)]
    assert bad == [(2, "n", "is below 11", "10")]


def test_a_wide_file_becomes_long_and_zero_is_no_row(
    connection: Connection, settings: Settings, tmp_path: Path
) -> None:
    # given
    path = write(tmp_path, "npi,DRUG.A,DRUG.B\n1,0,17\n2,11,-3\n")
    shape = table(column("npi"), unpivot=Unpivot("drug", "claims"))

    # when
    _, good, bad = landed(connection, settings, path, shape)

    # then
    assert sorted(good) == [(2, "DRUG.B", "1", 17), (3, "DRUG.A", "2", 11)]
    assert bad == [(3, "claims", "is below 1", "-3")]


def test_a_missing_column_is_named(connection: Connection, settings: Settings, tmp_path: Path) -> None:
    # given
    path = write(tmp_path, "a\n1\n")

    # when, then
    with pytest.raises(SourceError, match=r"'rows\.csv' has no column 'b' or 'c'"):
        landed(connection, settings, path, table(column("a"), Column("b", ("b", "c"))))
    _, good, _ = landed(connection, settings, path, table(column("a"), column("b", optional=True)))
    assert good == [(2, "1", None)]
