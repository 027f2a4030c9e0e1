"""Da Vinci PAS: a response becomes a decision; what is no answer to such a request is put aside."""

import datetime
import json
from collections.abc import Callable
from typing import Any

from tests.graph.registry import BERT
from tests.graph.sources.conftest import Feed

PROFILE = {"profile": ["http://hl7.org/fhir/us/davinci-pas/StructureDefinition/profile-claimresponse"]}
URL = "http://hl7.org/fhir/us/davinci-pas/StructureDefinition/"


def coded(code: str, system: str = "urn:x") -> dict[str, Any]:
    return {"coding": [{"system": system, "code": code}]}


def response(name: str, *codes: str, created: str = "2025-03-02T11:02:00+05:00", **more: Any) -> dict[str, Any]:
    """A response with one item per review code."""
    items = [
        {
            "itemSequence": at,
            "adjudication": [
                {
                    "extension": [
                        {
                            "url": URL + "extension-reviewAction",
                            "extension": [
                                {"url": URL + "extension-reviewActionCode", "valueCodeableConcept": coded(code)},
                                {"url": "reasonCode", "valueCodeableConcept": coded("0V")},
                            ],
                        }
                    ]
                }
            ],
        }
        for at, code in enumerate(codes, start=1)
    ]
    return {
        "resourceType": "ClaimResponse", "id": name, "meta": PROFILE, "use": "preauthorization", "outcome": "complete",
        "created": created, "item": items, "patient": {"reference": "Patient/p"}, **more,
    }  # fmt: skip


def bundle(*resources: dict[str, Any]) -> str:
    return json.dumps({"resourceType": "Bundle", "entry": [{"resource": one} for one in resources]})


def day(text: str) -> datetime.date:
    return datetime.date.fromisoformat(text)


def test_a_bundle_tells_the_decision_the_provider_and_the_plan(feed: Callable[[str], Feed]) -> None:
    # given: a response whose neighbours tell who asked, under which plan, for what
    pas = feed("fhir_pas")
    pas.add(
        "fhir_pas/one.json",
        bundle(
            response(
                "r1", "A3", requestor={"reference": "PractitionerRole/role"}, request={"reference": "Claim/c"},
                insurance=[{"coverage": {"reference": "Coverage/v"}}],
            ),
            {"resourceType": "PractitionerRole", "id": "role", "practitioner": {"reference": "Practitioner/p"}},
            {"resourceType": "Practitioner", "id": "p",
             "identifier": [{"system": "http://hl7.org/fhir/sid/us-npi", "value": BERT}]},
            {"resourceType": "Coverage", "id": "v", "class": [
                {"type": coded("group"), "value": "G7"}, {"type": coded("plan"), "value": "H0001-001-000"}]},
            {"resourceType": "Claim", "id": "c", "created": "2025-02-28"},
            {"resourceType": "Patient", "id": "p", "name": [{"family": "Nobody"}]},
        ),
    )  # fmt: skip

    # then
    columns = ("submittedOn", "decidedOn", "daysToDecision", "decision", "decisionMeaning", "reasonCode", "channel")
    assert pas.yields("PriorAuthorization", "pa_key", *columns) == [
        ("fhir|(token)|1", day("2025-02-28"), day("2025-03-02"), 2, "A3", "not certified", "0V", "fhir")
    ]
    assert pas.yields("(PriorAuthorization)-[:REQUESTED_BY]->(HCP)", "npi") == [(BERT,)]
    assert pas.yields("(PriorAuthorization)-[:DECIDED_UNDER]->(Plan)", "plan") == [("H0001-001-000",)]
    # neither is known to this twin
    assert pas.aside() == [
        ("DECIDED_UNDER", "plan", "is not known as Plan plan_key", 1),
        ("REQUESTED_BY", "npi", "is not known as HCP npi", 1),
    ]


def test_a_pended_request_is_the_one_that_is_decided_later(feed: Callable[[str], Feed]) -> None:
    # given: two responses with one trace number
    pas = feed("fhir_pas")
    trace = [{"system": "http://localhost/trace", "value": "4711"}]
    pas.add("a.json", json.dumps(response("r1", "A4", identifier=trace)))
    pas.add("b.json", json.dumps(response("r2", "A1", identifier=trace, created="2025-03-09")))

    # then
    assert pas.yields("PriorAuthorization", "pa_key", "decision", "decidedOn") == [
        ("fhir|(token)|1", "A1", day("2025-03-09"))
    ]


def test_a_pended_request_has_no_decision_day(feed: Callable[[str], Feed]) -> None:
    pas = feed("fhir_pas")
    pas.add("a.json", json.dumps(response("r1", "A4", "A1")))
    assert pas.yields("PriorAuthorization", "pa_key", "decision", "decidedOn") == [
        ("fhir|(token)|1", "A4", None),
        ("fhir|(token)|2", "A1", day("2025-03-02")),
    ]


def test_what_is_no_decision_is_put_aside_with_its_reason(feed: Callable[[str], Feed]) -> None:
    # given: an error, an unknown code, a broken date, another use, an unexpected type, and no JSON at all
    pas = feed("fhir_pas")
    pas.add("error.json", json.dumps(response("r1", outcome="error")))
    pas.add("code.json", json.dumps(response("r2", "ZZ")))
    pas.add("date.json", json.dumps(response("r3", "A1", created="0002-01-01")))
    pas.add("use.json", json.dumps(response("r4", "A1", use="claim")))
    pas.add("type.json", json.dumps({"resourceType": "Basic", "id": "b", "meta": PROFILE}))
    pas.add("broken.json", '{"resourceType": "ClaimResponse", ')

    # then
    found = pas.preview()
    assert (found.rows_in, found.rows_quarantined) == (6, 6)
    assert pas.aside() == [
        ("others", None, "is not JSON at line 2", 1),
        ("others", None, "is of a resource type that no table reads", 1),
        ("responses", "created", "is not a date (%Y-%m-%d)", 1),
        ("responses", "decision", "is missing", 1),
        ("responses", "decision", "is not one of A1, A2, A3, A4, A6, C, CT, NA", 1),
        ("responses", None, "answers a claim, not a request for prior authorization", 1),
    ]


def test_files_that_are_no_fhir_of_this_kind_are_left_alone(feed: Callable[[str], Feed]) -> None:
    # given: a delivery's own manifest, and a directory of providers
    pas = feed("fhir_pas")
    pas.add("one.json", json.dumps(response("r1", "A1")))
    pas.add("manifest.json", json.dumps({"files": []}))
    pas.add("directory.json", json.dumps({"resourceType": "InsurancePlan", "id": "x"}))

    # then
    assert pas.preview().files == ["one.json"]
