"""Public feeds on a real Neo4j: formulary editions as they are published, and payments that meet known products."""

import io
import zipfile
from collections.abc import Callable
from typing import Any

from cypher import statements
from graph.ingest.report import RefreshReport
from graph.settings import Settings
from graph.store import Store
from tests.graph.conftest import DRUG_COLUMNS, NDC, OTHER_NDC, PLAN_COLUMNS
from tests.graph.registry import BERT, CARA, put_aside

Run = Callable[..., RefreshReport]
EXCLUDED_COLUMNS = (
    "CONTRACT_ID|PLAN_ID|RXCUI|TIER|QUANTITY_LIMIT_YN|QUANTITY_LIMIT_AMOUNT|QUANTITY_LIMIT_DAYS|PRIOR_AUTH_YN|"
    "STEP_THERAPY_YN|CAPPED_BENEFIT_YN"
)
PAYMENT_COLUMNS = [
    "Change_Type", "Covered_Recipient_Type", "Teaching_Hospital_CCN", "Teaching_Hospital_Name",
    "Covered_Recipient_Profile_ID", "Covered_Recipient_NPI", "Covered_Recipient_First_Name",
    "Covered_Recipient_Last_Name", "Recipient_City", "Recipient_State", "Covered_Recipient_Specialty_1",
    "Applicable_Manufacturer_or_Applicable_GPO_Making_Payment_Name", "Total_Amount_of_Payment_USDollars",
    "Date_of_Payment", "Form_of_Payment_or_Transfer_of_Value", "Nature_of_Payment_or_Transfer_of_Value", "Record_ID",
    "Dispute_Status_for_Publication",
    *[f"{name}_{slot}" for slot in range(1, 6) for name in (
        "Covered_or_Noncovered_Indicator", "Name_of_Drug_or_Biological_or_Device_or_Medical_Supply",
        "Associated_Drug_or_Biological_NDC")],
    "Program_Year", "Payment_Publication_Date",
]  # fmt: skip
OLD_NAMES = {
    "Covered_Recipient_Profile_ID": "Physician_Profile_ID",
    "Covered_Recipient_First_Name": "Physician_First_Name",
    "Covered_Recipient_Last_Name": "Physician_Last_Name",
    "Covered_Recipient_Specialty_1": "Physician_Specialty",
} | {
    f"{new}_{slot}": f"{old}{slot}"
    for slot in range(1, 6)
    for new, old in (
        ("Name_of_Drug_or_Biological_or_Device_or_Medical_Supply", "Name_of_Associated_Covered_Drug_or_Biological"),
        ("Associated_Drug_or_Biological_NDC", "NDC_of_Associated_Covered_Drug_or_Biological"),
    )
}


def packed(files: dict[str, bytes]) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return buffer.getvalue()


def edition(deliveries: Any, date: str, *drugs: str, excluded: str = "H0001|001|900002|2|N|||Y|N|N") -> None:
    """One zip with the zips of an edition: double spaces, a latin-1 plan file, one row per county, a sample twin."""
    compact = date.replace("-", "")
    plan = "H0001|001|000|Peña Salud|Plan Uno|F1|10.00|0.00|||CT|{}|0|N"
    drug_columns = DRUG_COLUMNS + "|SELECTED_DRUG_YN" if compact >= "20260101" else DRUG_COLUMNS
    texts = {
        "plan information": "\n".join([PLAN_COLUMNS, plan.format("09001"), plan.format("09003")]),
        "basic drugs formulary file": "\n".join([drug_columns, *drugs]),
        "Excluded Drugs Formulary File": "\n".join([EXCLUDED_COLUMNS, excluded]),
        "pricing file": "of no use\n",
    }
    inner = {
        f"{name}  PPUF_X.zip": packed({f"{name}  PPUF_X.txt": (text + "\n").encode("latin-1")})
        for name, text in texts.items()
    }
    sample = {"basic drugs formulary file sample  PPUF_X.zip": packed({
        "basic drugs formulary file sample  PPUF_X.txt": b"not|a|formulary\n"})}  # fmt: skip
    path = deliveries.folder / date / f"SPUF_{compact[:4]}_{compact}.zip"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(packed(inner | sample))


def rules(store: Store) -> list[tuple[Any, ...]]:
    rows = store.read(
        "MATCH (:Payer)-[:OFFERS]->(plan:Plan)-[:HAS_POLICY]->(p:CoveragePolicy)-[:FOR]->(product:Product) "
        "RETURN product.brand AS brand, p.tier AS tier, p.priorAuthorization AS asked, "
        "toString(p.effectiveFrom) AS since, toString(p.effectiveTo) AS until ORDER BY brand, since"
    )
    return [tuple(row.values()) for row in rows]


