"""Formats: headers and values as the public layouts have them, keys that resolve."""

import csv
from collections import Counter
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

from graph.world import WorldReport
from graph.world.npi import is_valid

Rows = list[dict[str, str]]

CLAIM_COLUMNS = [
    "claim_id",
    "claim_line_number",
    "person_id",
    "member_id",
    "payer",
    "plan",
    "prescribing_provider_npi",
    "dispensing_provider_npi",
    "rx_written_date",
    "dispensing_date",
    "ndc_code",
    "quantity",
    "days_supply",
    "refills",
    "fill_number",
    "transaction_type",
    "reject_codes",
    "patient_pay",
    "plan_pay",
    "received_at",
]
REJECT_CODES = {"65", "52", "69", "67", "70", "MR", "608", "75", "76", "7X", "9G", "AG", "569"}


def header(path: Path) -> list[str]:
    with path.open(newline="", encoding="latin-1") as file:
        return next(csv.reader(file))


@pytest.fixture(scope="module")
def providers(deliveries: list[Path], read_rows: Callable[..., Rows]) -> Rows:
    return read_rows(next((deliveries[0] / "nppes").iterdir()))


def test_nppes_has_the_public_layout(deliveries: list[Path]) -> None:
    # given
    columns = header(next((deliveries[0] / "nppes").iterdir()))
    # then
    assert len(columns) == len(set(columns)) == 330
    assert columns[0] == "NPI"
    assert columns[25] == "Provider Business Mailing Address Country Code (If outside U.S.)"
    assert columns[36:42] == [
        "Provider Enumeration Date", "Last Update Date", "NPI Deactivation Reason Code",
        "NPI Deactivation Date", "NPI Reactivation Date", "Provider Sex Code",
    ]  # fmt: skip
    assert columns[47] == "Healthcare Provider Taxonomy Code_1"
    assert columns[106] == "Healthcare Provider Primary Taxonomy Switch_15"
    assert columns[107] == "Other Provider Identifier_1"
    assert columns[306] == "Other Provider Identifier Issuer_50"
    assert columns[313] == "Authorized Official Credential Text"
    assert columns[-2:] == ["Healthcare Provider Taxonomy Group_15", "Certification Date"]


def test_one_weekly_nppes_file_has_the_older_column_name(deliveries: list[Path]) -> None:
    # given
    old = ["Provider Gender Code" in header(next((folder / "nppes").iterdir())) for folder in deliveries]
    # then
    assert old == [False, False, False, True, False, False, False, False, False]


def test_a_deactivation_leaves_number_and_date(deliveries: list[Path], read_rows: Callable[..., Rows]) -> None:
    for folder in deliveries[1:]:
        # given the weekly file
        rows = read_rows(next((folder / "nppes").iterdir()))
        gone = [row for row in rows if row["Entity Type Code"] == ""]
        back = [row for row in rows if row["NPI Reactivation Date"] != ""]
        # then one left with nothing but its date, and one came back whole
        assert [{name for name, value in row.items() if value} for row in gone] == [{"NPI", "NPI Deactivation Date"}]
        assert len(back) == 1
        assert back[0]["Provider Last Name (Legal Name)"] != ""


def test_people_and_organisations_are_well_formed(providers: Rows) -> None:
    # given
    people = [row for row in providers if row["Entity Type Code"] == "1"]
    organisations = [row for row in providers if row["Entity Type Code"] == "2"]
    # then
    assert (len(people), len(organisations)) == (200, 26)
    assert len({row["NPI"] for row in providers}) == 226
    assert all(is_valid(row["NPI"]) for row in providers)
    assert all(row["Provider Last Name (Legal Name)"] for row in people)
    assert {row["Employer Identification Number (EIN)"] for row in organisations} == {"========="}


