"""`twin cohorts`: the JSON that scripts rely on, the lines people read, the code of a refusal."""

import datetime

import orjson
import pytest
from click.testing import CliRunner

import api.wiring
from api.cli import main
from api.commands import cohorts
from graph.cohorts.publish import CohortReport
from graph.errors import DisclosureError

REPORT = CohortReport(("2025-01",), ("2025-01",), 1080, 312, datetime.date(2025, 4, 1), 1.5)


def test_what_was_published_is_told(monkeypatch):
    # given
    monkeypatch.setattr(api.wiring, "run_cohorts", lambda _settings: REPORT)

    # when
    told = CliRunner().invoke(cohorts.command, [], catch_exceptions=False)
    found = CliRunner().invoke(cohorts.command, ["--json"], catch_exceptions=False)

    # then
    assert told.output.splitlines() == [
        "published: 2025-01",
        "written to the graph: 2025-01",
        "1,080 cohorts in all, 312 of them withheld; claims known up to 2025-04-01; 1.5 s",
    ]
    assert orjson.loads(found.output) == {
        "published": ["2025-01"],
        "written": ["2025-01"],
        "cohorts": 1080,
        "suppressed": 312,
        "known_to": "2025-04-01",
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
