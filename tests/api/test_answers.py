"""What each role gets, value by value, from the hand-made world."""

import pytest

from tests.api import world
from tests.api.conftest import Api, Asker


def test_a_rep_reads_identity_accounts_territories_and_peers_of_an_own_hcp(rep: Asker) -> None:
    # given h01 of T-1, who shares patients with h02, h03 (T-1) and h07 (T-2)
    # when the rep asks for it
    found = rep.data(
        """query ($npi: String!) { hcp(npi: $npi) {
          id npi lastName enumeratedOn taxonomies
          affiliations { name state } territories { territoryId name }
          peers { year patients hcp { npi } } } }""",
        npi=world.npi(1),
    )
    # then everything is there, but the peer of the other territory
    assert found == {
        "hcp": {
            "id": "h01",
            "npi": world.npi(1),
            "lastName": "Name01",
            "enumeratedOn": "2010-01-01",
            "taxonomies": ["207R00000X"],
            "affiliations": [{"name": "Alder Clinic", "state": "OH"}],
            "territories": [{"territoryId": "T-1", "name": "North"}],
            "peers": [
                {"year": 2025, "patients": 40, "hcp": {"npi": world.npi(2)}},
                {"year": 2025, "patients": 30, "hcp": {"npi": world.npi(3)}},
            ],
        }
    }


def test_an_answer_keeps_the_order_of_the_question(rep: Asker) -> None:
    # given fields, an alias and a fragment in an order that is not the alphabet's
    question = """query ($npi: String!) {
      products { productId own __typename brand }
      viewer { territories role }
      hcp(npi: $npi) { npi ...Peers name: lastName id }
    }
    fragment Peers on Hcp { peers(first: 2) { year hcp { npi id } patients } }"""
    # when
    found = rep.data(question, npi=world.npi(1))
    # then
    assert list(found) == ["products", "viewer", "hcp"]
    assert {tuple(product) for product in found["products"]} == {("productId", "own", "__typename", "brand")}
    assert list(found["viewer"]) == ["territories", "role"]
    assert list(found["hcp"]) == ["npi", "peers", "name", "id"]
    assert [list(peer) for peer in found["hcp"]["peers"]] == [["year", "hcp", "patients"]] * 2
    assert [list(peer["hcp"]) for peer in found["hcp"]["peers"]] == [["npi", "id"]] * 2


def test_market_access_sees_all_peers(access: Asker) -> None:
    found = access.data("query ($npi: String!) { hcp(npi: $npi) { peers { patients hcp { npi } } } }", npi=world.npi(1))
    assert [(peer["patients"], peer["hcp"]["npi"]) for peer in found["hcp"]["peers"]] == [
        (90, world.npi(7)),
        (40, world.npi(2)),
        (30, world.npi(3)),
    ]


def test_a_rep_reads_prescribing_since_a_month(rep: Asker) -> None:
    found = rep.data(
        """query ($npi: String!, $since: Date) { hcp(npi: $npi) {
          all: prescriptions(product: "OWN-1") { month trx nrx nbrx product { brand } }
          recent: prescriptions(product: "prod-own", since: $since) { month trx } } }""",
        npi=world.npi(4),
        since="2026-02-01",
    )
    assert found["hcp"] == {
        "all": [
            {"month": "2026-02-01", "trx": 8, "nrx": 2, "nbrx": 1, "product": {"brand": "Ownex"}},
            {"month": "2026-01-01", "trx": 4, "nrx": 1, "nbrx": 1, "product": {"brand": "Ownex"}},
        ],
        "recent": [{"month": "2026-02-01", "trx": 8}],
    }


