"""Friction of cohort segments: for those who see cohorts and friction of plans, as widely as they see cohorts."""

from collections.abc import Iterator

import pytest

from tests.api.conftest import Api, Asker
from tests.api.leaks.attack import assert_blind, changed

MADE = """
MATCH (own:Product {id: 'prod-own'})
UNWIND [['all', 'all', 'all', 'all', 0.31, 90], ['planKind', 'PDP', 'all', 'all', 0.32, 60],
  ['planKind', 'MA', 'all', 'all', 0.42, 10], ['state', 'all', 'OH', 'all', 0.33, 51],
  ['state', 'all', 'TX', 'all', 0.43, 40], ['siteOfCare', 'all', 'all', 'Hospital', 0.34, 30],
  ['state+siteOfCare', 'all', 'OH', 'Hospital', 0.35, 20]] AS row
CREATE (segment:CohortSegment {id: 'seg-' + row[1] + row[2] + row[3], level: row[0], planKind: row[1], state: row[2],
  siteOfCare: row[3]})
CREATE (found:Prediction {id: 'friction-' + segment.id, task: 'access_friction', level: 'cohort',
  dataClass: 'access_friction', dataClasses: ['coverage'], value: row[4], low: 0.3, high: 0.8, unit: 'share of starts',
  horizonDays: 28, asOf: date('2026-02-01'), expectedStarts: 9.5, saveableStarts: 1.5, mainBarrier: 'PA',
  barrierShares: [0.0, row[4], 0.0, 0.0, 0.0, 0.0, 0.0], evidenceStarts: row[5], explained: true})
CREATE (found)-[:ABOUT]->(segment), (found)-[:FOR]->(own)
"""
ALL = """{ accessFrictions(product: "OWN-1", where: {level: {eq: "cohort"}},
  sort: [{cohort: {level: ASC}}, {cohort: {state: ASC}}, {cohort: {planKind: ASC}}]) {
  totalCount groups { count } edges { node { value cohort { level planKind state siteOfCare } plan { name } } } } }"""
SEEING = ["market_access", "medical", "executive", "data_science", "patient_support"]


def test_no_answer_to_brand_depends_on_segments_of_states(api: Api) -> None:
    wide = "MATCH (found:Prediction)-[:ABOUT]->(one:CohortSegment) WHERE one.level IN ['all', 'planKind'] "
    changes = (MADE, wide + "DETACH DELETE found, one")
    documents = [
        ALL,
        """{ accessFrictions(product: "OWN-1", sort: [{cohort: {state: ASC}}, {value: DESC}], first: 100) {
          totalCount groups { level count value { mean } } edges { node { id value cohort { state } } } } }""",
    ]
    assert_blind(api, api.as_("brand"), documents, *changes, noticed_by=api.as_("market_access"))


@pytest.fixture(scope="module")
def asked(api: Api) -> Iterator[Api]:
    """The small graph with friction of seven segments, of which one rests on ten starts."""
    with changed(api, MADE):
        yield api


def asker(api: Api, role: str) -> Asker:
    return api.as_(role, *(["T-1"] if role in ("field_rep", "patient_support") else []))


@pytest.mark.parametrize("role", SEEING)
def test_who_sees_cohorts_sees_friction_of_their_segments(asked: Api, role: str) -> None:
    found = asker(asked, role).data(ALL)["accessFrictions"]
    # the one that rests on ten starts has no value
    assert [(edge["node"]["cohort"]["level"], edge["node"]["value"]) for edge in found["edges"]] == [
        ("all", 0.31), ("planKind", None), ("planKind", 0.32), ("siteOfCare", 0.34),
        ("state", 0.33), ("state", 0.43), ("state+siteOfCare", 0.35),
    ]  # fmt: skip
    assert found["edges"][-1]["node"]["cohort"] == {
        "level": "state+siteOfCare", "planKind": "all", "state": "OH", "siteOfCare": "Hospital",
    }  # fmt: skip
    assert {edge["node"]["plan"] for edge in found["edges"]} == {None}


def test_segments_are_found_by_what_they_are_of(asked: Api) -> None:
    access = asked.as_("market_access")
    found = access.data(
        """{ accessFrictions(product: "OWN-1", where: {cohort: {state: {eq: "OH"}, level: {eq: "state"}}}) {
          edges { node { value low high cohort { id } } } }
          node(id: "seg-allOHall") { id ... on CohortSegment { accessFriction(product: "OWN-1") { value } } } }"""
    )
    assert [edge["node"] for edge in found["accessFrictions"]["edges"]] == [
        {"value": 0.33, "low": 0.3, "high": 0.8, "cohort": {"id": "seg-allOHall"}}
    ]
    assert found["node"] == {"id": "seg-allOHall", "accessFriction": {"value": 0.33}}


def test_brand_sees_segments_of_a_whole_product_and_of_kinds_of_plan_alone(asked: Api) -> None:
    # given: who sees single prescribers could take others apart
    brand = asked.as_("brand")
    found = brand.data(ALL)["accessFrictions"]
    assert [(edge["node"]["cohort"]["level"], edge["node"]["value"]) for edge in found["edges"]] == [
        ("all", 0.31), ("planKind", None), ("planKind", 0.32),
    ]  # fmt: skip
    assert (found["totalCount"], sum(group["count"] for group in found["groups"])) == (3, 3)
    ids = '["seg-allallall", "seg-allOHall", "friction-seg-allallall", "friction-seg-allOHall"]'
    assert [one and one["id"] for one in brand.data(f"{{ nodes(ids: {ids}) {{ id }} }}")["nodes"]] == [
        "seg-allallall", None, "friction-seg-allallall", None,
    ]  # fmt: skip


@pytest.mark.parametrize(("role", "code"), [("field_rep", 0), ("privacy_admin", None)])
def test_who_sees_no_cohorts_or_no_friction_sees_none_of_segments(asked: Api, role: str, code: int | None) -> None:
    who = asker(asked, role)
    refused = who.ask('{ accessFrictions(product: "OWN-1") { edges { node { cohort { state } } } } }')
    assert [error["extensions"]["code"] for error in refused["errors"]] == ["GRAPHQL_VALIDATION_FAILED"]
    if code is not None:
        found = who.data('{ accessFrictions(product: "OWN-1", where: {level: {eq: "cohort"}}) { totalCount } }')
        assert found["accessFrictions"]["totalCount"] == code
        assert who.data('{ nodes(ids: ["friction-seg-allallall"]) { id } }') == {"nodes": [None]}
