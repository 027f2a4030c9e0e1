"""Leak classes of denied rows and hidden cells: nothing of them in filters, counts, orders, figures, paths, reasons."""

import neo4j
import pytest

from api.documents import Documents
from api.permissions import PermissionSet
from graph.governance import load_policy
from graph.store.connection import find_connection
from tests.api import world
from tests.api.conftest import Api, Asker
from tests.api.leaks.attack import FOREIGN, NEW_HCP, OPTED_OUT, OTHER_NUMBERS, UNKNOWN, assert_blind, changed

PRODUCT = 'product: "OWN-1"'
UNDER_A_PLAN = 'where: {level: {eq: "hcp_plan"}}'


@pytest.fixture(scope="module")
def brand(api: Api) -> Asker:
    """Somebody who sees HCPs of all territories, and no numbers of those who have opted out."""
    return api.as_("brand")


@pytest.fixture(scope="module")
def analyst(api: Api) -> Asker:
    """Somebody who sees predictions about everybody."""
    return api.as_("data_science")


def test_class_02_conditions_on_related_rows_see_own_rows_only(api: Api, rep: Asker, brand: Asker) -> None:
    # given conditions that hold for the new HCP of another territory alone, in every quantifier and negated
    documents = [
        f"{{ accessFrictions({PRODUCT}, where: {{hcp: {{{condition}}}}}) {{ totalCount }} }}"
        for condition in ('state: {eq: "ZZ"}', "pageRank: {gt: 50.0}", 'NOT: {state: {in: ["OH", "TX"]}}')
    ]
    # then a rep learns nothing of it
    assert_blind(api, rep, documents, NEW_HCP, noticed_by=brand)


def test_class_03_the_rule_holds_on_every_node_of_a_pattern(api: Api, rep: Asker, brand: Asker) -> None:
    # given an account and a peer through which the new HCP could be reached and counted
    nested = [
        f"""{{ hcp(npi: "{world.npi(1)}") {{ affiliations {{ name }} peers(first: 1) {{ patients hcp {{ npi
          peers {{ hcp {{ npi }} }} }} }} }} }}""",
        '{ hcps(where: {affiliations: {some: {id: {eq: "a1"}}}}) { totalCount } }',
    ]
    assert_blind(api, rep, nested, NEW_HCP, noticed_by=brand)


def test_class_08_groups_name_no_value_of_a_hidden_row(api: Api, rep: Asker, brand: Asker) -> None:
    # given a state that the new HCP alone has
    assert_blind(api, rep, ["{ hcps { groups { state count pageRank { max sum } } } }"], NEW_HCP, noticed_by=brand)


def test_class_08_groups_hold_no_number_of_one_who_opted_out(api: Api, rep: Asker, analyst: Asker) -> None:
    documents = [f"{{ accessFrictions({PRODUCT}) {{ groups {{ mainBarrier count value {{ known min max sum }} }} }} }}"]
    assert_blind(api, rep, documents, OTHER_NUMBERS, noticed_by=analyst)


def test_class_09_counts_and_pages_count_no_hidden_row(api: Api, rep: Asker, brand: Asker) -> None:
    documents = [
        "{ hcps(first: 6) { totalCount pageInfo { hasNextPage endCursor } edges { cursor node { id } } } }",
        "{ hcps(first: 1, sort: [{pageRank: DESC}]) { totalCount edges { node { id } } } }",
        f"{{ influences({PRODUCT}) {{ totalCount pageInfo {{ hasNextPage }} }} }}",
        f"""{{ accessFrictions({PRODUCT}, first: 1, sort: [{{value: DESC}}], {UNDER_A_PLAN}) {{
          totalCount edges {{ node {{ id }} }} }} }}""",
    ]
    assert_blind(api, rep, documents, NEW_HCP, noticed_by=brand)


def test_class_10_a_small_aggregate_is_in_no_figure_and_no_difference(api: Api, access: Asker) -> None:
    # given plan 3, whose friction of 0.9 rests on 10 starts, among plans with 40 and 11
    query = f"""{{ all: accessFrictions({PRODUCT}, where: {{level: {{eq: "plan"}}}}) {{
        groups {{ value {{ known sum max }} }} }}
      less: accessFrictions({PRODUCT}, where: {{level: {{eq: "plan"}},
        plan: {{NOT: {{planKey: {{eq: "S0001-003-0"}}}}}}}}) {{
        groups {{ value {{ known sum max }} }} }} }}"""
    found = access.data(query)
    # then figures with it and without it are the same
    assert found["all"] == found["less"] == {"groups": [{"value": {"known": 2, "sum": 0.7, "max": 0.5}}]}
    # and whatever it is does not show
    before = access.post(query).content
    with changed(
        api, "MATCH (n:Prediction {id: 'access_friction:plan:plan-3:None'}) SET n.value = 0.1, n.evidenceStarts = 3"
    ):
        assert access.post(query).content == before


PATHS = (
    '{ found: hcp(npi: "%(npi)s") { id } }',
    '{ found: node(id: "%(id)s") { id } }',
    '{ nodes(ids: ["%(id)s", "%(id)s"]) { id } }',
    '{ hcps(where: {npi: {eq: "%(npi)s"}}) { edges { node { id } } } }',
    '{ hcps(where: {id: {in: ["%(id)s"]}}) { totalCount } }',
    '{ accessFrictions(product: "OWN-1", where: {hcp: {npi: {eq: "%(npi)s"}}}) { edges { node { hcp { id } } } } }',
    '{ influences(product: "OWN-1", where: {hcp: {npi: {eq: "%(npi)s"}}}) { edges { node { hcp { id } } } } }',
    '{ node(id: "access_friction:hcp_plan:%(id)s:plan-1") { id } }',
    '{ interactions(where: {hcp: {npi: {eq: "%(npi)s"}}}) { totalCount } }',
    '{ search(text: "%(name)s") { id } }',
)


