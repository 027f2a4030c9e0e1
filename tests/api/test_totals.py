"""Totals over HTTP: who sees which, filtered, sorted and by id; who does not, and what agents get."""

from typing import Any

import pytest

from api.tokens import Caller, development_key, sign
from graph.governance import load_policy
from tests.api.conftest import Api, Asker

PRESCRIBING = """{
  prescribingTotals(product: "OWN-1", where: {level: {eq: "state"}}, sort: [{trx: DESC}, {state: ASC}]) {
  totalCount edges { node { state prescribers trx nrx suppressed product { productId } } } } }"""
INTERACTIONS = """{ interactionTotals(where: {hcps: {gte: 16}}, sort: [{hcps: ASC}]) {
  totalCount edges { node { level state hcps interactions } } } }"""
INQUIRIES = """{ inquiryTotals(where: {suppressed: {eq: true}}, sort: [{state: ASC}]) {
  totalCount edges { node { state hcps inquiries suppressed } } } }"""
ROOTS = {"prescribingTotals": PRESCRIBING, "interactionTotals": INTERACTIONS, "inquiryTotals": INQUIRIES}
SEEN = {
    "brand": {"interactionTotals"},
    "market_access": {"prescribingTotals", "interactionTotals"},
    "executive": {"prescribingTotals", "interactionTotals", "inquiryTotals"},
}


def agent(api: Api, role: str) -> Asker:
    """An agent of somebody with a role."""
    caller = Caller("helper", role, load_policy().roles[role].purposes[0], (), "assistant")
    return Asker(api.client, sign(development_key(api.settings), caller))


def rows(answer: dict[str, Any], root: str) -> list[tuple[Any, ...]]:
    return [tuple(edge["node"].values()) for edge in answer[root]["edges"]]


def test_market_access_reads_totals_of_prescribing_in_order(api: Api) -> None:
    # when
    found = api.as_("market_access").data(PRESCRIBING)

    # then: withheld numbers come last, and by state
    own = {"productId": "OWN-1"}
    assert rows(found, "prescribingTotals") == [
        ("OH", 25, 200, 60, False, own),
        ("TX", 15, 100, None, False, own),
        ("AZ", None, None, None, True, own),
        ("NY", None, None, None, True, own),
    ]


@pytest.mark.parametrize("role", ["brand", "market_access", "executive"])
def test_totals_of_interactions_are_filtered_by_what_is_shown(api: Api, role: str) -> None:
    found = api.as_(role).data(INTERACTIONS)

    assert rows(found, "interactionTotals") == [("state", "OH", 25, 200), ("all", "all", 40, 300)]


def test_an_executive_reads_totals_of_inquiries_and_no_inquiry(api: Api) -> None:
    # given
    executive = api.as_("executive")

    # when
    found = executive.data(INQUIRIES)

    # then
    assert rows(found, "inquiryTotals") == [("AZ", None, None, True), ("NY", None, None, True)]
    assert executive.refusals("{ medicalInquiries { totalCount } }") == [
        "Cannot query field 'medicalInquiries' on type 'Query'."
    ]


@pytest.mark.parametrize("role", load_policy().roles)
@pytest.mark.parametrize("root", ROOTS)
def test_a_role_has_the_totals_that_the_matrix_gives_it(api: Api, role: str, root: str) -> None:
    # given
    asker = api.as_(role, "T-1")

    # when / then
    if root in SEEN.get(role, ()):
        assert asker.data(ROOTS[root])[root]["totalCount"] > 1
    else:
        assert f"Cannot query field '{root}' on type 'Query'." in asker.refusals(ROOTS[root])


def test_an_agent_has_its_persons_totals_but_none_of_inquiries(api: Api) -> None:
    # given
    helper = agent(api, "executive")

    # when / then
    for root in ("prescribingTotals", "interactionTotals"):
        assert helper.data(ROOTS[root]) == api.as_("executive").data(ROOTS[root])
    assert "Cannot query field 'inquiryTotals' on type 'Query'." in helper.refusals(INQUIRIES)
    assert "Cannot query field 'prescribingTotals' on type 'Query'." in agent(api, "brand").refusals(PRESCRIBING)


def test_a_total_is_found_by_its_id_by_whom_it_is_for(api: Api) -> None:
    # given
    query = """query ($ids: [ID!]!) { nodes(ids: $ids) { id __typename } }"""
    ids = ["ptl-OH", "itl-OH", "qtl-OH", "cohort-OH"]

    # when
    found = {role: api.as_(role).data(query, ids=ids)["nodes"] for role in ("brand", "market_access", "executive")}

    # then
    assert {role: [node and node["__typename"] for node in nodes] for role, nodes in found.items()} == {
        "brand": [None, "InteractionTotal", None, None],
        "market_access": ["PrescribingTotal", "InteractionTotal", None, "Cohort"],
        "executive": ["PrescribingTotal", "InteractionTotal", "InquiryTotal", "Cohort"],
    }