def test_the_primary_taxonomy_is_not_always_in_the_first_slot(providers: Rows) -> None:
    # given
    switch = "Healthcare Provider Primary Taxonomy Switch_"
    slots = Counter(next((slot for slot in (1, 2) if row[f"{switch}{slot}"] == "Y"), None) for row in providers)
    # then
    assert sum(slots.values()) == 226
    assert slots[2] > 5
    assert slots[1] > 150


def test_affiliations_resolve_through_the_ccn(
    deliveries: list[Path], providers: Rows, read_rows: Callable[..., Rows]
) -> None:
    # given
    certified = {
        row[f"Other Provider Identifier_{slot}"]
        for row in providers
        for slot in (1, 2)
        if row[f"Other Provider Identifier Type Code_{slot}"] == "06"
    }
    npis = {row["NPI"] for row in providers}
    # when
    rows = read_rows(deliveries[0] / "facility_affiliation" / "Facility_Affiliation.csv")
    # then
    assert len(certified) == 20
    assert {row["facility_affiliations_certification_number"] for row in rows} <= certified
    assert {row["npi"] for row in rows} == {row["NPI"] for row in providers if row["Entity Type Code"] == "1"} <= npis


def test_nucc_has_the_real_header_and_all_codes_in_use(
    deliveries: list[Path], providers: Rows, read_rows: Callable[..., Rows]
) -> None:
    # given
    path = next((deliveries[0] / "nucc").iterdir())
    # then
    expected = "Code,Grouping,Classification,Specialization,Definition,Notes,Display Name,Section"
    assert header(path) == expected.split(",")
    codes = {row["Code"] for row in read_rows(path)}
    used = {row[f"Healthcare Provider Taxonomy Code_{slot}"] for row in providers for slot in (1, 2)} - {""}
    assert used <= codes


def test_shared_patients_are_directed_and_hide_small_pairs(deliveries: list[Path], providers: Rows) -> None:
    # given
    path = next((deliveries[0] / "shared_patients").iterdir())
    rows = [line.split(",") for line in path.read_text().splitlines()]
    people = {row["NPI"] for row in providers if row["Entity Type Code"] == "1"}
    # then
    assert path.name == "physician-shared-patient-patterns-2023-days180.txt"
    assert all(len(row) == 5 for row in rows)
    assert {npi for row in rows for npi in row[:2]} <= people
    assert min(int(row[3]) for row in rows) == 11
    assert all(int(pairs) >= int(patients) >= int(same_day) for _, _, pairs, patients, same_day in rows)
    assert len({(row[0], row[1]) for row in rows}) == len(rows)
    assert all(row[0] != row[1] for row in rows)


def test_claim_lines_satisfy_their_columns(deliveries: list[Path], claims: Rows) -> None:
    # given
    assert all(header(next((folder / "rx_claims").iterdir())) == CLAIM_COLUMNS for folder in deliveries)
    # then every value has its type and nothing is received before it happened
    for row in claims:
        written, service = date.fromisoformat(row["rx_written_date"]), date.fromisoformat(row["dispensing_date"])
        assert written <= service < date.fromisoformat(row["received_at"])
        assert int(row["claim_line_number"]) >= 1
        assert int(row["quantity"]) == int(row["days_supply"]) in (30, 90)
        assert 0 <= int(row["fill_number"]) <= int(row["refills"]) == 5
        assert len(row["ndc_code"]) == 11
        assert row["ndc_code"].isdigit()
        if row["transaction_type"] == "rejected":
            assert set(row["reject_codes"].split("|")) <= REJECT_CODES
            assert row["patient_pay"] == row["plan_pay"] == ""
        else:
            assert row["transaction_type"] in ("paid", "reversed")
            assert row["reject_codes"] == ""
            assert float(row["patient_pay"]) >= 0
            assert float(row["plan_pay"]) > 0


