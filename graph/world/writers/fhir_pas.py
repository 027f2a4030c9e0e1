"""Feed `fhir_pas`: answers to requests made through PAS, one Da Vinci response bundle a line."""

import json
from collections.abc import Iterator
from typing import Any

from graph.world.authorizations import DECISIONS, PENDED, REASONS
from graph.world.journeys import NONE
from graph.world.products import PRODUCTS
from graph.world.world import World
from graph.world.writers.claims import claim_id
from graph.world.writers.delivery import Delivery
from graph.world.writers.prior_auth import news, state

_PAS = "http://hl7.org/fhir/us/davinci-pas/StructureDefinition"
_NPI = "http://hl7.org/fhir/sid/us-npi"
_NDC = "http://hl7.org/fhir/sid/ndc"
MEANING = ("Certified in total", "Certified - partial", "Not certified", "Pended", "Modified", "Cancelled")


def write_fhir_pas(world: World, delivery: Delivery, before: int, day: int) -> None:
    """Answers of a window of days: pended first where it takes longer, then decided, with the same trace number."""
    chosen = news(world.authorizations, before, day, pas=True)
    lines: Iterator[str] = (json.dumps(_bundle(world, one, day), separators=(",", ":")) for one in chosen)
    if chosen:
        name = f"pas_responses_{delivery.date.replace('-', '')}.ndjson"
        delivery.add("fhir_pas", name, lines, header=False, complete=False, documents=True)


def _bundle(world: World, one: int, day: int) -> dict[str, Any]:
    requests, clock = world.authorizations, world.clock
    start, trace = int(requests.start[one]), requests.id_of(one)
    decision, decided = state(requests, one, day)
    created = clock.iso(requests.submitted[one] if decided == NONE else decided)
    response = f"{trace}-{'pended' if decided == NONE else 'decided'}"
    npi = world.hcps.npi[world.starts.hcp[start]]
    ndc = PRODUCTS[world.starts.product[start]].ndc11s[0]
    review: list[dict[str, Any]] = [
        {"url": "number", "valueString": trace},
        {
            "url": f"{_PAS}/extension-reviewActionCode",
            "valueCodeableConcept": _coding(
                "https://codesystem.x12.org/005010/306", DECISIONS[decision], MEANING[decision]
            ),
        },
    ]
    reason = int(requests.reason[one])
    if reason != NONE and decision != PENDED:
        code = _coding("https://codesystem.x12.org/external/886", REASONS[reason])
        review.append({"url": "reasonCode", "valueCodeableConcept": code})
    item: dict[str, Any] = {
        "itemSequence": 1,
        "adjudication": [
            {
                "extension": [{"url": f"{_PAS}/extension-reviewAction", "extension": review}],
                "category": _coding("http://terminology.hl7.org/CodeSystem/adjudication", "submitted"),
            }
        ],
    }
    if decided != NONE:
        item["extension"] = [{"url": f"{_PAS}/extension-itemPreAuthIssueDate", "valueDate": created}]
    patient = f"P{world.patients.label[world.starts.patient[start]]:08d}"
    resources: list[dict[str, Any]] = [
        {
            "resourceType": "ClaimResponse",
            "id": response,
            "meta": {"profile": [f"{_PAS}/profile-claimresponse"]},
            "identifier": [{"system": "http://example.org/PATIENT_EVENT_TRACE_NUMBER", "value": trace}],
            "status": "active",
            "type": _coding("http://terminology.hl7.org/CodeSystem/claim-type", "pharmacy"),
            "use": "preauthorization",
            "patient": {"identifier": {"system": "http://example.org/MIN", "value": patient}},
            "created": f"{created}T12:00:00+00:00",
            "insurer": {"display": world.payers.name[world.payers.plan_payer[world.starts.plan[start]]]},
            "requestor": {"reference": f"Practitioner/{npi}"},
            "request": {"reference": f"Claim/{trace}"},
            "outcome": "queued" if decided == NONE else "complete",
            "insurance": [{"sequence": 1, "focal": True, "coverage": {"reference": f"Coverage/{trace}"}}],
            "item": [item],
        },
        {"resourceType": "Practitioner", "id": npi, "identifier": [{"system": _NPI, "value": npi}]},
        {
            "resourceType": "Coverage",
            "id": trace,
            "status": "active",
            "class": [
                {
                    "type": _coding("http://terminology.hl7.org/CodeSystem/coverage-class", "plan"),
                    "value": world.payers.plan_id[world.starts.plan[start]],
                }
            ],
        },
        {
            "resourceType": "Claim",
            "id": trace,
            "identifier": [{"system": "http://example.org/claim", "value": claim_id(start, 0)}],
            "status": "active",
            "use": "preauthorization",
            "created": clock.iso(requests.submitted[one]),
            "item": [{"sequence": 1, "productOrService": _coding(_NDC, ndc)}],
        },
    ]
    return {
        "resourceType": "Bundle",
        "id": f"bundle-{response}",
        "meta": {"profile": [f"{_PAS}/profile-pas-response-bundle"]},
        "type": "collection",
        "timestamp": f"{created}T12:00:00+00:00",
        "entry": [
            {"fullUrl": f"http://example.org/fhir/{one['resourceType']}/{one['id']}", "resource": one}
            for one in resources
        ],
    }


def _coding(system: str, code: str, display: str = "") -> dict[str, Any]:
    coding = {"system": system, "code": code}
    return {"coding": [coding | ({"display": display} if display else {})]}
