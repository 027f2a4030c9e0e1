"""What the pages say is what the API does: generated files are current, examples run."""

import json
import re
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
EXAMPLE = re.compile(r"```graphql role=(?P<role>\w+)(?: territory=(?P<territory>\S+))?\n(?P<text>.*?)```", re.DOTALL)
BODIES = re.findall(r"```json\n(.*?)```", (ROOT / "docs" / "api.md").read_text(encoding="utf-8"), re.DOTALL)
EXAMPLES = list(EXAMPLE.finditer((ROOT / "docs" / "api.md").read_text(encoding="utf-8")))


@pytest.mark.parametrize("role", POLICY.roles)
def test_the_committed_schema_of_a_role_is_current(role: str) -> None:
    sdl = PermissionSet(POLICY, role, POLICY.roles[role].purposes[0]).sdl
    committed = (ROOT / "docs" / "roles" / f"{role}.graphql").read_text(encoding="utf-8")
    assert committed == sdl, f"run: twin schema --as {role} > docs/roles/{role}.graphql"


def test_the_committed_page_of_roles_is_current() -> None:
    assert (ROOT / "docs" / "roles.md").read_text(encoding="utf-8") == roles_page(POLICY), (
        "run: twin schema --roles > docs/roles.md"
    )


@pytest.mark.parametrize("example", EXAMPLES, ids=[m["text"].split()[1].split("(")[0] for m in EXAMPLES])
def test_an_example_of_the_page_runs(api: Api, example: re.Match[str]) -> None:
    # given the variables that the example declares
    values = {"product": "OWN-1", "npi": world.npi(1)}
    variables = {name: value for name, value in values.items() if f"${name}" in example["text"]}
    # when it is asked as the role it is meant for
    territories = [example["territory"]] if example["territory"] is not None else []
    found = api.as_(example["role"], *territories).data(example["text"], **variables)
    # then every connection has rows and every root an answer
    for root in found.values():
        assert root is not None
        assert "edges" not in root or len(root["edges"]) > 0


@pytest.mark.parametrize("body", [json.loads(text) for text in BODIES], ids=range(len(BODIES)))
def test_a_persisted_document_of_the_page_is_known_by_its_digest(api: Api, body: dict[str, Any]) -> None:
    # given a document of the page that was sent once
    about = next(example for example in EXAMPLES if "query About" in example["text"])
    asker = api.as_(about["role"], about["territory"])
    answer = asker.data(about["text"].strip())
    # when it is asked for as the page says
    found = asker.client.post("/graphql", json=body, headers={"authorization": f"Bearer {asker.token}"}).json()
    # then the answer is the same
    assert found == {"data": answer}


def test_the_limits_of_the_page_are_those_of_the_code() -> None:
    page = (ROOT / "docs" / "api.md").read_text(encoding="utf-8")
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
        assert limit in " ".join(page.split()), limit


def test_the_page_has_an_example_for_every_role() -> None:
    assert {example["role"] for example in EXAMPLES} == set(POLICY.roles)
