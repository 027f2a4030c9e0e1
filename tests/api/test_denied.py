"""Whatever way a denied thing is asked for, the answer is that of a thing that does not exist."""

import re

import pytest
from graphql import get_introspection_query

from api.permissions import PermissionSet
from graph.governance import load_policy
from tests.api import world
from tests.api.conftest import Api, Asker

# A type that another role has.
ELSEWHERE = {"field_rep": "MedicalInquiry", "market_access": "Prescription", "medical": "Interaction"}
# The denied member, and a document that asks for it where NAME stands.
ATTACKS: dict[str, list[tuple[str, str]]] = {
    "field_rep": [
        ("optedOutOn", '{ hcp(npi: "1") { NAME } }'),
        ("optedOutOn", '{ hcp(npi: "1") { harmless: NAME } }'),
        ("optedOutOn", '{ hcp(npi: "1") { ...F } } fragment F on Hcp { ... on Hcp { NAME } }'),
        ("optedOutOn", '{ hcps(where: {NAME: {eq: "2025-01-01"}}) { totalCount } }'),
        ("optedOutOn", '{ hcps(where: {NOT: {OR: [{NAME: {eq: "2025-01-01"}}]}}) { totalCount } }'),
        ("optedOutOn", "{ hcps(sort: [{NAME: DESC}]) { totalCount } }"),
        ("optedOutOn", '{ accessFrictions(product: "p", where: {hcp: {NAME: {eq: "1"}}}) { totalCount } }'),
        ("embedding", '{ hcp(npi: "1") { NAME } }'),
        ("knownAt", '{ hcp(npi: "1") { peers { hcp { NAME } } } }'),
        ("value", '{ influences(product: "p") { edges { node { NAME } } } }'),
        ("value", '{ influences(product: "p", where: {NAME: {gt: 1.0}}) { totalCount } }'),
        ("value", '{ influences(product: "p", sort: [{NAME: DESC}]) { totalCount } }'),
        ("drivers", '{ influences(product: "p") { edges { node { NAME { reason } } } } }'),
        ("account", '{ accessFrictions(product: "p") { edges { node { NAME { name } } } } }'),
        ("account", '{ accessFrictions(product: "p", where: {NAME: {name: {eq: "1"}}}) { totalCount } }'),
        ("territory", '{ accessFrictions(product: "p") { edges { node { NAME { name } } } } }'),
        ("task", '{ accessFrictions(product: "p") { edges { node { NAME } } } }'),
    ],
    "market_access": [
        ("prescriptions", '{ hcp(npi: "1") { NAME(product: "p") { trx } } }'),
        ("prescriptions", '{ hcps { edges { node { harmless: NAME(product: "p") { trx } } } } }'),
        ("accessFriction", '{ hcp(npi: "1") { NAME(product: "p") { value } } }'),
        ("adoption", '{ hcp(npi: "1") { ...F } } fragment F on Hcp { NAME(product: "p") { value } }'),
        ("adoptionOverrides", '{ hcp(npi: "1") { NAME(product: "p") { verdict } } }'),
        ("accessFrictionOverrides", '{ hcp(npi: "1") { NAME(product: "p") { plan { name } } } }'),
        ("hcp", '{ accessFrictions(product: "p") { edges { node { NAME { npi } } } } }'),
        ("hcp", '{ accessFrictions(product: "p", where: {NAME: {npi: {eq: "1"}}}) { totalCount } }'),
        ("hcp", '{ accessFrictions(product: "p", where: {NOT: {AND: [{NAME: {npi: {eq: "1"}}}]}}) { totalCount } }'),
        ("influences", '{ NAME(product: "p", sort: [{value: DESC}]) { edges { node { value } } } }'),
        ("influence", '{ hcp(npi: "1") { NAME(product: "p") { band } } }'),
        ("optedOutOn", '{ accounts(where: {hcps: {some: {NAME: {eq: "1"}}}}) { totalCount } }'),
        ("interactions", '{ hcps(where: {NAME: {some: {channel: {eq: "phone"}}}}) { totalCount } }'),
        ("reps", "{ territories { edges { node { NAME { name } } } } }"),
    ],
    "brand": [
        ("medicalInquiries", "{ NAME { totalCount } }"),
        ("medicalInquiries", '{ hcps(where: {NAME: {none: {topic: {contains: "x"}}}}) { totalCount } }'),
        ("interactions", '{ hcp(npi: "1") { NAME { occurredOn } } }'),
        ("notes", '{ hcp(npi: "1") { NAME { text } } }'),
        ("optedOutOn", '{ influences(product: "p", sort: [{hcp: {NAME: DESC}}]) { totalCount } }'),
        ("optedOutOn", "{ hcps { groups { NAME count } } }"),
    ],
    "medical": [
        ("prescriptions", '{ hcp(npi: "1") { NAME(product: "p") { trx } } }'),
        ("influence", '{ hcp(npi: "1") { NAME(product: "p") { value } } }'),
        ("suggestions", '{ hcp(npi: "1") { NAME { reason } } }'),
        ("territories", '{ hcp(npi: "1") { NAME { name } } }'),
        ("hcp", '{ accessFrictions(product: "p") { edges { node { NAME { npi } } } } }'),
    ],
    "executive": [
        ("prescriptions", '{ hcp(npi: "1") { NAME(product: "p") { trx } } }'),
        ("hcp", '{ accessFrictions(product: "p", sort: [{NAME: {lastName: ASC}}]) { totalCount } }'),
        ("medicalInquiries", '{ hcp(npi: "1") { NAME { topic } } }'),
        ("interactions", '{ hcp(npi: "1") { NAME { occurredOn } } }'),
        ("interactions", '{ hcps(where: {NAME: {some: {channel: {eq: "phone"}}}}) { totalCount } }'),
        ("trx", "{ hcps { edges { node { NAME } } } }"),
    ],
    "data_science": [
        ("text", '{ hcp(npi: "1") { notes { NAME } } }'),
        ("outcome", '{ hcp(npi: "1") { interactions { NAME } } }'),
        ("reason", '{ hcp(npi: "1") { suggestions { NAME } } }'),
        ("interactions", '{ hcps(where: {NAME: {some: {channel: {eq: "phone"}}}}) { totalCount } }'),
    ],
    "privacy_admin": [
        ("pageRank", '{ hcp(npi: "1") { NAME } }'),
        ("accessFriction", '{ hcp(npi: "1") { NAME(product: "p") { value } } }'),
        ("interactions", '{ hcp(npi: "1") { NAME { status } } }'),
    ],
    "patient_support": [
        ("prescriptions", '{ hcp(npi: "1") { NAME(product: "p") { trx } } }'),
        ("influence", '{ hcp(npi: "1") { NAME(product: "p") { value } } }'),
        ("pageRank", "{ hcps(sort: [{NAME: DESC}]) { totalCount } }"),
    ],
}
CASES = [(role, name, document) for role, cases in ATTACKS.items() for name, document in cases]


