"""Part D by provider and drug: what the publisher withholds is an interval, and never zero."""

import datetime
from collections.abc import Callable

from tests.graph.registry import BERT, CARA
from tests.graph.sources.conftest import Feed

NEW = (
    "Prscrbr_NPI,Prscrbr_Last_Org_Name,Prscrbr_First_Name,Prscrbr_City,Prscrbr_State_Abrvtn,Prscrbr_State_FIPS,"
    "Prscrbr_Type,Prscrbr_Type_Src,Brnd_Name,Gnrc_Name,Tot_Clms,Tot_30day_Fills,Tot_Day_Suply,Tot_Drug_Cst,Tot_Benes,"
    "GE65_Sprsn_Flag,GE65_Tot_Clms,GE65_Tot_30day_Fills,GE65_Tot_Drug_Cst,GE65_Tot_Day_Suply,GE65_Bene_Sprsn_Flag,"
    "GE65_Tot_Benes"
)
OLD = (
    "npi\tnppes_provider_last_org_name\tnppes_provider_first_name\tnppes_provider_city\tnppes_provider_state\t"
    "specialty_description\tdescription_flag\tdrug_name\tgeneric_name\tbene_count\ttotal_claim_count\t"
    "total_30_day_fill_count\ttotal_day_supply\ttotal_drug_cost\tbene_count_ge65\tbene_count_ge65_suppress_flag\t"
    "total_claim_count_ge65\tge65_suppress_flag"
)
FILE = "MUP_DPR_RY23_P04_V10_DY21_NPIBN.csv"
USED = "PRESCRIBED_IN_YEAR]->(Product)"
INTERVALS = ("year", "claims", "claimsLow", "claimsHigh", "patientsLow", "patientsHigh")


def row(npi: str, brand: str, claims: str, patients: str, flag: str = "", older: str = "", generic: str = "") -> str:
    return (
        f"{npi},Novak,Bert,Springfield,CT,09,Cardiology,Claim-Specialty,{brand},{generic or brand},"
        f"{claims},14,420,99.5,{patients},{flag},{older},,,,*,"
    )


def test_blank_counts_are_intervals_from_one_to_ten(feed: Callable[[str], Feed]) -> None:
    # given: a full row, one without patients, one without claims
    partd = feed("partd")
    partd.add(FILE, NEW, row(BERT, "Avela", "40", "12"), row(BERT, "Bonda", "11", ""), row(CARA, "Avela", "", ""))

    # then
    assert partd.yields(f"(HCP)-[:{USED}", "npi", "drug", *INTERVALS) == [
        (BERT, "AVELA", 2021, 40, 40, 40, 12, 12),
        (BERT, "BONDA", 2021, 11, 11, 11, 1, 10),
        (CARA, "AVELA", 2021, None, 1, 10, 1, 10),
    ]


def test_flags_hide_the_claims_of_older_people(feed: Callable[[str], Feed]) -> None:
    # given: told, hidden because there are few, hidden because the others are few, and unknown
    partd = feed("partd")
    partd.add(
        FILE, NEW, row(BERT, "Avela", "40", "12", older="30"), row(BERT, "Bonda", "40", "", flag="*"),
        row(BERT, "Ceda", "40", "", flag="#"), row(BERT, "Deta", "40", ""),
    )  # fmt: skip

    # then
    assert partd.yields(f"(HCP)-[:{USED}", "drug", "olderClaimsLow", "olderClaimsHigh") == [
        ("AVELA", 30, 30),
        ("BONDA", 1, 10),
        ("CEDA", 30, 39),
        ("DETA", None, None),
    ]


def test_generics_under_one_brand_are_one_row(feed: Callable[[str], Feed]) -> None:
    # given: patients of both may be the same people
    partd = feed("partd")
    partd.add(FILE, NEW, row(BERT, "Avela", "40", "12"), row(BERT, "Avela", "20", "", generic="avelimab"))

    # then
    assert partd.yields(f"(HCP)-[:{USED}", "drug", *INTERVALS) == [("AVELA", 2021, 60, 60, 60, 12, 22)]


def test_the_names_of_before_2019_and_tabs_are_read(feed: Callable[[str], Feed]) -> None:
    # given
    partd = feed("partd")
    partd.add(
        "PartD_Prescriber_PUF_NPI_Drug_15.txt",
        OLD,
        f"{BERT}\tNOVAK\tBERT\tSPRINGFIELD\tCT\tCardiology\tS\tAVELA\tAVELIMAB\t\t25\t30\t750\t99.5\t\t*\t\t*",
    )

    # then
    assert partd.yields(f"(HCP)-[:{USED}", "npi", "drug", *INTERVALS, "_known_at") == [
        (BERT, "AVELA", 2015, 25, 25, 25, 1, 10, datetime.date(2017, 5, 1)),
    ]
    assert partd.yields("HCP", "lastName", "specialty") == [("NOVAK", "Cardiology")]
    assert partd.yields("Product", "brand", "generic") == [("AVELA", "AVELIMAB")]


def test_a_zero_a_wrong_flag_and_a_wrong_number_are_put_aside(feed: Callable[[str], Feed]) -> None:
    # given
    partd = feed("partd")
    good = [row(BERT, f"Drug {at}", "11", "") for at in range(30)]
    partd.add(
        FILE, NEW, *good, row(BERT, "Avela", "0", ""), row(BERT, "Bonda", "11", "", flag="+"),
        row("2999000006", "Avela", "11", ""),
    )  # fmt: skip

    # then
    assert partd.aside() == [
        ("drugs", "claims", "is below 1", 1),
        ("drugs", "npi", "is not a valid NPI", 1),
        ("drugs", "older_flag", "is not one of *, #", 1),
    ]
