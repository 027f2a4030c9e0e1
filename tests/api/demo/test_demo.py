"""The demonstration's question over real HTTP on the sample world: an answer that differs by role."""

import os
from typing import Any

import pytest

from api.commands.demo import _ask
from api.demo.answer import access_table, field_table, seconds_table
from api.demo.client import Client, RequestRefused
from api.demo.server import serving
from tests.conftest import SampleWorld


@pytest.fixture(scope="module")
def answers(sample_world: SampleWorld) -> dict[str, Any]:
    environment = {**os.environ, "TWIN_HOME": str(sample_world.settings.home)}
    with serving(environment) as address:
        return _ask(environment, address)


def test_a_field_rep_sees_its_own_hcps_most_saveable_first(answers: dict[str, Any], sample_world: SampleWorld) -> None:
    # given the HCPs of the rep's territory as the graph has them
    aligned = sample_world.store.read(
        "MATCH (h:HCP)-[r:IN_TERRITORY]->(:Territory {territoryId: $territory}) WHERE r.to IS NULL RETURN h.npi AS npi",
        territory=answers["territory"]["territoryId"],
    )
    # when the rows are read
    rows = answers["field_rep"]["rows"]
    # then all are the rep's own, in order, with an interval around each value
    assert len(rows) == 10
    assert {row["hcp"]["npi"] for row in rows} <= {row["npi"] for row in aligned}
    values = [row["saveableStarts"] for row in rows if row["saveableStarts"] is not None]
    assert values == sorted(values, reverse=True)
    assert all(row["low"] <= row["value"] <= row["high"] for row in rows if row["value"] is not None)


def test_market_access_sees_aggregates_and_no_prescriber(answers: dict[str, Any]) -> None:
    for level, rows in answers["market_access"].items():
        assert rows, level
        assert all("hcp" not in row for row in rows)
    assert "Cannot query field" in answers["refused"]["market_access"]["one prescriber's prescribing"]
    assert "Cannot query field" in answers["refused"]["market_access"]["friction of one prescriber"]


def test_an_hcp_elsewhere_answers_like_one_that_does_not_exist(answers: dict[str, Any]) -> None:
    refused = answers["refused"]["field_rep"]
    assert refused["an HCP of another territory"] == refused["an NPI that does not exist"]
    assert "nothing with this key" in refused["an NPI that does not exist"]


def test_the_answer_reads_as_a_table(answers: dict[str, Any]) -> None:
    assert field_table(answers["field_rep"]["rows"]).splitlines()[0].split()[:3] == ["HCP", "NPI", "plan"]
    assert (
        access_table(answers["market_access"]["plans"], "plan").count("\n")
        == len(answers["market_access"]["plans"]) + 1
    )
    assert seconds_table({"refresh": 1.25, "train": 2.0}).splitlines()[-1].split() == ["all", "3.2"]


def test_a_busy_api_is_asked_again_and_a_refusal_is_not(monkeypatch: pytest.MonkeyPatch) -> None:
    # given an API that is busy twice before it answers, and then refuses
    busy = {"errors": [{"message": "later", "extensions": {"code": "SERVICE_UNAVAILABLE"}}], "data": None}
    answers = iter([busy, busy, {"data": {"viewer": None}}, {"errors": [{"message": "no"}], "data": None}])
    pauses: list[float] = []
    monkeypatch.setattr("api.demo.client._exchange", lambda _: next(answers))
    monkeypatch.setattr("api.demo.client.time.sleep", pauses.append)
    client = Client("http://127.0.0.1:1", "token")

    # then it is asked three times for the answer, and once for the refusal
    assert client.ask("{ viewer { role } }")["viewer"] is None
    assert pauses == [1.0, 2.0]
    with pytest.raises(RequestRefused, match="no"):
        client.ask("{ viewer { role } }")
    assert pauses == [1.0, 2.0]
