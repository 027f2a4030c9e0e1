"""A source that cannot be used is held: the others go on, and what it said before stands."""

from collections.abc import Callable
from typing import Any

import pytest

from graph.errors import SourceError
from graph.ingest import claiming
from graph.ingest.report import RefreshReport
from graph.settings import Settings
from graph.sources import Mapping
from graph.store import Store
from tests.graph.registry import ANNA, BERT, everything, one, person, put_aside

Run = Callable[..., RefreshReport]
OPT_OUTS = "pdrp/pdrp.csv"


def states(report: RefreshReport) -> dict[str, str]:
    return {source.name: source.state for source in report.sources}


def test_a_broken_file_holds_its_source_and_no_other(deliveries: Any, run: Run, neo4j_empty: Store) -> None:
    # given
    deliveries.nppes("2025-01-01", person(ANNA))
    deliveries.add("2025-01-01", OPT_OUTS, f"npi,opt_out_date\n{ANNA},2024-06-01\n")
    run()
    deliveries.nppes("2025-01-08", person(ANNA), person(BERT))
    broken = deliveries.add("2025-01-08", OPT_OUTS, f"npi,since\n{BERT},2025-01-02\n")

    # when
    report = run()

    # then
    assert states(report) == {"nppes": "loaded", "pdrp": "held"}
    assert report.strict_exit == 40
    (held,) = report.held
    assert held.reason == "file 'pdrp/pdrp.csv' has no column 'opt_out_date': the source is held until it has"
    rows = neo4j_empty.read("MATCH (n:HCP) RETURN n.npi AS npi, toString(n.optedOutOn) AS out ORDER BY npi")
    assert rows == [{"npi": ANNA, "out": "2024-06-01"}, {"npi": BERT, "out": None}]

    # when nothing was mended
    again = run()

    # then it is still said, and nothing is written
    assert (states(again), again.write_transactions) == ({"nppes": "unchanged", "pdrp": "held"}, 0)

    # when the file is mended
    broken.write_text(f"npi,opt_out_date\n{BERT},2025-01-02\n")
    mended = run()

    # then
    assert states(mended) == {"nppes": "unchanged", "pdrp": "loaded"}
    assert one(neo4j_empty, "MATCH (n:HCP {npi: $npi}) RETURN toString(n.optedOutOn) AS out", npi=BERT) == {
        "out": "2025-01-02"
    }


def test_a_later_delivery_of_a_held_source_applies(deliveries: Any, run: Run, neo4j_empty: Store) -> None:
    # given
    deliveries.nppes("2025-01-01", person(ANNA), person(BERT))
    deliveries.add("2025-01-01", OPT_OUTS, f"npi,since\n{ANNA},2024-06-01\n")
    deliveries.add("2025-01-08", OPT_OUTS, f"npi,opt_out_date\n{BERT},2025-01-02\n")

    # when
    report = run()

    # then
    assert states(report) == {"nppes": "loaded", "pdrp": "held"}
    rows = neo4j_empty.read("MATCH (n:HCP) RETURN n.npi AS npi, toString(n.optedOutOn) AS out ORDER BY npi")
    assert rows == [{"npi": ANNA, "out": None}, {"npi": BERT, "out": "2025-01-02"}]


def test_a_wrong_checksum_and_a_missing_file_hold_their_sources(deliveries: Any, run: Run, neo4j_empty: Store) -> None:
    # given
    deliveries.nppes("2025-01-01", person(ANNA))
    deliveries.add("2025-01-01", OPT_OUTS, f"npi,opt_out_date\n{ANNA},2024-06-01\n")
    deliveries.products("2025-01-01")
    deliveries.manifest("2025-01-01")
    (deliveries.folder / "2025-01-01" / OPT_OUTS).write_text(f"npi,opt_out_date\n{ANNA},2024-07-01\n")
    (deliveries.folder / "2025-01-01" / "products" / "products.csv").unlink()

    # when
    report = run()

    # then
    assert states(report) == {"nppes": "loaded", "pdrp": "held", "products": "held"}
    reasons = {source.name: source.reason for source in report.held}
    assert "its manifest says" in str(reasons["pdrp"])
    assert reasons["products"] == (
        "delivery '2025-01-01' lacks 'products/products.csv' that its manifest lists: deliver it again"
    )
    assert one(neo4j_empty, "MATCH (n:HCP) RETURN n.npi AS npi, n.optedOutOn AS out") == {"npi": ANNA, "out": None}


