"""What the roles beside sales and access see: everything of the twin, each its part."""

from typing import Any

import pytest

from tests.api import world
from tests.api.conftest import Api, Asker

NPI = "query ($npi: String!) { hcp(npi: $npi) { %s } }"


@pytest.fixture(scope="module")
def robin(api: Api) -> Asker:
    """The rep of T-1 under the user id of the CRM."""
    return api.as_("field_rep", "T-1", subject="u-1")


def one(asker: Asker, number: int, selection: str) -> dict[str, Any]:
    """What is selected of an HCP."""
    found: dict[str, Any] = asker.data(NPI % selection, npi=world.npi(number))["hcp"]
    return found


def test_a_rep_sees_own_calls_notes_and_hints_and_no_one_elses(api: Api, robin: Asker) -> None:
    selection = (
        "interactions { id occurredOn durationMinutes rep { name } products { brand } } notes { text rep { name } } "
        "suggestions { title reason product { brand } rep { userId } } consents { channel choice }"
    )
    # given HCP 1, whose calls are Robin's
    assert one(robin, 1, selection) == {
        "interactions": [
            {
                "id": "call-01",
                "occurredOn": "2026-01-01",
                "durationMinutes": 11,
                "rep": {"name": "Robin North"},
                "products": [{"brand": "Ownex"}],
            }
        ],
        "notes": [{"text": "asks about access 01", "rep": {"name": "Robin North"}}],
        "suggestions": [
            {
                "title": "Visit",
                "reason": "prescribing grows 01",
                "product": {"brand": "Ownex"},
                "rep": {"userId": "u-1"},
            }
        ],
        "consents": [{"channel": "email", "choice": "opt_in"}],
    }
    # when a colleague in the same territory asks
    colleague = api.as_("field_rep", "T-1", subject="u-2")
    # then calls, notes and hints are not the colleague's; choices of the HCP are for whoever works the territory
    assert one(colleague, 1, selection) == {
        "interactions": [],
        "notes": [],
        "suggestions": [],
        "consents": [{"channel": "email", "choice": "opt_in"}],
    }


def test_a_hint_about_an_hcp_who_opted_out_does_not_exist_for_sales(robin: Asker) -> None:
    assert one(robin, 3, "suggestions { id } interactions { id }") == {
        "suggestions": [],
        "interactions": [{"id": "call-03"}],
    }
    assert robin.data('{ nodes(ids: ["hint-02", "hint-03"]) { id } }') == {"nodes": [{"id": "hint-02"}, None]}


def test_own_interactions_are_pages_that_sort_by_the_hcp_and_group(robin: Asker) -> None:
    query = """query ($after: String) {
      interactions(first: 4, after: $after, sort: [{hcp: {lastName: DESC}}, {occurredOn: ASC}],
                   where: {hcp: {state: {eq: "OH"}}}) {
        totalCount
        groups { channel count durationMinutes { known min max mean sum } }
        edges { node { id } }
        pageInfo { hasNextPage endCursor }
      } }"""
    first = robin.data(query)["interactions"]
    assert first["totalCount"] == 6
    assert first["groups"] == [
        {
            "channel": "face_to_face",
            "count": 6,
            "durationMinutes": {"known": 6, "min": 11, "max": 16, "mean": 13.5, "sum": 81},
        }
    ]
    assert [edge["node"]["id"] for edge in first["edges"]] == ["call-06", "call-05", "call-04", "call-03"]
    second = robin.data(query, after=first["pageInfo"]["endCursor"])["interactions"]
    assert [edge["node"]["id"] for edge in second["edges"]] == ["call-02", "call-01"]
    assert second["pageInfo"]["hasNextPage"] is False