def test_friction_of_an_own_hcp_by_plan_and_of_its_main_plan(rep: Asker) -> None:
    found = rep.data(
        """query ($npi: String!) { hcp(npi: $npi) {
          first: accessFriction(product: "OWN-1", plan: "S0001-001-0") { value plan { name } }
          main: accessFriction(product: "OWN-1") {
            value low high unit horizonDays asOf expectedStarts saveableStarts mainBarrier level
            components { name value } model { id version } plan { payer { name } } product { productId }
          }
          none: accessFriction(product: "RIV-1") { value }
          influence(product: "OWN-1") { band verdict unit }
          adoption(product: "OWN-1") { value horizonDays } } }""",
        npi=world.npi(4),
    )["hcp"]
    assert found["first"] == {"value": 0.14, "plan": {"name": "Plan 1"}}
    assert found["none"] is None
    assert found["influence"] == {"band": "medium", "verdict": "not identified", "unit": "starts"}
    assert found["adoption"] == {"value": 0.08, "horizonDays": 91}
    assert found["main"] == {
        "value": 0.24,
        "low": 0.192,
        "high": 0.288,
        "unit": "share of starts",
        "horizonDays": 28,
        "asOf": "2026-02-01",
        "expectedStarts": 2.4,
        "saveableStarts": 1.2,
        "mainBarrier": "PA",
        "level": "hcp_plan",
        "components": [
            {"name": "COVERAGE", "value": 0.0},
            {"name": "PA", "value": 0.24},
            {"name": "STEP", "value": 0.0},
            {"name": "LIMIT", "value": 0.0},
            {"name": "ELIGIBILITY", "value": 0.0},
            {"name": "COST", "value": 0.0},
            {"name": "OTHER", "value": 0.0},
        ],
        "model": {"id": "m1", "version": "friction-1"},
        "plan": {"payer": {"name": "Acorn Health"}},
        "product": {"productId": "OWN-1"},
    }


def test_a_rep_ranks_own_hcps_and_plans_by_friction(rep: Asker) -> None:
    # given friction n / 100 + m / 10 for own hcp n under plan m, and aggregates of plans
    # when the rep asks for the highest
    found = rep.data(
        """{ accessFrictions(product: "OWN-1", sort: [{value: DESC}], first: 4) {
          totalCount pageInfo { hasNextPage hasPreviousPage } edges { node { level value hcp { npi } } } } }"""
    )["accessFrictions"]
    # then h03 has opted out and is not among them, plan 3 rests on 10 starts and comes last without value
    assert found["totalCount"] == 5 * 2 + 3
    assert found["pageInfo"] == {"hasNextPage": True, "hasPreviousPage": False}
    assert [edge["node"] for edge in found["edges"]] == [
        {"level": "plan", "value": 0.5, "hcp": None},
        {"level": "hcp_plan", "value": 0.26, "hcp": {"npi": world.npi(6)}},
        {"level": "hcp_plan", "value": 0.25, "hcp": {"npi": world.npi(5)}},
        {"level": "hcp_plan", "value": 0.24, "hcp": {"npi": world.npi(4)}},
    ]


def test_market_access_sees_plans_accounts_and_territories_and_small_ones_as_null(access: Asker) -> None:
    answer = access.ask(
        """{ accessFrictions(product: "OWN-1", sort: [{value: DESC}]) { totalCount edges { node {
          level value expectedStarts evidenceStarts mainBarrier components { name } drivers { reason }
          plan { name } account { name } territory { territoryId } } } } }"""
    )
    found = answer["data"]["accessFrictions"]
    rows = [edge["node"] for edge in found["edges"]]
    assert found["totalCount"] == 7
    assert [row["value"] for row in rows] == [0.5, 0.45, 0.35, 0.3, 0.2, None, None]
    small = [row for row in rows if row["value"] is None]
    for row in small:
        hidden = {"expectedStarts", "evidenceStarts", "mainBarrier", "components"}
        assert {name: row[name] for name in hidden} == dict.fromkeys(hidden)
        assert row["drivers"] == []
    assert {row["plan"]["name"] if row["plan"] else row["account"]["name"] for row in small} == {
        "Plan 3",
        "Birch Clinic",
    }
    marks = [mark for mark in answer["extensions"]["restricted"] if mark["rule"] == "minimum_cell"]
    assert [(mark["path"], len(mark["ids"])) for mark in marks] == [(["accessFrictions", "edges", "node"], 2)]