@pytest.mark.parametrize(("role", "name", "document"), CASES, ids=[f"{r}-{n}-{i}" for i, (r, n, _) in enumerate(CASES)])
def test_a_denied_member_answers_like_one_that_never_was(api: Api, role: str, name: str, document: str) -> None:
    # given a name of the same length that no schema has ever had
    asker = api.as_(role, "T-1")
    nonsense = "q" * len(name)
    # when both are asked for
    denied = asker.post(document.replace("NAME", name))
    absent = asker.post(document.replace("NAME", nonsense))
    # then both are refused with the same words
    assert denied.status_code == absent.status_code
    denied_body, absent_body = denied.json(), absent.json()
    assert "data" not in denied_body
    for error in [*denied_body["errors"], *absent_body["errors"]]:
        assert error["extensions"].pop("requestId")
        assert error["extensions"] == {"code": "GRAPHQL_VALIDATION_FAILED"}
    assert [e["message"] for e in denied_body["errors"]] == [
        e["message"].replace(nonsense, name) for e in absent_body["errors"]
    ]
    assert "Did you mean" not in denied.text


MEDICAL = {"MedicalInquiry", "medicalInquiries", "ScientificActivity", "SurveyResponse", "Nomination", "nominatedBy"}
SALES = {"Prescription", "prescriptions", "trx", "nrx", "nbrx", "Influence", "influences", "Adoption", "adoption",
         "adoptionOverrides",
         "Suggestion", "Interaction", "interactions", "FieldNote"}  # fmt: skip
