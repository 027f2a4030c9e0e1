"""A row that every contract accepts and only Neo4j refuses."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator

import pytest

from graph.ingest import poison
from graph.ingest.report import RefreshReport
from graph.settings import Settings
from graph.store import Store
from tests.faults.nights import npi
from tests.faults.situations import UNIQUE
from tests.graph.conftest import Deliveries
from tests.graph.registry import person, put_aside

Run = Callable[..., RefreshReport]
ROWS, WRONG = 60, 37


@pytest.fixture
def only_one_of_a_kind(neo4j_empty: Store) -> Iterator[None]:
    """Neo4j itself refuses two people with the same credential."""
    neo4j_empty.run_schema(UNIQUE)
    yield
    neo4j_empty.run_schema("DROP CONSTRAINT only_in_a_test")


def test_f15_a_row_that_neo4j_refuses_is_found_by_halving_and_put_aside(
    only_one_of_a_kind: None,
    deliveries: Deliveries,
    run: Run,
    neo4j_empty: Store,
    neo4j_settings: Settings,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    # given sixty people, one of whom has the words of another
    titles = [f"MD {number}" for number in range(ROWS)]
    titles[WRONG] = titles[3]
    deliveries.nppes(
        "2025-01-01", *(person(npi(at), **{"Provider Credential Text": title}) for at, title in enumerate(titles))
    )
    tried: list[bool] = []
    goes_through = poison._goes_through

    def counted(*given: object) -> bool:
        tried.append(goes_through(*given))  # type: ignore[arg-type]
        return tried[-1]

    monkeypatch.setattr(poison, "_goes_through", counted)

    # when
    report = run()

    # then one of the two is put aside, all others are there
    (source,) = report.sources
    assert (source.rows_in, source.rows_loaded, source.rows_quarantined) == (ROWS, ROWS - 1, 1)
    assert 0 < len(tried) <= math.ceil(math.log2(ROWS)) + 1
    ((_, line, _, reason, _),) = put_aside(neo4j_settings, "nppes")
    assert line in (WRONG + 2, 3 + 2)
    assert reason == "is refused by Neo4j"
    assert neo4j_empty.read("MATCH (n:HCP) RETURN count(n) AS n") == [{"n": ROWS - 1}]

    # when nothing new comes
    again = run()

    # then
    assert again.write_transactions == 0
