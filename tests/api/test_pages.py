"""Pages of a connection: every row once, in the order of the keys, null last, whichever index leads."""

from collections.abc import Iterator
from typing import Any

import pytest

from tests.api import world
from tests.api.conftest import Api, Asker, rebuild

QUERY = """query ($after: String, $sort: [HcpSort!], $where: HcpWhere) {
  hcps(first: 2, after: $after, sort: $sort, where: $where) {
    totalCount edges { node { id npi lastName firstName city state } } pageInfo { hasNextPage endCursor } } }"""
SORTS = {
    "by id": [],
    "a unique key": [{"npi": "ASC"}],
    "an index": [{"lastName": "ASC"}],
    "an index, descending": [{"lastName": "DESC"}],
    "an index with few values": [{"state": "ASC"}],
    "an index with few values, descending": [{"state": "DESC"}],
    "two indexes": [{"state": "DESC"}, {"lastName": "ASC"}],
    "an index, then a property without one": [{"lastName": "DESC"}, {"firstName": "DESC"}],
    "a property without an index, then one with": [{"city": "DESC"}, {"lastName": "ASC"}],
}


AT_ALDER = [f"h{number:02}" for number in range(1, 7)]
OF_OHIO = ["h01", "h03", "h04", "h05", "h06"]


@pytest.fixture(scope="module", autouse=True)
def nulls(api: Api) -> Iterator[None]:
    """Three HCPs have no last name, two of them no state; two share a name; `city` and `firstName` vary."""
    api.store.write(
        """MATCH (h:HCP) SET h.city = 'City ' + toInteger(right(h.id, 1)) % 3, h.firstName = right(h.id, 1)
        SET h.lastName = CASE WHEN h.id IN ['h02', 'h05', 'h07'] THEN null WHEN h.id IN ['h03', 'h04'] THEN 'Same'
          ELSE h.lastName END
        SET h.state = CASE WHEN h.id IN ['h02', 'h07'] THEN null ELSE h.state END"""
    )
    yield
    rebuild(api.store)


def pages(asker: Asker, sort: list[dict[str, str]], where: dict[str, Any] | None = None) -> list[list[dict[str, Any]]]:
    """All pages, one after the other."""
    found, after = [], None
    while True:
        page = asker.data(QUERY, sort=sort, where=where, after=after)["hcps"]
        found.append([edge["node"] for edge in page["edges"]])
        assert page["totalCount"] >= sum(len(nodes) for nodes in found)
        if not page["pageInfo"]["hasNextPage"]:
            return found
        after = page["pageInfo"]["endCursor"]


def expected(rows: list[dict[str, Any]], sort: list[dict[str, str]]) -> list[str]:
    """The ids in the order of the keys, null last, then by id."""
    rows = sorted(rows, key=lambda row: row["id"])
    for key in reversed(sort):
        ((name, direction),) = key.items()
        full = [row for row in rows if row[name] is not None]
        rows = sorted(full, key=lambda row: row[name], reverse=direction == "DESC") + [
            row for row in rows if row[name] is None
        ]
    return [row["id"] for row in rows]


@pytest.mark.parametrize("sort", SORTS.values(), ids=SORTS)
@pytest.mark.parametrize("role", ["field_rep", "market_access"])
def test_pages_show_every_row_once_in_order(api: Api, role: str, sort: list[dict[str, str]]) -> None:
    # given a rep of both territories, whose rows are found from the claims, or market access, which walks an index
    asker = api.as_(role, *(["T-1", "T-2"] if role == "field_rep" else []))
    # when
    found = pages(asker, sort)
    # then
    rows = [row for page in found for row in page]
    assert [row["id"] for row in rows] == expected(rows, sort)
    assert sorted(row["id"] for row in rows) == [f"h{number:02}" for number in range(1, 13)]
    assert [len(page) for page in found] == [2] * 6