# What published totals share with single rows; that no single row has it, the attacks above show.
TOTALS = {"trx", "nrx", "interactions"}
NOBODY = {"embedding", "Patient", "TherapyStart", "PriorAuthorization"}
DENIED_NAMES = {
    "brand": NOBODY
    | MEDICAL
    | {"optedOutOn", "Rep", "SupportCase", "Suggestion", "Interaction", "FieldNote", "Payment"},
    "field_rep": NOBODY | MEDICAL | {"optedOutOn", "SupportCase", "Payment"},
    "market_access": NOBODY | MEDICAL | SALES - TOTALS | {"optedOutOn", "Rep", "SupportCase", "Payment", "Consent"},
    "medical": NOBODY | SALES | {"optedOutOn", "Rep", "Territory", "SupportCase", "Consent"},
    "executive": NOBODY | MEDICAL | SALES - TOTALS | {"optedOutOn", "SupportCase", "Consent"},
    "data_science": NOBODY | {"optedOutOn", "Rep", "SupportCase", "MedicalInquiry", "medicalInquiries", "Consent"},
    "privacy_admin": NOBODY | SALES - {"FieldNote"} | {"Rep", "SupportCase", "AccessFriction", "Territory"},
    "patient_support": NOBODY | MEDICAL | SALES | {"optedOutOn", "Rep", "Payment", "Consent"},
}


@pytest.mark.parametrize("role", DENIED_NAMES)
def test_sdl_and_introspection_hold_no_name_of_a_denied_member(api: Api, role: str) -> None:
    # given every word of the schema as text and as the standard introspection query sees it
    policy = load_policy()
    sdl = PermissionSet(policy, role, policy.roles[role].purposes[0]).sdl
    answer = api.as_(role).post(get_introspection_query(descriptions=True))
    assert answer.json()["data"]["__schema"]["queryType"]["name"] == "Query"
    introspected = answer.text
    words = set(re.findall(r"\w+", sdl)) | set(re.findall(r"\w+", introspected))
    # then what is granted is there and what is denied is not
    assert {"Hcp", "lastName", "Plan", "planKey"} <= words
    assert words & DENIED_NAMES[role] == set()


@pytest.mark.parametrize(("role", "other"), ELSEWHERE.items())
def test_type_by_name_of_another_role_is_null(api: Api, role: str, other: str) -> None:
    found = api.as_(role).data("query ($name: String!) { __type(name: $name) { name } }", name=other)
    assert found == {"__type": None}


def test_introspection_beside_data_skips_no_check(rep: Asker) -> None:
    # given a document that mixes introspection with a denied field, and one that mixes it with data
    mixed = rep.refusals('{ __schema { queryType { name } } hcp(npi: "1") { optedOutOn } }')
    assert mixed == ["Cannot query field 'optedOutOn' on type 'Hcp'."]
    found = rep.data('{ a: __schema { queryType { name } } hcps { totalCount } b: __type(name: "Hcp") { name } }')
    assert found == {"a": {"queryType": {"name": "Query"}}, "hcps": {"totalCount": 6}, "b": {"name": "Hcp"}}


OUTSIDE = [
    ("unknown", world.NEVER_SEEN),
    ("other territory", world.npi(7)),
    ("moved away", world.npi(12)),
    ("opted out elsewhere", world.npi(8)),
    ("injection", "' OR 1=1 //"),
]


@pytest.mark.parametrize(("name", "npi"), OUTSIDE, ids=[name for name, _ in OUTSIDE])
def test_an_hcp_outside_the_territory_is_byte_for_byte_an_unknown_one(rep: Asker, name: str, npi: str) -> None:
    query = """query ($npi: String!) {
      hcp(npi: $npi) { lastName prescriptions(product: "OWN-1") { trx } accessFriction(product: "OWN-1") { value } }
      hcps(where: {npi: {eq: $npi}}) { totalCount edges { cursor node { id } } pageInfo { endCursor hasNextPage } }
      influences(product: "OWN-1", where: {hcp: {npi: {eq: $npi}}}) { totalCount }
      accessFrictions(product: "OWN-1", where: {level: {eq: "hcp_plan"}, hcp: {npi: {eq: $npi}}}) { totalCount } }"""
    unknown, found = rep.post(query, npi="0000000000"), rep.post(query, npi=npi)
    assert found.content == unknown.content
    assert found.json()["errors"][0]["extensions"] == {"code": "NOT_FOUND"}
    names = ("date", "x-request-id")
    assert {k: v for k, v in found.headers.items() if k not in names} == {
        k: v for k, v in unknown.headers.items() if k not in names
    }


