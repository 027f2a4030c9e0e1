"""`twin analyse`, `train`, `score` and `models`: the JSON that scripts rely on and the tables people read."""

import datetime
from dataclasses import replace

import orjson
import pytest
from click.testing import CliRunner

import api.wiring
from api.commands import analyse, explain, models, report, score, train
from api.metrics import write_metrics
from api.nightly import Night
from gnn.bootstrap import Difference, Paired
from gnn.calibration import Calibration
from gnn.compare import Comparison, SliceDifference
from gnn.explain.request import Explanation
from gnn.explain.second_opinion import Opinion, SecondOpinion
from gnn.explain.sentence import Names
from gnn.gates import Decision, Gate
from gnn.peer_effect.report import PeerVerdict
from gnn.peer_effect.verdict import Verdict
from gnn.prediction import Prediction, Reason
from gnn.promotion import Change
from gnn.score import ScoreReport
from gnn.subjects import Subject
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


VERDICT = (
    "The network is behind LightGBM with the graph's features, but the window does not tell them apart: -0.01 AUC."
)
UNTIL_SCORED = (
    "Predictions in the graph are not yet those of this model: `twin score`, or the next `twin nightly`, writes them."
)


def _decided(promoted):
    gates = (Gate("age", True, "as of 2025-12-31"), Gate("comparison", promoted, "gain in AUC -0.0300"))
    return Decision("adoption-before", gates)


def _trained(task, network, promoted=True):
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
    spread = {"plan": {"coverage_90": 0.885, "no_width_90": 0.874, "gain": 2.53, "groups": 1_120}}
    return TrainReport(
        task, DAY, 12_345, table, "lightgbm", f"{task}-x", Split((1,), (2,), (3,)), spread, VERDICT, _decided(promoted)
    )


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


def test_the_table_says_how_the_network_fares_as_far_as_the_window_can_tell(asked):
    lines = _run(train.command, "adoption").splitlines()
    assert VERDICT in lines
    assert any(line.startswith("*lightgbm ") for line in lines)
    assert lines[9:13] == [
        "",
        "90 % intervals  groups  cover  of no width  log likelihood gained",
        "--------------  ------  -----  -----------  ---------------------",
        "plan             1,120  88.5%  87.4%        +2.5",
    ]
    assert orjson.loads(_run(train.command, "adoption", "--json"))["verdict"] == VERDICT


def test_scoring_names_levels_and_counts(asked):
    found = orjson.loads(_run(score.command, "influence", "--json"))
    assert found == {
        "task": "influence", "as_of": "2025-12-31", "model": "adoption-x", "predictions": 2_000,
        "levels": {"hcp": 2_000}, "new": 3, "removed": 1, "seconds": 4.5, "drift": None,
    }  # fmt: skip
    assert "hcp 2,000" in _run(score.command)


def test_an_analysis_lists_its_algorithms(asked):
    found = orjson.loads(_run(analyse.command, "--json"))
    assert found["algorithms"][0]["findings"] == {"communities": 2.0}
    assert "communities 2" in _run(analyse.command)


def test_a_challenger_that_is_kept_is_said_and_told_apart_by_the_strict_exit(monkeypatch):
    # given
    monkeypatch.setattr(api.wiring, "run_train", lambda _settings, **_: [_trained("adoption", 0.55, promoted=False)])

    # when
    plain = CliRunner().invoke(train.command, ["adoption"], catch_exceptions=False)
    strict = CliRunner().invoke(train.command, ["adoption", "--strict-exit", "--json"], catch_exceptions=False)

    # then
    assert (plain.exit_code, strict.exit_code) == (0, 30)
    assert plain.output.splitlines()[-4:] == [
        "KEPT AS A CHALLENGER: adoption-x; still in use: adoption-before",
        "  passed age: as of 2025-12-31",
        "  FAILED comparison: gain in AUC -0.0300",
        "  A person may decide otherwise: `twin models promote adoption-x --why TEXT`",
    ]
    assert orjson.loads(strict.output)["decision"] == {
        "state": "challenger", "champion_before": "adoption-before", "reason": "comparison: gain in AUC -0.0300",
        "warning": None,
        "gates": [
            {"name": "age", "passed": True, "words": "as of 2025-12-31"},
            {"name": "comparison", "passed": False, "words": "gain in AUC -0.0300"},
        ],
    }  # fmt: skip


def test_a_model_that_is_used_is_said_with_the_one_before(asked):
    result = CliRunner().invoke(train.command, ["adoption", "--strict-exit"], catch_exceptions=False)
    assert result.exit_code == 0
    lines = result.output.splitlines()
    assert "In use: adoption-x (before: adoption-before)" in lines
    assert lines[-1] == UNTIL_SCORED


