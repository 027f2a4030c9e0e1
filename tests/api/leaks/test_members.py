"""Leak classes of denied members: filters, sort keys, aggregates, names, suggestions, fragments, directives."""

import random
import re
from collections import defaultdict

import pytest
from graphql import GraphQLSchema, get_introspection_query

from tests.api.conftest import Api, Asker
from tests.api.leaks.attack import (
    FOREIGN,
    OPTED_OUT,
    ROLES,
    assert_like_nonsense,
    full_schema,
    lacking,
    role_schema,
)
from tests.noninterference.documents import Form, Generator, Paths
from tests.noninterference.pools import Pools
from tests.noninterference.units import Unit


class NoValues(Pools):
    """Arguments of documents that are refused before they are looked at."""

    def __init__(self) -> None:
        self._values, self._of = defaultdict(list), defaultdict(list)
        self._keys, self._visible = defaultdict(list), defaultdict(list)

    def has(self, label: str) -> bool:
        return True

    def key(self, label: str, rng: random.Random, named: str | None = None) -> str:
        return "x"


def asked_for(unit: Unit) -> str:
    """A document of the full schema that asks for a member, its arguments as literals."""
    form = {"where": Form(where=(unit,)), "sort": Form(sort=(unit,))}.get(unit.kind, Form(links=(unit,)))
    for attempt in range(20):
        made = Generator(Paths(full_schema()), NoValues(), random.Random(attempt), random.Random(attempt))
        document = made.operation([form])
        if not document.variables:
            return document.query
    raise AssertionError(f"no document for {unit}")


@pytest.mark.parametrize("role", ROLES)
def test_class_01_a_denied_member_filters_nothing(api: Api, role: str) -> None:
    # given every condition that some other role may give
    denied = lacking(role, lambda unit: unit.kind == "where" and unit.type_name.endswith("Where"))
    assert denied
    # then each is refused as if it had never been, also where the role may read what it may not filter by
    for unit in denied:
        assert_like_nonsense(api.as_(role, "T-1"), asked_for(unit), unit.member, before=":")


@pytest.mark.parametrize("role", ROLES)
def test_class_04_a_denied_member_sorts_nothing(api: Api, role: str) -> None:
    denied = lacking(role, lambda unit: unit.type_name.endswith("Sort"))
    assert denied
    for unit in denied:
        assert_like_nonsense(api.as_(role, "T-1"), asked_for(unit), unit.member, before=":")


@pytest.mark.parametrize("role", ROLES)
def test_class_07_a_denied_member_is_in_no_figure(api: Api, role: str) -> None:
    denied = lacking(role, lambda unit: unit.type_name.endswith("Group") or unit.member == "groups")
    assert denied
    for unit in denied:
        assert_like_nonsense(api.as_(role, "T-1"), asked_for(unit), unit.member)


def test_class_12_fragments_on_another_type_show_nothing_more(api: Api) -> None:
    # given a medical inquiry, which a rep may not see, asked for through the interface
    rep = api.as_("field_rep", "T-1")
    document = 'query { node(id: "inquiry-01") { id ... on MedicalInquiry { topic } } }'
    assert_like_nonsense(rep, document, "MedicalInquiry")
    # and members of types that a rep has, in fragments in fragments
    for name, query in (
        ("optedOutOn", '{ node(id: "h01") { ... on Hcp { ... on Node { ... on Hcp { optedOutOn } } } } }'),
        ("value", '{ nodes(ids: ["influence:hcp:h01:None"]) { ...F } } fragment F on Influence { value }'),
    ):
        assert_like_nonsense(rep, query, name)
    # then a fragment on the wrong type stays empty, and does not tell that the row is of another one
    hidden = rep.post('{ node(id: "inquiry-01") { ... on Hcp { npi } } }')
    absent = rep.post('{ node(id: "inquiry-99") { ... on Hcp { npi } } }')
    assert _without_ids(hidden.text) == _without_ids(absent.text)


def test_class_13_introspection_beside_data_skips_no_check(rep: Asker) -> None:
    for query in (
        f'{{ __schema {{ queryType {{ name }} }} hcp(npi: "{FOREIGN}") {{ optedOutOn }} }}',
        f'query IntrospectionQuery {{ __typename hcp(npi: "{FOREIGN}") {{ optedOutOn }} }}',
        f'{{ ...__schema }} fragment __schema on Query {{ hcp(npi: "{FOREIGN}") {{ optedOutOn }} }}',
    ):
        assert rep.refusals(query) == ["Cannot query field 'optedOutOn' on type 'Hcp'."]
    found = rep.ask(f'{{ __schema {{ queryType {{ name }} }} hcp(npi: "{FOREIGN}") {{ npi }} }}')
    assert found["data"] == {"__schema": {"queryType": {"name": "Query"}}, "hcp": None}


