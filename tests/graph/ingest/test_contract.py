"""Contracts and landing: quirks of real files, judged row by row; no database is needed."""

import datetime
import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from graph.errors import SourceError
from graph.ingest.delivery import Found, discover
from graph.ingest.engine import Connection, engine, scan
from graph.ingest.landing import Landed, checksum, land
from graph.ingest.view import open_view
from graph.settings import Settings
from graph.sources import Column, Table, load_mappings
from graph.sources.mapping import Unpivot

DAY = datetime.date(2025, 1, 1)


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings.load({"TWIN_HOME": str(tmp_path / "home")})


@pytest.fixture
def connection(settings: Settings) -> Iterator[Connection]:
    with engine(settings) as opened:
        yield opened


def table(*columns: Column, **more: Any) -> Table:
    return Table("rows", re.compile(r"\.csv$"), columns, (columns[0].name,), **more)


def column(name: str, **more: Any) -> Column:
    return Column(name, (name,), **more)


def landed(
    connection: Connection, settings: Settings, path: Path, shape: Table, **more: Any
) -> tuple[Landed, list[tuple[Any, ...]], list[tuple[Any, ...]]]:
    """Land a file; return the note, the accepted rows and (line, column, reason, value) of the others."""
    given = {"sha256": None, "rows": None, "complete": True} | more
    found = Found("test", shape, path, path.name, **given)
    note = land(connection, settings, found, checksum(found), DAY)
    good = connection.execute(f"SELECT * FROM {scan([settings.home / note.parquet])} ORDER BY _line").fetchall()
    bad = connection.execute(
        f'SELECT line, "column", reason, value FROM {scan([settings.home / note.quarantine])} ORDER BY line'
    ).fetchall()
    return note, good, bad


def write(tmp_path: Path, text: str, name: str = "rows.csv", encoding: str = "utf-8") -> Path:
    path = tmp_path / name
    path.write_bytes(text.encode(encoding))
    return path


@pytest.mark.parametrize(
    ("npi", "valid"),
    [
        ("1234567893", True),
        ("1245319599", True),
        ("1234567890", False),
        ("1234567891", False),
        ("3234567893", False),
        ("123456789", False),
        ("12345678930", False),
        ("123456789X", False),
    ],
)
def test_npi_passes_luhn_over_its_prefix(connection: Connection, npi: str, valid: bool) -> None:
    assert connection.execute("SELECT npi_valid($1)", [npi]).fetchone() == (valid,)


@pytest.mark.parametrize(
    ("code", "eleven"),
    [
        ("00002821501", "00002821501"),
        ("0002-8215-01", "00002821501"),
        ("12345-678-90", "12345067890"),
        ("12345-6789-1", "12345678901"),
        ("12345-6789-01", "12345678901"),
        ("0002821501", None),
        ("ABC", None),
    ],
)
def test_ndc_becomes_eleven_digits(connection: Connection, code: str, eleven: str | None) -> None:
    assert connection.execute("SELECT ndc11($1)", [code]).fetchone() == (eleven,)


@pytest.mark.parametrize(
    ("kind", "text", "value", "reason"),
    [
        ("integer", "12", 12, None),
        ("integer", "12.0", 12, None),
        ("integer", "12.5", None, "is not a whole number"),
        ("integer", "1e3", None, "is not a whole number"),
        ("integer", "9223372036854775808", None, "is not a whole number"),
        ("number", "1.5", 1.5, None),
        ("number", "NaN", None, "is not a number"),
        ("number", "inf", None, "is not a number"),
        ("boolean", "Y", True, None),
        ("boolean", "false", False, None),
        ("boolean", "maybe", None, "is neither yes nor no"),
        ("date", "2024-02-29", datetime.date(2024, 2, 29), None),
        ("date", "2023-02-29", None, "is not a date (%Y-%m-%d)"),
        ("date", "0002-01-01", None, "is not a date (%Y-%m-%d)"),
        ("texts", "70| 75||", ["70", "75"], None),
        ("text", "  padded  ", "padded", None),
        ("text", "   ", None, None),
    ],
)
def test_a_text_is_typed_or_refused(
    connection: Connection, settings: Settings, tmp_path: Path, kind: Any, text: str, value: Any, reason: str | None
) -> None:
    # given
    path = write(tmp_path, f"key,value\n1,{text}\n")

    # when
    _, good, bad = landed(connection, settings, path, table(column("key"), column("value", type=kind)))

    # then
    if reason is None:
        assert (good, bad) == ([(2, "1", value)], [])
    else:
        assert (good, bad) == ([], [(2, "value", reason, text)])


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


