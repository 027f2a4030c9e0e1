"""clairvoyance with the complete word list: what it recovers from errors is what the role may know."""

import re
import subprocess
from pathlib import Path

import pytest

from api.tokens import Caller, development_key, sign
from graph.governance import load_policy
from graph.settings import Settings
from tests.api.served import served
from tests.api.suites.tools import clean_environment, tool
from tests.api.words import all_words, words_of

pytestmark = pytest.mark.thorough
GUESS = Path(__file__).with_name("guess.py")
OF_THE_TOOL = {"data", "kind", "name", "ofType", "fields", "args", "type", "types", "description", "schema"}


@pytest.mark.parametrize("role", load_policy().roles)
def test_no_denied_name_is_recovered(api_settings: Settings, tmp_path: Path, role: str) -> None:
    # given all words there are, many of which this role may not know
    words, out = tmp_path / "words.txt", tmp_path / "schema.json"
    words.write_text("\n".join(sorted(all_words())), encoding="utf-8")
    denied = all_words() - words_of(role)
    purpose = load_policy().roles[role].purposes[0]
    token = sign(development_key(api_settings), Caller("guesser", role, purpose))
    # when the tool has guessed
    command = tool("clairvoyance", "2.5.5", api_settings)
    with served(api_settings) as url:
        subprocess.run(
            [str(command.with_name("python")), str(GUESS), url, "-w", str(words), "-o", str(out), "-H",
             f"Authorization: Bearer {token}"],
            env=clean_environment(),
            check=True,
            capture_output=True,
            timeout=1_200,
        )  # fmt: skip
    # then it has learned of the schema, and of nothing beyond
    recovered = set(re.findall(r"\w+", out.read_text(encoding="utf-8")))
    assert "hcps" in recovered
    assert len(denied) > 20
    assert recovered & (denied - OF_THE_TOOL) == set()
