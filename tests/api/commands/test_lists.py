"""`twin runs`, `quarantine` and `changes` as lists: how long, and how instants read."""

import pytest

from api.cli import main
from api.commands.runs import _table


@pytest.mark.parametrize("command", [["runs"], ["quarantine"], ["changes", "npi:1234567893"]])
@pytest.mark.parametrize("limit", ["0", "-3"])
def test_a_list_shows_at_least_one_row(capsys: pytest.CaptureFixture[str], command: list[str], limit: str) -> None:
    with pytest.raises(SystemExit) as ended:
        main([*command, "--limit", limit])
    assert ended.value.code == 2
    assert f"Invalid value for '--limit': {limit} is not in the range x>=1" in capsys.readouterr().err


def test_an_instant_reads_to_the_minute() -> None:
    rows = [{"source": "nppes", "refreshed_at": "2026-11-22T19:46:46.715629000+01:00"}]
    assert _table(["source", "refreshed_at"], rows).splitlines()[-1] == "nppes   2026-11-22 18:46 UTC"