def test_pages_walk_over_a_date(robin: Asker) -> None:
    query = """query ($after: String) {
      interactions(first: 2, after: $after, sort: [{occurredOn: DESC}]) {
        edges { node { occurredOn } } pageInfo { endCursor } } }"""
    seen, after = [], None
    for _ in range(3):
        page = robin.data(query, after=after)["interactions"]
        seen += [edge["node"]["occurredOn"] for edge in page["edges"]]
        after = page["pageInfo"]["endCursor"]
    assert seen == [f"2026-01-0{day}" for day in (6, 5, 4, 3, 2, 1)]


def test_medical_sees_inquiries_and_science(api: Api) -> None:
    medical = api.as_("medical")
    assert one(
        medical,
        2,
        "medicalInquiries { topic receivedOn unsolicited } scientificActivities { kind matchScore hcps { npi } } "
        "nominatedBy { study weight hcp { npi } } surveyResponses { questionId answer } "
        "payments { company amount products { brand } }",
    ) == {
        "medicalInquiries": [{"topic": "dosing 02", "receivedOn": "2026-01-02", "unsolicited": True}],
        "scientificActivities": [{"kind": "publication", "matchScore": 0.1, "hcps": [{"npi": world.npi(2)}]}],
        "nominatedBy": [{"study": "S1", "weight": 1.0, "hcp": {"npi": world.npi(1)}}],
        "surveyResponses": [{"questionId": "nominates", "answer": world.npi(3)}],
        "payments": [{"company": "Ownex Inc", "amount": 20.0, "products": [{"brand": "Ownex"}]}],
    }
    asked = medical.data(
        """{ medicalInquiries(where: {topic: {endsWith: "1"}, hcp: {state: {eq: "TX"}}}, sort: [{topic: DESC}]) {
          totalCount edges { node { topic hcp { npi } } } }
          hcps(where: {medicalInquiries: {some: {topic: {eq: "dosing 05"}}}}) { edges { node { npi } } } }"""
    )
    assert asked == {
        "medicalInquiries": {
            "totalCount": 1,
            "edges": [{"node": {"topic": "dosing 11", "hcp": {"npi": world.npi(11)}}}],
        },
        "hcps": {"edges": [{"node": {"npi": world.npi(5)}}]},
    }


def test_data_science_sees_facts_masked_and_predictions_as_values(api: Api) -> None:
    assert one(
        api.as_("data_science"),
        7,
        'interactions { id occurredOn durationMinutes channel } prescriptions(product: "OWN-1") { month trx nrx } '
        'yearlyClaims(product: "OWN-1") { year claims } influence(product: "OWN-1") { value }',
    ) == {
        # 17 minutes on the 7th of January, 14 and 7 prescriptions
        "interactions": [
            {"id": "call-07", "occurredOn": "2026-01-01", "durationMinutes": 20, "channel": "face_to_face"}
        ],
        "prescriptions": [
            {"month": "2026-02-01", "trx": 10, "nrx": 0},
            {"month": "2026-01-01", "trx": 10, "nrx": 0},
        ],
        # what is public stays as it is
        "yearlyClaims": [{"year": 2023, "claims": 17}],
        "influence": {"value": 0.14},
    }


def test_a_masked_day_that_is_not_there_is_null(api: Api) -> None:
    # given: a suggestion of the 15th of January to which nobody has answered
    found = api.as_("data_science").data('{ node(id: "hint-07") { ... on Suggestion { suggestedOn respondedOn } } }')
    # then
    assert found == {"node": {"suggestedOn": "2026-01-01", "respondedOn": None}}


def test_patient_support_sees_cases_of_its_territories_alone(api: Api) -> None:
    asker = api.as_("patient_support", "T-2")
    found = asker.data("{ hcps { edges { node { npi supportCases { program status product { brand } } } } } }")["hcps"]
    assert [edge["node"]["npi"] for edge in found["edges"]] == [world.npi(number) for number in range(7, 13)]
    assert found["edges"][0]["node"]["supportCases"] == [
        {"program": "PA help", "status": "open", "product": {"brand": "Ownex"}}
    ]
    assert asker.data('{ nodes(ids: ["case-06", "case-07"]) { id } }') == {"nodes": [None, {"id": "case-07"}]}