def test_claim_lines_are_unique_and_their_keys_resolve(
    deliveries: list[Path], claims: Rows, providers: Rows, read_rows: Callable[..., Rows]
) -> None:
    # given
    plans = {
        (row["CONTRACT_NAME"], f"{row['CONTRACT_ID']}-{row['PLAN_ID']}-{row['SEGMENT_ID']}")
        for path in deliveries[0].glob("formulary/*/plan information  PPUF_*.txt")
        for row in read_rows(path, delimiter="|", encoding="latin-1")
    }
    ndcs = {ndc for row in read_rows(deliveries[0] / "products" / "products.csv") for ndc in row["ndc11s"].split("|")}
    kinds = {row["NPI"]: row["Entity Type Code"] for row in providers}
    # then
    assert len({(row["claim_id"], row["claim_line_number"]) for row in claims}) == len(claims)
    assert len(plans) == 40
    assert {(row["payer"], row["plan"]) for row in claims} <= plans
    assert {row["ndc_code"] for row in claims} <= ndcs
    assert {kinds[row["prescribing_provider_npi"]] for row in claims} == {"1"}
    assert {kinds[row["dispensing_provider_npi"]] for row in claims} == {"2"}


def test_every_reversal_follows_its_payment(claims: Rows) -> None:
    # given
    paid = {row["claim_id"]: row for row in claims if row["transaction_type"] == "paid"}
    reversals = [row for row in claims if row["transaction_type"] == "reversed"]
    on_time = [row for row in reversals if row["claim_id"] in paid]
    # then all but those whose payment is still on its way have one, with the same date of service
    assert len(reversals) > 20
    assert len(on_time) >= 0.95 * len(reversals)
    for row in on_time:
        assert row["dispensing_date"] == paid[row["claim_id"]]["dispensing_date"]
        assert int(row["claim_line_number"]) > int(paid[row["claim_id"]]["claim_line_number"])


def test_every_hcp_is_in_one_territory_now(deliveries: list[Path], read_rows: Callable[..., Rows]) -> None:
    # given
    given = [folder for folder in deliveries if (folder / "alignment").is_dir()]
    assert len(given) == 3
    for folder in given:
        places = read_rows(folder / "alignment" / "territories.csv")
        rows = read_rows(folder / "alignment" / "hcp_territories.csv")
        now = Counter(row["npi"] for row in rows if row["to"] == "")
        # then
        assert sum(row["level"] == "territory" for row in places) == 4
        assert {row["parent_id"] for row in places} - {""} <= {row["territory_id"] for row in places}
        assert {row["territory_id"] for row in rows} <= {row["territory_id"] for row in places}
        assert len(now) == 200
        assert set(now.values()) == {1}
        assert len(rows) > 200


def test_opt_outs_grow_in_a_weekly_delivery(deliveries: list[Path], read_rows: Callable[..., Rows]) -> None:
    # given
    counts = [len(read_rows(folder / "pdrp" / "pdrp.csv")) for folder in deliveries if (folder / "pdrp").is_dir()]
    # then
    assert counts == [6, 8]


def test_the_truth_describes_the_files(small_world: WorldReport, claims: Rows, read_rows: Callable[..., Rows]) -> None:
    # given
    truth = small_world.settings.truth
    starts = {row["claim_id"]: row for row in read_rows(truth / "starts.csv")}
    lost = {row["claim_id"] for row in claims if row["transaction_type"] == "reversed"}
    paid = {
        row["claim_id"]: (date.fromisoformat(row["dispensing_date"]) - date.fromisoformat(row["rx_written_date"])).days
        for row in claims
        if row["transaction_type"] == "paid"
    }
    # when outcomes are read off the lines of starts old enough to be settled
    old = {key: row for key, row in starts.items() if row["written"] < "2024-09-01"}
    seen = {key: "true" if paid.get(key, 99) <= 30 and key not in lost else "false" for key in old}
    # then
    assert len(old) > 500
    assert seen == {key: row["dispensed"] for key, row in old.items()}
    assert len(read_rows(truth / "influence.csv")) >= 60
    assert len(read_rows(truth / "hcps.csv")) == 200
