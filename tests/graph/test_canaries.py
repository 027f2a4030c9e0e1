"""Canaries: forty planted identifiers go in through every feed that speaks of people, and come out nowhere.

Of the eighteen classes of the Safe Harbor rule sixteen can stand in a text file; prints and photographs cannot.
"""

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import duckdb
import pytest
from click.testing import CliRunner, Result

from api.cli import twin
from graph.settings import Settings
from graph.store import Store
from tests.graph.conftest import CLAIM_COLUMNS, NDC
from tests.graph.registry import ANNA, BERT, CARA, person

Twin = Callable[..., Result]

PLANTED = {
    # A names
    "on the roster": "Wolanska",
    "misspelt": "Wolansak",
    "off the roster": "Quillfeather",
    "of a nurse": "Oyelaran",
    "of a patient": "Brzeczyszczykiewicz",
    "in a column nobody reads": "Canaryfield",
    "in a topic": "Thistlewaite",
    "in an answer": "Marchbanks",
    "in a bundle": "Featherstonehaugh",
    "in a patient list": "Vanderquack",
    # B geography, C dates
    "street": "1407 Hollyhock Terrace",
    "postal code": "62704-1187",
    "birth date": "03/14/1947",
    "birth date in words": "March 9, 1951",
    "birth date in a list": "1938-11-23",
    # D to G
    "phone": "614-555-0142",
    "phone in a topic": "(614) 555-0177",
    "fax": "614.555.0198",
    "e-mail": "canary.patient@example.org",
    "e-mail in an answer": "canary.answer@example.org",
    "SSN": "987-65-4320",
    "SSN in a column nobody reads": "987-65-4321",
    "SSN in a list": "987-65-4322",
    # H to O
    "MRN": "MR00481516",
    "MBI": "1EG4-TE5-MK73",
    "member": "M-CANARY-02",
    "account": "ACC-77120934",
    "licence": "LIC-5528310",
    "vehicle": "1HGCM82633A004352",
    "device": "SN-4471-88213",
    "URL": "https://portal.example.org/p/canary",
    "IP": "203.0.113.77",
    # R any other number
    "person": "P-CANARY-01",
    "claim": "C-CANARY-03",
    "person in a bad row": "P-CANARY-04",
    "person in a short row": "P-CANARY-05",
    "person in a slipped row": "P-CANARY-06",
    "person where a code should be": "P-CANARY-07",
    "hub case": "H-CANARY-08",
    "request": "PA-CANARY-09",
}


