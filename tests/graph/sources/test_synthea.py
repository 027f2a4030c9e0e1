"""Synthea: tokens for persons, starts from medications, and every key leads somewhere or is put aside."""

import datetime
from collections.abc import Callable

from tests.graph.sources.conftest import Feed

TABLES = {
    "patients.csv": ["Id,BIRTHDATE,DEATHDATE,SSN,FIRST,LAST", "p-1,1980-01-01,,999-00-0001,Nobody1,Atall2"],
    "organizations.csv": ["Id,NAME,ADDRESS,CITY,STATE,ZIP,LAT,LON", "o-1,MILL CLINIC,1 WAY,SPRINGFIELD,MA,01101,1,2"],
    "payers.csv": ["Id,NAME,ADDRESS,CITY,STATE_HEADQUARTERED", "y-1,Blue Payer,,,"],
    "providers.csv": ["Id,ORGANIZATION,NAME,GENDER,SPECIALITY,ADDRESS,CITY,STATE,ZIP", "d-1,o-1,A1 B2,F,X,,S,MA,01101"],
    "encounters.csv": [
        "Id,START,STOP,PATIENT,ORGANIZATION,PROVIDER,PAYER", "e-1,2020-01-01T10:00:00Z,,p-1,o-1,d-1,y-1",
        "e-2,2020-01-02T10:00:00Z,,p-1,o-1,d-9,y-1",
    ],
    "claims.csv": [
        "Id,PATIENTID,PROVIDERID,PRIMARYPATIENTINSURANCEID,SECONDARYPATIENTINSURANCEID,APPOINTMENTID,SERVICEDATE,"
        "SUPERVISINGPROVIDERID", "c-1,p-1,d-1,y-1,0,e-1,2020-01-01T10:00:00Z,d-1",
        "c-2,p-9,d-1,y-1,0,e-1,2020-01-01T10:00:00Z,d-1",
    ],
    "payer_transitions.csv": [
        "PATIENT,MEMBERID,START_YEAR,END_YEAR,PAYER,SECONDARY_PAYER,OWNERSHIP,OWNERNAME",
        "p-1,m-1,2020-01-01T00:00:00Z,2021-01-01T00:00:00Z,y-1,,Self,Nobody1 Atall2",
    ],
    "medications.csv": [
        "START,STOP,PATIENT,PAYER,ENCOUNTER,CODE,DESCRIPTION,BASE_COST,PAYER_COVERAGE,DISPENSES",
        "2020-01-01T10:00:00Z,2020-02-01T00:00:00Z,p-1,y-1,e-1,111,Pill,10.0,4.0,3",
        # 100 days after the first ended: the same therapy; and one that begins 200 days after that
        "2020-05-11T10:00:00Z,2020-06-01T00:00:00Z,p-1,y-1,e-1,111,Pill,10.0,4.0,1",
        "2020-12-18T10:00:00Z,,p-1,y-1,e-1,111,Pill,10.0,40.0,1",
    ],
}  # fmt: skip


def given(feed: Callable[[str], Feed]) -> Feed:
    synthea = feed("synthea_27")
    for name, lines in TABLES.items():
        synthea.add(name, *lines)
    return synthea


def test_persons_are_tokens_and_nothing_else_of_them_is_read(feed: Callable[[str], Feed]) -> None:
    # when
    found = given(feed).preview()

    # then
    assert {part.name: part.rows for part in found.parts}["Patient"] == 1
    text = repr(found)
    assert [word for word in ("p-1", "p-9", "Nobody1", "Atall2", "999-00-0001", "m-1") if word in text] == []


def test_a_start_is_a_medication_after_180_days_without(feed: Callable[[str], Feed]) -> None:
    synthea = given(feed)
    assert synthea.yields("TherapyStart", "writtenOn", "outOfPocket", "refills") == [
        (datetime.date(2020, 1, 1), 6.0, 2),
        (datetime.date(2020, 12, 18), 0, 0),
    ]
    assert synthea.yields("(TherapyStart)-[:WRITTEN_BY]->(HCP)", "provider") == [("d-1",), ("d-1",)]
    assert synthea.yields("(Patient)-[:MEMBER_OF]->(Plan)", "plan_key", "from", "to") == [
        ("SYNTHEA-y-1", datetime.date(2020, 1, 1), datetime.date(2021, 1, 1))
    ]


def test_a_key_that_leads_nowhere_is_put_aside(feed: Callable[[str], Feed]) -> None:
    assert given(feed).aside() == [
        ("claims", "person_id", "names a row of patients that is not there", 1),
        ("encounters", "provider", "names a row of providers that is not there", 1),
    ]


def test_files_of_the_same_name_with_other_columns_are_left_alone(feed: Callable[[str], Feed]) -> None:
    # given
    synthea = given(feed)
    synthea.add("other/claims.csv", "claim_id,amount", "1,2")

    # then
    assert synthea.preview().files == sorted(TABLES)