def test_reasons_show_only_what_the_role_may_read(rep: Asker, access: Asker) -> None:
    query = """query ($where: AccessFrictionWhere) { accessFrictions(product: "OWN-1", where: $where, first: 1) {
      edges { node { drivers { reason rank share } } } } }"""

    def reasons(asker: Asker, level: str) -> list[str]:
        found = asker.data(query, where={"level": {"eq": level}})["accessFrictions"]["edges"]
        return [driver["reason"] for driver in found[0]["node"]["drivers"]]

    # a rep reads of own prescribing, but not of everybody's behind an aggregate; nobody reads unclassified reasons
    policy, starts, prescribing = (
        "prior authorization since 2025",
        "starts of the plan were rejected",
        "prescribing grows",
    )
    assert reasons(rep, "hcp_plan") == [policy, prescribing]
    assert reasons(rep, "plan") == [policy]
    assert reasons(access, "plan") == [policy, starts, prescribing]


def test_a_reason_leads_to_what_it_is_about(api: Api, rep: Asker) -> None:
    # given a reason about a policy and, for who may read of single prescribers, one about a colleague
    query = """query ($npi: String!) { hcp(npi: $npi) { accessFriction(product: "OWN-1") { drivers(first: 10) {
      reason rank policy { id product { brand } } plan { name } account { name } hcp { npi } } } } }"""

    # then each role gets what it may see, and nothing where the reason is about something else
    nothing = {"plan": None, "account": None, "hcp": None}
    policy = {"id": "policy-2", "product": {"brand": "Ownex"}}
    assert rep.data(query, npi=world.npi(1))["hcp"]["accessFriction"]["drivers"] == [
        {"reason": "prior authorization since 2025", "rank": 1, "policy": policy, **nothing},
        {"reason": "prescribing grows", "rank": 2, "policy": policy, **nothing},
    ]
    found = api.as_("brand").data(query, npi=world.npi(1))["hcp"]["accessFriction"]["drivers"]
    assert [row["hcp"] for row in found if row["reason"] == "a peer elsewhere"] == [{"npi": world.npi(7)}]
    assert [row["policy"] for row in found if row["reason"] == "a peer elsewhere"] == [None]


def test_a_prediction_without_stored_reasons_says_so(rep: Asker, access: Asker) -> None:
    # when a rep asks for reasons that are stored, and for such as are not
    found = rep.data(
        """query ($npi: String!) { hcp(npi: $npi) { accessFriction(product: "OWN-1") { explained drivers { rank } }
          adoption(product: "OWN-1") { explained drivers { rank } } } }""",
        npi=world.npi(1),
    )["hcp"]

    # then an empty list is told apart from no reason
    assert found == {
        "accessFriction": {"explained": True, "drivers": [{"rank": 1}, {"rank": 2}]},
        "adoption": {"explained": False, "drivers": []},
    }
    # and where the value is hidden, so is this
    rows = access.data(
        'query { accessFrictions(product: "OWN-1", sort: [{value: DESC}]) { edges { node { value explained } } } }'
    )["accessFrictions"]["edges"]
    assert [(row["node"]["value"] is None, row["node"]["explained"]) for row in rows] == [
        *[(False, True)] * 5,
        *[(True, None)] * 2,
    ]


def test_influence_is_a_value_for_the_brand_and_a_band_for_a_rep(rep: Asker, api: Api) -> None:
    highest = api.as_("brand").data(
        """{ influences(product: "OWN-1", sort: [{value: DESC}], first: 2) { totalCount edges { node {
          value band verdict hcp { npi } } } } }"""
    )["influences"]
    own = rep.data(
        """{ influences(product: "OWN-1", sort: [{band: DESC}]) { totalCount edges { node { band hcp { npi } } } } }"""
    )["influences"]
    assert highest == {
        "totalCount": 10,
        "edges": [
            {"node": {"value": 0.24, "band": "high", "verdict": "not identified", "hcp": {"npi": world.npi(12)}}},
            {"node": {"value": 0.22, "band": "high", "verdict": "not identified", "hcp": {"npi": world.npi(11)}}},
        ],
    }
    assert own["totalCount"] == 5
    assert [(edge["node"]["band"], edge["node"]["hcp"]["npi"]) for edge in own["edges"]] == [
        ("medium", world.npi(4)),
        ("medium", world.npi(5)),
        ("medium", world.npi(6)),
        ("low", world.npi(1)),
        ("low", world.npi(2)),
    ]