@pytest.fixture
def call(neo4j_empty: Store, neo4j_settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Twin:
    """Run a command with the settings of the test."""
    monkeypatch.setenv("TWIN_HOME", str(neo4j_settings.home))
    monkeypatch.setenv("NEO4J_URI", str(neo4j_settings.neo4j_uri))
    monkeypatch.setenv("NEO4J_USER", neo4j_settings.neo4j_user)
    monkeypatch.setenv("NEO4J_PASSWORD", str(neo4j_settings.neo4j_password))
    return lambda *arguments: CliRunner().invoke(twin, [str(argument) for argument in arguments])


def plant(deliveries: Any) -> None:
    """A delivery of every feed that speaks of people, with good rows, bad rows and rows that name nobody known."""
    c, day = PLANTED, "2025-01-01"
    deliveries.nppes(day, person(ANNA, **{"Provider Last Name (Legal Name)": c["on the roster"].upper()}), person(BERT))
    deliveries.products(day)
    deliveries.add(
        day,
        "alignment/reps.csv",
        "user_id,name,role,territory_id,from,to,calls_per_week\nU1,A B,rep,T1,2024-01-01,,9\n",
    )

    def claim(
        number: int, person_id: str, *, kind: str = "paid", written: str = "2024-12-01", payer: str = "Acorn"
    ) -> str:
        return (
            f"{c['claim']}-{number},1,{person_id},{c['member']},{payer},Plan,{ANNA},,{written},{written},{NDC},30,30,1,0,"
            f"{kind},,10,90,2024-12-05,{c['in a column nobody reads']},{c['SSN in a column nobody reads']}"
        )

    rows = [
        f"{CLAIM_COLUMNS},patient_name,patient_ssn",
        claim(1, c["person"]),
        claim(2, c["person in a bad row"], written="yesterday"),
        f"{c['claim']}-3,{c['person in a short row']}",
        claim(4, "x", written=c["person in a slipped row"], payer=c["person in a slipped row"]),
        claim(5, c["person"], kind=c["person where a code should be"]),
    ]
    deliveries.add(day, "rx_claims/rx_claims_20250101.csv", "\n".join(rows) + "\n")
    deliveries.add(
        day,
        "hub/hub_cases.csv",
        "case_id,person_id,npi,ndc_code,program,referral_date,hub_status,status_date,ship_date,dispense_status,"
        "copay_assistance,discontinue_reason\n"
        f"{c['hub case']},{c['person']},{ANNA},{NDC},bridge,2024-12-02,active,2024-12-03,,,true,\n"
        f"{c['hub case']}-2,{c['person']},{CARA},{NDC},bridge,2024-12-02,active,2024-12-03,,,true,\n"
        f"{c['hub case']}-3,{c['person']},{ANNA},{NDC},bridge,2024-12-02,active,{c['person']},,,true,\n",
    )
    deliveries.add(
        day,
        "prior_auth/prior_auth.csv",
        "pa_id,claim_id,npi,plan,ndc_code,submitted_at,decided_at,decision,reason_code,channel,attempt,appeal_level\n"
        f"{c['request']},{c['claim']}-1,{ANNA},Plan,{NDC},2024-12-02,2024-12-04,A1,,fax,1,0\n"
        f"{c['request']}-2,{c['claim']}-1,{ANNA},Plan,{NDC},{c['request']},2024-12-04,A1,,fax,1,0\n",
    )
    notes = [
        f"Met Dr. {c['on the roster']} and nurse {c['of a nurse']}. Dr {c['misspelt']} is away until 2025-02-01.",
        f"{c['off the roster']} asked about patient {c['of a patient']}, born {c['birth date']}; SSN {c['SSN']}.",
        f"Call {c['phone']} or fax {c['fax']}, else {c['e-mail']}. MRN {c['MRN']}, MBI {c['MBI']}.",
        f"Ships to {c['street']}, Springfield, IL {c['postal code']}. DOB {c['birth date in words']}.",
        f"Account no {c['account']}, license {c['licence']}, VIN {c['vehicle']}, serial number {c['device']}.",
        f"See {c['URL']} from {c['IP']}.",
    ]
    texts = [f'N{at},U1,{ANNA},2024-12-20,"{note}"' for at, note in enumerate(notes)]
    bad = [f'B{at},U1,{CARA},2024-12-20,"{note}"' for at, note in enumerate(notes)]
    worse = [f'W{at},U1,"{note}",2024-12-20,"{note}"' for at, note in enumerate(notes)]
    lost = [f'L{at},{ANNA},"{note}",2024-12-20,' for at, note in enumerate(notes)]
    text = "\n".join(["note_id,user_id,npi,written_at,text", *texts, *bad, *worse, *lost])
    deliveries.add(day, "field_notes/field_notes.csv", text + "\n")
    deliveries.add(
        day,
        "medical/medical_inquiries.csv",
        "inquiry_id,npi,topic,received_at,unsolicited\n"
        f"I1,{ANNA},Rash in Mr. {c['in a topic']}; call {c['phone in a topic']},2024-12-03,true\n"
        f"I2,{ANNA},Mr. {c['in a topic']},soon,true\n",
    )
    deliveries.add(
        day,
        "research/research.csv",
        "response_id,study,wave,npi,question_id,answer,answered_at,weight\n"
        f"R1,S,1,{ANNA},free,Ask Mrs. {c['in an answer']} at {c['e-mail in an answer']},2024-12-03,1\n",
    )
    bundle = {
        "resourceType": "Bundle",
        "entry": [
            {"resource": {"resourceType": "Patient", "id": c["person"], "name": [{"family": c["in a bundle"]}]}},
            {
                "resource": {
                    "resourceType": "ClaimResponse", "id": c["request"], "use": "preauthorization",
                    "outcome": "complete", "created": "2025-01-01", "patient": {"reference": f"Patient/{c['person']}"},
                    "identifier": [{"value": c["request"]}],
                }
            },
        ],
    }  # fmt: skip
    deliveries.add(day, "fhir_pas/bundle.json", json.dumps(bundle))
    deliveries.add(
        day,
        "synthea/patients.csv",
        "Id,BIRTHDATE,DEATHDATE,SSN,DRIVERS,PASSPORT,PREFIX,FIRST,LAST,ADDRESS,CITY,STATE,ZIP\n"
        f"{c['person']},{c['birth date in a list']},,{c['SSN in a list']},{c['licence']},X1,Mrs.,"
        f"Ada,{c['in a patient list']},{c['street']},Springfield,Illinois,62704\n",
    )


def contents(home: Path) -> Iterator[tuple[str, str]]:
    """What is written below the twin's home: every file as it lies there, and every Parquet file unpacked."""
    for path in sorted(path for path in home.rglob("*") if path.is_file()):
        yield path.name, path.read_bytes().decode("latin-1")
        if path.suffix == ".parquet":
            yield f"rows of {path.name}", repr(duckdb.connect().execute(f"FROM '{path}'").fetchall())


def graph_dump(store: Store) -> str:
    nodes = store.read("MATCH (n) RETURN labels(n) AS labels, n {.*} AS properties")
    edges = store.read("MATCH ()-[r]->() RETURN type(r) AS type, r {.*} AS properties")
    return repr(nodes) + repr(edges)


def test_forty_planted_identifiers_are_found_nowhere(
    deliveries: Any, call: Twin, neo4j_empty: Store, neo4j_settings: Settings, empty_server: Settings, tmp_path: Path
) -> None:
    # given
    assert len(PLANTED) == 40
    plant(deliveries)
    delivered = "".join(path.read_text() for path in deliveries.folder.rglob("*") if path.is_file())
    assert [name for name, value in PLANTED.items() if value.lower() not in delivered.lower()] == []

    # when everything is loaded, then a delivery comes that holds two sources
    first = call("refresh", "--from", deliveries.folder, "--json")
    for name in ("rx_claims/rx_claims_20250108.csv", "hub/hub_cases_20250108.csv"):
        deliveries.add("2025-01-08", name, "\n".join(f'"{value}"' for value in PLANTED.values()) + "\n")
    second = call("refresh", "--from", deliveries.folder)
    listed = json.loads(call("quarantine", "--limit", 1000, "--json").stdout)["shown"]
    told = [first, second, call("runs"), call("runs", "--json"), call("quarantine", "--limit", 1000)]
    kinds = {(row["source"], row["reason"]): f"{row['file']}:{row['line']}" for row in listed}
    told += [call("quarantine", "explain", record) for record in kinds.values()]

    # then everything was used, and something of everything put aside
    assert first.exit_code == 0, first.output
    reports = {one["name"]: one for one in json.loads(first.stdout)["sources"]}
    assert {name: (one["rows_in"], one["rows_quarantined"]) for name, one in reports.items() if name != "fhir_pas"} == {
        "nppes": (2, 0),
        "products": (2, 0),
        "alignment": (1, 1),
        "rx_claims": (5, 4),
        "hub": (3, 2),
        "prior_auth": (2, 1),
        "field_notes": (24, 18),
        "medical_inquiries": (2, 1),
        "research": (1, 0),
        "synthea_27": (1, 0),
    }
    assert neo4j_empty.read("MATCH (n:FieldNote) RETURN count(n) AS notes")[0]["notes"] == 6
    assert len({(row["file"], row["line"]) for row in listed}) >= 26

    # and no canary sings
    places = [("the graph", graph_dump(neo4j_empty)), *contents(neo4j_settings.home)]
    places += [(f"output {at}", one.output + one.stderr + repr(one.exception)) for at, one in enumerate(told)]
    places += [(path.name, path.read_text("latin-1")) for path in (empty_server.home / "neo4j" / "logs").rglob("*.log")]
    sung = [
        (name, place)
        for name, value in PLANTED.items()
        for place, text in places
        if value.lower() in text.lower() and name != "on the roster"
    ]
    assert sung == []
    # A doctor's name is public where the registry gives it, and nowhere else.
    notes = repr(neo4j_empty.read("MATCH (n:FieldNote) RETURN n.text AS text"))
    assert PLANTED["on the roster"].lower() not in notes.lower()