@pytest.mark.parametrize("document", PATHS)
def test_class_11_no_path_leads_to_a_hidden_row(rep: Asker, document: str) -> None:
    # given an HCP of another territory and one that never was
    hidden = rep.post(document % {"npi": FOREIGN, "id": "h07", "name": "name07"})
    absent = rep.post(document % {"npi": UNKNOWN, "id": "h77", "name": "name77"})
    # then every way to them is equally empty
    assert _normal(hidden.content) == _normal(absent.content)


def test_class_16_what_is_derived_from_a_hidden_number_is_hidden(api: Api, rep: Asker, analyst: Asker) -> None:
    # given everything that is made of prescribing: bands, friction, orders, reasons
    documents = [
        f"""{{ hcp(npi: "{OPTED_OUT}") {{ lastName influence({PRODUCT}) {{ id }}
          accessFriction({PRODUCT}) {{ value mainBarrier
          components {{ name value }} drivers {{ reason }} }} adoption({PRODUCT}) {{ value }} }}
          accessFrictions({PRODUCT}, sort: [{{value: DESC}}], first: 3) {{ edges {{ node {{ id value }} }} }} }}""",
    ]
    assert_blind(api, rep, documents, OTHER_NUMBERS, noticed_by=analyst)


def test_class_17_search_finds_and_orders_by_visible_names_alone(api: Api, rep: Asker, brand: Asker) -> None:
    # given a name that would come first, and words that only hidden rows hold
    documents = ['{ search(text: "name", first: 3) { id } }', '{ search(text: "name00") { id } }']
    assert_blind(api, rep, documents, NEW_HCP, noticed_by=brand)
    assert "score" not in str(rep.data('{ __type(name: "Query") { fields { name args { name } } } }'))


ERRORS = ('{ hcp(npi: "%s") { npi } }', '{ a: hcp(npi: "%s") { peers { year } } b: hcps { totalCount } }')


@pytest.mark.parametrize("document", ERRORS)
def test_class_19_hidden_and_absent_fail_alike(rep: Asker, document: str) -> None:
    hidden, absent = rep.post(document % FOREIGN), rep.post(document % UNKNOWN)
    assert (hidden.status_code, hidden.content) == (absent.status_code, absent.content)
    assert b"NOT_FOUND" in hidden.content


@pytest.mark.parametrize(
    "given",
    [
        "4:00000000-0000-0000-0000-000000000000:1",
        "1",
        "HCP:h07",
        "SENQOmgwNw==",
        "npi|1999900007",
        "h07\u0000",
        "H07",
        "h07 ",
    ],
)
def test_class_23_only_the_opaque_id_of_a_visible_row_is_an_id(api: Api, rep: Asker, given: str) -> None:
    # given ids of other kinds, and the one that Neo4j uses inside
    inside = api.store.read("MATCH (h:HCP {id: 'h01'}) RETURN elementId(h) AS inside")[0]["inside"]
    query = "query ($id: ID!) { node(id: $id) { id __typename } }"
    unknown = rep.post(query, id="h77").content
    for guess in (given, inside, "h07"):
        assert rep.post(query, id=guess).content == unknown


def test_class_24_what_is_hidden_costs_the_same_however_much_of_it_there_is(api: Api) -> None:
    # given the statement for one HCP with everything that hangs on it
    permissions = PermissionSet(load_policy(), "field_rep", "field_engagement")
    query = f"""query ($npi: String!) {{ hcp(npi: $npi) {{ npi prescriptions({PRODUCT}) {{ trx }}
      peers {{ hcp {{ npi }} }}
      accessFriction({PRODUCT}) {{ value }} }} }}"""
    documents = Documents()
    accepted = documents.accept(permissions, query)
    connection = find_connection(api.settings)

    def database_hits() -> int:
        plan = documents.plan(permissions, accepted, accepted.operation(None), {"npi": FOREIGN})
        parameters = {name: leaf.value({"npi": FOREIGN}) for name, leaf in plan.parameters.items()}
        parameters |= {"claim_territories": ["T-1"], "claim_subject": "x", "today": world.TODAY}
        with neo4j.GraphDatabase.driver(connection.uri, auth=connection.auth) as driver:
            summary = driver.execute_query("PROFILE " + str(plan.text), parameters).summary
        return _hits(summary.profile)

    few = database_hits()
    # when the HCP of another territory prescribes a thousand times more
    more = """MATCH (h:HCP {id: 'h07'}), (p:Product {id: 'prod-own'})
      UNWIND range(1, 1000) AS n CREATE (h)-[:PRESCRIBED {month: date('2020-01-01'), trx: n}]->(p)"""
    with changed(api, more):
        many = database_hits()
    # then nothing of it is read
    assert many == few


def _hits(profile: dict) -> int:  # type: ignore[type-arg]
    return int(profile.get("dbHits", 0)) + sum(_hits(child) for child in profile.get("children", []))


def _normal(body: bytes) -> bytes:
    return body.split(b'"requestId"')[0]
