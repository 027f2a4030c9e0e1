"""Claims end to end: starts and their edges in the graph, and no person's identifier anywhere."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

from graph.identity.keys import person_key
from graph.identity.mint import token
from graph.ingest.report import RefreshReport
from graph.settings import Settings
from graph.store import Store

Run = Callable[..., RefreshReport]
NPI, NDC = "1234567893", "00001000101"
PLANTED = [f"PERSON-{number:03d}-ZQX" for number in range(40)]


def claim(number: int, who: str, written: str, kind: str = "paid", **more: str) -> str:
    fields = {"npi": NPI, "ndc": NDC, "day": written, "received": written, "codes": "", "written": written} | more
    return (
        f"CLAIM-{number:03d}-ZQX,1,{who},MEMBER-{who},Blue Payer,H0001-001-000,{fields['npi']},,{fields['written']},"
        f"{fields['day']},{fields['ndc']},30,30,5,0,{kind},{fields['codes']},10.00,,{fields['received']}"
    )


def registry(deliveries: Any) -> None:
    deliveries.nppes(
        "2025-03-01",
        {"NPI": NPI, "Entity Type Code": "1", "Provider Last Name (Legal Name)": "NOVAK"},
    )
    deliveries.products("2025-03-01")


def test_a_start_has_its_prescriber_person_plan_and_product(
    deliveries: Any, run: Run, neo4j_empty: Store, neo4j_settings: Settings
) -> None:
    # given
    registry(deliveries)
    lines = [claim(0, "OLD", "2024-01-01"), claim(1, PLANTED[0], "2024-08-01", "rejected", codes="75")]
    deliveries.claims("2025-03-01", *lines)

    # when
    report = run()

    # then
    (start,) = neo4j_empty.read(
        "MATCH (h:HCP)<-[:WRITTEN_BY]-(s:TherapyStart)-[:FOR]->(d:Product), (s)-[:FOR_PATIENT]->(p:Patient), "
        "(s)-[:COVERED_BY]->(n:Plan)<-[:OFFERS]-(y:Payer) RETURN h.npi AS npi, d.productId AS product, "
        "p.token AS token, n.planKey AS plan, y.name AS payer, "
        "toString(s.writtenOn) AS written, s.lastBarrier AS barrier"
    )
    _, key = person_key(neo4j_settings)
    assert start == {
        "npi": NPI,
        "product": "PRD-1",
        "token": token(key, "person_id", PLANTED[0]),
        "plan": "H0001-001-000",
        "payer": "Blue Payer",
        "written": "2024-08-01",
        "barrier": "PA",
    }
    assert neo4j_empty.read("MATCH (i:Identifier {system: 'start_key'}) RETURN count(i) AS n") == [{"n": 0}]
    (claims,) = [one for one in report.sources if one.name == "rx_claims"]
    assert (claims.rows_in, claims.rows_loaded, claims.data_time) == (2, 2, "2024-08-01")


def test_unknown_prescribers_and_products_are_put_aside_not_loaded(
    deliveries: Any, run: Run, neo4j_empty: Store
) -> None:
    # given
    registry(deliveries)
    deliveries.claims(
        "2025-03-01",
        claim(0, "OLD", "2024-01-01"),
        claim(1, "A", "2024-08-01", npi="2999000005"),
        claim(2, "B", "2024-08-01", ndc="99999999999"),
        claim(3, "C", "2024-08-01", received="2024-07-01"),
    )

    # when
    report = run()

    # then
    (claims,) = [one for one in report.sources if one.name == "rx_claims"]
    assert (claims.rows_in, claims.rows_loaded, claims.rows_quarantined) == (4, 1, 3)
    assert neo4j_empty.read("MATCH (s:TherapyStart) RETURN count(s) AS n") == [{"n": 0}]
    assert neo4j_empty.read("MATCH (p:Patient) RETURN count(p) AS n") == [{"n": 1}]


def test_planted_identifiers_are_found_nowhere(
    deliveries: Any, run: Run, neo4j_empty: Store, neo4j_settings: Settings
) -> None:
    # given: forty persons, in good lines, in lines that are put aside, and in one that cannot be read
    registry(deliveries)
    lines = [claim(100, "OLD", "2024-01-01")]
    lines += [claim(number, who, "2024-08-01") for number, who in enumerate(PLANTED[:30])]
    lines += [claim(number, who, "2024-08-01", ndc="99999999999") for number, who in enumerate(PLANTED[30:36], 30)]
    lines += [claim(36, PLANTED[36], "not a date"), claim(37, PLANTED[37], "2024-08-01", npi="1234567890")]
    lines += [f"{PLANTED[38]},1", claim(39, PLANTED[39], "2024-08-01", "unheard-of")]
    deliveries.claims("2025-03-01", *lines)

    # when
    report = run()

    # then
    (claims,) = [one for one in report.sources if one.name == "rx_claims"]
    assert (claims.rows_in, claims.rows_quarantined) == (41, 10)
    files = [path for path in neo4j_settings.home.rglob("*") if path.is_file()]
    assert len(files) > 20
    assert [path.name for path in files if _holds(path, b"ZQX")] == []
    texts = neo4j_empty.read(
        "MATCH (n) UNWIND keys(n) AS name WITH n[name] AS value WHERE value IS :: STRING AND value CONTAINS 'ZQX' "
        "RETURN count(*) AS found"
    )
    assert texts == [{"found": 0}]
    assert neo4j_empty.read("MATCH (p:Patient) RETURN count(p) AS n") == [{"n": 31}]


def _holds(path: Path, needle: bytes) -> bool:
    return needle in path.read_bytes()


def test_a_later_delivery_changes_only_what_its_lines_touch(deliveries: Any, run: Run, neo4j_empty: Store) -> None:
    # given
    registry(deliveries)
    deliveries.claims(
        "2025-03-01",
        claim(0, "OLD", "2024-01-01"),
        claim(1, "A", "2024-08-01"),
        claim(2, "B", "2024-08-01", "rejected"),
    )
    run()

    # when
    deliveries.claims("2025-03-08", claim(3, "B", "2024-08-01", day="2024-08-09", received="2025-03-05"))
    report = run()

    # then: one start changed, its month's count changed, and nothing else
    (claims,) = [one for one in report.sources if one.name == "rx_claims"]
    assert (claims.inserted, claims.updated, claims.tombstoned) == (0, 2, 0)
    starts = neo4j_empty.read(
        "MATCH (s:TherapyStart) RETURN toString(s.dispensedOn) AS day, toString(s.paidKnownAt) AS known ORDER BY day"
    )
    assert starts == [{"day": "2024-08-01", "known": "2024-08-01"}, {"day": "2024-08-09", "known": "2025-03-05"}]
