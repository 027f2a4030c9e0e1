"""Feeds of public and company data on a real Neo4j: what of each becomes which node and relationship."""

from collections.abc import Callable
from typing import Any

from graph.ingest.report import RefreshReport
from graph.settings import Settings
from graph.store import Store
from tests.graph.registry import ANNA, BERT, CLINIC, one, person, put_aside

Run = Callable[..., RefreshReport]


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


def test_old_and_new_column_names_land_alike(deliveries: Any, run: Run, neo4j_empty: Store) -> None:
    # given
    deliveries.nppes("2025-01-01", person(ANNA, **{"Provider Sex Code": "F"}))
    deliveries.nppes("2025-01-08", person(BERT, **{"Provider Gender Code": "M"}), sex="Provider Gender Code")

    # when
    run()

    # then
    rows = neo4j_empty.read("MATCH (n:HCP) RETURN n.npi AS npi, n.sex AS sex ORDER BY npi")
    assert rows == [{"npi": ANNA, "sex": "F"}, {"npi": BERT, "sex": "M"}]


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
        deliveries.manifest(date)

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
