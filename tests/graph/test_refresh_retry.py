"""Quarantined rows are tried again: when their contract was mended, and when what they name is known."""

import json
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from click.testing import CliRunner

from api.cli import twin
from graph import refresh as job
from graph.ingest.report import RefreshReport
from graph.settings import Settings
from graph.sources import Mapping, load_mappings
from graph.store import Store
from tests.graph.registry import ANNA, BERT, CARA, everything, person, put_aside

Run = Callable[..., RefreshReport]


def mended() -> tuple[Mapping, ...]:
    """The mappings, with another way to write dates in `pdrp`."""
    (pdrp,) = [one for one in load_mappings() if one.name == "pdrp"]
    columns = tuple(
        replace(one, format="%m/%d/%Y or %Y-%m-%d") if one.name == "opt_out_date" else one
        for one in pdrp.tables[0].columns
    )
    better = replace(pdrp, tables=(replace(pdrp.tables[0], columns=columns),), version="mended")
    return tuple(better if one.name == "pdrp" else one for one in load_mappings())


def opted_out(store: Store) -> dict[str, str]:
    rows = store.read("MATCH (h:HCP) WHERE h.optedOutOn IS NOT NULL RETURN h.npi AS npi, toString(h.optedOutOn) AS day")
    return {row["npi"]: row["day"] for row in rows}


def test_rows_load_when_their_contract_was_mended(
    deliveries: Any, run: Run, neo4j_empty: Store, neo4j_settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    # given
    deliveries.nppes("2025-01-01", person(ANNA), person(BERT), person(CARA))
    text = f"npi,opt_out_date\n{ANNA},2024-12-01\n{BERT},12/02/2024\n{CARA},soon\n"
    deliveries.add("2025-01-01", "pdrp/pdrp.csv", text)
    run()
    before = everything(neo4j_empty)

    # when it is retried as it is, then with a mended contract, then delivered once more
    unmended = job.retry(neo4j_settings, neo4j_empty)
    same = everything(neo4j_empty)
    monkeypatch.setattr(job, "load_mappings", mended)
    report = job.retry(neo4j_settings, neo4j_empty, ["pdrp"])
    after = everything(neo4j_empty)
    again = run()

    # then
    assert (unmended.write_transactions, same) == (0, before)
    assert opted_out(neo4j_empty) == {ANNA: "2024-12-01", BERT: "2024-12-02"}
    assert [(one.name, one.rows_in, one.rows_loaded, one.rows_quarantined) for one in report.sources] == [
        ("pdrp", 3, 2, 1)
    ]
    assert [(line, reason) for _, line, _, reason, _ in put_aside(neo4j_settings, "pdrp")] == [
        (4, "is not a date (%m/%d/%Y or %Y-%m-%d)")
    ]
    assert (again.write_transactions, everything(neo4j_empty)) == (0, after)


def test_originals_are_swept_by_a_refresh(
    deliveries: Any, run: Run, neo4j_empty: Store, neo4j_settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    # given
    deliveries.nppes("2025-01-01", person(ANNA))
    deliveries.add("2025-01-01", "pdrp/pdrp.csv", f"npi,opt_out_date\n{ANNA},soon\n")
    run()
    sealed = list((neo4j_settings.home / "quarantine").rglob("*.sealed"))

    # when thirty days go by
    monkeypatch.setattr("graph.ingest.originals.time.time", lambda: sealed[0].stat().st_mtime + 31 * 86_400)
    run()

    # then
    assert [path.exists() for path in sealed] == [False]
    assert [row[1:4] for row in put_aside(neo4j_settings, "pdrp")] == [(2, "opt_out_date", "is not a date (%Y-%m-%d)")]


def test_quarantine_on_the_command_line(
    deliveries: Any, run: Run, neo4j_empty: Store, neo4j_settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    # given
    deliveries.nppes("2025-01-01", person(ANNA))
    deliveries.add("2025-01-01", "pdrp/pdrp.csv", f"npi,opt_out_date\n{ANNA},soon\n")
    run()
    for name, value in (
        ("TWIN_HOME", neo4j_settings.home),
        ("NEO4J_URI", neo4j_settings.neo4j_uri),
        ("NEO4J_USER", neo4j_settings.neo4j_user),
        ("NEO4J_PASSWORD", neo4j_settings.neo4j_password),
    ):
        monkeypatch.setenv(name, str(value))

    # when
    calls = CliRunner()
    told = calls.invoke(twin, ["quarantine", "explain", "2025-01-01/pdrp/pdrp.csv:2", "--json"])
    shown = calls.invoke(twin, ["quarantine", "explain", "2025-01-01/pdrp/pdrp.csv:2", "--show-original"])
    retried = calls.invoke(twin, ["quarantine", "retry"])

    # then
    (row,) = json.loads(told.stdout)
    assert row == {
        "source": "pdrp",
        "table": "opt_outs",
        "file": "2025-01-01/pdrp/pdrp.csv",
        "line": 2,
        "column": "opt_out_date",
        "reason": "is not a date (%Y-%m-%d)",
        "value": "soon",
        "contract": "date (%Y-%m-%d), from 'opt_out_date', required",
        "advice": "correct it at the source: the next delivery takes it in; or mend graph/sources/pdrp.toml and run "
        "`twin quarantine retry`",
    }
    assert shown.output.splitlines()[-3:] == [
        "  original  (may be personal data: do not pass it on)",
        f"    npi: '{ANNA}'",
        "    opt_out_date: 'soon'",
    ]
    assert retried.output == "nothing to retry: no row would fare otherwise\n"
