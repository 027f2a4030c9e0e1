"""Rules of a policy of one's own, on places where the shipped policy has none: they hold wherever a value shows."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient

from api.app import build_app
from api.permissions import PermissionSet
from graph.errors import PolicyError
from graph.governance import load_policy
from graph.governance.load import POLICY_FILE
from tests.api import world
from tests.api.conftest import Api, Asker

TEXT = POLICY_FILE.read_text(encoding="utf-8")
ALL = 'verbs = ["read", "filter", "aggregate"], form = "value"'
ALIGNMENT = f'{{ class = "alignment", {ALL} }},\n'
FRICTION = '{ class = "access_friction", level = "hcp_plan", verbs = ["read", "filter", "aggregate"]'
MADE = (
    '{ class = ["interaction", "field_note", "research", "scientific"], verbs = ["aggregate"], form = "aggregate" },\n'
)
LONG_CALL = """[rules.long_call]
doc = "Calls of fewer than 15 minutes."
hides = "cell"
kind = "minimum"
label = "Interaction"
property = "durationMinutes"
minimum = 15

[bands.influence]"""
OTHERS = f'{{ class = ["field_note", "research", "scientific"], {ALL} }},\n'


def lines(role: str, given: str, *wanted: str) -> str:
    """The shipped policy in which other lines of a role stand for the given one."""
    before, start, rest = TEXT.partition(f"\n{role} = [")
    assert rest.count(given) > 0
    return f"{before}{start}{rest.replace(given, ''.join(wanted), 1)}".replace("[bands.influence]", LONG_CALL, 1)


Under = Callable[[str], Asker]


@pytest.fixture
def under(api: Api, tmp_path: Path) -> Iterator[Under]:
    """Asks as the brand under the policy of a text."""
    with ExitStack() as opened:

        def ask(text: str) -> Asker:
            file = tmp_path / "policy.toml"
            file.write_text(text, encoding="utf-8")
            client = opened.enter_context(TestClient(build_app(api.settings, load_policy(file))))
            return replace(api.as_("brand"), client=client)

        yield ask


def numbers(answer: dict[str, Any], name: str = "hcps") -> list[int]:
    """The numbers of the HCPs on a page."""
    return sorted(int(edge["node"]["npi"][-2:]) for edge in answer[name]["edges"])


TERRITORIES = lines(
    "brand", ALIGNMENT, ALIGNMENT, f'{{ class = "alignment", label = "IN_TERRITORY", {ALL}, '
    'rules = ["prescriber_opt_out"] },\n',
)  # fmt: skip


def test_a_filter_through_a_relation_asks_the_rules_that_a_selection_asks(under: Under) -> None:
    # given alignments that are hidden where somebody has opted out: h03 of T-1 and h08 of T-2
    brand = under(TERRITORIES)
    selected = brand.ask("query ($npi: String!) { hcp(npi: $npi) { territories { id } } }", npi=world.npi(3))
    assert selected["data"]["hcp"] == {"territories": []}
    assert [(mark["path"], mark["ids"]) for mark in selected["extensions"]["restricted"]] == [
        (["hcp", "territories"], ["h03"])
    ]
    # when they are asked for by every quantifier, then h03 and h08 are as if they had no territory
    query = """query ($by: TerritoriesWhere!) { hcps(where: {territories: $by}) { edges { node { npi } } } }"""
    of_t1, nowhere = {"territoryId": {"eq": "T-1"}}, {"territoryId": {"eq": "T-9"}}
    rest = [1, 2, 4, 5, 6, 7, 9, 10, 11, 12]
    assert numbers(brand.data(query, by={"some": of_t1})) == [1, 2, 4, 5, 6]
    assert numbers(brand.data(query, by={"some": {}})) == rest
    assert numbers(brand.data(query, by={"single": {}})) == rest
    assert numbers(brand.data(query, by={"none": {}})) == [3, 8]
    assert numbers(brand.data(query, by={"none": of_t1})) == [3, 7, 8, 9, 10, 11, 12]
    assert numbers(brand.data(query, by={"all": nowhere})) == [3, 8]
    # and groups of such a page count no other rows
    grouped = "query ($by: TerritoriesWhere!) { hcps(where: {territories: $by}) { totalCount groups { state count } } }"
    assert brand.data(grouped, by={"some": {}})["hcps"] == {
        "totalCount": 10, "groups": [{"state": "OH", "count": 5}, {"state": "TX", "count": 5}]
    }  # fmt: skip


def test_the_other_end_of_a_relation_asks_them_too(under: Under) -> None:
    # when the HCPs of a territory are listed, filtered or reached by a filter two links away
    brand = under(TERRITORIES)
    found = brand.data(
        """query ($hidden: [String!]!) { territory(id: "T-1") { hcps(first: 20) { npi } }
          territories(where: {hcps: {some: {npi: {in: $hidden}}}}) { totalCount }
          accounts(where: {hcps: {some: {npi: {in: $hidden}, territories: {some: {}}}}}) { totalCount } }""",
        hidden=[world.npi(3), world.npi(8)],
    )
    # then who opted out is not among them
    assert [one["npi"] for one in found["territory"]["hcps"]] == [world.npi(number) for number in (1, 2, 4, 5, 6)]
    assert (found["territories"], found["accounts"]) == ({"totalCount": 0}, {"totalCount": 0})


def test_a_sort_through_a_relation_asks_them_too(under: Under) -> None:
    # given calls of 11 to 22 minutes, whose HCP is hidden below 15
    made = f'{{ class = "interaction", {ALL} }},\n'
    hidden = f'{{ class = "interaction", label = "WITH", {ALL}, rules = ["long_call"] }},\n'
    brand = under(lines("brand", MADE, made, hidden, OTHERS))
    query = """query ($short: [String!]!) {
      interactions(first: 20, sort: [{hcp: {npi: DESC}}]) { edges { node { durationMinutes hcp { npi } } } }
      none: interactions(where: {hcp: {npi: {in: $short}}}) { totalCount } }"""
    answer = brand.ask(query, short=[world.npi(number) for number in range(1, 5)])
    # then those come last, in the order of their ids, and no filter finds them
    nodes = [edge["node"] for edge in answer["data"]["interactions"]["edges"]]
    assert [node["durationMinutes"] for node in nodes] == [*range(22, 14, -1), *range(11, 15)]
    assert [node["hcp"] for node in nodes[8:]] == [None] * 4
    assert answer["data"]["none"] == {"totalCount": 0}
    assert [(mark["path"], mark["ids"]) for mark in answer["extensions"]["restricted"]] == [
        (["interactions", "edges", "node", "hcp"], [f"call-{number:02}" for number in range(1, 5)])
    ]


def test_cells_are_named_where_the_answer_has_them(under: Under) -> None:
    # given outcomes that are hidden for calls of fewer than 15 minutes
    made = f'{{ class = "interaction", {ALL}, rules = ["long_call"] }},\n'
    brand = under(lines("brand", MADE, made, OTHERS))
    # when one is asked for under two names
    answer = brand.ask(
        """{ interactions(first: 2, sort: [{durationMinutes: ASC}]) {
          edges { node { a: outcome b: outcome channel } } } }"""
    )
    # then each of them is marked
    hidden = {"node": {"a": None, "b": None, "channel": "face_to_face"}}
    assert answer["data"]["interactions"]["edges"] == [hidden, hidden]
    assert [(mark["path"], mark["ids"]) for mark in answer["extensions"]["restricted"]] == [
        (["interactions", "edges", "node", name], ["call-01", "call-02"]) for name in ("a", "b")
    ]


def test_every_row_that_is_looked_up_by_id_is_marked(access: Asker) -> None:
    # given friction of plan 3 on 10 starts and of account 2 on 4, found by different patterns
    ids = [f"access_friction:{subject}:None" for subject in ("plan:plan-3", "account:a2", "plan:plan-1")]
    answer = access.ask("query ($ids: [ID!]!) { nodes(ids: $ids) { ... on AccessFriction { value } } }", ids=ids)
    assert answer["data"]["nodes"] == [{"value": None}, {"value": None}, {"value": 0.2}]
    assert [(mark["path"], mark["rule"], mark["ids"]) for mark in answer["extensions"]["restricted"]] == [
        (["nodes"], "minimum_cell", sorted(ids[:2]))
    ]


def test_figures_that_leave_hidden_rows_out_name_the_rule_and_nobody(access: Asker) -> None:
    query = """query ($by: AccessFrictionWhere!) { frictions: accessFrictions(product: "OWN-1", where: $by) {
      sums: groups { level value { known } count } } }"""
    answer = access.ask(query, by={"level": {"eq": "account"}})
    assert answer["data"]["frictions"]["sums"] == [{"level": "account", "value": {"known": 1}, "count": 2}]
    (mark,) = answer["extensions"]["restricted"]
    assert (mark["path"], mark["rule"], "ids" in mark) == (["frictions", "sums"], "minimum_cell", False)
    # and where nothing is hidden, nothing is named
    assert "extensions" not in access.ask(query, by={"level": {"eq": "territory"}})


UNREACHED = {
    "nodes that a rule does not speak of": (
        lines("brand", MADE, f'{{ class = "interaction", {ALL}, rules = ["prescriber_opt_out"] }},\n', OTHERS),
        "rule 'prescriber_opt_out' is about 'HCP' and limits no 'Interaction'",
    ),
    "a level about another subject": (
        TEXT.replace(
            FRICTION + ', form = "value", rules = ["prescriber_opt_out"]',
            FRICTION.replace("hcp_plan", "plan") + ', form = "value", rules = ["prescriber_opt_out"]',
            1,
        ),
        "rule 'prescriber_opt_out' is about 'HCP' and limits no 'plan'",
    ),
    "predictions as such": (
        lines(
            "field_rep",
            f'{{ class = ["coverage", "product", "prediction"], {ALL} }},\n',
            f'{{ class = ["coverage", "product"], {ALL} }},\n',
            f'{{ class = "prediction", {ALL}, rules = ["minimum_cell"] }},\n',
        ),
        "rules of predictions stand with the class that their task releases",
    ),
}


@pytest.mark.parametrize("name", UNREACHED)
def test_a_rule_that_could_not_limit_what_its_grant_opens_is_refused(tmp_path: Path, name: str) -> None:
    text, complaint = UNREACHED[name]
    file = tmp_path / "policy.toml"
    file.write_text(text, encoding="utf-8")
    with pytest.raises(PolicyError, match=rf"policy.toml:\d+: {complaint}"):
        load_policy(file)


def test_what_may_not_be_read_may_not_be_filtered_by(tmp_path: Path) -> None:
    # given places that may be filtered and counted, and not read
    text = lines("brand", ALIGNMENT, '{ class = "alignment", verbs = ["filter", "aggregate"], form = "value" },\n')
    file = tmp_path / "policy.toml"
    file.write_text(text, encoding="utf-8")
    visible = PermissionSet(load_policy(file), "brand", "brand_strategy").visible
    # then no member tells of them
    assert ("Query", "territories") not in visible
    assert ("HcpWhere", "territories") not in visible
    assert ("HcpWhere", "affiliations") in visible


def test_a_fact_beside_a_prediction_asks_the_rules_of_its_own_class(under: Under) -> None:
    # given influence of everybody, beside prescribing of those who have not opted out
    influence = '{ class = "influence", level = "hcp", verbs = ["read", "filter", "aggregate"], form = "value"'
    brand = under(lines("brand", f'{influence}, rules = ["prescriber_opt_out"] }},\n', f"{influence} }},\n"))
    # when h03 and h08 have opted out
    query = """{ influences(product: "OWN-1", where: {value: {lte: 0.16}}, sort: [{clinicalLead: DESC}, {value: ASC}]) {
        edges { node { id value clinicalLead } } }
      low: influences(product: "OWN-1", where: {clinicalLead: {lt: 2.0}}) { totalCount }
      hidden: influences(product: "OWN-1", where: {clinicalLead: {eq: null}}) { totalCount } }"""
    found = brand.ask(query)
    # then their influence shows and their clinical lead does not, in output, order and filter
    shown = [(edge["node"]["value"], edge["node"]["clinicalLead"]) for edge in found["data"]["influences"]["edges"]]
    told = [(n / 50, n / 2) for n in (7, 6, 5, 4, 2, 1)]
    assert sorted(shown, key=str) == sorted([*told, (3 / 50, None), (8 / 50, None)], key=str)
    assert [entry for entry in shown if entry[1] is not None] == told
    assert (found["data"]["low"]["totalCount"], found["data"]["hidden"]["totalCount"]) == (2, 2)
    # and the mark says by which rule and of whom
    assert [(mark["path"], mark["rule"], mark["ids"]) for mark in found["extensions"]["restricted"]] == [
        (
            ["influences", "edges", "node", "clinicalLead"],
            "prescriber_opt_out",
            ["influence:hcp:h03:None", "influence:hcp:h08:None"],
        )
    ]


def test_a_comparison_with_others_needs_more_than_the_own_scope(tmp_path: Path) -> None:
    # given a rep who sees the influence of own HCPs as a number, and their prescribing
    band = 'level = "hcp", verbs = ["read", "filter", "aggregate"], form = "band", rules = ["territory"'
    file = tmp_path / "policy.toml"
    file.write_text(lines("field_rep", band, band.replace('"band"', '"own_scope"')), encoding="utf-8")
    # then the clinical lead, which tells of those elsewhere, is no member of anything
    visible = PermissionSet(load_policy(file), "field_rep", "field_engagement").visible
    assert ("Influence", "value") in visible
    assert {name for name, member in visible if member == "clinicalLead"} == set()


def test_who_sees_influence_as_a_word_has_no_number_beside_it(tmp_path: Path) -> None:
    # given a brand that sees prescribing as it is, and of influence a word
    value = 'class = "influence", level = "hcp", verbs = ["read", "filter", "aggregate"], form = "value"'
    file = tmp_path / "policy.toml"
    file.write_text(lines("brand", value, value.replace('"value"', '"band"')), encoding="utf-8")
    # then nothing has the clinical lead
    visible = PermissionSet(load_policy(file), "brand", "brand_strategy").visible
    assert ("Influence", "band") in visible
    assert not {("Influence", "value"), ("Influence", "clinicalLead"), ("InfluenceSort", "clinicalLead")} & visible