def test_the_privacy_administrator_sees_choices(api: Api) -> None:
    assert one(api.as_("privacy_admin"), 3, "optedOutOn consents { choice } notes { text }") == {
        "optedOutOn": "2025-01-01",
        "consents": [{"choice": "opt_in"}],
        "notes": [{"text": "asks about access 03"}],
    }


def test_executives_see_the_geography_and_published_figures(api: Api) -> None:
    found = api.as_("executive").data(
        """{ territories(sort: [{territoryId: DESC}]) { edges { node { name partOf { name } hcps(first: 1) { npi } } } }
          accounts(sort: [{name: DESC}]) { totalCount edges { node { name hcps(first: 1) { npi }
            accessFriction(product: "OWN-1") { value } networks { name } specialties { code } } } }
          payers(where: {plans: {some: {name: {eq: "Plan 2"}}}}) { edges { node { name plans { name networks { name } }
            authorizationStatistics { code requests } } } } }"""
    )
    assert found == {
        "territories": {
            "edges": [
                {"node": {"name": "South", "partOf": {"name": "All"}, "hcps": [{"npi": world.npi(7)}]}},
                {"node": {"name": "North", "partOf": {"name": "All"}, "hcps": [{"npi": world.npi(1)}]}},
                {"node": {"name": "All", "partOf": None, "hcps": []}},
            ]
        },
        "accounts": {
            "totalCount": 2,
            "edges": [
                {
                    "node": {
                        "name": "Birch Clinic",
                        "hcps": [{"npi": world.npi(7)}],
                        "accessFriction": {"value": None},  # rests on 4 starts
                        "networks": [],
                        "specialties": [],
                    }
                },
                {
                    "node": {
                        "name": "Alder Clinic",
                        "hcps": [{"npi": world.npi(1)}],
                        "accessFriction": {"value": 0.3},
                        "networks": [{"name": "Acorn Network"}],
                        "specialties": [{"code": "207R00000X"}],
                    }
                },
            ],
        },
        "payers": {
            "edges": [
                {
                    "node": {
                        "name": "Acorn Health",
                        "plans": [
                            {"name": "Plan 1", "networks": [{"name": "Acorn Network"}]},
                            {"name": "Plan 2", "networks": []},
                            {"name": "Plan 3", "networks": []},
                        ],
                        "authorizationStatistics": [{"code": "J0001", "requests": 50}],
                    }
                }
            ]
        },
    }


def test_the_payer_mix_is_the_starts_expected_under_each_main_plan(api: Api) -> None:
    # given friction of HCP 12 under plans 1 and 2, with 2.2 and 3.2 expected starts
    found = one(api.as_("brand"), 12, 'payerMix(product: "OWN-1") { expectedStarts share plan { name } }')
    assert found == {
        "payerMix": [
            {"expectedStarts": 3.2, "share": pytest.approx(3.2 / 5.4), "plan": {"name": "Plan 2"}},
            {"expectedStarts": 2.2, "share": pytest.approx(2.2 / 5.4), "plan": {"name": "Plan 1"}},
        ]
    }
    # and nothing of one who has opted out
    assert one(api.as_("brand"), 3, 'payerMix(product: "OWN-1") { share }') == {"payerMix": None}


def test_groups_count_and_sum_what_may_be_read(api: Api) -> None:
    found = api.as_("brand").data(
        """{ hcps(where: {status: {eq: "active"}}) { groups { state count pageRank { min max known } } }
          accessFrictions(product: "OWN-1", where: {level: {eq: "hcp_plan"}}) {
            groups { mainBarrier count value { known max } } }
          influences(product: "OWN-1") { groups { band count } }
          one: influences(product: "OWN-1") { groups { count value { known sum } } } }"""
    )
    assert found == {
        "hcps": {
            "groups": [
                {"state": "OH", "count": 6, "pageRank": {"min": 0.1, "max": 0.6, "known": 6}},
                {"state": "TX", "count": 6, "pageRank": {"min": 0.7, "max": 1.2, "known": 6}},
            ]
        },
        # HCPs 3 and 8 have opted out: they are in no count, maximum or sum
        "accessFrictions": {
            "groups": [{"mainBarrier": "PA", "count": 20, "value": {"known": 20, "max": 0.32}}]
        },
        "influences": {
            "groups": [
                {"band": "high", "count": 4},
                {"band": "medium", "count": 4},
                {"band": "low", "count": 2},
            ]
        },
        "one": {
            "groups": [
                {
                    "count": 10,
                    "value": {"known": 10, "sum": pytest.approx(sum(n / 50 for n in range(1, 13) if n not in (3, 8)))},
                }
            ]
        },
    }  # fmt: skip