@pytest.mark.parametrize(
    ("where", "ids"),
    [
        ({"npi": {"in": [world.npi(9), world.npi(1), world.npi(12)]}}, ["h01", "h09", "h12"]),
        ({"AND": [{"npi": {"in": [world.npi(4), world.npi(3)]}}, {"state": {"eq": "OH"}}]}, ["h03", "h04"]),
        ({"lastName": {"eq": "Same"}}, ["h03", "h04"]),
        ({"lastName": {"eq": None}}, ["h02", "h05", "h07"]),
        ({"state": {"eq": "TX"}}, ["h08", "h09", "h10", "h11", "h12"]),
        ({"NOT": {"npi": {"in": [world.npi(n) for n in range(1, 12)]}}}, ["h12"]),
        ({"affiliations": {"some": {"id": {"eq": "a1"}}}}, AT_ALDER),
        ({"affiliations": {"some": {"id": {"in": ["a1", "a2"]}}}, "state": {"eq": "OH"}}, OF_OHIO),
        ({"affiliations": {"some": {"id": {"eq": "a1"}}, "none": {"id": {"eq": "a1"}}}}, []),
        ({"AND": [{"affiliations": {"some": {"id": {"eq": "a1"}}}}, {"npi": {"eq": world.npi(1)}}]}, ["h01"]),
        ({"NOT": {"affiliations": {"some": {"id": {"in": ["a1", "a2"]}}}}}, []),
        ({"OR": [{"npi": {"eq": world.npi(2)}}, {"lastName": {"startsWith": "Name1"}}]}, ["h02", "h10", "h11", "h12"]),
        ({"territories": {"some": {"territoryId": {"in": ["T-2", "T-2"]}}}}, [f"h{n:02}" for n in range(7, 13)]),
    ],
    ids=[
        "a few keys",
        "a key and a category",
        "a name",
        "no name",
        "a category",
        "all but some",
        "at an account",
        "at accounts, once",
        "at and not at an account",
        "at an account and a key",
        "not at",
        "a key or a prefix",
        "in a territory today",
    ],
)
@pytest.mark.parametrize("sort", [[], [{"lastName": "DESC"}]], ids=["by id", "by name"])
@pytest.mark.parametrize("role", ["field_rep", "market_access"])
def test_conditions_find_the_same_rows_whichever_index_leads(
    api: Api, role: str, where: dict[str, Any], ids: list[str], sort: list[dict[str, str]]
) -> None:
    asker = api.as_(role, *(["T-1", "T-2"] if role == "field_rep" else []))
    found = pages(asker, sort, where)
    rows = [row for page in found for row in page]
    assert [row["id"] for row in rows] == expected(rows, sort)
    assert sorted(row["id"] for row in rows) == ids


def test_a_key_of_an_hcp_beyond_the_territory_finds_nothing(api: Api) -> None:
    # given h07 of T-2 and h12, who has left T-1
    where = {"npi": {"in": [world.npi(1), world.npi(7), world.npi(12)]}}
    # when the rep of T-1 asks for them by an indexed key
    page = api.as_("field_rep", "T-1").data(QUERY, where=where)["hcps"]
    # then only the own one is found and counted
    assert page["totalCount"] == 1
    assert [edge["node"]["id"] for edge in page["edges"]] == ["h01"]


def test_an_hcp_in_two_territories_of_the_token_is_found_once(api: Api) -> None:
    api.store.write(
        "MATCH (h:HCP {id: 'h01'}), (t:Territory {territoryId: 'T-2'}) "
        "CREATE (h)-[:IN_TERRITORY {from: date('2025-01-01')}]->(t)"
    )
    rep = api.as_("field_rep", "T-1", "T-2")
    for where in ({"npi": {"eq": world.npi(1)}}, {"firstName": {"eq": "1"}, "state": {"eq": "OH"}}):
        page = rep.data(QUERY, where=where)["hcps"]
        assert (page["totalCount"], [edge["node"]["id"] for edge in page["edges"]]) == (1, ["h01"])
