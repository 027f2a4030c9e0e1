"""A cursor says nothing and opens only for the request it came from."""

import string

import pytest

from api.cursors import CursorKey
from api.errors import BadInput
from tests.api.conftest import Api, Asker

QUERY = """query ($after: String, $sort: [HcpSort!], $where: HcpWhere) {
  hcps(first: 2, after: $after, sort: $sort, where: $where) { edges { cursor node { id } } } }"""
INVALID = "the cursor is not valid for this request: leave out `after` to start again"
BY_NAME = [{"lastName": "ASC"}]


def last_cursor(asker: Asker, **variables: object) -> str:
    return str(asker.data(QUERY, **variables)["hcps"]["edges"][-1]["cursor"])


def test_the_same_row_has_the_same_cursor_and_shows_no_value(access: Asker) -> None:
    first, second = last_cursor(access, sort=BY_NAME), last_cursor(access, sort=BY_NAME)
    assert first == second
    assert "Name" not in first
    assert "h02" not in first


def test_a_cursor_of_another_sort_filter_role_or_territory_does_not_open(api: Api, access: Asker) -> None:
    cursor = last_cursor(access, sort=BY_NAME)
    others = [
        (access, {"sort": [{"lastName": "DESC"}]}),
        (access, {"sort": [{"npi": "ASC"}]}),
        (access, {"sort": BY_NAME, "where": {"state": {"eq": "OH"}}}),
        (api.as_("market_access", "T-1"), {"sort": BY_NAME}),
        (api.as_("market_access", subject="another"), {"sort": BY_NAME}),
        (api.as_("field_rep", "T-1"), {"sort": BY_NAME}),
    ]
    for asker, variables in others:
        assert asker.refusals(QUERY, after=cursor, **variables) == [INVALID]
    assert access.data(QUERY, after=cursor, sort=BY_NAME)["hcps"]["edges"][0]["node"] == {"id": "h03"}


@pytest.mark.parametrize("forged", ["", "x", "é", "=" * 10, "A" * 44, "A" * 1_999, "WyJOYW1lMDEiLCAiaDAxIl0"])
def test_a_forged_cursor_has_one_answer(access: Asker, forged: str) -> None:
    assert access.refusals(QUERY, after=forged, sort=BY_NAME) == [INVALID]


def test_a_cursor_has_one_spelling() -> None:
    # given a cursor whose last letter has bits that no byte has, and others with letters that two alphabets spell
    # differently
    sealer = CursorKey(bytes(64)).sealer("permissions", "somebody", ())
    cursors = [sealer.seal([number], []) for number in range(10, 60)]
    assert len(cursors[0]) % 4 == 3
    letters = string.ascii_uppercase + string.ascii_lowercase + string.digits + "-_"
    others = [cursors[0][:-1] + letters[letters.index(cursors[0][-1]) ^ 1]]
    others += [cursor.replace("-", "+").replace("_", "/") for cursor in cursors if set(cursor) & {"-", "_"}]
    assert len(others) > 10
    # then none is read in another one
    for cursor in others:
        with pytest.raises(BadInput):
            sealer.open(cursor, [], 1)
    assert sealer.open(cursors[0], [], 1) == [10]


def test_a_changed_cursor_does_not_open(access: Asker) -> None:
    cursor = last_cursor(access, sort=BY_NAME)
    changed = cursor[:-2] + ("AA" if cursor[-2:] != "AA" else "BB")
    assert access.refusals(QUERY, after=changed, sort=BY_NAME) == [INVALID]