def test_a_group_of_band_readers_has_no_numbers(api: Api) -> None:
    rep = api.as_("field_rep", "T-1")
    assert rep.data('{ influences(product: "OWN-1") { groups { band count } } }') == {
        "influences": {"groups": [{"band": "medium", "count": 3}, {"band": "low", "count": 2}]}
    }
    assert rep.refusals('{ influences(product: "OWN-1") { groups { value { sum } } } }') == [
        "Cannot query field 'value' on type 'InfluenceGroup'."
    ]


def test_brand_sees_totals_beside_prescribers_and_wide_cohorts_alone(api: Api) -> None:
    # given: cohorts by state exist, and could be taken apart by who sees prescribers one by one
    brand = api.as_("brand")
    # then
    assert brand.data('{ cohorts(product: "OWN-1") { totalCount edges { node { id level patients } } } }') == {
        "cohorts": {
            "totalCount": 1,
            "edges": [{"node": {"id": "cohort-all", "level": "all", "patients": 40}}],
        }
    }
    assert brand.data('{ nodes(ids: ["cohort-all", "cohort-OH"]) { id } }') == {"nodes": [{"id": "cohort-all"}, None]}
    # and: totals of friction without the account and the plan whose starts are too few
    found = brand.data(
        """{ accessFrictions(product: "OWN-1", where: {level: {in: ["plan", "account", "territory"]}}) {
          edges { node { level value } } } }"""
    )["accessFrictions"]["edges"]
    assert sorted(((edge["node"]["level"], edge["node"]["value"]) for edge in found), key=str) == [
        ("account", 0.3),
        ("account", None),
        ("plan", 0.2),
        ("plan", 0.5),
        ("plan", None),
        ("territory", 0.35),
        ("territory", 0.45),
    ]


IDS = ["h02", "h07", "a1", "plan-1", "call-02", "call-07", "inquiry-02", "case-02", "nothing"]
REACHED = {
    "field_rep": ["h02", None, "a1", "plan-1", "call-02", None, None, None, None],
    "medical": ["h02", "h07", "a1", "plan-1", None, None, "inquiry-02", None, None],
    "patient_support": ["h02", None, "a1", "plan-1", None, None, None, "case-02", None],
    "market_access": ["h02", "h07", "a1", "plan-1", None, None, None, None, None],
    "data_science": ["h02", "h07", "a1", "plan-1", "call-02", "call-07", None, None, None],
}


@pytest.mark.parametrize("role", REACHED)
def test_an_id_reaches_what_the_role_may_see_and_nothing_else(api: Api, role: str) -> None:
    asker = api.as_(role, "T-1", subject="u-1")
    found = asker.data("query ($ids: [ID!]!) { nodes(ids: $ids) { id __typename } }", ids=IDS)["nodes"]
    assert [node and node["id"] for node in found] == REACHED[role]
    assert {node["__typename"] for node in found if node} <= {
        "Hcp", "Account", "Plan", "Interaction", "MedicalInquiry", "SupportCase",
    }  # fmt: skip


