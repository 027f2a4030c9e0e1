"""Friction of payers, and what policies say beside what claims show: for those who see friction of plans."""

from collections.abc import Iterator

import pytest

from tests.api.conftest import Api, Asker
from tests.api.leaks.attack import changed

MADE = """
MATCH (own:Product {id: 'prod-own'}), (first:Payer {id: 'payer-1'})
CREATE (second:Payer {id: 'payer-2', name: 'Birch Mutual'})
WITH own, [[first, 'payer-1', 0.36, 51], [second, 'payer-2', 0.7, 10]] AS rows
UNWIND rows AS row
WITH own, row[0] AS payer, row
CREATE (found:Prediction {id: 'access_friction:payer:' + row[1] + ':None', task: 'access_friction', level: 'payer',
  dataClass: 'access_friction', dataClasses: ['coverage'], value: row[2], low: 0.3, high: 0.8, unit: 'share of starts',
  horizonDays: 28, asOf: date('2026-02-01'), expectedStarts: 9.5, saveableStarts: 1.5, mainBarrier: 'PA',
  barrierShares: [0.0, row[2], 0.0, 0.0, 0.0, 0.0, 0.0], evidenceStarts: row[3], explained: true})
CREATE (found)-[:ABOUT]->(payer), (found)-[:FOR]->(own)
"""
GAPS = """
UNWIND [['plan-1', 0.25, 0.2, -0.05], ['plan-2', 0.25, 0.5, 0.25], ['plan-3', 0.25, 0.9, 0.65]] AS row
MATCH (found:Prediction {id: 'access_friction:plan:' + row[0] + ':None'})
SET found.policySays = row[1], found.claimsShow = row[2], found.policyGap = row[3]
"""
SEEING = ["brand", "field_rep", "market_access", "medical", "executive", "data_science", "patient_support"]


@pytest.fixture(scope="module")
def asked(api: Api) -> Iterator[Api]:
    """The small graph with friction of two payers, of whom one rests on ten starts, and gaps of its three plans."""
    with changed(api, MADE, GAPS):
        yield api


def asker(api: Api, role: str) -> Asker:
    return api.as_(role, *(["T-1"] if role in ("field_rep", "patient_support") else []))


@pytest.mark.parametrize("role", SEEING)
def test_who_sees_friction_of_plans_sees_that_of_payers(asked: Api, role: str) -> None:
    # when
    answer = asker(asked, role).ask(
        """{ accessFrictions(product: "OWN-1", where: {level: {eq: "payer"}}, sort: [{payer: {name: ASC}}]) {
          edges { node { value low evidenceStarts mainBarrier payer { name } plan { name } } } }
          payer(id: "payer-1") { accessFriction(product: "OWN-1") { value components { value } } } }"""
    )
    # then the payer whose number rests on ten starts has none
    assert [edge["node"] for edge in answer["data"]["accessFrictions"]["edges"]] == [
        {"value": 0.36, "low": 0.3, "evidenceStarts": 51, "mainBarrier": "PA", "payer": {"name": "Acorn Health"},
         "plan": None},
        {"value": None, "low": None, "evidenceStarts": None, "mainBarrier": None, "payer": {"name": "Birch Mutual"},
         "plan": None},
    ]  # fmt: skip
    assert answer["data"]["payer"]["accessFriction"]["value"] == 0.36
    assert sum(part["value"] for part in answer["data"]["payer"]["accessFriction"]["components"]) == 0.36
    # and the mark says why
    marks = [mark for mark in answer["extensions"]["restricted"] if mark["rule"] == "minimum_cell"]
    assert [(mark["path"], mark["ids"]) for mark in marks] == [
        (["accessFrictions", "edges", "node"], ["access_friction:payer:payer-2:None"])
    ]


def test_who_sees_no_friction_of_plans_sees_none_of_payers(asked: Api) -> None:
    privacy = asked.as_("privacy_admin")
    assert privacy.data('{ payer(id: "payer-1") { name } }') == {"payer": {"name": "Acorn Health"}}
    refused = privacy.ask('{ payer(id: "payer-1") { accessFriction(product: "OWN-1") { value } } }')
    assert [error["extensions"]["code"] for error in refused["errors"]] == ["GRAPHQL_VALIDATION_FAILED"]


@pytest.mark.parametrize("role", SEEING)
def test_what_policies_say_stands_beside_what_claims_show(asked: Api, role: str) -> None:
    # when the widest gaps are asked for
    found = asker(asked, role).data(
        """{ accessFrictions(product: "OWN-1", where: {level: {eq: "plan"}, policyGap: {gt: -1.0}},
          sort: [{policyGap: DESC}]) { edges { node { policySays claimsShow policyGap plan { name } } } } }"""
    )["accessFrictions"]["edges"]
    # then plan 3, which rests on ten starts, is neither told nor found by its gap
    assert [edge["node"] for edge in found] == [
        {"policySays": 0.25, "claimsShow": 0.5, "policyGap": 0.25, "plan": {"name": "Plan 2"}},
        {"policySays": 0.25, "claimsShow": 0.2, "policyGap": -0.05, "plan": {"name": "Plan 1"}},
    ]


def test_a_gap_on_few_starts_moves_no_answer(asked: Api) -> None:
    access = asked.as_("market_access")
    query = """{ accessFrictions(product: "OWN-1", sort: [{policyGap: DESC}, {claimsShow: ASC}], first: 50) {
      edges { node { id policySays claimsShow policyGap value } } } }"""
    before = access.post(query).content
    try:
        asked.store.write(GAPS.replace("0.25, 0.9, 0.65", "0.75, 0.1, -0.65"))
        assert access.post(query).content == before
    finally:
        asked.store.write(GAPS)