@pytest.mark.parametrize(
    ("decision", "told"),
    [
        (
            Decision("adoption-x", (Gate("sameness", True, "trained again"),)),
            ["In use, as before: adoption-x", "  passed sameness: trained again"],
        ),
        (
            Decision(None, (Gate("maturity", True, "all"), Gate("slices", False, "1 of 27 off")), alone=True),
            [
                "In use: adoption-x",
                "  WARNING: used although it failed slices: there is no other",
                "  passed maturity: all",
                "  FAILED slices: 1 of 27 off",
                UNTIL_SCORED,
            ],
        ),
    ],
)
def test_the_same_model_again_and_a_first_one_with_a_warning_are_said(monkeypatch, decision, told):
    # given
    report = replace(_trained("adoption", 0.55), decision=decision)
    monkeypatch.setattr(api.wiring, "run_train", lambda _settings, **_: [report])

    # then
    lines = _run(train.command, "adoption").splitlines()
    assert lines[lines.index(told[0]) :] == told


VERSION = """
CREATE (:ModelVersion {
  id: $id, task: 'adoption', version: $version, kind: 'network', promoted: $state = 'champion', state: $state,
  stateSince: datetime('2026-01-02T00:00:00Z'), stateBy: 'anna', stateReason: 'why not', asOf: $day,
  trainedAt: datetime('2026-01-01T10:00:00Z'), seed: 7, metrics: $metrics, drift: $drift, driftVerdict: $verdict
})
"""


def _version(store, name, state, drift=None, promoted=True):
    told = {"models": {"network": _figures(0.5)}, "intervals": {}, "decision": _decided(promoted).as_json()}
    metrics = orjson.dumps(told).decode()
    store.write(
        VERSION, id=name, version=f"adoption-{name}", state=state, day=DAY, metrics=metrics,
        drift=None if drift is None else orjson.dumps(drift).decode(),
        verdict=None if drift is None else drift["verdict"],
    )  # fmt: skip


def test_models_are_listed_from_the_graph(neo4j_empty, neo4j_settings, monkeypatch):
    # given
    monkeypatch.setattr(models, "load_settings", lambda: neo4j_settings)
    assert _run(models.command) == "no model is trained yet: run `twin train`\n"
    _version(neo4j_empty, "x", "champion", {"verdict": "retrain", "reasons": ["predicted values: major shift"]})
    _version(neo4j_empty, "y", "challenger")
    _version(neo4j_empty, "z", "retired")

    # when
    found = orjson.loads(_run(models.command, "--json"))
    lines = _run(models.command).splitlines()

    # then
    assert [(one["version"], one["state"], one["promoted"], one["as_of"], one["by"]) for one in found] == [
        ("adoption-x", "champion", True, "2025-12-31", "anna"),
        ("adoption-y", "challenger", False, "2025-12-31", "anna"),
        ("adoption-z", "retired", False, "2025-12-31", "anna"),
    ]
    assert [line[:13].rstrip() for line in lines[1:]] == [
        "* adoption-x", "    drift: pr", "    train aga", "  adoption-y", "    challenge", "- adoption-z",
        "    retired:",
    ]  # fmt: skip
    assert lines[2:4] == ["    drift: predicted values: major shift", "    train again: `twin train adoption`"]
    assert lines[5] == "    challenger: why not"


def test_a_model_in_use_although_it_failed_a_gate_is_marked(neo4j_empty, neo4j_settings, monkeypatch):
    # given one that a person put in use
    monkeypatch.setattr(models, "load_settings", lambda: neo4j_settings)
    _version(neo4j_empty, "x", "champion", promoted=False)

    # then
    assert _run(models.command).splitlines()[2] == "    WARNING: used although it failed comparison: why not"


def test_a_version_of_before_there_were_states_is_listed_as_retired(neo4j_empty, neo4j_settings, monkeypatch):
    # given one that was in use when versions had no state
    monkeypatch.setattr(models, "load_settings", lambda: neo4j_settings)
    _version(neo4j_empty, "old", "champion")
    neo4j_empty.write(
        "MATCH (m:ModelVersion) SET m.promoted = true REMOVE m.state, m.stateSince, m.stateBy, m.stateReason"
    )

    # when
    found = orjson.loads(_run(models.command, "--json"))[0]
    lines = _run(models.command).splitlines()

    # then
    assert (found["state"], found["promoted"], found["since"]) == ("retired", False, "2026-01-01T10:00:00Z")
    assert lines[1].startswith("- adoption-old")
    assert lines[2] == "    retired: of an earlier version of the twin, which cannot be used any more"


