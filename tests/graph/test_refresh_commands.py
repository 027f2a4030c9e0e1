"""`twin refresh`, `runs`, `quarantine` and `changes`, as they are typed."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from click.testing import CliRunner, Result

from api.cli import twin
from graph.errors import NotFound, SourceError, StoreUnavailable
from graph.settings import Settings
from graph.store import Store

Twin = Callable[..., Result]
ANNA, BERT = "1234567893", "2999000005"


@pytest.fixture
def call(neo4j_empty: Store, neo4j_settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Twin:
    """Run a command with the settings of the test."""
    monkeypatch.setenv("TWIN_HOME", str(neo4j_settings.home))
    monkeypatch.setenv("NEO4J_URI", str(neo4j_settings.neo4j_uri))
    monkeypatch.setenv("NEO4J_USER", neo4j_settings.neo4j_user)
    monkeypatch.setenv("NEO4J_PASSWORD", str(neo4j_settings.neo4j_password))

    def run(*arguments: object) -> Result:
        return CliRunner().invoke(twin, [str(argument) for argument in arguments], catch_exceptions=True)

    return run


def person(npi: str, city: str) -> dict[str, str]:
    return {
        "NPI": npi, "Entity Type Code": "1", "Provider Last Name (Legal Name)": "NOVAK",
        "Provider Business Practice Location Address City Name": city, "Last Update Date": "01/05/2025",
    }  # fmt: skip


def test_refresh_runs_quarantine_and_changes(deliveries: Any, call: Twin) -> None:
    # given
    deliveries.nppes("2025-01-01", person(ANNA, "OLDTOWN"), person("1234567890", "OLDTOWN"))
    deliveries.nppes("2025-01-08", person(ANNA, "NEWTOWN"))

    # when
    refreshed = call("refresh", "--from", deliveries.folder, "--json")
    runs = json.loads(call("runs", "--json").stdout)
    aside = json.loads(call("quarantine", "--source", "nppes", "--json").stdout)
    changes = json.loads(call("changes", f"npi:{ANNA}", "--since", "2025-01-02", "--json").stdout)

    # then
    assert refreshed.exit_code == 0
    report = json.loads(refreshed.stdout)
    assert (report["write_transactions"], report["published_seq"]) == (2, 2)
    assert [(one["name"], one["rows_in"], one["rows_quarantined"]) for one in report["sources"]] == [("nppes", 3, 1)]
    assert [
        (one["delivered_on"], one["sequence"], [(source["name"], source["rowsIn"]) for source in one["sources"]])
        for one in runs["runs"]
    ] == [
        ("2025-01-08", 2, [("nppes", 1)]),
        ("2025-01-01", 1, [("nppes", 2)]),
    ]
    assert [(one["source"], one["data_time"], one["rows_in"]) for one in runs["sources"]] == [
        ("nppes", "2025-01-08", 1)
    ]
    assert [(one["line"], one["column"], one["value"]) for one in aside["shown"]] == [(3, "npi", "1234567890")]
    assert [(one["property"], one["old"], one["new"]) for one in changes] == [("city", '"OLDTOWN"', '"NEWTOWN"')]


def test_for_people_there_are_tables(deliveries: Any, call: Twin) -> None:
    # given
    deliveries.nppes("2025-01-01", person(ANNA, "OLDTOWN"))

    # when
    lines = call("refresh", "--from", deliveries.folder).stdout.splitlines()

    # then
    assert lines[0].split() == [
        "source",
        "state",
        "data",
        "until",
        "rows",
        "in",
        "loaded",
        "quarantined",
        "new",
        "changed",
        "same",
        "ended",
    ]
    assert lines[2].split() == ["nppes", "loaded", "2025-01-01", "1", "1", "0", "1", "0", "0", "0"]
    assert call("changes", f"npi:{ANNA}").stdout == "nothing changed\n"
    assert call("quarantine").stdout == "0 rows put aside\n"


def test_a_source_that_does_not_exist_is_not_an_empty_quarantine(call: Twin) -> None:
    # when
    result = call("quarantine", "--source", "npes")

    # then
    assert isinstance(result.exception, SourceError)
    assert str(result.exception).startswith("no source is called 'npes': use one of ")


def test_a_refused_login_is_told_from_silence(call: Twin, monkeypatch: pytest.MonkeyPatch) -> None:
    # given
    monkeypatch.setenv("NEO4J_PASSWORD", "a wrong one")

    # when
    result = call("runs")

    # then
    assert isinstance(result.exception, StoreUnavailable)
    assert "refuses the login of user 'neo4j': check NEO4J_USER" in str(result.exception)
    assert "a wrong one" not in str(result.exception)


def test_a_folder_without_deliveries_is_one_clear_error(call: Twin, deliveries: Any) -> None:
    # given
    deliveries.folder.mkdir(parents=True)

    # when
    result = call("refresh", "--from", deliveries.folder)

    # then
    assert isinstance(result.exception, SourceError)
    assert "holds no file that a mapping takes" in str(result.exception)


def test_what_is_held_is_said_with_its_reason(deliveries: Any, call: Twin) -> None:
    # given
    deliveries.nppes("2025-01-01", person(ANNA, "OLDTOWN"))
    deliveries.add("2025-01-01", "pdrp/pdrp.csv", f"npi,since\n{ANNA},2025-01-01\n")

    # when
    plain = call("refresh", "--from", deliveries.folder, "--json")
    strict = call("refresh", "--from", deliveries.folder, "--strict-exit")
    shown = json.loads(call("runs", "--json").stdout)

    # then
    reason = "file 'pdrp/pdrp.csv' has no column 'opt_out_date': the source is held until it has"
    assert (plain.exit_code, strict.exit_code) == (0, 40)
    assert strict.stdout.splitlines()[-1] == f"pdrp is held: {reason}"
    assert [(one["name"], one["state"], one["reason"]) for one in json.loads(plain.stdout)["sources"]] == [
        ("nppes", "loaded", None),
        ("pdrp", "held", reason),
    ]
    assert [(one["source"], one["state"], one["held_reason"], one["held_since"]) for one in shown["sources"]] == [
        ("nppes", "loaded", None, None),
        ("pdrp", "held", reason, "2025-01-01"),
    ]
    states = [(run["state"], [(one["name"], one["state"]) for one in run["sources"]]) for run in shown["runs"]]
    assert states == [("held", [("pdrp", "held")]), ("published", [("nppes", "loaded"), ("pdrp", "held")])]


def test_a_run_is_a_line_of_counts_and_its_sources_are_told_when_asked(deliveries: Any, call: Twin) -> None:
    # given
    deliveries.nppes("2025-01-01", person(ANNA, "OLDTOWN"), person("1234567890", "OLDTOWN"))
    deliveries.add("2025-01-01", "pdrp/pdrp.csv", f"npi,since\n{ANNA},2025-01-01\n")
    run = json.loads(call("refresh", "--from", deliveries.folder, "--json").stdout)["run"]

    # when
    lines = call("runs").stdout.splitlines()
    detail = call("runs", run).stdout.splitlines()
    unknown = call("runs", "run_x")

    # then
    assert lines[0].split() == [
        "run", "state", "delivered", "on", "started", "at", "sequence", "inserted", "updated", "tombstoned", "loaded",
        "rows", "in", "aside", "held",
    ]  # fmt: skip
    assert lines[2].split()[0] == run
    assert lines[2].split()[-4:] == ["1", "2", "1", "pdrp"]
    reason = "file 'pdrp/pdrp.csv' has no column 'opt_out_date': the source is held until it has"
    assert lines[-1] == f"pdrp is held since 2025-01-01: {reason}"
    assert detail[0] == f"run: {run}"
    assert [line.split() for line in detail[-4:-2]] == [
        ["nppes", "loaded", "2025-01-01", "2", "1", "1"],
        ["pdrp", "held", "-", "-", "-", "-"],
    ]
    assert detail[-1] == f"pdrp is held: {reason}"
    assert json.loads(call("runs", run, "--json").stdout)["run"] == run
    assert (type(unknown.exception), str(unknown.exception)) == (
        NotFound,
        "no run is called 'run_x': `twin runs` lists them",
    )


def test_a_source_is_withdrawn_and_admitted_again(deliveries: Any, call: Twin, neo4j_empty: Store) -> None:
    # given
    deliveries.nppes("2025-01-01", person(ANNA, "OLDTOWN"))
    deliveries.add("2025-01-01", "pdrp/pdrp.csv", f"npi,opt_out_date\n{ANNA},2024-06-01\n")
    call("refresh", "--from", deliveries.folder)
    opted_out = "MATCH (n:HCP) RETURN toString(n.optedOutOn) AS since"
    assert neo4j_empty.read(opted_out) == [{"since": "2024-06-01"}]

    # when
    withdrawn = call("source", "withdraw", "pdrp")

    # then
    assert withdrawn.exit_code == 0
    assert neo4j_empty.read(opted_out) == [{"since": None}]
    again = json.loads(call("refresh", "--from", deliveries.folder, "--json").stdout)
    assert again["write_transactions"] == 0
    states = {one["source"]: one["state"] for one in json.loads(call("runs", "--json").stdout)["sources"]}
    assert states == {"nppes": "loaded", "pdrp": "withdrawn"}

    # when
    call("source", "admit", "pdrp")
    call("refresh", "--from", deliveries.folder)

    # then
    assert neo4j_empty.read(opted_out) == [{"since": "2024-06-01"}]
