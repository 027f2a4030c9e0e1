"""`twin world`: text for people, JSON for scripts, one line for what cannot be."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from api.cli import main
from api.commands.world import command


def test_json_carries_counts_seconds_and_calibration(tmp_path: Path) -> None:
    # when
    result = CliRunner().invoke(
        command, ["--hcps", "100", "--months", "6", "--out", str(tmp_path / "world"), "--json"], catch_exceptions=False
    )
    # then
    report = json.loads(result.stdout)
    assert result.exit_code == 0
    assert report["counts"]["hcps"] == 100
    assert set(report["seconds"]) == {"simulate", "write", "truth", "total"}
    assert set(report["calibration"][0]) == {"name", "low", "high", "value", "met", "source"}
    assert (tmp_path / "world-truth" / "parameters.json").is_file()


def test_an_unknown_regime_is_one_line_and_exit_code_two(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    # when
    with pytest.raises(SystemExit) as ended:
        main(["world", "--regime", "chaos", "--out", str(tmp_path / "world")])
    # then
    assert ended.value.code == 2
    assert capsys.readouterr().err == (
        "error: regime: 'chaos' is not known; choose one of: adversarial, cold_start_region, contagion_homophily, "
        "contagion_only, drift, homophily_only, no_graph_signal, policy_shock\n"
    )
    assert list(tmp_path.iterdir()) == []
