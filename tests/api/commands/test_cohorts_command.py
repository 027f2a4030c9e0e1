"""`twin cohorts`: the JSON that scripts rely on, the lines people read, the code of a refusal."""

import datetime

import orjson
import pytest
from click.testing import CliRunner

import api.wiring
from api.cli import main
from api.commands import cohorts
from graph.disclosure.publish import Published
from graph.errors import DisclosureError
from graph.publishing import PublishReport

REPORT = PublishReport(
    Published(("2025-01",), ("2025-01",), 1080, 312, datetime.date(2025, 4, 1)),
    {"prescribing": Published((), (), 0, 0, None)},
    1.5,
)


def test_what_was_published_is_told(monkeypatch):
    # given
    monkeypatch.setattr(api.wiring, "run_cohorts", lambda _settings: REPORT)

    # when
    told = CliRunner().invoke(cohorts.command, [], catch_exceptions=False)
    found = CliRunner().invoke(cohorts.command, ["--json"], catch_exceptions=False)

    # then
    assert told.output.splitlines() == [
        "cohorts: 1,080 in all, 312 of them withheld; facts known up to 2025-04-01",
        "  published: 2025-01",
        "  written to the graph: 2025-01",
        "totals of prescribing: 0 in all, 0 of them withheld; facts known up to no day",
        "  published: no month was due",
        "  written to the graph: nothing",
        "1.5 s",
    ]
    assert orjson.loads(found.output) == {
        "published": ["2025-01"],
        "written": ["2025-01"],
        "cohorts": 1080,
        "suppressed": 312,
        "known_to": "2025-04-01",
        "totals": {"prescribing": {"published": [], "written": [], "groups": 0, "suppressed": 0, "known_to": None}},
        "seconds": 1.5,
    }


def test_a_refusal_is_one_line_and_code_8(monkeypatch, capsys):
    # given
    def refuse(_settings):
        raise DisclosureError("cohorts of 2025-01: the audit of product 'prd_own' is not passed")

    monkeypatch.setattr(api.wiring, "run_cohorts", refuse)

    # when
    with pytest.raises(SystemExit) as ended:
        main(["cohorts"])

    # then
    assert ended.value.code == 8
    assert capsys.readouterr().err == "error: cohorts of 2025-01: the audit of product 'prd_own' is not passed\n"
