"""Formulary editions on a real Neo4j: which rules a plan carries."""

from collections.abc import Callable
from typing import Any

from graph.ingest.report import RefreshReport
from graph.store import Store
from tests.graph.conftest import DRUG_COLUMNS, NDC

Run = Callable[..., RefreshReport]


def edition(deliveries: Any, date: str, formulary: str, *authorized: tuple[str, str]) -> None:
    """One edition in which the plan names ``formulary``; each rule is (formulary, prior authorization)."""
    compact = date.replace("-", "")
    plan = f"H0001|001|000|Blue Payer|Plan One|{formulary}|10.00|0.00|||CT|09001|0|N"
    deliveries.formulary(date, compact, [], [plan])
    rows = [f"{name}|1|{compact[:4]}|900001|{NDC}|3|N|||{asked}|N" for name, asked in authorized]
    deliveries.add(
        date,
        f"formulary/{compact}/basic drugs formulary file  PPUF_{compact[:4]}M.txt",
        "\n".join([DRUG_COLUMNS, *rows]) + "\n",
    )


def rules(store: Store) -> list[tuple[str, bool, str | None]]:
    rows = store.read(
        "MATCH (:Plan)-[:HAS_POLICY]->(p:CoveragePolicy) RETURN p.formularyId AS formulary, "
        "p.priorAuthorization AS asked, toString(p.effectiveTo) AS until ORDER BY p.effectiveFrom, formulary"
    )
    return [(row["formulary"], row["asked"], row["until"]) for row in rows]


def test_a_plan_that_moves_to_another_formulary_leaves_the_old_rules(
    deliveries: Any, run: Run, neo4j_empty: Store
) -> None:
    # given: rules of two formularies, and a plan that carries the first
    deliveries.products("2025-01-01")
    edition(deliveries, "2025-01-01", "F1", ("F1", "Y"), ("F2", "N"))
    run()
    assert rules(neo4j_empty) == [("F1", True, None)]

    # when it moves, and both rules stay as they are
    edition(deliveries, "2025-02-01", "F2", ("F1", "Y"), ("F2", "N"))
    run()

    # then only those of its formulary are in force for it
    assert rules(neo4j_empty) == [("F2", False, None)]


def test_a_rule_that_changes_stays_with_the_plan_as_the_past_one(deliveries: Any, run: Run, neo4j_empty: Store) -> None:
    # given
    deliveries.products("2025-01-01")
    edition(deliveries, "2025-01-01", "F1", ("F1", "N"))

    # when
    edition(deliveries, "2025-02-01", "F1", ("F1", "Y"))
    run()

    # then
    assert rules(neo4j_empty) == [("F1", False, "2025-02-01"), ("F1", True, None)]