def test_an_hcp_who_moved_belongs_to_the_new_territory_alone(rep: Asker, api) -> None:  # type: ignore[no-untyped-def]
    south = api.as_("field_rep", "T-2")
    query = "query ($npi: String!) { hcp(npi: $npi) { npi territories { territoryId } } }"
    assert rep.ask(query, npi=world.npi(12))["data"] == {"hcp": None}
    assert south.data(query, npi=world.npi(12))["hcp"]["territories"] == [{"territoryId": "T-2"}]
    both = api.as_("field_rep", "T-1", "T-2").data("{ hcps { totalCount } }")
    assert both == {"hcps": {"totalCount": 12}}


def test_roots_by_key_and_the_twin_itself(rep: Asker) -> None:
    found = rep.data(
        """{ account(id: "a2") { name } byKey: plan(id: "S0001-002-0") { name policies(product: "OWN-1") {
          tier priorAuthorization effectiveFrom product { brand } } } byId: plan(id: "plan-2") { planKey }
          product(id: "RIV-1") { id own } products { productId } viewer { role purpose territories subject }
          twin { published sources { name dataTime rowsIn } } }"""
    )
    assert found == {
        "account": {"name": "Birch Clinic"},
        "byKey": {
            "name": "Plan 2",
            "policies": [
                {
                    "tier": 2,
                    "priorAuthorization": True,
                    "effectiveFrom": "2025-01-01",
                    "product": {"brand": "Ownex"},
                }
            ],
        },
        "byId": {"planKey": "S0001-002-0"},
        "product": {"id": "prod-rival", "own": False},
        "products": [{"productId": "OWN-1"}, {"productId": "RIV-1"}],
        "viewer": {"role": "field_rep", "purpose": "field_engagement", "territories": ["T-1"], "subject": "tester"},
        "twin": {"published": 7, "sources": [{"name": "nppes", "dataTime": "2026-01-31", "rowsIn": 12}]},
    }


FILTERS = {
    "nothing": ({}, 12),
    "equal": ({"npi": {"eq": world.npi(2)}}, 1),
    "null": ({"specialty": {"eq": None}}, 12),
    "in": ({"npi": {"in": [world.npi(2), world.npi(3), "none"]}}, 2),
    "empty in": ({"npi": {"in": []}}, 0),
    "text operators": ({"lastName": {"startsWith": "Name1", "endsWith": "2", "contains": "e1"}}, 1),
    "range": ({"pageRank": {"gt": 0.2, "lte": 0.5}}, 3),
    "or": ({"OR": [{"npi": {"eq": world.npi(2)}}, {"state": {"eq": "TX"}}]}, 7),
    "and": ({"AND": [{"state": {"eq": "OH"}}, {"firstName": {"eq": "Ada"}}]}, 3),
    "not": ({"NOT": {"state": {"eq": "OH"}}}, 6),
    "some account": ({"affiliations": {"some": {"name": {"eq": "Alder Clinic"}}}}, 6),
    "no account": ({"affiliations": {"none": {"name": {"eq": "Alder Clinic"}}}}, 6),
    "all accounts": ({"affiliations": {"all": {"state": {"eq": "TX"}}}}, 6),
    "one account": ({"affiliations": {"single": {"state": {"in": ["OH", "TX"]}}}}, 12),
    "no condition": ({"npi": None}, 12),
}


@pytest.mark.parametrize("name", FILTERS)
def test_filters_as_variables_and_as_literals_agree(access: Asker, name: str) -> None:
    where, count = FILTERS[name]
    as_variable = access.data("query ($where: HcpWhere) { hcps(where: $where) { totalCount } }", where=where)
    as_literal = access.data(f"{{ hcps(where: {_literal(where)}) {{ totalCount }} }}")
    assert as_variable == as_literal == {"hcps": {"totalCount": count}}


