"""Which file of the company's feeds goes to which table: each to one, in every spelling of its name."""

from collections.abc import Callable
from pathlib import Path

import pytest

from graph.identity.keys import person_key
from graph.ingest.preview import _thrown_away
from graph.settings import Settings
from graph.sources import load_mappings
from tests.graph.registry import ANNA
from tests.graph.sources.conftest import Feed

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


def test_notes_can_be_looked_at_before_they_are_loaded(feed: Callable[[str], Feed]) -> None:
    # given
    notes = feed("field_notes")
    notes.add(
        "field_notes.csv",
        "note_id,user_id,npi,written_at,text",
        f"n1,u1,{ANNA},2025-01-02T10:00:00,Call 555-201-3344 tomorrow",
    )

    # then its row is read, and the rep is not known yet
    assert notes.aside() == [("notes", "user_id", "is not known as user_id", 1)]
    assert notes.preview().rows_in == 1


def test_a_preview_makes_tokens_with_the_key_of_now(tmp_path: Path) -> None:
    # given a twin whose tokens are made with a second key
    settings = Settings.load({"TWIN_HOME": str(tmp_path / "home")})
    keys = settings.home / "keys"
    keys.mkdir(parents=True, mode=0o700)
    (keys / "person_token.v2.key").write_text("ab" * 32)
    (keys / "person_token.v2.key").chmod(0o600)
    (keys / "person_token.current").write_text("v2\n")

    # then
    with _thrown_away(settings) as private:
        assert person_key(private) == person_key(settings) == ("v2", bytes.fromhex("ab" * 32))