def test_a_change_says_who_why_and_that_predictions_stay_until_scored(monkeypatch):
    # given
    calls = []
    at = datetime.datetime(2026, 1, 2, 3, 4, 5, tzinfo=datetime.UTC)

    def changed(_settings, name, by, why):
        calls.append((name, by, why))
        return Change("adoption", "adoption-b", "adoption-a", at, by, why)

    monkeypatch.setattr(api.wiring, "run_promote", changed)
    monkeypatch.setattr(api.wiring, "run_rollback", changed)

    # when
    told = _run(models.command, "rollback", "adoption", "--by", "anna", "--why", "too  many\n alarms")
    found = orjson.loads(_run(models.command, "promote", "adoption-a", "--by", "anna", "--why", "known", "--json"))

    # then
    assert calls == [("adoption", "anna", "too many alarms"), ("adoption-a", "anna", "known")]
    assert told.splitlines() == [
        "adoption: adoption-a is in use since 2026-01-02T03:04:05, was adoption-b (by anna: too many alarms).",
        UNTIL_SCORED,
    ]
    assert found == {
        "task": "adoption", "before": "adoption-b", "now": "adoption-a", "at": "2026-01-02T03:04:05+00:00",
        "by": "anna", "why": "known",
    }  # fmt: skip


def test_a_person_needs_a_reason_and_a_name(monkeypatch):
    # given a container without a user of that number
    def nobody():
        raise KeyError("getpwuid(): uid not found: 4711")

    monkeypatch.setattr(models.getpass, "getuser", nobody)

    # then
    for arguments, words in (
        (["promote", "x"], "Missing option '--why'"),
        (["promote", "x", "--by", "anna", "--why", "  "], "--why '  ' is no reason: say why in a few words"),
        (["promote", "x", "--why", "known"], "this process has no login name: say who decides with --by"),
    ):
        result = CliRunner().invoke(models.command, arguments)
        assert result.exit_code != 0
        assert words in result.output + str(result.exception)


def test_a_comparison_is_told_as_tables_and_a_verdict(monkeypatch):
    # given
    gain = Paired(Difference(0.02, 0.01, 0.03), Difference(0.004, 0.001, 0.007), 1500, 700)
    calibration = Calibration(0.01, 0.008, 0.02, 0.97, 0.1)
    found = Comparison(
        "adoption", DAY, (DAY, DAY), ("adoption-a", "adoption-b"), (_figures(0.5)["test"], _figures(0.6)["test"]),
        (calibration, calibration), ("", "labels for training"), gain, (SliceDifference("region", "NY", gain),),
    )  # fmt: skip
    asked_for = []
    monkeypatch.setattr(api.wiring, "run_compare", lambda _settings, *asked: asked_for.append(asked) or found)

    # when
    told = _run(models.command, "compare", "adoption-a", "adoption-b").splitlines()
    as_json = orjson.loads(_run(models.command, "compare", "a", "b", "--as-of", "2025-10-01", "--json"))

    # then
    assert asked_for == [("adoption-a", "adoption-b", None), ("a", "b", datetime.date(2025, 10, 1))]
    assert told[-1] == (
        "adoption-a predicts better than adoption-b (not quite fair, of this window has been used by adoption-b: "
        "labels for training)"
    )
    assert told[-3] == "Intervals of the 1 slices hold all together with 95 % (Bonferroni)."
    assert told[6] == "Calibration (ece, slope) is from before the window: fitted on it, it could not be off there."
    assert told[5].split()[-6:-3] == ["0.200", "0.010", "0.970"]
    assert told[-4].split() == [
        "region", "NY", "1,500", "+0.0200", "+0.0100", "to", "+0.0300", "+0.0040", "+0.0010", "to", "+0.0070",
    ]  # fmt: skip
    assert as_json["gain"] == {
        "auc": [0.02, 0.01, 0.03],
        "log_loss": [0.004, 0.001, 0.007],
        "rows": 1500,
        "clusters": 700,
    }


def test_a_page_is_written_whole_and_for_its_owner_alone(monkeypatch, tmp_path):
    # given
    calls = []
    monkeypatch.setattr(api.wiring, "run_report", lambda _settings, **asked: calls.append(asked) or "<p>page</p>")
    path = tmp_path / "page.html"
    path.write_text("what was there before", encoding="utf-8")

    # when
    found = orjson.loads(_run(report.command, "adoption", "--out", str(path), "--territory", "North", "--json"))

    # then
    assert calls == [{"model": "adoption", "territory": "North", "evaluation": None}]
    assert found == {"file": str(path), "bytes": 11}
    assert path.read_text(encoding="utf-8") == "<p>page</p>"
    assert path.stat().st_mode & 0o777 == 0o600
    assert [one.name for one in tmp_path.iterdir()] == ["page.html"]