def test_masked_values_are_null_and_slots_keep_their_order(
    connection: Connection, settings: Settings, tmp_path: Path
) -> None:
    # given
    path = write(tmp_path, "ein,code_1,code_2,code_3\n=========,A,,C\n")
    shape = table(column("ein"), Column("codes", ("code_{}",), type="texts", repeat=15), masks=("=========",))

    # when
    _, good, _ = landed(connection, settings, path, shape)

    # then
    assert good == [(2, None, ["A", None, "C"])]


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


def test_a_personal_value_is_a_token_in_landing_and_absent_from_quarantine(
    connection: Connection, settings: Settings, tmp_path: Path
) -> None:
    # given
    path = write(tmp_path, "person_id,n\nP-SECRET-1,1\nP-SECRET-1,2\nP-SECRET-2,x\n")
    shape = table(column("person_id", type="token", personal=True), column("n", type="integer", personal=True))

    # when
    _, good, bad = landed(connection, settings, path, shape)

    # then
    assert good[0][1] == good[1][1]
    assert re.fullmatch(r"v1:[a-z2-7]{32}", good[0][1])
    assert bad == [(4, "n", "is not a whole number", None)]
    for file in settings.home.rglob("*"):
        assert not file.is_file() or b"SECRET" not in file.read_bytes()


def test_a_file_that_differs_from_its_manifest_is_refused(
    connection: Connection, settings: Settings, tmp_path: Path
) -> None:
    # given
    path = write(tmp_path, "a\n1\n2\n")

    # when, then
    with pytest.raises(SourceError, match=r"'rows\.csv' has checksum"):
        landed(connection, settings, path, table(column("a")), sha256="0" * 64)
    with pytest.raises(SourceError, match=r"has 2 records, its manifest says 3: it is cut off"):
        landed(connection, settings, path, table(column("a")), rows=3)


def test_a_missing_column_is_named(connection: Connection, settings: Settings, tmp_path: Path) -> None:
    # given
    path = write(tmp_path, "a\n1\n")

    # when, then
    with pytest.raises(SourceError, match=r"'rows\.csv' has no column 'b' or 'c'"):
        landed(connection, settings, path, table(column("a"), Column("b", ("b", "c"))))
    _, good, _ = landed(connection, settings, path, table(column("a"), column("b", optional=True)))
    assert good == [(2, "1", None)]


def test_a_column_added_to_the_contract_is_null_in_older_files(
    connection: Connection, settings: Settings, tmp_path: Path
) -> None:
    # given: a file landed before the mapping knew `reason`
    (pdrp,) = [one for one in load_mappings() if one.name == "pdrp"]
    older = table(column("npi"), column("opt_out_date", type="date"))
    note, _, _ = landed(connection, settings, write(tmp_path, "npi,opt_out_date\n1234567893,2025-01-01\n"), older)
    newer = replace(pdrp.tables[0], columns=(*pdrp.tables[0].columns, column("reason")), references={})
    mapping = replace(pdrp, tables=(newer,))

    # when
    open_view(connection, settings.home, mapping, (replace(note, table="opt_outs"),))

    # then
    rows = connection.execute("SELECT npi, opt_out_date, reason, _record, _known_at FROM opt_outs").fetchall()
    day = datetime.date(2025, 1, 1)
    assert rows == [("1234567893", day, None, "2025-01-01/rows.csv:2", day)]


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
