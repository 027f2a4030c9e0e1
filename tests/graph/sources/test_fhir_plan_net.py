"""Da Vinci Plan-Net: a directory becomes HCPs, accounts, plans and the networks that join them."""

import json
from collections.abc import Callable
from typing import Any

from tests.graph.registry import BERT, CLINIC
from tests.graph.sources.conftest import Feed

META = {"profile": ["http://hl7.org/fhir/us/davinci-pdex-plan-net/StructureDefinition/plannet-any"]}
ORGANIZATION_TYPE = "http://hl7.org/fhir/us/davinci-pdex-plan-net/CodeSystem/OrgTypeCS"
NPI = "http://hl7.org/fhir/sid/us-npi"


def resource(kind: str, key: str, **more: Any) -> dict[str, Any]:
    return {"resourceType": kind, "id": key, "meta": META, **more}


def to(kind: str, name: str) -> dict[str, str]:
    return {"reference": f"http://localhost/fhir/{kind}/{name}"}


def organization(name: str, kind: str, npi: str | None = None) -> dict[str, Any]:
    identifier = [{"system": NPI, "value": npi}] if npi else []
    coding = [{"system": ORGANIZATION_TYPE, "code": kind}]
    return resource("Organization", name, name=f"The {name}", type=[{"coding": coding}], identifier=identifier)


def practitioner(name: str, npi: str) -> dict[str, Any]:
    names = [{"family": "Novak", "given": ["Bert"]}]
    return resource("Practitioner", name, identifier=[{"system": NPI, "value": npi}], name=names)


NETWORK = {"url": "http://localhost/StructureDefinition/network-reference", "valueReference": to("Organization", "net")}
DIRECTORY = [
    organization("acme", "payer"),
    organization("net", "ntwk"),
    organization("clinic", "fac", CLINIC),
    practitioner("bert", BERT),
    resource("Location", "here", address={"city": "Springfield", "state": "CT", "postalCode": "00014-1234"}),
    resource(
        "PractitionerRole", "r1", practitioner=to("Practitioner", "bert"), organization=to("Organization", "clinic"),
        location=[to("Location", "here")], extension=[NETWORK],
    ),
    resource("PractitionerRole", "r2", organization=to("Organization", "clinic"), extension=[NETWORK]),
    resource(
        "OrganizationAffiliation", "a1", participatingOrganization=to("Organization", "clinic"),
        network=[to("Organization", "net")],
    ),
    resource("InsurancePlan", "gold", name="Gold", ownedBy=to("Organization", "acme"),
             type=[{"coding": [{"code": "qhp"}]}], network=[to("Organization", "net")]),
    resource("Endpoint", "e1"),
]  # fmt: skip


def test_a_directory_in_lines_joins_providers_networks_and_plans(feed: Callable[[str], Feed]) -> None:
    # given
    directory = feed("fhir_plan_net")
    directory.add("directory.ndjson", *(json.dumps(one) for one in DIRECTORY))

    # then
    assert directory.aside() == []
    assert directory.preview().rows_in == 9
    assert directory.yields("HCP", "npi", "lastName", "city", "zip5") == [(BERT, "Novak", "Springfield", "00014")]
    assert directory.yields("Account", "npi", "name") == [(CLINIC, "The clinic")]
    assert directory.yields("Payer", "payer_key") == [("THE ACME",)]
    assert directory.yields("Plan", "planKey", "name", "kind") == [("gold", "Gold", "qhp")]
    assert directory.yields("(Payer)-[:OFFERS]->(Plan)", "payer_key", "plan_key") == [("THE ACME", "gold")]
    assert directory.yields("(Plan)-[:USES_NETWORK]->(ProviderNetwork)", "plan_key", "network") == [("gold", "net")]
    assert directory.yields("(HCP)-[:IN_NETWORK]->(ProviderNetwork)", "hcp_npi", "network") == [(BERT, "net")]
    assert directory.yields("(Account)-[:IN_NETWORK]->(ProviderNetwork)", "account_npi", "network") == [(CLINIC, "net")]
    assert directory.yields("(HCP)-[:AFFILIATED_WITH]->(Account)", "hcp_npi", "account_npi") == [(BERT, CLINIC)]


def test_who_has_no_valid_npi_is_put_aside_with_all_that_names_them(feed: Callable[[str], Feed]) -> None:
    # given: every number is wrong, and one type is unexpected
    directory = feed("fhir_plan_net")
    wrong = [organization("clinic", "fac", "NPI7"), practitioner("bert", "2999000006"), resource("Basic", "b")]
    directory.add("directory.ndjson", *(json.dumps(one) for one in [*DIRECTORY[:2], *DIRECTORY[4:], *wrong]))

    # then
    assert directory.aside() == [
        ("affiliations", "participant", "names a row of organizations that is not there", 1),
        ("organizations", None, "is neither payer nor network and has no valid NPI", 1),
        ("others", None, "is of a resource type that no table reads", 1),
        ("practitioners", "npi", "is not a valid NPI", 1),
        ("roles", "organization", "names a row of organizations that is not there", 1),
        ("roles", "practitioner", "names a row of practitioners that is not there", 1),
    ]
    assert directory.yields("(Plan)-[:USES_NETWORK]->(ProviderNetwork)", "plan_key", "network") == [("gold", "net")]