def test_a_source_whose_claims_fail_leaves_no_trace(
    deliveries: Any, run: Run, neo4j_empty: Store, neo4j_settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    # given: products that are known, and new ones whose claims fail after they have taught identifiers
    deliveries.products("2025-01-01")
    run()
    before = everything(neo4j_empty)
    write_claims = claiming.write_claims

    def failing(connection: Any, mapping: Mapping, *given: Any, **more: Any) -> Any:
        counts = write_claims(connection, mapping, *given, **more)
        if mapping.name == "products":
            raise SourceError("no good")
        return counts

    path = deliveries.folder / "2025-01-08" / "products" / "products.csv"
    path.parent.mkdir(parents=True)
    text = (deliveries.folder / "2025-01-01" / "products" / "products.csv").read_text()
    path.write_text(text.replace("PRD-2", "PRD-3").replace("Avela", "Novela"))
    deliveries.add("2025-01-08", OPT_OUTS, f"npi,opt_out_date\n{ANNA},2024-06-01\n")

    # when
    with monkeypatch.context() as patch:
        patch.setattr(claiming, "write_claims", failing)
        report = run()

    # then
    assert states(report) == {"products": "held", "pdrp": "loaded"}
    assert everything(neo4j_empty) == before
    assert [row[3] for row in put_aside(neo4j_settings)] == ["is not known as npi"]

    # when it works again
    run()

    # then
    assert neo4j_empty.read("MATCH (p:Product) RETURN p.brand AS brand ORDER BY brand") == [
        {"brand": "Bonda"},
        {"brand": "Novela"},
    ]


def test_what_a_held_source_said_before_finds_what_becomes_known(
    deliveries: Any, run: Run, neo4j_empty: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    # given an opt-out of somebody who is not known yet
    deliveries.nppes("2025-01-01", person(ANNA))
    deliveries.add("2025-01-01", OPT_OUTS, f"npi,opt_out_date\n{BERT},2024-06-01\n")
    run()
    write_claims = claiming.write_claims

    def failing(connection: Any, mapping: Mapping, *given: Any, **more: Any) -> Any:
        if mapping.name == "pdrp" and connection.execute("FROM opt_outs WHERE npi = $1", [ANNA]).fetchone():
            raise SourceError("no good")
        return write_claims(connection, mapping, *given, **more)

    # when the person becomes known with a delivery that holds the source
    deliveries.nppes("2025-01-08", person(ANNA), person(BERT))
    deliveries.add("2025-01-08", OPT_OUTS, f"npi,opt_out_date\n{ANNA},2024-06-01\n{BERT},2024-06-01\n")
    with monkeypatch.context() as patch:
        patch.setattr(claiming, "write_claims", failing)
        report = run()

    # then the opt-out counts all the same
    assert states(report) == {"nppes": "loaded", "pdrp": "held"}
    rows = neo4j_empty.read("MATCH (n:HCP) RETURN n.npi AS npi, toString(n.optedOutOn) AS out ORDER BY npi")
    assert rows == [{"npi": ANNA, "out": None}, {"npi": BERT, "out": "2024-06-01"}]


def test_when_nothing_can_be_used_the_refresh_fails(deliveries: Any, run: Run) -> None:
    # given
    deliveries.add("2025-01-01", OPT_OUTS, f"npi,since\n{ANNA},2024-06-01\n")

    # when, then
    with pytest.raises(SourceError, match=r"pdrp is held: file 'pdrp/pdrp\.csv' has no column"):
        run()
