"""Research, notes, medical inquiries and science, hand-typed: small feeds that name HCPs by NPI."""

from collections.abc import Callable
from typing import Any

import pytest

from graph.ingest.report import RefreshReport, SourceReport
from graph.settings import Settings
from graph.store import Store
from tests.graph.registry import ANNA, BERT, CARA, everything, one, person, put_aside

Run = Callable[..., RefreshReport]
RESEARCH = "response_id,study,wave,npi,question_id,answer,answered_at,weight"
NOTES = "note_id,user_id,npi,written_at,text"
INQUIRIES = "inquiry_id,npi,topic,received_at,unsolicited"
SCIENCE = "record_id,npi,kind,role,date,match_score"


@pytest.fixture(autouse=True)
def registry(deliveries: Any) -> None:
    deliveries.nppes("2025-01-01", person(ANNA), person(BERT))


def of(report: RefreshReport, name: str) -> SourceReport:
    (found,) = [source for source in report.sources if source.name == name]
    return found


def test_answers_and_nominations(deliveries: Any, run: Run, neo4j_empty: Store, neo4j_settings: Settings) -> None:
    # given: Bert is named in two waves, once twice; one nominee is unknown, one is the respondent, one is no number
    rows = [
        RESEARCH,
        f"R1,KOL-25,1,{ANNA},volume,more than 20,2024-11-05,1.25",
        f"R2,KOL-25,1,{ANNA},nominates,{BERT},2024-11-05,1.25",
        f"R3,KOL-25,1,{ANNA},nominates,{BERT},2024-11-07T10:00:00Z,1.5",
        f"R4,KOL-25,2,{ANNA},nominates,{BERT},2024-12-05,1.25",
        f"R5,KOL-25,2,{ANNA},nominates,{CARA},2024-12-05,1.25",
        f"R6,KOL-25,2,{ANNA},nominates,{ANNA},2024-12-05,1.25",
        f"R7,KOL-25,2,{ANNA},nominates,Dr Bert,2024-12-05,1.25",
        f"R8,KOL-25,2,{CARA},volume,none,2024-12-05,1.0",
        f"R9,KOL-25,2,{ANNA},volume,none,2024-12-05,-1",
    ]
    deliveries.add("2025-01-01", "research/research_20250101.csv", "\n".join(rows) + "\n")

    # when
    report = run()
    before = everything(neo4j_empty)
    again = run()

    # then
    found = of(report, "research")
    assert (found.rows_in, found.rows_loaded, found.rows_quarantined) == (9, 4, 5)
    file = "2025-01-01/research/research_20250101.csv"
    assert sorted(put_aside(neo4j_settings, "research"), key=lambda row: row[1]) == [
        (file, 6, "answer", "is not known as HCP npi", CARA),
        (file, 7, None, "nominates itself", None),
        (file, 8, None, "nominates something that is no NPI", None),
        (file, 9, "npi", "is not known as npi", CARA),
        (file, 10, "weight", "is below 0", None),
    ]
    named = neo4j_empty.read(
        "MATCH (a:HCP)-[n:NOMINATED]->(b:HCP) RETURN a.npi AS by, b.npi AS npi, n.study AS study, n.wave AS wave, "
        "n.weight AS weight, toString(n.answeredOn) AS day ORDER BY wave"
    )
    both = {"by": ANNA, "npi": BERT, "study": "KOL-25"}
    assert named == [
        both | {"wave": "1", "weight": 1.5, "day": "2024-11-07"},
        both | {"wave": "2", "weight": 1.25, "day": "2024-12-05"},
    ]
    answers = neo4j_empty.read(
        "MATCH (h:HCP {npi: $npi})-[:ANSWERED]->(r:SurveyResponse) WITH r "
        "ORDER BY r.answeredOn, r.questionId, r.weight RETURN r.questionId AS question, "
        "r.answer AS answer, r.study AS study",
        npi=ANNA,
    )
    assert answers[0] == {"question": "nominates", "answer": BERT, "study": "KOL-25"}
    assert [row["question"] for row in answers] == ["nominates", "volume", "nominates", "nominates", "nominates"]
    assert (again.write_transactions, everything(neo4j_empty)) == (0, before)

    # when: the registry learns of the unknown one
    deliveries.nppes("2025-01-08", person(CARA))
    run()

    # then
    waiting = neo4j_empty.read("MATCH ()-[n:NOMINATED]->(:HCP {npi: $npi}) RETURN n.wave AS wave", npi=CARA)
    assert waiting == [{"wave": "2"}]


