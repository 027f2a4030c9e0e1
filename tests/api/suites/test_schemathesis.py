"""schemathesis: 1,000 cases as each of two roles, and nothing but refusals that a schema cannot express.

The tool takes every answer with `errors` for a failure. A key that is nobody's, a cursor that is none, a page that
is too long are refused on purpose, and so is a search for nothing.
"""

import json
import re
import subprocess
from pathlib import Path

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
MEANT = {
    ("NOT_FOUND", "nothing with this key, or nothing for you"),
    ("BAD_USER_INPUT", "the cursor is not valid for this request: leave out `after` to start again"),
    ("BAD_USER_INPUT", "`first` must be a whole number from 0 to 1000"),
    ("BAD_USER_INPUT", "`text` needs one to 8 words of at least 2 letters or digits"),
}


@pytest.mark.parametrize("role", ["field_rep", "market_access"])
def test_no_case_fails_but_by_a_refusal_that_is_meant(api_settings: Settings, tmp_path: Path, role: str) -> None:
    with open_store(api_settings) as store:
        rebuild(store)
    purpose = load_policy().roles[role].purposes[0]
    token = sign(development_key(api_settings), Caller("tester", role, purpose, ("T-1",)))
    command = tool("schemathesis", "4.32.5", api_settings)
    with served(api_settings) as url:
        done = subprocess.run(
            [str(command), "run", url, "-H", f"Authorization: Bearer {token}", "--phases", "fuzzing",
             "--max-examples", str(CASES), "--seed", str(SEED), "--no-color", "--generation-database", "none"],
            cwd=tmp_path,  # the tool keeps notes where it runs
            env=clean_environment(),
            capture_output=True,
            text=True,
            timeout=3_000,
        )  # fmt: skip
    generated = re.search(r"(\d+) generated(?:, (\d+) found \d+ unique failures?)?", done.stdout)
    assert generated is not None, done.stdout[-2_000:] + done.stderr[-2_000:]
    assert int(generated[1]) >= CASES
    # and every answer that the tool takes for a failure is one of those
    bodies = [json.loads(body) for body in re.findall(r"^\s*`(\{.*\})`$", done.stdout, re.MULTILINE)]
    assert len(bodies) == int(generated[2] or 0), done.stdout[-4_000:]
    found = {(error["extensions"]["code"], error["message"]) for body in bodies for error in body["errors"]}
    assert found <= MEANT, done.stdout[-4_000:]
