"""The FHIR reader: single resources, bundles and lines become records; what is no FHIR is told."""

import gzip
import json
import re
from pathlib import Path
from typing import Any

import pytest

from graph.sources import Column, Table
from graph.sources.readers import READERS, Record

FHIR = READERS["fhir"]


def table(options: dict[str, Any], *columns: Column) -> Table:
    given = columns or (Column("id", ("id",)),)
    return Table("rows", re.compile("json$"), given, ("id",), reader="fhir", options=options)


def read(path: Path, options: dict[str, Any], *columns: Column) -> list[Record]:
    return list(FHIR.records(table(options, *columns), path))


def write(tmp_path: Path, content: Any, name: str = "one.json") -> Path:
    path = tmp_path / name
    path.write_text(content if isinstance(content, str) else json.dumps(content), encoding="utf-8")
    return path


BUNDLE = {
    "resourceType": "Bundle",
    "entry": [
        {"fullUrl": "http://localhost/Patient/a", "resource": {"resourceType": "Patient", "id": "a"}},
        {"resource": {"resourceType": "Group", "id": "g", "member": [{"n": 1}, {"n": 2, "tag": ["x", "y"]}]}},
        {"response": {"status": "201"}},
        {"resource": {"resourceType": "Bundle", "entry": [{"resource": {"resourceType": "Group", "id": "h"}}]}},
    ],
}


def test_a_resource_is_a_record(tmp_path: Path) -> None:
    path = write(tmp_path, "\ufeff" + json.dumps({"resourceType": "Group", "id": "g"}))
    assert read(path, {"resource": "Group"}) == [Record(1, ("g",))]
    assert read(path, {"resource": "Patient"}) == []


def test_the_resources_of_a_bundle_are_counted_by_place(tmp_path: Path) -> None:
    path = write(tmp_path, BUNDLE)
    assert read(path, {"resource": "Group"}) == [Record(2, ("g",)), Record(3, ("h",))]


def test_elements_become_rows_and_a_resource_without_them_one(tmp_path: Path) -> None:
    # given
    path = write(tmp_path, BUNDLE)
    columns = (
        Column("id", ("%resource.id",)),
        Column("n", ("missing", "n")),
        Column("tags", ("tag",), type="texts"),
    )

    # then
    assert read(path, {"resource": "Group", "each": "member"}, *columns) == [
        Record(1, ("g", "1", None)),
        Record(2, ("g", "2", "x|y")),
        Record(3, ("h", None, None)),
    ]


def test_what_no_other_table_reads_is_seen_by_the_one_that_says_besides(tmp_path: Path) -> None:
    path = write(tmp_path, BUNDLE)
    assert read(path, {"besides": ["Group"]}) == [Record(1, ("a",))]


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("{", "is not JSON at line 1"),
        ("", "is not JSON at line 1"),
        ("[1]", "is no FHIR resource: it has no resourceType"),
        ('{"a": 1}', "is no FHIR resource: it has no resourceType"),
        ("[" * 100_000, "is nested too deeply"),
    ],
)
def test_a_document_that_cannot_be_read_is_told_once(tmp_path: Path, text: str, reason: str) -> None:
    path = write(tmp_path, text)
    assert read(path, {"besides": []}) == [Record(1, problem=reason)]
    assert read(path, {"resource": "Group"}) == []


def test_bytes_that_are_no_utf_8_are_told(tmp_path: Path) -> None:
    path = tmp_path / "one.json"
    path.write_bytes(b'{"resourceType": "Group", "id": "\xff"}')
    assert read(path, {"besides": []}) == [Record(1, problem="is not in the encoding of the contract")]


def test_lines_are_documents_of_their_own(tmp_path: Path) -> None:
    # given: three lines and an empty one, packed
    path = tmp_path / "many.ndjson.gz"
    lines = ['{"resourceType": "Group", "id": "g"}', "broken", "", '{"resourceType": "Group", "id": "h"}']
    path.write_bytes(gzip.compress("\n".join(lines).encode()))

    # then
    assert read(path, {"resource": "Group"}) == [Record(1, ("g",)), Record(3, ("h",))]
    assert read(path, {"besides": ["Group"]}) == [Record(2, problem="is not JSON at line 1")]


def test_a_cut_off_archive_is_told(tmp_path: Path) -> None:
    path = tmp_path / "one.json.gz"
    path.write_bytes(gzip.compress(json.dumps(BUNDLE).encode())[:40])
    assert read(path, {"besides": []}) == [Record(1, problem="cannot be read: EOFError")]


def test_an_instant_gives_its_day(tmp_path: Path) -> None:
    path = write(tmp_path, {"resourceType": "Group", "id": "2025-03-01T23:59:00+05:00"})
    assert read(path, {"resource": "Group"}, Column("id", ("id",), type="date")) == [Record(1, ("2025-03-01",))]


@pytest.mark.parametrize(
    ("options", "path", "message"),
    [
        ({}, "id", "needs either `resource` or `besides`"),
        ({"resource": "Group", "besides": []}, "id", "needs either `resource` or `besides`"),
        ({"resource": "Group", "every": "item"}, "id", "knows no option 'every'"),
        ({"resource": "Group", "each": "item["}, "id", "path 'item[' is not understood"),
        ({"resource": "Group"}, "id.first()", "first() is not understood"),
    ],
)
def test_a_table_that_cannot_be_served_is_refused(options: dict[str, Any], path: str, message: str) -> None:
    with pytest.raises(ValueError, match=re.escape(message)):
        FHIR.check(table(options, Column("id", (path,))))


@pytest.mark.parametrize(
    ("content", "options", "concerned"),
    [
        (b'{"resourceType": "Group"}', {"resource": "Group"}, True),
        (b'{"resourceType": "Group"}', {"resource": "Patient"}, False),
        (b'{"resourceType": "Group"}', {"besides": ["Group"]}, False),
        (b'{"resourceType": "Group"}', {"besides": ["Patient"]}, True),
        (b'{"resourceType": "Bundle"}', {"resource": "Patient"}, True),
        (b'{"resourceType": "Group"}\n{"resourceType": "Patient"}', {"resource": "Patient"}, True),
        (b"broken", {"besides": []}, True),
    ],
)
def test_a_single_resource_of_another_type_concerns_no_table(
    content: bytes, options: dict[str, Any], concerned: bool
) -> None:
    assert FHIR.concerns(table(options), content) is concerned


def test_documents_are_counted_whatever_is_read_of_them(tmp_path: Path) -> None:
    lines = tmp_path / "many.ndjson.gz"
    lines.write_bytes(gzip.compress(b'{"resourceType": "Group"}\n\nbroken\n'))
    assert FHIR.documents(lines) == 2
    assert FHIR.documents(write(tmp_path, BUNDLE)) == 1


def test_an_entry_whose_url_is_no_text_is_read(tmp_path: Path) -> None:
    bundle = {"resourceType": "Bundle", "entry": [{"fullUrl": ["x"], "resource": {"resourceType": "Group", "id": "g"}}]}
    assert read(write(tmp_path, bundle), {"resource": "Group"}) == [Record(1, ("g",))]
