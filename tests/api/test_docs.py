"""What the pages say is what the API does: generated files are current, examples run."""

import json
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from api import form, introspection, limits, protocol, rates
from api.matrix import roles_page
from api.permissions import PermissionSet
from graph.governance import load_policy
from graph.request_settings import COST_BURST, COST_PER_SECOND
from tests.api import world
from tests.api.conftest import Api

ROOT = Path(__file__).parents[2]
POLICY = load_policy()
PAGE = (ROOT / "docs" / "api.md").read_text(encoding="utf-8")
BODIES = re.findall(r"```json\n(.*?)```", PAGE, re.DOTALL)
EXAMPLE = re.compile(
    r"```graphql (?P<options>role=[^\n]+)\n(?P<text>.*?)```(?:\s+```json answer\n(?P<answer>.*?)```)?", re.DOTALL
)


@dataclass(frozen=True, slots=True)
class Example:
    """A request of the page: whose it is, and what it is answered where the page says so."""

    text: str
    role: str
    territory: str | None
    subject: str
    npi: str
    answer: str | None

    @classmethod
    def of(cls, found: re.Match[str]) -> "Example":
        options = dict(option.split("=", 1) for option in found["options"].split())
        role, territory, subject = options.pop("role"), options.pop("territory", None), options.pop("subject", "tester")
        npi = options.pop("npi", world.npi(1))
        assert not options, f"the tests do not know {options}"
        return cls(found["text"], role, territory, subject, npi, found["answer"])

    @property
    def name(self) -> str:
        return re.split(r"\W+", self.text)[1]

    def ask(self, api: Api) -> dict[str, Any]:
        """The whole answer, with the variables that the example declares."""
        values = {"product": "OWN-1", "npi": self.npi}
        variables = {name: value for name, value in values.items() if f"${name}" in self.text}
        territories = [self.territory] if self.territory is not None else []
        return api.as_(self.role, *territories, subject=self.subject).ask(self.text, **variables)


EXAMPLES = [Example.of(found) for found in EXAMPLE.finditer(PAGE)]


@pytest.mark.parametrize("role", POLICY.roles)
def test_the_committed_schema_of_a_role_is_current(role: str) -> None:
    sdl = PermissionSet(POLICY, role, POLICY.roles[role].purposes[0]).sdl
    committed = (ROOT / "docs" / "roles" / f"{role}.graphql").read_text(encoding="utf-8")
    assert committed == sdl, f"run: twin schema --as {role} > docs/roles/{role}.graphql"


def test_the_committed_page_of_roles_is_current() -> None:
    assert (ROOT / "docs" / "roles.md").read_text(encoding="utf-8") == roles_page(POLICY), (
        "run: twin schema --roles > docs/roles.md"
    )


@pytest.mark.parametrize("example", EXAMPLES, ids=[example.name for example in EXAMPLES])
def test_an_example_of_the_page_runs(api: Api, example: Example) -> None:
    # when it is asked as the role it is meant for
    answer = example.ask(api)
    # then nothing is refused, every connection and every list has rows, and every root an answer
    assert "errors" not in answer
    for name, root in answer["data"].items():
        assert root, name
        assert not isinstance(root, dict) or "edges" not in root or root["edges"], name
    # and it is what the page says
    if example.answer is not None:
        assert answer == json.loads(example.answer)


@pytest.mark.parametrize(("name", "none"), [("Visit", {"whatChanged", "lineage"}), ("Expected", set())])
def test_about_one_hcp_all_that_a_rep_may_know_is_there(api: Api, name: str, none: set[str]) -> None:
    # given the page's requests about an HCP with a call, a note, a hint, a choice, fills and predictions
    found = next(example for example in EXAMPLES if example.name == name).ask(api)["data"]["hcp"]
    # then nothing is empty but what this world has none of
    assert {name for name, value in found.items() if not value} == none


@pytest.mark.parametrize("body", [json.loads(text) for text in BODIES], ids=range(len(BODIES)))
def test_a_persisted_document_of_the_page_is_known_by_its_digest(api: Api, body: dict[str, Any]) -> None:
    # given a document of the page that was sent once
    about = next(example for example in EXAMPLES if example.name == "About")
    assert about.territory is not None
    asker = api.as_(about.role, about.territory)
    answer = asker.data(about.text.strip())
    # when it is asked for as the page says
    found = asker.client.post("/graphql", json=body, headers={"authorization": f"Bearer {asker.token}"}).json()
    # then the answer is the same
    assert found == {"data": answer}


def test_the_limits_of_the_page_are_those_of_the_code() -> None:
    for limit in (
        f"{form.LONGEST_DOCUMENT:,} bytes, {form.MOST_TOKENS:,} tokens, {form.DEEPEST} levels",
        f"{form.MOST_FIELDS} fields with fragments spread, {form.MOST_ALIASES} aliases",
        f"{form.MOST_DIRECTIVES} directives",
        f"{form.MOST_VARIABLES} variables, {form.MOST_OPERATIONS} operations, {form.MOST_SPREADS} spreads",
        f"{form.MOST_DUPLICATES} times",
        f"{form.LONGEST_TEXT:,} characters, {form.LONGEST_NUMBER} digits, {form.DEEPEST_VALUE} levels",
        f"{limits.MOST_OBJECTS} objects, {limits.MOST_VALUES:,} values",
        f"{limits.MOST_COST:,}; a page up to {limits.LONGEST_PAGE:,} rows",
        f"{introspection.MOST_VALUES:,} values",
        f"{protocol.LARGEST_ANSWER // 1_000_000} MB",
        f"{protocol.LARGEST_BODY // 1_000} kB",
        f"{COST_BURST:,} units that refills by {COST_PER_SECOND:,} a second",
        f"A request costs {rates.REQUEST}",
        f"new to the server {rates.NEW_DOCUMENT:,}, a statement that is new to Neo4j {rates.NEW_PLAN:,}",
    ):
        assert limit in " ".join(PAGE.split()), limit


def test_the_page_has_an_example_for_every_role() -> None:
    assert {example.role for example in EXAMPLES} == set(POLICY.roles)
