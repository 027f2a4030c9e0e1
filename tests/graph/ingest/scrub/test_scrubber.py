"""The scrubber: what goes, what stays, and how much of what was planted in generated notes; no database is needed."""

from pathlib import Path

import pytest

from bench.notes import corpus
from bench.scrubber import measure
from graph.ingest.engine import Connection
from graph.ingest.scrub import Roster, Scrubber
from graph.ingest.scrub.near import Near
from graph.settings import Settings
from tests.graph.ingest.landing import column, landed, table, write

ROSTER = Roster.of(
    ["Jadwiga Kowalczyk", "Maria Gonzalez", "Eunji Park", "Grant Young"],
    ["Zeltora", "Acorn Health Plan", "Park Street Clinic", "Gonzalez Maria"],
)


@pytest.mark.parametrize(
    ("note", "scrubbed", "removed"),
    [
        ("Met Dr. Kowalczyk about Zeltora.", "Met Dr. [NAME] about Zeltora.", ("NAME:1",)),
        ("dr kowalcyzk wants copay cards", "dr [NAME] wants copay cards", ("NAME:1",)),
        ("Dr Young's office called.", "Dr [NAME]'s office called.", ("NAME:1",)),
        ("Saw J. Marchetti, MD and Smith, Jane.", "Saw [NAME], MD and [NAME].", ("NAME:2",)),
        ("Oluwaseun asked about efficacy.", "[NAME] asked about efficacy.", ("NAME:1",)),
        ("Grant mentioned the price.", "[NAME] mentioned the price.", ("NAME:1",)),
        ("SPOKE WITH DR GONZALEZ TODAY", "SPOKE WITH DR [NAME] TODAY", ("NAME:1",)),
        ("Maria Gonzalez at Park Street Clinic", "[NAME] at Park Street Clinic", ("NAME:1",)),
        ("Mrs. Ludmila van der Berg stopped.", "Mrs. [NAME] stopped.", ("NAME:1",)),
        ("Call 614-555-0123 or (614) 555-0199 x12.", "Call [PHONE] or [PHONE].", ("PHONE:2",)),
        ("Ring 6145550123.", "Ring [PHONE].", ("PHONE:1",)),
        ("Write to jo.doe@example.org.", "Write to [EMAIL].", ("EMAIL:1",)),
        ("SSN 912-34-5678, last four of social 5678", "SSN [SSN], last four of social [SSN]", ("SSN:2",)),
        ("MRN: 00482913, chart no. H-99812", "MRN: [MRN], chart no. [MRN]", ("MRN:2",)),
        ("DOB 3/4/61; born May 4, 1961", "DOB [BIRTH_DATE]; born [BIRTH_DATE]", ("BIRTH_DATE:2",)),
        ("MBI 1EG4-TE5-MK73 or 1eg4te5mk73", "MBI [MBI] or [MBI]", ("MBI:2",)),
        ("Lives at 12 Elm Street, Apt 4, Springfield, IL 62704.", "Lives at [ADDRESS].", ("ADDRESS:1",)),
        ("Ship to PO Box 1234.", "Ship to [ADDRESS].", ("ADDRESS:1",)),
        ("member id W123456789, license no A-99812", "member id [ID], license no [ID]", ("ID:2",)),
        ("See https://example.org/p/7 from 192.0.2.7.", "See [URL] from [IP].", ("IP:1", "URL:1")),
        ("a 94-year-old woman", "a [AGE]-year-old woman", ("AGE:1",)),
    ],
)
def test_identifiers_are_replaced_by_their_class(note: str, scrubbed: str, removed: tuple[str, ...]) -> None:
    result = Scrubber(ROSTER).scrub(note)
    assert (result.text, result.removed) == (scrubbed, removed)


@pytest.mark.parametrize(
    "note",
    [
        "NPI 2999000005 is out of network.",
        "Denied on 03/18/2025 with code 75; appeal filed 2025-03-24.",
        "Prior Authorization denied by Blue Cross. Follow up next Tuesday.",
        "Started adalimumab 40 mg on 2024-03-02; NDC 00169-4132-12.",
        "Privileges at St. Brendan's Medical Center and Mercy General Hospital since 2019.",
        "The 59-year-old is on Zeltora; Acorn Health Plan asks for step therapy.",
        "Young patients respond well. Grant applications are due in May 14.",
        "",
    ],
)
def test_what_is_nobodys_stays(note: str) -> None:
    result = Scrubber(ROSTER).scrub(note)
    assert (result.text, result.removed) == (note, ())


def test_a_scrubbed_note_is_scrubbed() -> None:
    once = Scrubber(ROSTER).scrub("Met Dr. Kowalczyk, DOB 3/4/61, at 12 Elm Street; call 614-555-0123.")
    assert Scrubber(ROSTER).scrub(once.text).text == once.text


def test_planted_identifiers_are_found() -> None:
    # given notes of which half the names are off the roster or misspelt
    given = corpus(400, seed=23)

    # when
    measured = measure(given)

    # then
    assert measured.shaped == ("ADDRESS", "BIRTH_DATE", "EMAIL", "MBI", "MRN", "PHONE", "SSN")
    assert measured.recall(*measured.shaped) >= 0.99
    assert measured.recall("NAME") >= 0.95
    assert measured.precision >= 0.95
    assert measured.name_precision >= 0.95


@pytest.mark.parametrize(
    ("word", "near"),
    [
        ("kowalczyk", True),
        ("kowalcyzk", True),
        ("kowalczk", True),
        ("kowalcczyk", True),
        ("kowalczyc", True),
        ("kovalcsyk", False),
        ("kowalkczy", False),
        ("walczyk", False),
        ("park", False),
    ],
)
def test_one_mistake_is_near(word: str, near: bool) -> None:
    assert Near(["kowalczyk", "park"]).has(word) is near


def test_a_note_is_scrubbed_before_it_is_stored(connection: Connection, settings: Settings, tmp_path: Path) -> None:
    # given a note, one that is too long, and none
    path = write(tmp_path, f"note_id,text\n1,Met Dr. Kowalczyk; SSN 912-34-5678\n2,{'Kowalczyk ' * 11_000}\n3,\n")
    shape = table(column("note_id"), column("text", type="note", personal=True))

    # when
    _, good, bad = landed(connection, settings, path, shape, scrubber=Scrubber(ROSTER))

    # then
    rows = [(line, note, text, removed) for line, removed, note, text in good]
    assert rows == [(2, "1", "Met Dr. [NAME]; SSN [SSN]", ["NAME:1", "SSN:1"]), (4, "3", None, None)]
    assert bad == [(3, "text", "is longer than 100,000 bytes", None)]
    for file in settings.home.rglob("*"):
        content = file.read_bytes() if file.is_file() else b""
        assert b"Kowalczyk" not in content
        assert b"912-34" not in content
