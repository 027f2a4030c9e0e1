"""The refresh job end to end on a real Neo4j, with hand-typed deliveries."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from graph.errors import SourceError
from graph.ingest.report import RefreshReport
from graph.settings import Settings
from graph.store import Store
from tests.graph.registry import ANNA, BERT, CARA, everything, one, person, put_aside

Run = Callable[..., RefreshReport]


def test_the_same_delivery_twice_changes_nothing(deliveries: Any, run: Run, neo4j_empty: Store) -> None:
    # given
    deliveries.nppes("2025-01-01", person(ANNA), person(BERT))
    first = run()
    before = everything(neo4j_empty)

    # when
    second = run()

    # then
    assert first.write_transactions == 1
    assert second.write_transactions == 0
    assert [(one.inserted, one.updated, one.tombstoned) for one in second.sources] == [(0, 0, 0)]
    assert (second.run, second.published_seq) == (first.run, first.published_seq)
    assert everything(neo4j_empty) == before


def test_bad_rows_are_put_aside_and_the_rest_lands(
    deliveries: Any, run: Run, neo4j_empty: Store, neo4j_settings: Settings
) -> None:
    # given
    deliveries.nppes(
        "2025-01-01",
        person(ANNA),
        person("1234567890"),
        person(BERT, **{"Provider Enumeration Date": "2005-05-23"}),
        person(CARA),
    )

    # when
    report = run()

    # then
    (source,) = report.sources
    assert (source.rows_in, source.rows_loaded, source.rows_quarantined) == (4, 2, 2)
    file = "2025-01-01/nppes/npidata_pfile_20050523-20250101.csv"
    assert put_aside(neo4j_settings) == [
        (file, 3, "npi", "is not a valid NPI", "1234567890"),
        (file, 4, "enumerated_on", "is not a date (%m/%d/%Y)", "2005-05-23"),
    ]
    assert [row["npi"] for row in neo4j_empty.read("MATCH (n:HCP) RETURN n.npi AS npi ORDER BY npi")] == [ANNA, CARA]


def test_a_missing_column_is_named_and_holds_the_source(deliveries: Any, run: Run, neo4j_empty: Store) -> None:
    # given
    deliveries.add("2025-01-01", "pdrp/pdrp.csv", "npi,since\n1234567893,2025-01-01\n")

    # when
    with pytest.raises(SourceError, match=r"'pdrp/pdrp.csv' has no column 'opt_out_date'") as caught:
        run()

    # then
    assert caught.value.exit_code == 40
    assert everything(neo4j_empty) == []


def test_an_unknown_identifier_is_put_aside_until_it_is_known(
    deliveries: Any, run: Run, neo4j_empty: Store, neo4j_settings: Settings
) -> None:
    # given
    deliveries.nppes("2025-01-01", person(ANNA))
    pairs = f"{ANNA},{BERT},30,20,4\n{ANNA},{CARA},30,10,4\n"
    deliveries.add("2025-01-01", "shared_patients/physician-shared-patient-patterns-2023-days180.txt", pairs)

    # when
    first = run()

    # then
    assert [(one.name, one.rows_in, one.rows_quarantined) for one in first.sources if one.name != "nppes"] == [
        ("shared_patients", 2, 2)
    ]
    file = "2025-01-01/shared_patients/physician-shared-patient-patterns-2023-days180.txt"
    assert put_aside(neo4j_settings) == [
        (file, 1, "npi_2", "is not known as npi", BERT),
        (file, 2, "patients", "is below 11", "10"),
    ]

    # when the registry delivers the missing person
    deliveries.nppes("2025-01-08", person(BERT))
    run()

    # then
    edge = one(
        neo4j_empty, "MATCH (:HCP {npi: $a})-[r:SHARES_PATIENTS]->(:HCP {npi: $b}) RETURN r {.*} AS r", a=ANNA, b=BERT
    )
    assert (edge["r"]["year"], edge["r"]["patients"], edge["r"]["knownAt"].iso_format()) == (2023, 20, "2024-01-01")
    assert put_aside(neo4j_settings) == [(file, 2, "patients", "is below 11", "10")]


def test_deliveries_out_of_order_end_alike(deliveries: Any, run: Run, neo4j_empty: Store) -> None:
    # given: the newer file is applied first
    deliveries.nppes("2025-01-08", person(ANNA, city="NEWTOWN"), person(BERT))
    run()

    # when the older one arrives
    deliveries.nppes("2025-01-01", person(ANNA, city="OLDTOWN"), person(CARA))
    run()

    # then
    rows = neo4j_empty.read("MATCH (n:HCP) RETURN n.npi AS npi, n.city AS city ORDER BY npi")
    assert rows == [
        {"npi": ANNA, "city": "NEWTOWN"},
        {"npi": BERT, "city": "SPRINGFIELD"},
        {"npi": CARA, "city": "SPRINGFIELD"},
    ]


def test_only_the_named_source_is_taken(deliveries: Any, run: Run, neo4j_empty: Store, tmp_path: Path) -> None:
    # given
    deliveries.nppes("2025-01-01", person(ANNA))
    deliveries.products("2025-01-01")

    # when
    report = run(sources=["products"])

    # then
    assert [one.name for one in report.sources] == ["products"]
    assert neo4j_empty.read("MATCH (n:HCP) RETURN count(n) AS n") == [{"n": 0}]
    with pytest.raises(SourceError, match="no source is called 'prodcuts'"):
        run(sources=["prodcuts"])


def test_the_report_has_exactly_the_promised_keys(deliveries: Any, run: Run) -> None:
    # given
    deliveries.nppes("2025-01-01", person(ANNA))

    # when
    data = run().to_json()

    # then
    assert list(data) == ["run", "published_seq", "seconds", "write_transactions", "sources"]
    assert list(data["sources"][0]) == [
        "name", "data_time", "rows_in", "rows_loaded", "rows_quarantined", "inserted", "updated", "unchanged",
        "tombstoned", "state", "reason", "warnings",
    ]  # fmt: skip
