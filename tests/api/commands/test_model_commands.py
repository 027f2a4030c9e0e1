"""`twin analyse`, `train`, `score` and `models`: the JSON that scripts rely on and the tables people read."""

import datetime

import orjson
import pytest
from click.testing import CliRunner

import api.wiring
from api.commands import analyse, explain, models, score, train
from gnn.explain.request import Explanation
from gnn.explain.second_opinion import Opinion
from gnn.prediction import Prediction, Reason
from gnn.score import ScoreReport
from gnn.tasks import Split
from gnn.train import TrainReport
from graph.analytics.report import Algorithm, AnalysisReport

DAY = datetime.date(2025, 12, 31)


def _figures(loss):
    test = {
        "auc": 0.7,
        "average_precision": 0.6,
        "log_loss": loss,
        "brier": 0.2,
        "ece": 0.01,
        "n": 1500,
        "positives": 400,
    }
    return {"validation": test, "test": test}


def _trained(task, network):
    table = tuple(
        (name, _figures(loss))
        for name, loss in (
            ("rate", 0.6),
            ("lightgbm_node", 0.58),
            ("lightgbm", 0.5),
            ("network", network),
            ("ensemble", 0.52),
        )
    )
    spread = {"plan": {"coverage_90": 0.885, "groups": 120}}
    return TrainReport(task, DAY, 12_345, table, "lightgbm", f"{task}-x", Split((1,), (2,), (3,)), spread)


@pytest.fixture
def asked(monkeypatch):
    """Stand-ins for the work itself; what they were asked for is recorded."""
    calls = []

    def run_train(_settings, **asked_for):
        calls.append(asked_for)
        task = asked_for["task"]
        return [_trained(name, 0.55) for name in ("access_friction", "adoption") if task in (None, name)]

    def run_score(_settings, **asked_for):
        calls.append(asked_for)
        return [ScoreReport("influence", DAY, "adoption-x", 2_000, {"hcp": 2_000}, 3, 1, 4.5)]

    def run_analyse(_settings):
        one = Algorithm("Leiden communities", "community", 8, 0.5, {"communities": 2.0})
        return AnalysisReport("analysis-x", DAY, 8, 75, (one,), 1.25)

    monkeypatch.setattr(api.wiring, "run_train", run_train)
    monkeypatch.setattr(api.wiring, "run_score", run_score)
    monkeypatch.setattr(api.wiring, "run_analyse", run_analyse)
    return calls


def _run(command, *arguments):
    result = CliRunner().invoke(command, arguments, catch_exceptions=False)
    assert result.exit_code == 0
    return result.output


def test_one_task_trained_is_one_object(asked):
    # when
    found = orjson.loads(_run(train.command, "adoption", "--as-of", "2025-10-01", "--seed", "3", "--json"))

    # then
    assert asked == [{"task": "adoption", "as_of": datetime.date(2025, 10, 1), "seed": 3}]
    assert {"task", "as_of", "rows", "models", "promoted"} <= found.keys()
    assert (found["task"], found["as_of"], found["rows"], found["promoted"]) == (
        "adoption", "2025-12-31", 12_345, "lightgbm",
    )  # fmt: skip
    assert found["models"][3] == {"name": "network", "metrics": _figures(0.55)}


def test_all_tasks_trained_are_a_list(asked):
    found = orjson.loads(_run(train.command, "--json"))
    assert [one["task"] for one in found] == ["access_friction", "adoption"]
    assert asked == [{"task": None, "as_of": None}]


def test_the_table_says_when_the_network_loses(asked):
    text = _run(train.command, "adoption")
    assert "On test the network loses to LightGBM (0.5500 and 0.5000 log loss)." in text
    assert "*lightgbm " in text
    assert "90 % interval, level plan: covers 88.5 % of 120 groups" in text


def test_scoring_names_levels_and_counts(asked):
    found = orjson.loads(_run(score.command, "influence", "--json"))
    assert found == {
        "task": "influence", "as_of": "2025-12-31", "model": "adoption-x", "predictions": 2_000,
        "levels": {"hcp": 2_000}, "new": 3, "removed": 1, "seconds": 4.5,
    }  # fmt: skip
    assert "hcp 2,000" in _run(score.command)


def test_an_analysis_lists_its_algorithms(asked):
    found = orjson.loads(_run(analyse.command, "--json"))
    assert found["algorithms"][0]["findings"] == {"communities": 2.0}
    assert "communities 2" in _run(analyse.command)


def test_models_are_listed_from_the_graph(neo4j_empty, neo4j_settings, monkeypatch):
    # given
    monkeypatch.setattr(models.Settings, "load", lambda: neo4j_settings)
    assert _run(models.command) == "no model is trained yet: run `twin train`\n"
    neo4j_empty.write(
        "CREATE (:ModelVersion {id: 'm', task: 'adoption', version: 'adoption-x', kind: 'network', promoted: true, "
        "asOf: $day, trainedAt: datetime('2026-01-01T10:00:00Z'), seed: 7, metrics: $metrics})",
        day=DAY,
        metrics=orjson.dumps({"models": {"network": _figures(0.5)}, "intervals": {}}).decode(),
    )

    # when
    found = orjson.loads(_run(models.command, "--json"))

    # then
    assert [(one["version"], one["promoted"], one["as_of"]) for one in found] == [("adoption-x", True, "2025-12-31")]
    assert "* adoption-x" in _run(models.command)


def test_reasons_are_told_with_what_they_speak_of_and_a_second_opinion(monkeypatch):
    # given an explanation with one reason and two opinions
    asked = []
    reason = Reason("HCP", "h2", "NPI 1999900002, who sends it 30 patients, prescribes Ownira: +2 points", 0.021,
                    ("network", "prescribing"))  # fmt: skip
    prediction = Prediction("hcp", "HCP", "h1", "own", None, 0.2, 0.1, 0.3, reasons=(reason,))
    second = (Opinion("deletion", ("peers", "market"), 0.03, 0.01), Opinion("GNNExplainer", ("market",), 0.02, 0.015))

    def run_explain(_settings, *asked_for, **options):
        asked.append((*asked_for, options))
        return Explanation("adoption", DAY, "adoption-x", "h1", (prediction,), second)

    monkeypatch.setattr(api.wiring, "run_explain", run_explain)

    # when
    text = _run(explain.command, "adoption", "1999900001", "--second-opinion", "--as-of", "2025-12-31")
    found = orjson.loads(_run(explain.command, "adoption", "h1", "--json"))

    # then
    assert asked == [
        ("adoption", "1999900001", DAY, {"second_opinion": True}),
        ("adoption", "h1", None, {"second_opinion": False}),
    ]
    assert text.splitlines() == [
        "adoption of h1 as of 2025-12-31, model adoption-x",
        "",
        "own: 0.200 (0.100 to 0.300)",
        "share  reason                                                                  speaks of",
        "-----  ----------------------------------------------------------------------  --------------------",
        "0.021  NPI 1999900002, who sends it 30 patients, prescribes Ownira: +2 points  network, prescribing",
        "",
        "deletion: peers, market; fidelity+ 0.0300, fidelity- 0.0100",
        "",
        "GNNExplainer: market; fidelity+ 0.0200, fidelity- 0.0150",
    ]
    assert found["predictions"][0]["reasons"] == [
        {"label": "HCP", "node": "h2", "text": reason.text, "share": 0.021, "data_classes": ["network", "prescribing"]}
    ]
