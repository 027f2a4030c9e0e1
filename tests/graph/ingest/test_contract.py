"""Contracts: values judged row by row, personal ones hidden, files held against a manifest; no database is needed."""

import datetime
import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from graph.errors import SourceError
from graph.ingest.engine import Connection
from graph.ingest.view import open_view
from graph.settings import Settings
from graph.sources import Column, Prepare, load_mappings
from tests.graph.ingest.landing import column, landed, table, write


@pytest.mark.parametrize(
    ("npi", "valid"),
    [
        ("1234567893", True),
        ("2999000005", True),
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
        ("datetime", "2025-03-01", datetime.datetime.fromisoformat("2025-03-01"), None),
        ("datetime", "2025-03-01 14:33:00", datetime.datetime.fromisoformat("2025-03-01 14:33"), None),
        ("datetime", "2025-03-01T14:33:00.000+0000", datetime.datetime.fromisoformat("2025-03-01 14:33"), None),
        ("datetime", "2025-03-01T14:33:00-05:00", datetime.datetime.fromisoformat("2025-03-01 19:33"), None),
        ("datetime", "03/01/2025", None, "is not a date with time as ISO 8601 writes it"),
        ("datetime", "0002-03-01", None, "is not a date with time as ISO 8601 writes it"),
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


def test_a_row_whose_cells_slipped_leaves_no_person_in_quarantine(
    connection: Connection, settings: Settings, tmp_path: Path
) -> None:
    # given a row that lost its first cell
    path = write(tmp_path, "day,person_id,payer\n2025-01-01,P-SECRET-1,Acorn\nP-SECRET-2,Acorn,\n")
    shape = table(column("day", type="date"), column("person_id", type="token", personal=True), column("payer"))

    # when
    _, good, bad = landed(connection, settings, path, shape)

    # then the date that is none is a person, and is not told
    assert len(good) == 1
    assert [(line, name, value) for line, name, _, value in bad] == [(3, "day", None)]
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


def test_a_column_added_to_the_contract_is_null_in_older_files(
    connection: Connection, settings: Settings, tmp_path: Path
) -> None:
    # given: a file landed before the mapping knew `reason`
    (pdrp,) = [one for one in load_mappings() if one.name == "pdrp"]
    older = table(column("npi"), column("opt_out_date", type="date"))
    note, _, _ = landed(connection, settings, write(tmp_path, "npi,opt_out_date\n1234567893,2025-01-01\n"), older)
    newer = replace(pdrp.tables[0], columns=(*pdrp.tables[0].columns, column("reason")), references={})
    mapping = replace(pdrp, tables=(newer,), prepare=(Prepare("reasons", "SELECT reason FROM opt_outs"),))

    # when
    open_view(connection, settings.home, mapping, (replace(note, table="opt_outs"),))

    # then
    rows = connection.execute("SELECT npi, opt_out_date, reason, _record, _known_at FROM opt_outs").fetchall()
    day = datetime.date(2025, 1, 1)
    assert rows == [("1234567893", day, None, "2025-01-01/rows.csv:2", day)]
