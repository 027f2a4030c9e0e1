"""Originals of quarantined rows: sealed, explained on request, swept, and landed when the contract was mended."""

import dataclasses
import os
import re
import time
from pathlib import Path

import pytest

from graph.errors import NotFound, SourceError
from graph.ingest.engine import Connection, scan
from graph.ingest.explain import explain
from graph.ingest.landing import Landed
from graph.ingest.originals import KEPT_DAYS, sweep, unseal
from graph.ingest.quarantine import quarantined
from graph.ingest.retry import retried
from graph.ingest.scrub import Roster, Scrubber
from graph.ingest.state import State
from graph.settings import Settings
from graph.sources import Column, Mapping, Table
from graph.sources.mapping import Unpivot
from tests.graph.ingest.landing import column, landed, table, write

PERSON = column("person_id", type="token", personal=True)
SHAPE = table(column("key"), PERSON, column("n", type="integer"))
TEXT = "key,person_id,n\n1,P-SECRET-1,7\n2,P-SECRET-2,x\n3,P-SECRET-3\n"


def mapping_of(shape: Table) -> Mapping:
    return Mapping("test", "Test", "delta", "none", (), "_known_at", (shape,), (), (), "1")


def sealed_of(settings: Settings, note: Landed) -> Path:
    return (settings.home / note.quarantine).with_suffix(".sealed")


def test_originals_are_kept_and_nothing_of_them_can_be_read(
    connection: Connection, settings: Settings, tmp_path: Path
) -> None:
    # given, when
    note, _, bad = landed(connection, settings, write(tmp_path, TEXT), SHAPE)

    # then
    assert [(line, name) for line, name, _, _ in bad] == [(3, "n"), (4, None)]
    kept = [(one.line, one.shown()) for one in unseal(settings, sealed_of(settings, note))]
    assert kept == [
        (3, {"key": "2", "person_id": "P-SECRET-2", "n": "x"}),
        (4, {"record": "3,P-SECRET-3"}),
    ]
    for file in settings.home.rglob("*"):
        assert not file.is_file() or b"SECRET" not in file.read_bytes()
    assert sealed_of(settings, note).stat().st_mode & 0o077 == 0


def test_a_file_without_bad_rows_has_no_originals(connection: Connection, settings: Settings, tmp_path: Path) -> None:
    note, _, _ = landed(connection, settings, write(tmp_path, "key,person_id,n\n1,P-1,7\n"), SHAPE)
    assert not sealed_of(settings, note).exists()
    assert list((settings.home / "quarantine").rglob("*.part")) == []


@pytest.mark.parametrize("damage", ["cut", "changed", "renamed", "another key"])
def test_damaged_originals_are_refused(connection: Connection, settings: Settings, tmp_path: Path, damage: str) -> None:
    # given
    note, _, _ = landed(connection, settings, write(tmp_path, TEXT), SHAPE)
    path = sealed_of(settings, note)
    content = path.read_bytes()
    if damage == "cut":
        path.write_bytes(content[:-32])
    elif damage == "changed":
        path.write_bytes(content[:60] + bytes([content[60] ^ 1]) + content[61:])
    elif damage == "renamed":
        path = path.rename(path.with_name("other.sealed"))
    else:
        (settings.home / "keys" / "quarantine.key").write_text("00" * 32)

    # when, then
    with pytest.raises(SourceError, match="damaged, or sealed with another key"):
        list(unseal(settings, path))


def test_originals_are_swept_after_thirty_days(connection: Connection, settings: Settings, tmp_path: Path) -> None:
    # given
    note, _, _ = landed(connection, settings, write(tmp_path, TEXT), SHAPE)
    path = sealed_of(settings, note)
    landed_at = time.time() - KEPT_DAYS * 86_400 + 60
    os.utime(path, (landed_at, landed_at))

    # when, then
    assert (sweep(settings.home), path.exists()) == (0, True)
    assert (sweep(settings.home, now=time.time() + 120), path.exists()) == (1, False)
    rows = quarantined(connection, settings.home, tmp_path, State(files=[note]))
    assert [(row["line"], row["reason"]) for row in rows] == [
        (3, "is not a whole number"),
        (4, "has too few columns"),
    ]


def test_a_row_is_explained_and_its_original_shown_on_request_only(
    connection: Connection, settings: Settings, tmp_path: Path
) -> None:
    # given
    note, _, _ = landed(connection, settings, write(tmp_path, TEXT), SHAPE)
    arguments = (connection, settings, [mapping_of(SHAPE)], tmp_path, State(files=[note]))

    # when
    (told,) = explain(*arguments, "2025-01-01/rows.csv:3")
    (shown,) = explain(*arguments, "2025-01-01/rows.csv:3", original=True)

    # then
    assert (told.column, told.reason, told.value, told.original) == ("n", "is not a whole number", None, None)
    assert told.contract == "integer, from 'n'"
    assert "mend graph/sources/test.toml and run `twin quarantine retry`" in told.advice
    assert shown.original == {"key": "2", "person_id": "P-SECRET-2", "n": "x"}
    with pytest.raises(NotFound, match="is not in quarantine"):
        explain(*arguments, "2025-01-01/rows.csv:2")
    with pytest.raises(NotFound, match="is no record"):
        explain(*arguments, "rows.csv")
    sealed_of(settings, note).unlink()
    with pytest.raises(NotFound, match="is not kept"):
        explain(*arguments, "2025-01-01/rows.csv:3", original=True)


