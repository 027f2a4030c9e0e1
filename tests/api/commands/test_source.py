"""`twin source`: the list, and a mapping that is sound or is not."""

import json
from pathlib import Path

import pytest

from api.cli import main
from graph.identity.keys import load_key
from graph.settings import Settings
from graph.sources import load_mappings
from graph.sources.mapping import FOLDER

ROWS = "npi,opt_out_date\n2999000005,2025-01-01\n2999000006,2025-01-01\n2999000013,soon\n"


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("TWIN_HOME", str(tmp_path / "home"))
    return tmp_path / "home"


def run(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, str, str]:
    with pytest.raises(SystemExit) as ended:
        main(["source", *arguments])
    told = capsys.readouterr()
    return int(ended.value.code or 0), told.out, told.err


def test_the_list_has_every_source(capsys: pytest.CaptureFixture[str]) -> None:
    # when
    code, out, _ = run(capsys, "list", "--json")

    # then
    found = json.loads(out)
    assert code == 0
    assert [one["name"] for one in found] == [mapping.name for mapping in load_mappings()]
    pdrp = next(one for one in found if one["name"] == "pdrp")
    assert (pdrp["kind"], pdrp["after"], pdrp["tables"], pdrp["feeds"]) == (
        "snapshot",
        ["nppes"],
        ["opt_outs"],
        ["HCP"],
    )
    assert "pdrp" in run(capsys, "list")[1]


@pytest.mark.parametrize("path", sorted(FOLDER.glob("*.toml")), ids=lambda path: path.stem)
def test_every_mapping_of_the_twin_is_sound(capsys: pytest.CaptureFixture[str], path: Path, home: Path) -> None:
    code, out, _ = run(capsys, "check", str(path))
    assert (code, out.startswith(f"{path.name} is sound: ")) == (0, True)
    assert not home.exists()


def test_a_wrong_mapping_is_refused_in_one_line(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    # given
    path = tmp_path / "pdrp.toml"
    path.write_text((FOLDER / "pdrp.toml").read_text().replace("optedOutOn", "optedIn"))
    data = tmp_path / "pdrp.csv"
    data.write_text(ROWS)

    # then: what a select names is seen when it is run
    assert run(capsys, "check", str(path))[0] == 0
    code, _, err = run(capsys, "check", str(path), "--data", str(data))
    assert (code, err) == (40, "error: mapping 'pdrp': HCP.optedIn is not declared in graph/schema\n")


def test_data_shows_what_would_be_loaded_and_what_put_aside(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, home: Path
) -> None:
    # given: a twin that has one key so far
    data = tmp_path / "pdrp.csv"
    data.write_text(ROWS)
    load_key(Settings.load(), "identity")

    # when
    code, out, _ = run(capsys, "check", str(FOLDER / "pdrp.toml"), "--data", str(data), "--json")

    # then: nobody is known yet, so that the only sound row waits for its HCP
    found = json.loads(out)
    assert code == 0
    assert (found["files"], found["rows_in"], found["rows_quarantined"]) == (["pdrp.csv"], 3, 3)
    assert found["selects"] == [{"name": "HCP", "rows": 0, "first": []}]
    assert [(one["column"], one["reason"], one["rows"]) for one in found["aside"]] == [
        ("npi", "is not a valid NPI", 1),
        ("npi", "is not known as npi", 1),
        ("opt_out_date", "is not a date (%Y-%m-%d)", 1),
    ]
    assert [path.name for path in home.rglob("*") if path.is_file()] == ["identity.key"]


def test_data_that_no_table_takes_is_told(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    # given
    (tmp_path / "delivery").mkdir()
    (tmp_path / "delivery" / "other.csv").write_text("a\n")

    # when
    code, _, err = run(capsys, "check", str(FOLDER / "pdrp.toml"), "--data", str(tmp_path / "delivery"))

    # then
    assert code == 40
    assert "holds no file that a mapping takes (tried pdrp)" in err