def test_fragments_on_a_node_hold_for_their_own_type(api: Api, robin: Asker) -> None:
    found = robin.ask(
        """query ($b: ID!) { a: node(id: "h01") { id ... on Hcp { npi } ... on Account { name } }
          b: node(id: $b) { ...Call } c: hcp(npi: "h07") { id } }
          fragment Call on Node { __typename ... on Interaction { status hcp { npi } } }""",
        b="call-01",
    )
    assert found["data"] == {
        "a": {"id": "h01", "npi": world.npi(1)},
        "b": {"__typename": "Interaction", "status": "submitted", "hcp": {"npi": world.npi(1)}},
        "c": None,
    }
    assert [error["path"] for error in found["errors"]] == [["c"]]


PREDICTIONS = [
    "access_friction:hcp_plan:h01:plan-1", "access_friction:hcp_plan:h03:plan-1", "access_friction:hcp_plan:h07:plan-1",
    "access_friction:plan:plan-1:None", "influence:hcp:h01:None", "influence:hcp:h03:None", "adoption:hcp:h01:None",
]  # fmt: skip
REACHED_PREDICTIONS = {
    # own, opted out, elsewhere, aggregate, own, opted out, own
    "field_rep": [1, 0, 0, 1, 1, 0, 1],
    "brand": [1, 0, 1, 1, 1, 0, 1],
    "market_access": [0, 0, 0, 1, 0, 0, 0],
    "data_science": [1, 1, 1, 1, 1, 1, 1],
    "privacy_admin": [0, 0, 0, 0, 0, 0, 0],
}


@pytest.mark.parametrize("role", REACHED_PREDICTIONS)
def test_a_prediction_is_reached_by_id_as_its_subject_allows(api: Api, role: str) -> None:
    asker = api.as_(role, "T-1")
    found = asker.data("query ($ids: [ID!]!) { nodes(ids: $ids) { id } }", ids=PREDICTIONS)["nodes"]
    assert [int(node is not None) for node in found] == REACHED_PREDICTIONS[role]


def test_search_finds_names_by_the_beginning_of_their_words(api: Api, robin: Asker) -> None:
    query = "query ($text: String!) { search(text: $text) { __typename id ... on Hcp { lastName } } }"
    assert robin.data(query, text="ada name01") == {
        "search": [{"__typename": "Hcp", "id": "h01", "lastName": "Name01"}]
    }
    assert [found["id"] for found in robin.data(query, text="NAME")["search"]] == [f"h0{n}" for n in range(1, 7)]
    assert len(api.as_("executive").data(query, text="name")["search"]) == 12
    assert robin.data(query, text="alder clin")["search"] == [{"__typename": "Account", "id": "a1"}]
    # then a territory is found by whom it belongs to, and not by those who see none
    assert [found["id"] for found in robin.data(query, text="north")["search"]] == ["t-1"]
    assert robin.data(query, text="south")["search"] == []
    assert api.as_("medical").data(query, text="north")["search"] == []


@pytest.mark.parametrize("text", ["", "a", "* OR *:*", 'lastName:"x"~ || !', " ".join(["word"] * 9)])
def test_a_search_is_made_of_words(robin: Asker, text: str) -> None:
    response = robin.ask("query ($text: String!) { search(text: $text) { id } }", text=text)
    assert response == {"data": {"search": []}} or response["errors"][0]["extensions"]["code"] == "BAD_USER_INPUT"


def test_changes_of_policies_of_a_product(api: Api) -> None:
    # given a change of a policy of the own product, and one of an HCP
    api.store.write(
        "UNWIND [['policy-2', 'CoveragePolicy', 'coverage'], ['h01', 'HCP', 'public_identity']] AS one "
        "CREATE (:Change {id: 'policy-change-' + one[0], entityId: one[0], label: one[1], property: 'tier', "
        "operation: 'changed', kind: 'policy_edition', old: '2', new: '3', recordedOn: date('2026-02-02'), "
        "knownAt: date('2026-02-01'), dataClasses: [one[2]]})"
    )
    query = """{ policyChanges(product: "OWN-1", since: "2026-01-01") { property old new policy { id tier } }
      later: policyChanges(product: "OWN-1", since: "2026-02-03") { id }
      other: policyChanges(product: "RIV-1", since: "2026-01-01") { id } }"""
    assert api.as_("market_access").data(query) == {
        "policyChanges": [{"property": "tier", "old": "2", "new": "3", "policy": {"id": "policy-2", "tier": 2}}],
        "later": [],
        "other": [],
    }


