"""Every statement file on a real Neo4j: planned without a warning, read-only where it must be, and answered."""

from collections.abc import Callable, Iterator
from typing import Any

import neo4j
import pytest

from cypher import Statement, statements

ALL = statements()
READING = [one for one in ALL if one.name.startswith(("read/", "explore/"))]
HOT = [one for one in READING if one.name.startswith("read/") or {"npi", "planKey", "territory"} & {*one.parameters}]
"""What people wait for: statements of the API, and those that start at one entity."""
OWN_TRANSACTIONS = "IN TRANSACTIONS"
SCHEMA = "schema/"

Parameters = Callable[[Statement], dict[str, Any]]


def _names(found: list[Statement]) -> list[str]:
    return [one.name for one in found]


def _summary(driver: neo4j.Driver, text: str, given: dict[str, Any], mode: str) -> neo4j.ResultSummary:
    with driver.session(default_access_mode=mode) as session:
        return session.run(f"EXPLAIN {text}", given).consume()


def _operators(plan: dict[str, Any]) -> Iterator[str]:
    yield plan["operatorType"].partition("@")[0]
    for child in plan.get("children", []):
        yield from _operators(child)


@pytest.mark.parametrize("one", READING, ids=_names(READING))
def test_a_reading_statement_only_reads(driver: neo4j.Driver, parameters: Parameters, one: Statement) -> None:
    assert _summary(driver, one.text, parameters(one), neo4j.READ_ACCESS).query_type == "r"


@pytest.mark.parametrize("one", ALL, ids=_names(ALL))
def test_neo4j_plans_it_without_a_warning(driver: neo4j.Driver, parameters: Parameters, one: Statement) -> None:
    # when
    summary = _summary(driver, one.text, parameters(one), neo4j.WRITE_ACCESS)

    # then
    assert [note.status_description for note in summary.gql_status_objects if note.is_notification] == []


@pytest.mark.parametrize("one", ALL, ids=_names(ALL))
def test_no_plan_walks_over_all_nodes(driver: neo4j.Driver, parameters: Parameters, one: Statement) -> None:
    # given
    plan = _summary(driver, one.text, parameters(one), neo4j.WRITE_ACCESS).plan

    # then
    assert plan is None or "AllNodesScan" not in set(_operators(plan))


@pytest.mark.parametrize("one", HOT, ids=_names(HOT))
def test_a_hot_plan_has_no_cartesian_product(driver: neo4j.Driver, parameters: Parameters, one: Statement) -> None:
    # given
    plan = _summary(driver, one.text, parameters(one), neo4j.READ_ACCESS).plan

    # then
    assert plan is not None
    assert "CartesianProduct" not in set(_operators(plan))


@pytest.mark.parametrize("one", READING, ids=_names(READING))
def test_it_answers_on_the_sample_world_with_the_columns_it_names(
    driver: neo4j.Driver, parameters: Parameters, one: Statement
) -> None:
    # when
    with driver.session(default_access_mode=neo4j.READ_ACCESS) as session:
        result = session.run(one.text, parameters(one))  # type: ignore[arg-type]
        columns, rows = tuple(result.keys()), list(result)

    # then
    assert columns == one.returns
    assert rows != []
    if one.draws:
        assert all(isinstance(row["path"], neo4j.graph.Path) for row in rows)


WRITING = [
    one for one in ALL if one not in READING and OWN_TRANSACTIONS not in one.text and not one.name.startswith(SCHEMA)
]


@pytest.mark.parametrize("one", WRITING, ids=_names(WRITING))
def test_a_statement_of_the_machinery_runs_with_its_sample(
    driver: neo4j.Driver, parameters: Parameters, one: Statement
) -> None:
    # when: what it writes is rolled back
    with driver.session() as session, session.begin_transaction() as transaction:
        result = transaction.run(one.text, parameters(one))  # type: ignore[arg-type]
        columns = tuple(result.keys())
        result.consume()
        transaction.rollback()

    # then
    assert columns == one.returns
