"""The refresh job end to end on a real Neo4j, with hand-typed deliveries."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from graph.errors import SourceError
from graph.ingest.engine import engine
from graph.ingest.quarantine import quarantined
from graph.ingest.report import RefreshReport
from graph.ingest.state import StateFolder
from graph.settings import Settings
from graph.store import Store

Run = Callable[..., RefreshReport]
ANNA, BERT, CARA, CLINIC = "1234567893", "1245319599", "1999000007", "1999000015"
NDC = "00001000101"


def put_aside(settings: Settings, source: str | None = None) -> list[tuple[Any, ...]]:
    folder = StateFolder(settings)
    with engine(settings) as connection:
        rows = quarantined(connection, settings.home, folder.committed, folder.load(), source)
    return [(row["file"], row["line"], row["column"], row["reason"], row["value"]) for row in rows]


def one(store: Store, text: str, **parameters: Any) -> dict[str, Any]:
    (row,) = store.read(text, **parameters)
    return row


def everything(store: Store) -> list[Any]:
    """All nodes and relationships but those of the ledger, in a form that can be compared."""
    nodes = store.read(
        "MATCH (n) WHERE NOT n:RefreshRun AND NOT n:Source AND NOT n:Sequence AND NOT n:Change "
        "RETURN labels(n)[0] AS label, n {.*} AS properties"
    )
    edges = store.read(
        "MATCH (a)-[r]->(b) WHERE NOT a:RefreshRun AND NOT a:Change "
        "RETURN type(r) AS type, coalesce(a.id, a.key) AS first, b.id AS second, r {.*} AS properties"
    )
    return sorted(repr(sorted(row.items(), key=str)) for row in nodes + edges)


def person(npi: str, **more: str) -> dict[str, str]:
    city = more.pop("city", "SPRINGFIELD")
    return {
        "NPI": npi, "Entity Type Code": "1", "Provider Last Name (Legal Name)": "NOVAK",
        "Provider Business Practice Location Address City Name": city, "Provider Enumeration Date": "05/23/2005",
        "Healthcare Provider Taxonomy Code_1": "207R00000X", "Healthcare Provider Primary Taxonomy Switch_1": "Y",
        **more,
    }  # fmt: skip


def test_people_and_organisations_of_the_registry(deliveries: Any, run: Run, neo4j_empty: Store) -> None:
    # given: primary taxonomy in slot 2, none at all, a reactivated and a deactivated person, masked values, a clinic
    deliveries.nppes(
        "2025-01-01",
        person(
            ANNA,
            **{
                "Healthcare Provider Primary Taxonomy Switch_1": "N",
                "Healthcare Provider Taxonomy Code_2": "207RC0000X",
                "Healthcare Provider Primary Taxonomy Switch_2": "Y",
                "NPI Deactivation Date": "01/02/2010",
                "NPI Reactivation Date": "02/03/2010",
                "Provider Sex Code": "F",
            },
        ),
        person(
            BERT,
            **{
                "Healthcare Provider Primary Taxonomy Switch_1": "N",
                "NPI Deactivation Date": "01/02/2010",
                "Provider First Name": "=========",
            },
        ),
        {
            "NPI": CLINIC, "Entity Type Code": "2",
            "Provider Organization Name (Legal Business Name)": 'THE ""OLD"" MILL, LLC',
            "Employer Identification Number (EIN)": "<UNAVAIL>", "Other Provider Identifier_3": "070001",
            "Other Provider Identifier Type Code_3": "06",
        },
    )  # fmt: skip

    # when
    report = run()

    # then
    (source,) = report.sources
    assert (source.rows_in, source.rows_loaded, source.rows_quarantined) == (3, 3, 0)
    anna = one(neo4j_empty, "MATCH (n:HCP {npi: $npi}) RETURN n {.*} AS n", npi=ANNA)["n"]
    assert anna["primaryTaxonomy"] == "207RC0000X"
    assert anna["taxonomies"] == ["207R00000X", "207RC0000X"]
    assert (anna["status"], anna["sex"], anna["knownAt"].iso_format()) == ("active", "F", "2005-05-23")
    bert = one(neo4j_empty, "MATCH (n:HCP {npi: $npi}) RETURN n {.*} AS n", npi=BERT)["n"]
    assert "primaryTaxonomy" not in bert
    assert "firstName" not in bert
    assert bert["status"] == "deactivated"
    clinic = one(neo4j_empty, "MATCH (:Identifier {key: 'ccn|070001'})-[:OF]->(n:Account) RETURN n {.*} AS n")["n"]
    assert (clinic["npi"], clinic["ccn"], clinic["name"]) == (CLINIC, "070001", 'THE "OLD" MILL, LLC')
    assert neo4j_empty.read(
        "MATCH (:HCP {npi: $npi})-[r:PRACTICES]->(s) RETURN s.code AS code, r.primary AS main ORDER BY code", npi=ANNA
    ) == [{"code": "207R00000X", "main": False}, {"code": "207RC0000X", "main": True}]


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


def test_old_and_new_column_names_land_alike(deliveries: Any, run: Run, neo4j_empty: Store) -> None:
    # given
    deliveries.nppes("2025-01-01", person(ANNA, **{"Provider Sex Code": "F"}))
    deliveries.nppes("2025-01-08", person(BERT, **{"Provider Gender Code": "M"}), sex="Provider Gender Code")

    # when
    run()

    # then
    rows = neo4j_empty.read("MATCH (n:HCP) RETURN n.npi AS npi, n.sex AS sex ORDER BY npi")
    assert rows == [{"npi": ANNA, "sex": "F"}, {"npi": BERT, "sex": "M"}]


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
    assert neo4j_empty.read("MATCH (n) RETURN count(n) AS n") == [{"n": 0}]


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


def test_alignment_moves_end_a_relationship_and_begin_one(deliveries: Any, run: Run, neo4j_empty: Store) -> None:
    # given
    deliveries.nppes("2025-01-01", person(ANNA))
    territories = "territory_id,name,level,parent_id\nR,Region,region,\nA,North,territory,R\nB,South,territory,R\n"
    reps = "user_id,name,role,territory_id,from,to,calls_per_week\nU1,Some One,rep,A,2024-01-01,,30\n"
    for date, rows in (
        ("2025-01-01", [f"{ANNA},A,2024-01-01,"]),
        ("2025-02-01", [f"{ANNA},A,2024-01-01,2025-01-20", f"{ANNA},B,2025-01-21,"]),
        ("2025-03-01", [f"{ANNA},A,2024-01-01,2025-01-20"]),
    ):
        deliveries.add(date, "alignment/territories.csv", territories)
        deliveries.add(date, "alignment/reps.csv", reps)
        deliveries.add(date, "alignment/hcp_territories.csv", "\n".join(["npi,territory_id,from,to", *rows]) + "\n")

    # when
    run()

    # then: the row that vanished from the last snapshot ends with it
    edges = neo4j_empty.read(
        "MATCH (:HCP)-[r:IN_TERRITORY]->(t) "
        "RETURN t.territoryId AS t, toString(r.from) AS since, toString(r.to) AS until ORDER BY t"
    )
    assert edges == [
        {"t": "A", "since": "2024-01-01", "until": "2025-01-20"},
        {"t": "B", "since": "2025-01-21", "until": "2025-03-01"},
    ]
    assert (
        one(neo4j_empty, "MATCH (:Rep)-[r:COVERS]->(:Territory)-[:PART_OF]->() RETURN r.to AS until")["until"] is None
    )


def test_opt_outs_reach_known_prescribers_only(
    deliveries: Any, run: Run, neo4j_empty: Store, neo4j_settings: Settings
) -> None:
    # given
    deliveries.nppes("2025-01-01", person(ANNA))
    deliveries.add("2025-01-01", "pdrp/pdrp.csv", f"npi,opt_out_date\n{ANNA},2024-06-01\n{BERT},2024-06-01\n")

    # when
    run()

    # then
    rows = neo4j_empty.read("MATCH (n:HCP) RETURN n.npi AS npi, toString(n.optedOutOn) AS since")
    assert rows == [{"npi": ANNA, "since": "2024-06-01"}]
    assert put_aside(neo4j_settings, "pdrp") == [("2025-01-01/pdrp/pdrp.csv", 3, "npi", "is not known as npi", BERT)]


def test_an_account_is_found_by_its_certification_number(deliveries: Any, run: Run, neo4j_empty: Store) -> None:
    # given
    clinic = {
        "NPI": CLINIC, "Entity Type Code": "2", "Provider Organization Name (Legal Business Name)": "MILL CLINIC",
        "Other Provider Identifier_1": "070001", "Other Provider Identifier Type Code_1": "06",
    }  # fmt: skip
    deliveries.nppes("2025-01-01", person(ANNA), clinic)
    header = (
        "npi,ind_pac_id,provider_last_name,provider_first_name,facility_type,"
        "facility_affiliations_certification_number,facility_type_certification_number\n"
    )
    rows = f"{ANNA},1,NOVAK,ANNA,Hospital,070001,\n{ANNA},1,NOVAK,ANNA,Hospital,070002,\n"
    deliveries.add("2025-01-01", "facility_affiliation/Facility_Affiliation.csv", header + rows)

    # when
    run()

    # then
    accounts = neo4j_empty.read(
        "MATCH (:HCP)-[:AFFILIATED_WITH]->(a:Account) RETURN a.ccn AS ccn, a.name AS name, a.kind AS kind ORDER BY ccn"
    )
    assert accounts == [
        {"ccn": "070001", "name": "MILL CLINIC", "kind": "Hospital"},
        {"ccn": "070002", "name": None, "kind": "Hospital"},
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
        "tombstoned",
    ]  # fmt: skip
