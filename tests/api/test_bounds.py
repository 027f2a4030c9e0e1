"""What is small to ask and large to answer is refused before it costs anybody anything."""

import functools
import gc
import time

import pytest
from graphql import get_introspection_query

from api.documents import Documents, coerce_variables
from api.errors import TooCostly
from api.limits import check_cost
from api.permissions import PermissionSet
from graph.governance import load_policy

BY_WHERE = "query ($where: HcpWhere) { hcps(where: $where) { totalCount } }"
CPU_SECONDS = 0.2  # several times what a refusal takes, and a tenth of what these cost without limits


@pytest.fixture(scope="module")
def permissions() -> PermissionSet:
    found = PermissionSet(load_policy(), "field_rep", "field_engagement")
    _ = found.schema
    return found


def plan(permissions: PermissionSet, document: str, **variables: object) -> str | None:
    """The statement of a document, if it is not refused."""
    documents = Documents()
    accepted = documents.accept(permissions, document)
    operation = accepted.operation(None)
    coerced = coerce_variables(permissions, operation, variables)
    assert accepted.document is not None
    check_cost(permissions.schema, accepted.document, operation, coerced)
    return documents.plan(permissions, accepted, operation, coerced).text


def aliased(field: str, times: int) -> str:
    return "{" + " ".join(f"a{index}: {field}" for index in range(times)) + "}"


def test_the_standard_introspection_query_is_answered(permissions: PermissionSet) -> None:
    asked = get_introspection_query(
        input_value_deprecation=True, directive_is_repeatable=True, specified_by_url=True, schema_description=True
    )
    assert plan(permissions, asked) is None


@pytest.mark.parametrize(
    "document",
    [
        aliased("__schema { types { name fields { name args { name } } } }", 30),
        "{ __schema " + aliased("types { name fields { name args { name } } }", 30) + " }",
        aliased(
            '__type(name: "Hcp") { fields { type { fields { args { name type { name kind description } } } } } }', 30
        ),
        "{ ...R } fragment R on Query { ...S } fragment S on Query "
        + aliased("__schema { types { ...T } }", 30)
        + " fragment T on __Type { name fields { name args { name } } }",
    ],
    ids=["roots", "below one root", "by name", "fragments"],
)
def test_introspection_again_and_again_is_refused(permissions: PermissionSet, document: str) -> None:
    with pytest.raises(TooCostly, match="introspection may return"):
        plan(permissions, document)


@pytest.mark.parametrize(
    ("document", "variables"),
    [
        (aliased('accessFrictions(product: "p", first: 1) { totalCount }', 60), {}),
        (
            "{ hcps(first: 1) { edges { node "
            + aliased("peers(first: 1) { hcp { territories(first: 1) { id } } }", 59)
            + " } } }",
            {},
        ),
        (aliased("hcps(first: 1) { totalCount }", 60), {}),
        (BY_WHERE, {"where": {"OR": [{"state": {"eq": "OH"}}] * 101}}),
        (BY_WHERE, {"where": {"OR": [{}] * 40_000}}),
        (BY_WHERE, {"where": {"npi": {"in": ["1"] * 10_001}}}),
        (BY_WHERE, {"where": {"npi": {"eq": "1" * 2_001}}}),
        (BY_WHERE, {"where": functools.reduce(lambda below, _: {"NOT": below}, range(16), {})}),
        (BY_WHERE, {"where": {"AND": [{"affiliations": {"some": {"name": {"eq": "A"}}}}] * 60}}),
        ("{ hcps(where: " + "{NOT: " * 120 + "{}" + "}" * 120 + ") { totalCount } }", {}),
    ],
    ids=[
        "connections",
        "links",
        "counts",
        "conditions",
        "empty conditions",
        "values",
        "long text",
        "deep",
        "related conditions",
        "negations",
    ],
)
def test_a_statement_that_would_take_long_to_plan_is_refused(
    permissions: PermissionSet, document: str, variables: dict[str, object]
) -> None:
    gc.collect()
    gc.disable()  # the garbage of other tests is not what is measured
    try:
        started = time.process_time()
        with pytest.raises(TooCostly):
            plan(permissions, document, **variables)
        assert time.process_time() - started < CPU_SECONDS
    finally:
        gc.enable()


def test_many_values_in_one_condition_are_fine(permissions: PermissionSet) -> None:
    found = plan(permissions, BY_WHERE, where={"npi": {"in": [str(number) for number in range(5_000)]}})
    assert found is not None
    assert "IN $p0" in found