def test_formulary_editions_as_they_are_published(deliveries: Any, run: Run, neo4j_empty: Store) -> None:
    # given: spaces around a code; an edition of 2026 has one column more
    deliveries.products("2025-01-01")
    edition(deliveries, "2025-12-01", f"F1|1|2025| 900001 |{NDC}|3|N|||N|N")
    edition(deliveries, "2026-01-01", f"F1|1|2026|900001|{NDC}|3|N|||Y|N|N")

    # when
    report = run()
    again = run()

    # then: one plan for two counties, its accent, the drug that Part D excludes under its own column's name
    assert neo4j_empty.read("MATCH (p:Payer)-[:OFFERS]->(plan) RETURN p.name AS name, plan.name AS plan") == [
        {"name": "Peña Salud", "plan": "Plan Uno"}
    ]
    assert rules(neo4j_empty) == [
        ("Avela", 3, False, "2025-12-01", "2026-01-01"),
        ("Avela", 3, True, "2026-01-01", None),
        ("Bonda", 2, True, "2025-12-01", None),
    ]
    counted = [(one.rows_in, one.rows_quarantined) for one in report.sources if one.name == "formulary"]
    assert counted == [(8, 0)]
    assert again.write_transactions == 0


def test_a_broken_archive_holds_its_source_alone(deliveries: Any, run: Run, neo4j_empty: Store) -> None:
    # given
    deliveries.products("2025-01-01")
    edition(deliveries, "2025-01-01", f"F1|1|2025|900001|{NDC}|3|N|||N|N")
    path = deliveries.folder / "2025-01-01" / "SPUF_2025_20250101.zip"
    path.write_bytes(path.read_bytes()[:-40])

    # when
    report = run()

    # then
    assert {one.name: one.state for one in report.sources} == {"products": "loaded", "formulary": "held"}
    held = next(one for one in report.sources if one.name == "formulary")
    assert held.reason is not None
    assert "archive 'SPUF_2025_20250101.zip' cannot be opened (BadZipFile): deliver it again" in held.reason
    assert neo4j_empty.read("MATCH (p:Product) RETURN count(p) AS n") == [{"n": 2}]

    # when it is delivered again whole, then it is taken
    edition(deliveries, "2025-01-01", f"F1|1|2025|900001|{NDC}|3|N|||N|N")
    run()
    assert rules(neo4j_empty)[0] == ("Avela", 3, False, "2025-01-01", None)


def test_what_part_d_withholds_is_an_interval_and_never_zero(deliveries: Any, run: Run, neo4j_empty: Store) -> None:
    # given: two prescribers of 2014 by drug, a blank of 2021, a product that no file names
    deliveries.products("2025-01-01")
    matrix = [
        "NPI,Gender,State,Credentials,Specialty,AVELA,BONDA.XR",
        f"{BERT},M,CT,MD,X,40,0",
        f"{CARA},F,CT,MD,X,0,0",
    ]
    deliveries.add("2025-01-01", "prescriber_info_2014.csv", "\n".join(matrix) + "\n")
    header = (
        "Prscrbr_NPI,Prscrbr_Last_Org_Name,Prscrbr_First_Name,Prscrbr_City,Prscrbr_State_Abrvtn,Prscrbr_Type,"
        "Brnd_Name,Gnrc_Name,Tot_Clms,Tot_Benes,GE65_Sprsn_Flag,GE65_Tot_Clms"
    )
    year = [header, f"{BERT},N,B,S,CT,X,Bonda,bondimab,,,,"]
    deliveries.add("2025-01-01", "MUP_DPR_RY23_P04_V10_DY21_NPIBN.csv", "\n".join(year) + "\n")

    # when
    run()

    # then
    (claims,) = [one for one in statements() if one.name == "explore/part_d_claims"]
    found = {}
    for npi, when in ((BERT, 2014), (BERT, 2021), (CARA, 2014)):
        rows = neo4j_empty.read(claims.text, npi=npi, year=when, limit=25)
        found[npi, when] = {row["brand"]: (row["claims"], row["low"], row["high"]) for row in rows}
    assert found == {
        (BERT, 2014): {"Avela": (40, 40, 40), "Bonda": (None, 0, 10)},
        (BERT, 2021): {"Avela": (None, 0, 10), "Bonda": (None, 1, 10)},
        # nothing is named: whether the year lacks the prescriber cannot be told apart
        (CARA, 2014): {"Avela": (None, None, None), "Bonda": (None, None, None)},
    }


def payment(record: str, **given: str) -> dict[str, str]:
    return {
        "Covered_Recipient_Type": "Covered Recipient Physician", "Total_Amount_of_Payment_USDollars": "12.50",
        "Date_of_Payment": "03/02/2023", "Record_ID": record, "Program_Year": "2023",
        "Dispute_Status_for_Publication": "No", "Payment_Publication_Date": "06/30/2024",
        "Covered_Recipient_NPI": BERT, "Covered_Recipient_Profile_ID": "777", "Covered_Recipient_Last_Name": "NOVAK",
    } | given  # fmt: skip


