"""What nobody knows is an error, not an empty answer: products, and words that are not on a closed list."""

import pytest

from tests.api.conftest import Api

ROOTS = [
    '{ found: accessFrictions(product: "Velunara") { totalCount } }',
    '{ found: accessFrictions(product: "Velunara") { edges { cursor node { id } } pageInfo { hasNextPage } } }',
    '{ found: influences(product: "Velunara") { totalCount } }',
    '{ found: cohorts(product: "Velunara") { totalCount } }',
    '{ found: prescribingTotals(product: "Velunara") { totalCount } }',
    '{ found: policyChanges(product: "Velunara", since: "2025-01-01") { policy { id } } }',
]


@pytest.mark.parametrize("query", ROOTS)
def test_a_product_that_is_not_known_is_not_found(api: Api, query: str) -> None:
    # when it is named beside a product that is
    brand = api.as_("executive" if "Totals" in query else "brand")
    answer = brand.ask(query.replace("{ found", '{ product(id: "OWN-1") { id } found', 1))
    # then all of the answer is null, as a list is that may not be
    assert answer["data"] is None
    message = "nothing with this key, or nothing for you"
    assert answer["errors"] == [{"message": message, "path": ["found"], "extensions": {"code": "NOT_FOUND"}}]
    # and by its id or productId it is found
    for known in ("OWN-1", "prod-own"):
        assert brand.data(query.replace("Velunara", known))["found"] is not None


def test_a_single_root_that_is_not_found_leaves_the_others(api: Api) -> None:
    answer = api.as_("brand").ask('{ product(id: "OWN-1") { productId } other: product(id: "Velunara") { id } }')
    assert answer["data"] == {"product": {"productId": "OWN-1"}, "other": None}
    assert [error["path"] for error in answer["errors"]] == [["other"]]


@pytest.mark.parametrize(
    ("condition", "variables"),
    [
        ('{level: {eq: "plans"}}', {}),
        ('{level: {in: ["plan", "plans"]}}', {}),
        ('{NOT: {level: {eq: "plans"}}}', {}),
        ("{level: {eq: $one}}", {"one": "plans"}),
        ("{level: {in: $several}}", {"several": ["plan", "plans"]}),
    ],
)
def test_a_word_that_is_not_on_the_list_is_refused_with_the_list(api: Api, condition: str, variables: dict) -> None:
    # given that the same document has been asked with known words
    access = api.as_("market_access")
    asked = ("{level: {eq: $one}}", "{level: {in: $several}}", condition)
    roots = [f'r{n}: accessFrictions(product: "OWN-1", where: {one}) {{ totalCount }}' for n, one in enumerate(asked)]
    text = f"query ($one: String, $several: [String!]) {{ {' '.join(roots)} }}"
    given = {"one": "plan", "several": ["plan", "account"]}
    assert access.data(text.replace("plans", "plan"), **given)["r0"]["totalCount"] == 3

    # then
    known = "'level' is one of 'hcp', 'hcp_plan', 'plan', 'payer', 'account', 'territory', 'cohort'"
    answer = access.ask(text, **{**given, **variables})
    assert [(error["message"], error["extensions"]["code"]) for error in answer["errors"]] == [
        (known, "BAD_USER_INPUT")
    ]
    assert "data" not in answer


def test_parts_of_words_and_no_word_may_be_asked_for(api: Api) -> None:
    found = api.as_("market_access").data(
        """{ some: accessFrictions(product: "OWN-1", where: {level: {contains: "la"}}) { totalCount }
          none: accessFrictions(product: "OWN-1", where: {level: {eq: null}}) { totalCount } }"""
    )
    assert found == {"some": {"totalCount": 3}, "none": {"totalCount": 0}}