def test_class_14_aliases_and_merged_fields_are_checked_as_one(rep: Asker) -> None:
    # given h03, who has opted out, asked for under other names, twice, and in parts
    found = rep.data(
        f"""{{ a: hcp(npi: "{OPTED_OUT}") {{ trx: prescriptions(product: "OWN-1") {{ trx }} }}
          a: hcp(npi: "{OPTED_OUT}") {{ trx: prescriptions(product: "OWN-1") {{ month }}
            npi: influence(product: "OWN-1") {{ band }} }}
          b: hcp(npi: "{OPTED_OUT}") {{ ...F ...F }} }}
          fragment F on Hcp {{ lastName: accessFriction(product: "OWN-1") {{ value }} }}"""
    )
    assert found == {"a": {"trx": None, "npi": None}, "b": {"lastName": None}}
    # and a denied member under the name of a granted one
    assert rep.refusals(f'{{ hcp(npi: "{OPTED_OUT}") {{ npi: optedOutOn }} }}') == [
        "Cannot query field 'optedOutOn' on type 'Hcp'."
    ]


def test_class_15_directives_open_nothing(rep: Asker) -> None:
    query = f'query ($on: Boolean!) {{ hcp(npi: "{FOREIGN}") {{ npi @include(if: $on) optedOutOn @skip(if: $on) }} }}'
    # given a member that is skipped when it would be checked, and the other way round
    for on in (True, False):
        assert rep.refusals(query, on=on) == ["Cannot query field 'optedOutOn' on type 'Hcp'."]
    # then no directive of an authorization is there to be renamed or overridden
    for name in ("authenticated", "requiresScopes", "policy", "link", "auth", "public"):
        assert rep.refusals(f'{{ hcp(npi: "{FOREIGN}") {{ npi @{name} }} }}') == [f"Unknown directive '@{name}'."]
    found = rep.data("{ __schema { directives { name } } }")["__schema"]["directives"]
    assert {directive["name"] for directive in found} == {"include", "skip", "deprecated", "specifiedBy", "oneOf"}


@pytest.mark.parametrize("role", ROLES)
def test_class_21_no_refusal_suggests_a_name(api: Api, role: str) -> None:
    # given every name of the full schema, one letter short
    names = sorted({unit.member for unit in lacking(role, lambda unit: True) if len(unit.member) > 3})
    asker = api.as_(role, "T-1")
    for start in range(0, len(names), 12):
        wrong = [name[:-1] for name in names[start : start + 12]]
        selected = " ".join(wrong)
        conditions = ", ".join(f'{name}: {{eq: "x"}}' for name in wrong)
        for query in (
            f"{{ hcps {{ edges {{ node {{ {selected} }} }} }} }}",
            f"{{ hcps(where: {{{conditions}}}) {{ totalCount }} }}",
        ):
            for message in asker.refusals(query):
                assert "Did you mean" not in message
                quoted = set(re.findall(r"'(\w+)'", message))
                assert quoted <= {*wrong, *(f"Hcp.{name}" for name in wrong), "Hcp", "HcpWhere", "Query"}, message


@pytest.mark.parametrize("role", ROLES)
def test_class_22_introspection_and_sdl_hold_no_denied_name(api: Api, role: str) -> None:
    # given the names that only other roles have
    own, full = _names(role_schema(role)), _names(full_schema())
    denied = full - own
    assert len(denied) > 10
    # then neither introspection nor a refusal holds one, with descriptions and defaults
    found = api.as_(role, "T-1").post(get_introspection_query(descriptions=True, input_value_deprecation=True)).text
    assert set(re.findall(r'"name":"(\w+)"', found)) & denied == set()
    words = set(re.findall(r"\w+", found))
    spoken = {name for name in denied & words if not name.islower()}  # a plain word may stand in a description
    assert spoken == set()


def _names(schema: GraphQLSchema) -> set[str]:
    kinds = schema.type_map.values()
    fields = [field for kind in kinds for field in getattr(kind, "fields", {}).items()]
    arguments = {name for _, field in fields for name in getattr(field, "args", {})}
    given = {name for directive in schema.directives for name in directive.args}
    return {kind.name for kind in kinds} | {name for name, _ in fields} | arguments | given


def _without_ids(text: str) -> str:
    return re.sub(r'"requestId":"\w+"', "", text)