def test_the_models_in_use(api: Api) -> None:
    assert api.as_("executive").data("{ twin { models { task version kind } } }") == {
        "twin": {"models": [{"task": "access_friction", "version": "friction-1", "kind": "stack"}]}
    }


def test_how_many_starts_of_one_prescriber_are_known_is_for_those_who_see_prescribing(api: Api) -> None:
    # given friction of HCP 7 under plan 1, which rests on 7 starts
    query = """query ($where: AccessFrictionWhere) {
      accessFrictions(product: "OWN-1", where: $where, sort: [{evidenceStarts: DESC}]) { totalCount edges { node {
        value evidenceStarts plan { name } } } groups { evidenceStarts { known sum } } } }"""
    one = {"hcp": {"npi": {"eq": world.npi(7)}}, "plan": {"name": {"eq": "Plan 1"}}}
    brand = api.as_("brand").data(query, where=one)["accessFrictions"]
    assert brand["edges"] == [{"node": {"value": 0.17, "evidenceStarts": 7, "plan": {"name": "Plan 1"}}}]
    # when patient support asks, which sees the friction
    support = api.as_("patient_support", "T-2")
    found = support.data(query, where=one)["accessFrictions"]
    # then it shows neither the count nor whether it is small
    assert found["edges"] == [{"node": {"value": 0.17, "evidenceStarts": None, "plan": {"name": "Plan 1"}}}]
    assert found["groups"] == [{"evidenceStarts": {"known": 0, "sum": 0.0}}]
    assert support.data(query, where={**one, "evidenceStarts": {"lt": 11}})["accessFrictions"]["totalCount"] == 0
    assert (
        support.data(query, where={**one, "NOT": {"evidenceStarts": {"gt": 11}}})["accessFrictions"]["totalCount"] == 0
    )


def test_no_more_than_a_hundred_ids_whoever_asked_before(api: Api) -> None:
    asker = api.as_("executive")
    query = "query ($ids: [ID!]!) { nodes(ids: $ids) { id } }"
    assert asker.data(query, ids=["h01"]) == {"nodes": [{"id": "h01"}]}
    assert asker.refusals(query, ids=["h01"] * 101) == ["`ids` has more than 100 entries"]


def test_people_under_therapy_are_seen_as_published_groups(api: Api) -> None:
    query = """{ cohorts(product: "OWN-1", where: {level: {eq: "state"}}, sort: [{patients: DESC}, {state: ASC}]) {
      totalCount edges { node { state month patients dispensed suppressed product { brand } } } }
      large: cohorts(product: "OWN-1", where: {patients: {gte: 12}, level: {eq: "state"}}) { totalCount }
      small: cohorts(product: "OWN-1", where: {NOT: {patients: {gte: 12}}, level: {eq: "state"}}) { totalCount }
      other: cohorts(product: "RIV-1") { totalCount } }"""
    for role in ("market_access", "medical", "executive", "data_science", "privacy_admin", "patient_support"):
        found = api.as_(role).data(query)
        assert [
            (edge["node"]["state"], edge["node"]["patients"], edge["node"]["dispensed"], edge["node"]["suppressed"])
            for edge in found["cohorts"]["edges"]
        ] == [("OH", 29, 18, False), ("TX", 11, 0, False), ("AZ", None, None, True), ("NY", None, None, True)]
        assert [found[name]["totalCount"] for name in ("large", "small", "other")] == [1, 1, 0]
    assert api.as_("field_rep", "T-1").refusals('{ cohorts(product: "OWN-1") { totalCount } }') == [
        "Cannot query field 'cohorts' on type 'Query'."
    ]
