"""Overrides of predictions, hand-typed: what was said on which day, what of it was corrected or taken back."""

from collections.abc import Callable
from typing import Any

import pytest

from graph.history.fingerprint import graph_fingerprint, state_fingerprint
from graph.ingest.engine import engine
from graph.ingest.report import RefreshReport
from graph.ingest.state import StateFolder
from graph.settings import Settings
from graph.store import Store
from tests.graph.registry import ANNA, BERT, CARA, everything, person, put_aside

Run = Callable[..., RefreshReport]
COLUMNS = "override_id,said_on,task,npi,product_id,plan,verdict,reason,role,model_version"
PLAN = "H0001-001-000"
ADOPTION = f"adoption,{ANNA},PRD-1,"
FRICTION = f"access_friction,{BERT},PRD-1,{PLAN}"
SAID = (
    "MATCH (h:HCP)<-[:ABOUT]-(o:Override)-[:FOR]->(p:Product) OPTIONAL MATCH (o)-[:UNDER]->(n:Plan) "
    "RETURN h.npi AS npi, p.productId AS product, n.planKey AS plan, o.task AS task, o.verdict AS verdict, "
    "o.reason AS reason, o.role AS role, toString(o.madeOn) AS made, toString(o.closesOn) AS closes, "
    "toString(o.endedOn) AS ended, o.modelVersion AS model ORDER BY made, npi"
)


@pytest.fixture(autouse=True)
def known(deliveries: Any) -> None:
    """Two HCPs, two products and a plan."""
    deliveries.nppes("2025-01-01", person(ANNA), person(BERT))
    deliveries.products("2025-01-01")
    deliveries.formulary("2025-01-01", "20241215", ["900001|00001000101|3|N|||Y|N"])


def said(deliveries: Any, date: str, *rows: str) -> None:
    name = f"reviews/prediction_overrides_{date.replace('-', '')}.csv"
    deliveries.add(date, name, "\n".join([COLUMNS, *rows]) + "\n")


def test_what_was_said_hangs_on_its_hcp_product_and_plan(deliveries: Any, run: Run, neo4j_empty: Store) -> None:
    # given
    said(
        deliveries,
        "2025-01-01",
        f"O1,2024-12-02,{ADOPTION},will_not_happen,RETIRED,field_rep,adoption-2024-11-30-0a1b2c",
        f"O2,2024-12-09,{FRICTION},will_happen,FORMULARY_DECISION,brand,",
    )

    # when
    run()
    before = everything(neo4j_empty)
    again = run()

    # then
    shared = {"product": "PRD-1", "ended": None}
    assert neo4j_empty.read(SAID) == [
        shared
        | {"npi": ANNA, "plan": None, "task": "adoption", "verdict": "will_not_happen", "reason": "RETIRED",
           "role": "field_rep", "made": "2024-12-02", "closes": "2025-03-03", "model": "adoption-2024-11-30-0a1b2c"},
        shared
        | {"npi": BERT, "plan": PLAN, "task": "access_friction", "verdict": "will_happen",
           "reason": "FORMULARY_DECISION", "role": "brand", "made": "2024-12-09", "closes": "2025-01-06",
           "model": None},
    ]  # fmt: skip
    assert (again.write_transactions, everything(neo4j_empty)) == (0, before)


def test_a_correction_ends_what_was_said_before_and_a_withdrawal_ends_it_without_another(
    deliveries: Any, run: Run, neo4j_empty: Store, neo4j_settings: Settings
) -> None:
    # given
    said(
        deliveries,
        "2025-01-01",
        f"O1,2024-12-02,{ADOPTION},will_happen,OTHER,brand,",
        f"O2,2024-12-02,{FRICTION},will_happen,OTHER,brand,",
        f"O3,2024-12-03,{FRICTION},will_happen,OTHER,brand,",
    )
    run()

    # when: the first turns round, the second is taken back, and the third was meant otherwise on the very day
    said(
        deliveries,
        "2025-01-08",
        f"O1,2025-01-06,{ADOPTION},will_not_happen,MOVED,brand,",
        f"O2,2025-01-07,{FRICTION},withdrawn,,,",
        f"O3,2024-12-03,{FRICTION},will_not_happen,OTHER,brand,",
    )
    run()

    # then
    rows = neo4j_empty.read(SAID)
    assert [(row["npi"], row["made"], row["verdict"], row["ended"]) for row in rows] == [
        (ANNA, "2024-12-02", "will_happen", "2025-01-06"),
        (BERT, "2024-12-02", "will_happen", "2025-01-07"),
        (BERT, "2024-12-03", "will_not_happen", None),
        (ANNA, "2025-01-06", "will_not_happen", None),
    ]
    with engine(neo4j_settings) as connection:
        assert graph_fingerprint(neo4j_empty) == state_fingerprint(connection, StateFolder(neo4j_settings).committed)


def test_what_cannot_be_meant_is_put_aside(
    deliveries: Any, run: Run, neo4j_empty: Store, neo4j_settings: Settings
) -> None:
    # given: rows that mean nothing or name nobody, and one that is as it should be
    good = "will_happen,OTHER,brand,"
    said(
        deliveries,
        "2025-01-01",
        f"O1,2024-12-02,{ADOPTION},maybe,OTHER,brand,",
        f"O2,2024-12-02,{ADOPTION},will_happen,BAD_MOOD,brand,",
        f"O3,2024-12-02,{ADOPTION},will_happen,OTHER,Dr. Anna Novak,",
        f"O4,2024-12-02,{ADOPTION},will_happen,,brand,",
        f"O5,2024-12-02,{ADOPTION},will_happen,OTHER,,",
        f"O6,2024-12-02,{ADOPTION}{PLAN},{good}",
        f"O7,2024-12-02,access_friction,{ANNA},PRD-1,,{good}",
        f"O8,2024-12-02,{ADOPTION},{good}the newest one",
        f"O9,2024-12-02,influence,{ANNA},PRD-1,,{good}",
        f"O10,2024-12-02,adoption,{CARA},PRD-1,,{good}",
        f"O11,2024-12-02,adoption,{ANNA},PRD-9,,{good}",
        f"O12,2024-12-02,access_friction,{ANNA},PRD-1,H9999-001-000,{good}",
        f"O13,2025-02-30,{ADOPTION},{good}",
        f"O14,2024-12-02,{ADOPTION},{good}",
    )

    # when
    run()

    # then: of what broke the contract no value is told, because somebody typed a name where a role belongs
    aside = put_aside(neo4j_settings, "prediction_overrides")
    assert {value for *_, reason, value in aside if not reason.startswith("is not known as")} == {None}
    assert sorted((line, column, reason) for _, line, column, reason, _ in aside) == [
        (2, "verdict", "is not one of will_happen, will_not_happen, withdrawn"),
        (3, "reason", "is not one of RETIRED, MOVED, FORMULARY_DECISION, PATIENT_MIX, SAFETY_CONCERN, OTHER"),
        (4, "role", "is not one of brand, field_rep, data_science"),
        (5, None, "gives no reason"),
        (6, None, "names no role"),
        (7, None, "names a plan, which adoption does not depend on"),
        (8, None, "names no plan, which access friction is about"),
        (9, None, "names no version of a model"),
        (10, "task", "is not one of access_friction, adoption"),
        (11, "npi", "is not known as npi"),
        (12, "product_id", "is not known as product_id"),
        (13, "plan", "is not known as plan_key"),
        (14, "said_on", "is not a date (%Y-%m-%d)"),
    ]
    assert [(row["npi"], row["verdict"]) for row in neo4j_empty.read(SAID)] == [(ANNA, "will_happen")]
