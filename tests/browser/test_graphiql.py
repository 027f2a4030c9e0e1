"""GraphiQL in a real headless browser: every role, its schema, its example, and nobody else asked."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import pytest

from api.graphiql.fetch import fetch
from graph.governance import load_policy
from graph.settings import Settings
from graph.store import open_store
from tests.api import world
from tests.api.conftest import rebuild
from tests.api.served import served

if TYPE_CHECKING:
    from tests.browser.conftest import Chromium

DOCUMENTATION = "[aria-label='Show Documentation Explorer']"
RESULT = "document.querySelector('.result-window .CodeMirror').CodeMirror.getValue()"
EXPLORER = "document.querySelector('.graphiql-doc-explorer')"
ROOTS_OF_SOME = {
    "medicalInquiries": {"medical", "privacy_admin"},
    "interactions": {"field_rep"},
    "influences": {"brand", "field_rep", "data_science"},
}


@pytest.fixture
def url(neo4j_settings: Settings) -> Iterator[str]:
    """The running API on the hand-made world, with GraphiQL fetched."""
    fetch(neo4j_settings)
    with open_store(neo4j_settings) as store:
        rebuild(store)
    with served(neo4j_settings) as address:
        yield address


def choose(chromium: "Chromium", name: str, value: str) -> None:
    """Put a value into a field above GraphiQL, as the change of a person, and wait for the GraphiQL of that caller."""
    chromium.evaluate("document.querySelector('.graphiql-container').dataset.before = 'yes'")
    changed = chromium.evaluate(
        f"(() => {{ const e = document.getElementById({json.dumps(name)}); const before = e.value; "
        f"e.value = {json.dumps(value)}; e.dispatchEvent(new Event('change')); return before !== e.value }})()"
    )
    if changed:
        chromium.wait_for("!!document.querySelector('.graphiql-container:not([data-before])')")


def roots(chromium: "Chromium") -> set[str]:
    """The names of the roots that the documentation shows."""
    chromium.click(DOCUMENTATION)
    chromium.wait_for(f"{EXPLORER}?.innerText.includes('query: Query')")
    chromium.evaluate(f"[...{EXPLORER}.querySelectorAll('a')].find(e => e.innerText === 'Query').click()")
    chromium.wait_for(f"{EXPLORER}.innerText.includes('viewer')")
    return set(
        chromium.evaluate(
            f"[...{EXPLORER}.querySelectorAll('.graphiql-doc-explorer-field-name')].map(e => e.innerText)"
        )
    )


def executed(chromium: "Chromium") -> dict[str, Any]:
    """The answer that is shown after the question was run."""
    chromium.click(".graphiql-execute-button")
    chromium.wait_for(f"{RESULT}.includes('\"data\"') || {RESULT}.includes('\"errors\"')")
    answer: dict[str, Any] = json.loads(chromium.evaluate(RESULT))
    return answer


def test_every_role_has_its_schema_and_an_example_that_runs(url: str, chromium: "Chromium", tmp_path: Path) -> None:
    # given the page of a server on this machine
    chromium.open(url)
    chromium.wait_for(f"!!document.querySelector({json.dumps(DOCUMENTATION)})")
    # then all roles are listed, and a territory with its rep is proposed
    listed = chromium.evaluate("[...document.getElementById('role').options].map(e => e.value)")
    assert listed == list(load_policy().roles)
    assert chromium.evaluate("[territories.value, subject.value]") == ["T-1", "u-1"]
    rows = {}
    for role in listed:
        # when one is chosen
        choose(chromium, "role", role)
        # then the documentation is that of the role
        shown = roots(chromium)
        assert {name for name in ROOTS_OF_SOME if name in shown} == {
            name for name, roles in ROOTS_OF_SOME.items() if role in roles
        }
        # and its example finds something
        answer = executed(chromium)
        assert "errors" not in answer, (role, answer)
        rows[role] = {root: len(value["edges"]) for root, value in answer["data"].items() if isinstance(value, dict)}
        chromium.picture(tmp_path / f"{role}.png")
    assert rows == {
        "brand": {"influences": 10},
        "field_rep": {"accessFrictions": 10},
        "market_access": {"accessFrictions": 3},
        "medical": {"medicalInquiries": 10},
        "executive": {"accessFrictions": 2},
        "data_science": {"accessFrictions": 10},
        "privacy_admin": {"hcps": 10},
        "patient_support": {"hcps": 6},
    }
    # and no other address was asked, nor wanted
    asked = {urlsplit(address).netloc for address in chromium.requests if not address.startswith(("data:", "about:"))}
    assert asked == {urlsplit(url).netloc}
    assert chromium.refused == []


def test_the_question_is_that_of_the_person_and_the_agent_above(url: str, chromium: "Chromium") -> None:
    # given the proposed rep of T-1
    chromium.open(url)
    chromium.wait_for(f"!!document.querySelector({json.dumps(DOCUMENTATION)})")
    choose(chromium, "role", "field_rep")
    first = executed(chromium)["data"]["accessFrictions"]["edges"][0]["node"]["hcp"]
    assert (first["npi"], first["interactions"]) == (
        world.npi(6),
        [{"occurredOn": "2026-01-06", "outcome": "interested"}],
    )
    # when a colleague asks in the same territory, then in another one, with an agent
    choose(chromium, "subject", "u-2")
    colleague = executed(chromium)["data"]["accessFrictions"]["edges"][0]["node"]["hcp"]
    choose(chromium, "territories", "T-2")
    choose(chromium, "agent", "assistant")
    elsewhere = executed(chromium)["data"]["accessFrictions"]["edges"][0]["node"]["hcp"]
    # then the calls are gone, and there they are the colleague's own
    assert (colleague["npi"], colleague["interactions"]) == (world.npi(6), [])
    assert elsewhere["npi"] == world.npi(12)