def payments(*rows: dict[str, str], names: dict[str, str] | None = None, lower: bool = False) -> str:
    columns = [one for one in PAYMENT_COLUMNS if names is None or one != "Covered_Recipient_NPI"]
    header = [(names or {}).get(one, one) for one in columns]
    lines = [",".join(header).lower() if lower else ",".join(header)]
    lines += [",".join(f'"{row.get(one, "")}"' for one in columns) for row in rows]
    return "\n".join(lines) + "\n"


SLOT = "Name_of_Drug_or_Biological_or_Device_or_Medical_Supply_{}"
NDC_SLOT = "Associated_Drug_or_Biological_NDC_{}"


def test_payments_meet_products_in_any_slot(deliveries: Any, run: Run, neo4j_empty: Store) -> None:
    # given: by name in the fifth slot, by package code in the third, twice the same, and one nobody knows
    deliveries.products("2025-01-01")
    rows = [
        payment("1", **{SLOT.format(1): "Unheard", SLOT.format(5): "avela"}),
        payment("2", **{SLOT.format(2): "Other", NDC_SLOT.format(3): "00002-0002-01"}),
        payment("3", **{SLOT.format(1): "AVELA", NDC_SLOT.format(2): NDC}),
        payment("4", **{SLOT.format(1): "Unheard"}),
    ]
    deliveries.add("2025-01-01", "OP_DTL_GNRL_PGYR2023_P06302024.csv", payments(*rows))

    # when
    run()
    again = run()

    # then
    found = neo4j_empty.read(
        "MATCH (:HCP {npi: $npi})-[:RECEIVED]->(p:Payment) OPTIONAL MATCH (p)-[:FOR]->(product:Product) "
        "RETURN count(DISTINCT p) AS payments, count(product) AS uses, collect(DISTINCT product.brand) AS brands",
        npi=BERT,
    )
    assert [(row["payments"], row["uses"], sorted(row["brands"])) for row in found] == [(4, 3, ["Avela", "Bonda"])]
    assert OTHER_NDC == "00002000201"
    assert again.write_transactions == 0


def test_three_spellings_and_what_is_broken(
    deliveries: Any, run: Run, neo4j_empty: Store, neo4j_settings: Settings
) -> None:
    # given: a current file, the API's lower case with its dates, and the first years without NPI
    deliveries.products("2025-01-01")
    deliveries.add(
        "2025-01-01",
        "open_payments/OP_DTL_GNRL_PGYR2023_P06302024.csv",
        payments(
            payment("1", Dispute_Status_for_Publication="Yes"),
            payment("2", Date_of_Payment="03/02/0002"),
            payment("3", Covered_Recipient_NPI="", Covered_Recipient_Profile_ID=""),
            payment(
                "4", Covered_Recipient_NPI="", Covered_Recipient_Profile_ID="", Teaching_Hospital_CCN="070001",
                Teaching_Hospital_Name="MILL HOSPITAL",
            ),
        ),
    )  # fmt: skip
    deliveries.add(
        "2025-01-01",
        "open_payments/OP_DTL_GNRL_PGYR2022_api.csv",
        payments(
            payment("5", Date_of_Payment="2022-03-02", Covered_Recipient_NPI=CARA, Covered_Recipient_Profile_ID="999"),
            lower=True,
        ),
    )
    old = [
        payment("6", Program_Year="2013", **{SLOT.format(2): "Avela"}),
        payment("7", Program_Year="2013", Covered_Recipient_Profile_ID="888"),
    ]
    deliveries.add("2025-01-01", "open_payments/OP_DTL_GNRL_PGYR2013.csv", payments(*old, names=OLD_NAMES))

    # when
    report = run()

    # then: the profile leads to whom a later year names with an NPI
    found = neo4j_empty.read(
        "MATCH (who)-[:RECEIVED]->(p:Payment) OPTIONAL MATCH (p)-[:FOR]->(product:Product) "
        "RETURN coalesce(who.npi, who.ccn) AS who, p.programYear AS year, toString(p.paidOn) AS day, "
        "p.disputed AS disputed, product.brand AS brand ORDER BY who, year, day"
    )
    assert [tuple(row.values()) for row in found] == [
        ("070001", 2023, "2023-03-02", False, None),
        (BERT, 2013, "2023-03-02", False, "Avela"),
        (BERT, 2023, "2023-03-02", True, None),
        (CARA, 2023, "2022-03-02", False, None),
    ]
    assert [(line, column, reason) for _, line, column, reason, _ in put_aside(neo4j_settings, "open_payments")] == [
        (3, "profile_id", "is not known as HCP open_payments_profile"),
        (3, "paid_on", "is not a date (%m/%d/%Y or %Y-%m-%d)"),
        (4, None, "names neither a provider nor a hospital"),
    ]
    counted = [(one.rows_in, one.rows_quarantined) for one in report.sources if one.name == "open_payments"]
    assert counted == [(7, 3)]