def test_counts_pages_and_nested_filters_see_own_rows_only(rep: Asker) -> None:
    found = rep.data(
        """{ hcps(first: 6) { totalCount pageInfo { hasNextPage } }
          none: hcps(where: {state: {eq: "TX"}}) { totalCount }
          others: hcps(where: {NOT: {state: {eq: "OH"}}}) { totalCount }
          frictions: accessFrictions(product: "OWN-1", where: {hcp: {state: {eq: "TX"}}}) { totalCount }
          negated: accessFrictions(product: "OWN-1", where: {NOT: {hcp: {state: {eq: "OH"}}}}) { totalCount } }"""
    )
    assert found == {
        "hcps": {"totalCount": 6, "pageInfo": {"hasNextPage": False}},
        "none": {"totalCount": 0},
        "others": {"totalCount": 0},
        "frictions": {"totalCount": 0},
        "negated": {"totalCount": 3},
    }


def test_a_rep_without_territories_sees_no_hcp(api: Api) -> None:
    found = api.as_("field_rep").data('{ hcps { totalCount } influences(product: "OWN-1") { totalCount } }')
    assert found == {"hcps": {"totalCount": 0}, "influences": {"totalCount": 0}}


OPTED_OUT = "Prescribers who withhold their prescribing from sales, from the date they chose."
OPT_OUT = """query ($npi: String!) {
  hcp(npi: $npi) { lastName prescriptions(product: "OWN-1") { trx } unknown: prescriptions(product: "NONE") { trx }
    accessFriction(product: "OWN-1") { value } influence(product: "OWN-1") { band }
    adoption(product: "OWN-1") { value } }
}"""


def test_numbers_of_an_opted_out_hcp_are_null_and_marked_whether_or_not_there_are_any(rep: Asker) -> None:
    # when the rep asks for h03, who has opted out, also for a product that nobody prescribes
    answer = rep.ask(OPT_OUT, npi=world.npi(3))
    # then identity stays, numbers are null, and the rule is named for each
    assert answer["data"]["hcp"] == {
        "lastName": "Name03",
        "prescriptions": None,
        "unknown": None,
        "accessFriction": None,
        "influence": None,
        "adoption": None,
    }
    assert [(mark["path"], mark["rule"], mark["ids"]) for mark in answer["extensions"]["restricted"]] == [
        (["hcp", name], "prescriber_opt_out", ["h03"])
        for name in ("prescriptions", "unknown", "accessFriction", "influence", "adoption")
    ]


def test_an_opt_out_of_the_future_hides_nothing_yet(rep: Asker) -> None:
    answer = rep.ask(OPT_OUT, npi=world.npi(5))
    assert answer["data"]["hcp"]["prescriptions"] == [{"trx": 10}, {"trx": 5}]
    assert answer["data"]["hcp"]["influence"] == {"band": "medium"}
    assert "extensions" not in answer


def test_an_opted_out_hcp_is_in_no_ranking_filter_or_count(rep: Asker) -> None:
    # given friction 0.13 and 0.23 of h03, which no other own HCP has
    answer = rep.ask(
        """{ all: accessFrictions(product: "OWN-1", where: {level: {eq: "hcp_plan"}}) { totalCount
            edges { node { hcp { npi } } } }
          value: accessFrictions(product: "OWN-1", where: {value: {in: [0.13, 0.23]}}) { totalCount }
          range: accessFrictions(product: "OWN-1", where: {value: {gt: 0.12, lt: 0.14}}) { totalCount }
          notValue: accessFrictions(product: "OWN-1", where: {NOT: {value: {lt: 9.0}}}) { totalCount } }"""
    )
    found = answer["data"]
    named = rep.data(
        """query ($npi: String!) {
          own: accessFrictions(product: "OWN-1", where: {hcp: {npi: {eq: $npi}}}) { totalCount }
          band: influences(product: "OWN-1", where: {hcp: {npi: {eq: $npi}}, band: {in: ["low", "medium", "high"]}}) {
            totalCount } }""",
        npi=world.npi(3),
    )
    assert "errors" not in answer
    assert {"path": ["all"], "rule": "prescriber_opt_out", "reason": OPTED_OUT} in answer["extensions"]["restricted"]
    assert world.npi(3) not in {edge["node"]["hcp"]["npi"] for edge in found["all"]["edges"]}
    assert found["all"]["totalCount"] == 10
    counts = {name: found[name]["totalCount"] for name in ("value", "range", "notValue")}
    assert counts == {"value": 0, "range": 0, "notValue": 0}
    assert {name: entry["totalCount"] for name, entry in named.items()} == {"own": 0, "band": 0}