def test_a_note_has_its_writer_its_subject_and_no_person(deliveries: Any, run: Run, neo4j_empty: Store) -> None:
    # given
    deliveries.add("2025-01-01", "alignment/territories.csv", "territory_id,name,level,parent_id\nA,North,territory,\n")
    deliveries.add("2025-01-01", "alignment/hcp_territories.csv", "npi,territory_id,from,to\n")
    reps = "user_id,name,role,territory_id,from,to,calls_per_week\nU1,Some One,rep,A,2024-01-01,,30\n"
    deliveries.add("2025-01-01", "alignment/reps.csv", reps)
    text = "Asked about the step edit, call back at 212-555-0142 or anna@example.org"
    rows = [NOTES, f'N1,U1,{ANNA},2024-12-01T17:00:00Z,"{text}"', f"N2,U9,{ANNA},2024-12-01,Nothing new"]
    deliveries.add("2025-01-01", "field_notes/field_notes_20250101.csv", "\n".join(rows) + "\n")

    # when
    report = run()

    # then
    found = of(report, "field_notes")
    assert (found.rows_in, found.rows_loaded, found.rows_quarantined) == (2, 1, 1)
    note = one(
        neo4j_empty,
        "MATCH (r:Rep)-[:WROTE]->(n:FieldNote)-[:MENTIONS]->(h:HCP) RETURN r.userId AS rep, h.npi AS npi, "
        "n.text AS text, n.removed AS removed, toString(n.writtenOn) AS day",
    )
    assert (note["rep"], note["npi"], note["day"]) == ("U1", ANNA, "2024-12-01")
    assert note["text"] == "Asked about the step edit, call back at [PHONE] or [EMAIL]"
    assert len(note["removed"]) == 2


def test_a_question_to_the_medical_department(deliveries: Any, run: Run, neo4j_empty: Store) -> None:
    # given: the second delivery corrects the topic
    for date, topic in (("2025-01-01", "dosing"), ("2025-01-08", "renal dosing")):
        rows = [INQUIRIES, f"I1,{ANNA},{topic},2024-12-03,true"]
        name = f"medical_inquiries/medical_inquiries_{date.replace('-', '')}.csv"
        deliveries.add(date, name, "\n".join(rows) + "\n")

    # when
    run()

    # then
    assert one(
        neo4j_empty,
        "MATCH (h:HCP)-[:ASKED]->(i:MedicalInquiry) RETURN h.npi AS npi, i.topic AS topic, "
        "i.unsolicited AS unsolicited, toString(i.receivedOn) AS day",
    ) == {"npi": ANNA, "topic": "renal dosing", "unsolicited": True, "day": "2024-12-03"}


def test_a_match_that_is_corrected_moves_to_the_other_author(
    deliveries: Any, run: Run, neo4j_empty: Store, neo4j_settings: Settings
) -> None:
    # given: two records of science, one of an unknown kind, one surer than sure
    rows = [
        SCIENCE,
        f"S1,{ANNA},publication,first author,2023-06-01,0.71",
        f"S2,{ANNA},trial,investigator,2022-03-01,0.95",
        f"S3,{ANNA},podcast,guest,2024-03-01,0.95",
        f"S4,{ANNA},congress,speaker,2024-03-01,1.2",
    ]
    deliveries.add("2025-01-01", "scientific/scientific_20250101.csv", "\n".join(rows) + "\n")
    run()

    # when
    corrected = f"{SCIENCE}\nS1,{BERT},publication,first author,2023-06-01,0.93\n"
    deliveries.add("2025-01-08", "scientific/scientific_20250108.csv", corrected)
    run()

    # then
    found = neo4j_empty.read(
        "MATCH (h:HCP)-[:CONTRIBUTED]->(s:ScientificActivity) RETURN h.npi AS npi, s.kind AS kind, s.role AS role, "
        "toString(s.date) AS day, s.matchScore AS score ORDER BY day"
    )
    assert found == [
        {"npi": ANNA, "kind": "trial", "role": "investigator", "day": "2022-03-01", "score": 0.95},
        {"npi": BERT, "kind": "publication", "role": "first author", "day": "2023-06-01", "score": 0.93},
    ]
    assert [(line, column, reason) for _, line, column, reason, _ in put_aside(neo4j_settings, "scientific")] == [
        (4, "kind", "is not one of publication, trial, congress"),
        (5, "match_score", "is above 1"),
    ]
