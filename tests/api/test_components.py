"""Components of influence: each role has those whose class it may read, and no other moves with what it may not."""

from typing import Any

import pytest

from tests.api import world
from tests.api.conftest import Api, Asker
from tests.api.leaks.attack import changed

FACTS = ("scientificWorks", "patientsReceived", "timesNamed", "timesNamedByTies", "componentsAsOf")
SEEN: dict[str, dict[str, Any]] = {
    "medical": {
        "scientificWorks": 2,
        "patientsReceived": 120,
        "timesNamed": 6,
        "timesNamedByTies": 1.5,
        "componentsAsOf": "2026-02-01",
    },
    "brand": {"patientsReceived": 120, "componentsAsOf": "2026-02-01"},
    "field_rep": {"patientsReceived": 120, "componentsAsOf": "2026-02-01"},
    "market_access": {"patientsReceived": 120, "componentsAsOf": "2026-02-01"},
    "executive": {"patientsReceived": 120, "componentsAsOf": "2026-02-01"},
    "patient_support": {},
    "privacy_admin": {},
}
SEEN["data_science"] = SEEN["medical"]
OTHER_COMPONENTS = """MATCH (hcp:HCP) SET hcp.scientificWorks = 77, hcp.timesNamed = 88, hcp.timesNamedByTies = 9.5
WITH hcp MATCH (hcp)<-[:ABOUT]-(found:Prediction {task: 'influence'}) SET found.clinicalLead = 99.0"""


def asker(api: Api, role: str) -> Asker:
    return api.as_(role, *(["T-1"] if role in ("field_rep", "patient_support") else []))


@pytest.mark.parametrize("role", SEEN)
def test_each_role_has_the_components_of_its_classes(api: Api, role: str) -> None:
    # given the sixth HCP
    who = asker(api, role)
    # when each component is asked for by itself
    found = {}
    for name in FACTS:
        answer = who.ask(f"query ($npi: String!) {{ hcp(npi: $npi) {{ {name} }} }}", npi=world.npi(6))
        if "errors" in answer:
            assert [error["extensions"]["code"] for error in answer["errors"]] == ["GRAPHQL_VALIDATION_FAILED"]
        else:
            found |= answer["data"]["hcp"]
    # then what is told is exactly this
    assert found == SEEN[role]


def test_medical_finds_who_publishes_without_any_commercial_influence(api: Api) -> None:
    medical = api.as_("medical")
    found = medical.data(
        """{ hcps(where: {timesNamed: {gte: 5}}, sort: [{scientificWorks: DESC}, {npi: ASC}], first: 2) {
          totalCount edges { node { npi scientificWorks timesNamed } } } }"""
    )["hcps"]
    assert found == {
        "totalCount": 7,
        "edges": [
            {"node": {"npi": world.npi(3), "scientificWorks": 3, "timesNamed": 9}},
            {"node": {"npi": world.npi(7), "scientificWorks": 3, "timesNamed": 5}},
        ],
    }
    refused = medical.ask('{ influences(product: "OWN-1") { totalCount } }')
    assert [error["extensions"]["code"] for error in refused["errors"]] == ["GRAPHQL_VALIDATION_FAILED"]


LEAD = 'query ($npi: String!) { hcp(npi: $npi) { influence(product: "OWN-1") { clinicalLead } } }'


def test_brand_sees_the_clinical_lead_but_of_those_who_withhold_their_prescribing(api: Api) -> None:
    brand = api.as_("brand")
    assert brand.data(LEAD, npi=world.npi(7)) == {"hcp": {"influence": {"clinicalLead": 3.5}}}
    # given h03, who has opted out
    hidden = brand.ask(LEAD, npi=world.npi(3))
    assert hidden["data"] == {"hcp": {"influence": None}}
    assert [(mark["path"], mark["ids"]) for mark in hidden["extensions"]["restricted"]] == [
        (["hcp", "influence"], ["h03"])
    ]
    # then neither order nor filter knows of h03 or h08
    found = brand.data(
        """{ influences(product: "OWN-1", where: {clinicalLead: {lte: 4.0}}, sort: [{clinicalLead: DESC}]) {
          edges { node { clinicalLead hcp { npi } } } } }"""
    )["influences"]["edges"]
    assert [(edge["node"]["clinicalLead"], edge["node"]["hcp"]["npi"]) for edge in found] == [
        (number / 2, world.npi(number)) for number in (7, 6, 5, 4, 2, 1)
    ]


def test_data_science_sees_it_masked_as_other_prescribing(api: Api) -> None:
    analyst = api.as_("data_science")
    # given leads of 6, 4.5 and 3.5 starts: to the nearest ten
    found = [analyst.data(LEAD, npi=world.npi(n))["hcp"]["influence"]["clinicalLead"] for n in (12, 9, 7)]
    assert found == [10.0, 0.0, 0.0]
    # and what is masked filters and sorts nothing
    for document in (
        '{ influences(product: "OWN-1", where: {clinicalLead: {gt: 1.0}}) { totalCount } }',
        '{ influences(product: "OWN-1", sort: [{clinicalLead: DESC}]) { totalCount } }',
    ):
        assert "data" not in analyst.ask(document)


@pytest.mark.parametrize("role", ["field_rep", "market_access", "executive", "medical", "patient_support"])
def test_nobody_else_has_the_clinical_lead(api: Api, role: str) -> None:
    refused = asker(api, role).ask(LEAD, npi=world.npi(1))
    assert "data" not in refused


DOCUMENTS = {
    "brand": """{ hcps(sort: [{patientsReceived: DESC}]) { edges { node { npi patientsReceived componentsAsOf
      influence(product: "OWN-1") { value } } } } }""",
    "field_rep": """{ influences(product: "OWN-1", sort: [{band: DESC}]) { edges { node { band hcp {
      npi patientsReceived } } } } }""",
    "market_access": "{ hcps(sort: [{patientsReceived: ASC}]) { totalCount edges { node { npi patientsReceived } } } }",
    "executive": "{ hcps(where: {patientsReceived: {gt: 100}}) { edges { node { npi patientsReceived } } } }",
}


SCIENCE = "{ hcps { edges { node { scientificWorks timesNamed timesNamedByTies } } } }"


@pytest.mark.parametrize("role", DOCUMENTS)
def test_a_component_that_changes_moves_nothing_of_roles_without_it(api: Api, role: str) -> None:
    # given all components that the role may not see
    hidden = OTHER_COMPONENTS.partition("WITH")[0] if role == "brand" else OTHER_COMPONENTS
    who, medical = asker(api, role), api.as_("medical")
    before, told = who.post(DOCUMENTS[role]).content, medical.data(SCIENCE)
    # when they are others, which medical notices
    with changed(api, hidden):
        assert medical.data(SCIENCE) != told
        # then no byte of the role's answer is
        assert who.post(DOCUMENTS[role]).content == before