def test_an_aggregate_below_eleven_hides_in_filter_and_negation_too(access: Asker) -> None:
    # given plan 3 with friction 0.9 on 10 starts and account 2 with 0.8 on 4
    found = access.data(
        """{ high: accessFrictions(product: "OWN-1", where: {value: {gt: 0.6}}) { totalCount }
          notLow: accessFrictions(product: "OWN-1", where: {NOT: {value: {lte: 0.6}}}) { totalCount }
          evidence: accessFrictions(product: "OWN-1", where: {evidenceStarts: {lt: 11}}) { totalCount }
          barrier: accessFrictions(product: "OWN-1", where: {mainBarrier: {eq: "PA"}}) { totalCount }
          hidden: accessFrictions(product: "OWN-1", where: {value: {eq: null}}) { totalCount } }"""
    )
    assert {name: entry["totalCount"] for name, entry in found.items()} == {
        "high": 0,
        "notLow": 0,
        "evidence": 0,
        "barrier": 5,
        "hidden": 2,
    }


def test_market_access_reads_no_prescriber_level_even_by_level_filter(access: Asker) -> None:
    found = access.data(
        """{ accessFrictions(product: "OWN-1", where: {level: {in: ["hcp", "hcp_plan"]}}) { totalCount } }"""
    )
    assert found == {"accessFrictions": {"totalCount": 0}}


def test_a_prediction_released_under_another_class_is_not_read(api: Api, access: Asker) -> None:
    # given a plan's friction that the task released under a class of its own
    change = "MATCH (p:Prediction {id: 'access_friction:plan:plan-1:None'}) SET p.dataClass = $class RETURN p.id AS id"
    query = '{ accessFrictions(product: "OWN-1", where: {level: {eq: "plan"}}) { totalCount } }'
    assert access.data(query)["accessFrictions"]["totalCount"] == 3
    api.store.write(change, **{"class": "therapy"})
    # then it is gone until it is released under its class again
    assert access.data(query)["accessFrictions"]["totalCount"] == 2
    api.store.write(change, **{"class": "access_friction"})
    assert access.data(query)["accessFrictions"]["totalCount"] == 3


def test_cells_of_a_hidden_peer_are_marked_where_they_stand(rep: Asker) -> None:
    # given h01, whose peers in T-1 are h02 and h03, who has opted out
    answer = rep.ask(
        """query ($npi: String!) { hcp(npi: $npi) { peers { hcp { npi rx: prescriptions(product: "OWN-1", first: 1) {
          trx } } } } }""",
        npi=world.npi(1),
    )
    # then the identity of h03 is there, its prescribing is null, and the mark says where and whose
    assert answer["data"]["hcp"]["peers"] == [
        {"hcp": {"npi": world.npi(2), "rx": [{"trx": 4}]}},
        {"hcp": {"npi": world.npi(3), "rx": None}},
    ]
    assert answer["extensions"]["restricted"] == [
        {"path": ["hcp", "peers", "hcp", "rx"], "rule": "prescriber_opt_out", "reason": OPTED_OUT, "ids": ["h03"]}
    ]


def test_rows_beyond_the_limit_are_neither_marked_nor_visited(rep: Asker) -> None:
    # given h01, whose strongest peer in T-1 is h02 and whose next one, h03, has opted out
    nested = "npi"
    for _ in range(2):
        nested = f'peers(first: 1) {{ hcp {{ {nested} rx: prescriptions(product: "OWN-1", first: 1) {{ trx }} }} }}'
    answer = rep.ask("query ($npi: String!) { hcp(npi: $npi) { " + nested + " } }", npi=world.npi(1))
    # when only the strongest is asked for, at every level, then no mark speaks of h03
    assert answer["data"]["hcp"]["peers"][0]["hcp"]["rx"] == [{"trx": 4}]
    assert "extensions" not in answer


def test_places_of_reasons_leave_no_gap_where_one_is_hidden(rep: Asker) -> None:
    # given reasons 1 to 6, of which 2 to 5 speak of what the rep may not read or of HCPs hidden from them
    answer = rep.data(
        """query ($npi: String!) { hcp(npi: $npi) { accessFriction(product: "OWN-1") {
          drivers(first: 6) { place: rank reason rank } } } }""",
        npi=world.npi(1),
    )
    assert answer["hcp"]["accessFriction"]["drivers"] == [
        {"place": 1, "reason": "prior authorization since 2025", "rank": 1},
        {"place": 2, "reason": "prescribing grows", "rank": 2},
    ]