def test_drift_is_among_the_figures_of_a_night(neo4j_empty, tmp_path):
    # given
    column = {"psi": 0.3, "distance": 0.25, "size": "major"}
    drift = {
        "verdict": "retrain",
        "reasons": [],
        "features": [column, column | {"psi": 0.0, "size": "stable"}],
        "value": column | {"psi": 0.12},
        "graph": {"degree": column | {"psi": 0.01}, "new_hcps": 0.05},
        "calibration": {"ece": 0.03, "floor": 0.01},
    }
    _version(neo4j_empty, "x", "champion", drift)
    _version(neo4j_empty, "y", "retired", drift)

    # when
    write_metrics(tmp_path / "twin.prom", neo4j_empty, Night(datetime.datetime(2025, 1, 2, tzinfo=datetime.UTC)))

    # then
    lines = (tmp_path / "twin.prom").read_text().splitlines()
    assert {line for line in lines if line.startswith("twin_model_")} == {
        'twin_model_retrain{task="adoption"} 1',
        'twin_model_drift{task="adoption",of="values"} 0.12',
        'twin_model_drift{task="adoption",of="ties"} 0.01',
        'twin_model_drift{task="adoption",of="worst_feature"} 0.3',
        'twin_model_drift{task="adoption",of="major_features_share"} 0.5',
        'twin_model_drift{task="adoption",of="new_hcps_share"} 0.05',
        'twin_model_calibration_excess{task="adoption"} 0.02',
    }


def test_influence_is_explained_with_its_verdict(monkeypatch):
    # given
    prediction = Prediction("hcp", "HCP", "h1", "own", None, 0.2, 0.0, 0.4)
    verdict = PeerVerdict(Verdict.NOT_IDENTIFIED, "no randomised encouragement")
    subject, names = Subject("HCP", "h1", "NPI 1999900001 (h1)"), Names({"own": "Ownira"}, {})
    found = Explanation("influence", DAY, "adoption-x", subject, (prediction,), names, verdict=verdict)
    monkeypatch.setattr(api.wiring, "run_explain", lambda *_asked, **_options: found)

    # when
    text = _run(explain.command, "influence", "h1")
    as_json = orjson.loads(_run(explain.command, "influence", "h1", "--json"))

    # then
    assert text.splitlines()[-1] == (
        "Do peers cause adoption? NOT IDENTIFIED: no randomised encouragement. So do not read this as cause"
    )
    assert (as_json["verdict"], as_json["verdict_reason"]) == ("not identified", "no randomised encouragement")


def test_reasons_are_told_with_what_they_speak_of_and_a_second_opinion(monkeypatch):
    # given an explanation with one reason and two opinions
    asked = []
    reason = Reason("HCP", "h2", "NPI 1999900002, who sends it 30 patients, prescribes Ownira: +2 points", 0.021,
                    ("network", "prescribing"))  # fmt: skip
    prediction = Prediction("hcp", "HCP", "h1", "own", None, 0.2, 0.1, 0.3, reasons=(reason,))
    second = SecondOpinion(
        "Ownira", 0.2, 9,
        Opinion("our reasons", ("calls on it", "its specialty"), 3.0, 1.0),
        Opinion("GNNExplainer", ("its territory", "calls on it"), 2.0, 1.5),
    )  # fmt: skip
    subject = Subject("HCP", "h1", "NPI 1999900001 (h1)")

    def run_explain(_settings, *asked_for, **options):
        asked.append((*asked_for, options))
        return Explanation("adoption", DAY, "adoption-x", subject, (prediction,), Names({"own": "Ownira"}, {}), second)

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
        "adoption of NPI 1999900001 (h1) as of 2025-12-31, model adoption-x",
        "Adoption is the chance that an HCP that has not prescribed the own product writes its first start within the "
        "next 91 days.",
        "",
        "Ownira: 20.0 % chance to write the first start within 91 days (90 % interval 10.0 to 30.0 %)",
        "points   reason                                                                  speaks of",
        "-------  ----------------------------------------------------------------------  --------------------",
        "  +2.10  NPI 1999900002, who sends it 30 patients, prescribes Ownira: +2 points  network, prescribing",
        "",
        "Second opinion on Ownira (20.0 %): Our reasons are more faithful than GNNExplainer, by fidelity+ and "
        "fidelity-.",
        "chosen by     fidelity+   fidelity-   elements",
        "------------  ----------  ----------  --------------------------",
        "our reasons         3.00        1.00  calls on it; its specialty",
        "GNNExplainer        2.00        1.50  its territory; calls on it",
        "Both chose among the same 9 elements and are judged on the model in use, in points of probability.",
        "fidelity+: how far the value moves when the named elements are removed together; more is better.",
        "fidelity-: how far it moves when all others are removed; less is better.",
    ]
    assert "verdict" not in found
    assert found["second_opinion"]["ours"]["fidelity_plus"] == 3.0
    assert found["predictions"][0]["reasons"] == [
        {"label": "HCP", "node": "h2", "text": reason.text, "share": 0.021, "data_classes": ["network", "prescribing"]}
    ]
