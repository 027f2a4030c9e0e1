"""Which file of the company's feeds goes to which table: each to one, in every spelling of its name."""

import pytest

from graph.sources import load_mappings

TABLES = [(mapping.name, table) for mapping in load_mappings() for table in mapping.tables]
CRM = {
    "account": "accounts",
    "address": "addresses",
    "product": "products",
    "call2": "calls",
    "call2_detail": "details",
    "sent_email": "emails",
    "multichannel_consent": "consents",
    "suggestion": "suggestions",
    "suggestion_feedback": "feedback",
}
OTHERS = {
    "prior_auth/prior_auth_20250108.csv": ("prior_auth", "requests"),
    "prior_auth.csv": ("prior_auth", "requests"),
    "prior_auth_carriers_2020_2022.csv": ("prior_auth_carriers", "statistics"),
    "hub/hub_20250108.csv": ("hub", "cases"),
    "research/research_20250108.csv": ("research", "responses"),
    "field_notes/field_notes.csv": ("field_notes", "notes"),
    "medical_inquiries/medical_inquiries_20250108.csv": ("medical_inquiries", "inquiries"),
    "scientific/scientific_20250108.csv": ("scientific", "activities"),
    "products/products.csv": ("products", "products"),
}


def takers(path: str) -> list[tuple[str, str]]:
    return [
        (source, table.name) for source, table in TABLES if table.holds is None and table.files.search(path.lower())
    ]


@pytest.mark.parametrize("ending", ["", "_vod__c", "__v", "_vod__c_20250108", "__v-2025-01-08"])
@pytest.mark.parametrize(("stem", "table"), CRM.items())
def test_an_object_of_the_crm_goes_to_one_table_whatever_its_ending(stem: str, ending: str, table: str) -> None:
    assert takers(f"crm/{stem.title()}{ending}.csv") == [("crm", table)]


@pytest.mark.parametrize(("path", "taker"), OTHERS.items())
def test_a_file_goes_to_one_table(path: str, taker: tuple[str, str]) -> None:
    assert takers(path) == [taker]