def test_rows_land_after_all_when_the_contract_was_mended(
    connection: Connection, settings: Settings, tmp_path: Path
) -> None:
    # given two rows with a value that the list lacks, one with a worse fault
    def shape(*values: str) -> Table:
        return table(column("key"), PERSON, column("kind", values=values), column("n", type="integer"))

    text = "key,person_id,kind,n\n1,P-1,a,1\n2,P-2,b,2\n3,P-3,b,x\n4,P-1,b,4\n"
    note, good, _ = landed(connection, settings, write(tmp_path, text), shape("a"))

    def scrubber() -> Scrubber:
        return Scrubber(Roster())

    # when the list is mended, and nothing more
    unmended = retried(connection, settings, [mapping_of(shape("a"))], [note], scrubber)
    (again,) = retried(connection, settings, [mapping_of(shape("a", "b"))], [note], scrubber)

    # then the rows have landed as what they would have been, once
    assert unmended == []
    rows = connection.execute(f"SELECT * FROM {scan([settings.home / again.parquet])} ORDER BY _line").fetchall()
    assert [(line, key, kind, n) for line, key, _, kind, n in rows] == [
        (2, "1", "a", 1),
        (3, "2", "b", 2),
        (5, "4", "b", 4),
    ]
    assert rows[0] == good[0]
    assert rows[2][2] == good[0][2]
    assert re.fullmatch(r"v1:[a-z2-7]{32}", rows[1][2])
    assert (again.record_file, again.sha256, again.rows, again.quarantined) == (note.record_file, note.sha256, 4, 1)
    left = quarantined(connection, settings.home, tmp_path, State(files=[again]))
    assert [(row["line"], row["column"]) for row in left] == [(4, "n")]
    assert retried(connection, settings, [mapping_of(shape("a", "b"))], [again], scrubber) == []
    mended = table(column("key"), PERSON, column("kind"), column("n"))
    (last,) = retried(connection, settings, [mapping_of(mended)], [again], scrubber)
    assert (last.rows, last.quarantined) == (4, 0)
    arguments = (connection, settings, [mapping_of(SHAPE)], tmp_path, State(files=[again]))
    (kept,) = explain(*arguments, "2025-01-01/rows.csv:4", original=True)
    assert kept.original == {"key": "3", "person_id": "P-3", "kind": "b", "n": "x"}


def test_only_the_bad_values_of_a_wide_row_land_again(
    connection: Connection, settings: Settings, tmp_path: Path
) -> None:
    # given
    path = write(tmp_path, "npi,DRUG.A,DRUG.B\n1,3,17\n2,11,\n")
    strict = table(column("npi"), unpivot=Unpivot("drug", "claims", minimum=11))
    note, good, bad = landed(connection, settings, path, strict)

    # when
    mended = dataclasses.replace(strict, unpivot=Unpivot("drug", "claims", minimum=1))
    (again,) = retried(connection, settings, [mapping_of(mended)], [note], lambda: Scrubber(Roster()))

    # then
    assert (sorted(good), [row[:2] for row in bad]) == (
        [(2, "DRUG.B", "1", 17), (3, "DRUG.A", "2", 11)],
        [(2, "claims")],
    )
    rows = connection.execute(f"SELECT * FROM {scan([settings.home / again.parquet])}").fetchall()
    assert sorted(rows) == [(2, "DRUG.A", "1", 3), (2, "DRUG.B", "1", 17), (3, "DRUG.A", "2", 11)]
    assert (again.delivered, again.quarantined) == ("2025-01-01", 0)


def test_a_repeated_column_keeps_its_slots(connection: Connection, settings: Settings, tmp_path: Path) -> None:
    # given
    path = write(tmp_path, "a,code_1,code_2,code_3\nx,A,,C\n")
    codes = Column("codes", ("code_{}",), type="texts", repeat=15)
    strict = table(column("a", type="integer"), codes)
    note, _, _ = landed(connection, settings, path, strict)

    # when
    (again,) = retried(
        connection, settings, [mapping_of(table(column("a"), codes))], [note], lambda: Scrubber(Roster())
    )

    # then
    assert connection.execute(f"SELECT * FROM {scan([settings.home / again.parquet])}").fetchall() == [
        (2, "x", ["A", None, "C"])
    ]
