"""What the pages say is what the API does: generated files are current, examples run."""

import re
from pathlib import Path

import pytest

from api.matrix import roles_page
from api.permissions import PermissionSet
from graph.governance import load_policy
from tests.api import world
from tests.api.conftest import Api

ROOT = Path(__file__).parents[2]
POLICY = load_policy()
EXAMPLE = re.compile(r"```graphql role=(?P<role>\w+)(?: territory=(?P<territory>\S+))?\n(?P<text>.*?)```", re.DOTALL)
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


def test_the_page_has_an_example_for_every_role() -> None:
    assert {example["role"] for example in EXAMPLES} == set(POLICY.roles)