def _literal(value: object) -> str:
    if isinstance(value, dict):
        return "{" + ", ".join(f"{name}: {_literal(entry)}" for name, entry in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(_literal(entry) for entry in value) + "]"
    if value is None:
        return "null"
    return f'"{value}"' if isinstance(value, str) else str(value)


@pytest.mark.parametrize("direction", ["ASC", "DESC"])
def test_pages_follow_each_other_without_gap_or_repeat(access: Asker, direction: str) -> None:
    # given an order with ties (two first names) and a second key
    query = """query ($after: String, $sort: [HcpSort!]) { hcps(first: 5, after: $after, sort: $sort) {
      totalCount edges { cursor node { npi firstName } } pageInfo { startCursor endCursor hasNextPage } } }"""
    sort = [{"firstName": direction}, {"npi": "DESC"}]
    # when all pages are read
    seen, after, sizes = [], None, []
    while True:
        page = access.data(query, after=after, sort=sort)["hcps"]
        seen += [(edge["node"]["firstName"], edge["node"]["npi"]) for edge in page["edges"]]
        sizes.append(len(page["edges"]))
        assert page["pageInfo"]["startCursor"] == page["edges"][0]["cursor"]
        assert page["pageInfo"]["endCursor"] == page["edges"][-1]["cursor"]
        after = page["pageInfo"]["endCursor"]
        if not page["pageInfo"]["hasNextPage"]:
            break
    # then every HCP came once, in order
    assert sizes == [5, 5, 2]
    everyone = [("Ada" if n % 2 else "Ben", world.npi(n)) for n in range(12, 0, -1)]
    assert seen == sorted(everyone, key=lambda row: row[0], reverse=direction == "DESC")


@pytest.mark.parametrize("direction", ["ASC", "DESC"])
def test_hidden_values_come_last_in_both_directions_and_pages_cross_into_them(access: Asker, direction: str) -> None:
    query = """query ($after: String, $sort: [AccessFrictionSort!]) {
      accessFrictions(product: "OWN-1", first: 2, after: $after, sort: $sort) {
        edges { node { id value } } pageInfo { endCursor hasNextPage } } }"""
    values, ids, after = [], [], None
    for _ in range(4):
        page = access.data(query, after=after, sort=[{"value": direction}])["accessFrictions"]
        values += [edge["node"]["value"] for edge in page["edges"]]
        ids += [edge["node"]["id"] for edge in page["edges"]]
        after = page["pageInfo"]["endCursor"]
    assert values == [*sorted([0.2, 0.3, 0.35, 0.45, 0.5], reverse=direction == "DESC"), None, None]
    assert len(set(ids)) == 7


def test_aliases_fragments_and_directives_are_resolved(rep: Asker) -> None:
    found = rep.data(
        """query ($npi: String!, $no: Boolean!) {
          one: hcp(npi: $npi) { ...Names name: lastName ... on Hcp { state } city @include(if: $no) }
          two: hcp(npi: $npi) { ...Names __typename npi @skip(if: $no) }
          hcp(npi: $npi) { affiliations { name } affiliations { state } }
        }
        fragment Names on Hcp { firstName again: firstName }""",
        npi=world.npi(1),
        no=False,
    )
    assert found == {
        "one": {"firstName": "Ada", "again": "Ada", "name": "Name01", "state": "OH"},
        "two": {"firstName": "Ada", "again": "Ada", "__typename": "Hcp", "npi": world.npi(1)},
        "hcp": {"affiliations": [{"name": "Alder Clinic", "state": "OH"}]},
    }


def test_typenames_everywhere(access: Asker) -> None:
    found = access.data(
        """{ __typename viewer { __typename } twin { __typename } hcps(first: 1) { __typename
          edges { __typename node { __typename } } pageInfo { __typename } }
          accessFrictions(product: "OWN-1", where: {level: {eq: "territory"}}, first: 1) { edges { node {
            components { __typename } } } } }"""
    )
    assert found["__typename"] == "Query"
    assert found["hcps"] == {
        "__typename": "HcpConnection",
        "edges": [{"__typename": "HcpEdge", "node": {"__typename": "Hcp"}}],
        "pageInfo": {"__typename": "PageInfo"},
    }
    assert found["accessFrictions"]["edges"][0]["node"]["components"] == [{"__typename": "Component"}] * 7
