"""schemathesis: 1,000 generated cases as each of two roles, and no failure."""

import re
import subprocess

import pytest

from api.tokens import Caller, development_key, sign
from graph.governance import load_policy
from graph.settings import Settings
from graph.store import open_store
from tests.api.conftest import rebuild
from tests.api.served import served
from tests.api.suites.tools import clean_environment, tool

pytestmark = pytest.mark.thorough
CASES, SEED = 1_000, 20_261


@pytest.mark.parametrize("role", ["field_rep", "market_access"])
def test_no_case_fails(api_settings: Settings, role: str) -> None:
    with open_store(api_settings) as store:
        rebuild(store)
    purpose = load_policy().roles[role].purposes[0]
    token = sign(development_key(api_settings), Caller("tester", role, purpose, ("T-1",)))
    command = tool("schemathesis", "4.32.5", api_settings)
    with served(api_settings) as url:
        done = subprocess.run(
            [str(command), "run", url, "-H", f"Authorization: Bearer {token}", "--phases", "fuzzing",
             "--max-examples", str(CASES), "--seed", str(SEED), "--no-color", "--generation-database", "none"],
            env=clean_environment(),
            capture_output=True,
            text=True,
            timeout=3_000,
        )  # fmt: skip
    assert done.returncode == 0, done.stdout[-4_000:]
    generated = re.search(r"(\d[\d,]*) generated", done.stdout)
    assert generated is not None, done.stdout[-2_000:]
    assert int(generated[1].replace(",", "")) >= CASES
