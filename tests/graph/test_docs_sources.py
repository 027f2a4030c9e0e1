"""The walk through a new source in `docs/sources.md` is what happens, from the first check to the graph."""

import re
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import graph.refresh
from api.cli import main
from graph.ingest.report import RefreshReport
from graph.settings import Settings
from graph.sources import load_mappings
from graph.sources.mapping import FOLDER
from graph.store import Store
from tests.graph.registry import BERT, CARA, CLINIC, person, put_aside

PAGE = (Path(__file__).parents[2] / "docs" / "sources.md").read_text(encoding="utf-8")
WALK = PAGE.split("## A new source, step by step")[1].split("\n## ")[0]


def block(language: str) -> str:
    match = re.search(rf"```{language}\n(.*?)```", WALK, re.DOTALL)
    assert match is not None
    return match[1]


def test_the_new_source_of_the_page(
    deliveries: Any,
    run: Callable[..., RefreshReport],
    neo4j_empty: Store,
    neo4j_settings: Settings,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    # given: a twin that knows the people and the place, the file and the mapping of the page
    clinic = {
        "NPI": CLINIC, "Entity Type Code": "2", "Provider Organization Name (Legal Business Name)": "MILL CLINIC",
        "Other Provider Identifier_1": "070001", "Other Provider Identifier Type Code_1": "06",
    }  # fmt: skip
    deliveries.nppes("2025-03-01", person(BERT), person(CARA), clinic)
    run()
    mapping = tmp_path / "clinic_staff.toml"
    mapping.write_text(block("toml"), encoding="utf-8")
    deliveries.add("2025-03-03", "staff/clinic_staff.csv", block("csv"))
    monkeypatch.setenv("TWIN_HOME", str(neo4j_settings.home))
    monkeypatch.chdir(tmp_path)
    before = sorted(path for path in neo4j_settings.home.rglob("*") if path.is_file())
    capsys.readouterr()

    # when: the command of the page is run
    shown = block("console")
    command, _, output = shown.partition("\n")
    with pytest.raises(SystemExit) as ended:
        main(command.removeprefix("$ twin ").split())

    # then: it says what the page says, and nothing was written
    assert ended.value.code == 0
    assert capsys.readouterr().out == output
    assert sorted(path for path in neo4j_settings.home.rglob("*") if path.is_file()) == before

    # when: the date takes both spellings, the mapping lies with the others, and the delivery is refreshed
    sources = tmp_path / "sources"
    shutil.copytree(FOLDER, sources, ignore=shutil.ignore_patterns("*.py", "readers", "__pycache__"))
    (format_told,) = re.findall(r"`(format = [^`]*)`", WALK)
    changed = block("toml").replace('format = "%m/%d/%Y"', format_told)
    (sources / "clinic_staff.toml").write_text(changed, encoding="utf-8")
    monkeypatch.setattr(graph.refresh, "load_mappings", lambda: load_mappings(sources))
    report = run()

    # then
    rows = neo4j_empty.read(
        "MATCH (h:HCP)-[:AFFILIATED_WITH]->(a:Account {ccn: '070001'}) RETURN h.npi AS npi ORDER BY npi"
    )
    assert [row["npi"] for row in rows] == [BERT, CARA]
    counted = [(one.rows_in, one.rows_loaded) for one in report.sources if one.name == "clinic_staff"]
    assert counted == [(3, 2)]
    aside = put_aside(neo4j_settings, "clinic_staff")
    assert [(line, column, reason) for _, line, column, reason, _ in aside] == [(4, "npi", "is not a valid NPI")]


def test_the_page_lists_every_source() -> None:
    # given
    table = PAGE.split("## Feeds")[1].split("\n## ")[0]

    # when
    listed = {name for line in table.splitlines() if line.startswith("| `") for name in
              re.findall(r"`([a-z0-9_]+)`", line.split("|")[1])}  # fmt: skip

    # then
    assert listed == {mapping.name for mapping in load_mappings()}


def test_the_page_tells_of_every_source_that_can_lack_something_what_ends() -> None:
    # given
    table = PAGE.split("## What a file no longer says")[1].split("\n## ")[0]

    # when
    told = [name for line in table.splitlines() if line.startswith("| `") for name in
            re.findall(r"`([a-z0-9_]+)`", line.split("|")[1])]  # fmt: skip

    # then
    assert sorted(told) == sorted(mapping.name for mapping in load_mappings() if mapping.kind != "delta")
