"""Changing the model in use, on a real graph: gates, a person, a rollback, and what a crash in between leaves."""

import datetime
import json
from dataclasses import replace

import numpy as np
import pytest
from scipy.stats import norm

from gnn import champions, promotion
from gnn.bootstrap import paired
from gnn.calibrate import Platt
from gnn.champions import Champions
from gnn.compare import compare, compare_models
from gnn.promotion import promote, rollback, settle_all, submit
from gnn.registry import load
from gnn.report import sections
from gnn.samples import sample_of
from gnn.score import score
from gnn.slices import clusters_of
from gnn.tasks import TASKS, split_time
from graph.errors import ModelError, NotFound
from tests.gnn.test_whole_line import load_graph

VALUES = (
    "MATCH (p:Prediction {task: 'adoption'})-[:ABOUT]->(h) "
    "RETURN h.id AS hcp, p.value AS value, p.low AS low ORDER BY hcp"
)
STATES = "MATCH (m:ModelVersion) RETURN m.id AS id, m.state AS state, m.promoted AS promoted ORDER BY id"


def _another(challenger, shift, name):
    """A version that differs from the trained one in its calibration alone, as if data of its own had given it."""
    model = replace(challenger.model, id=f"model_{name}", version=f"adoption-{name}", fingerprint=f"data of {name}")
    model = replace(model, platt=Platt(model.platt.slope, model.platt.shift + shift))
    return replace(challenger, model=model, platt=Platt(challenger.platt.slope, challenger.platt.shift + shift))


@pytest.fixture
def first(neo4j_empty, neo4j_settings, challengers):
    """The first model of adoption, in use."""
    decision = submit(neo4j_settings, neo4j_empty, challengers["adoption"])
    assert decision.promoted
    return challengers["adoption"]


def _states(store):
    return {row["id"]: (row["state"], row["promoted"]) for row in store.read(STATES)}


def test_versions_carry_what_they_were_made_of_and_why_they_are_used(first, neo4j_empty):
    # when
    row = neo4j_empty.read("analytics/models")[0]

    # then
    model, told = first.model, json.loads(row["metrics"])
    assert (row["id"], row["state"], row["promoted"], row["by"]) == (
        model.id,
        "champion",
        True,
        "the gates of twin train",
    )
    assert row["reason"].startswith("maturity: every label had matured by ")
    assert row["data_fingerprint"] == model.fingerprint
    assert len(row["weights_sha256"]) == 64
    assert told["slices"] == model.findings["slices"]
    assert told["decision"]["state"] == "champion"
    assert {one["kind"] for one in told["slices"]} <= {"region", "payer", "decile"}


def test_a_worse_challenger_is_kept_and_not_used(first, neo4j_empty, neo4j_settings):
    # when a version says far too much
    decision = submit(neo4j_settings, neo4j_empty, _another(first, 2.5, "worse"))

    # then
    assert not decision.promoted
    assert _states(neo4j_empty) == {first.model.id: ("champion", True), "model_worse": ("challenger", False)}
    assert load(neo4j_settings, "adoption").id == first.model.id
    reason = {row["id"]: row["reason"] for row in neo4j_empty.read("analytics/models")}["model_worse"]
    assert reason == decision.reason
    assert reason.startswith("sanity: gain in log loss over one rate for all -")
    assert "; comparison: gain in AUC +0.0000" in reason


def test_a_person_may_decide_otherwise_and_it_is_kept_who_and_why(first, neo4j_empty, neo4j_settings):
    # given
    submit(neo4j_settings, neo4j_empty, _another(first, 2.5, "worse"))

    # when
    change = promote(neo4j_settings, "adoption-worse", "anna", "launch week: the old one is blind to it")

    # then
    assert (change.before, change.now, change.by) == (first.model.version, "adoption-worse", "anna")
    assert load(neo4j_settings, "adoption").id == "model_worse"
    rows = {row["id"]: row for row in neo4j_empty.read("analytics/models")}
    assert (rows["model_worse"]["state"], rows["model_worse"]["by"]) == ("champion", "anna")
    assert rows["model_worse"]["reason"] == "launch week: the old one is blind to it"
    assert rows[first.model.id]["reason"] == "replaced by adoption-worse: launch week: the old one is blind to it"
    assert datetime.datetime.fromisoformat(rows["model_worse"]["since"]) == change.at
    with pytest.raises(ModelError, match="'adoption-worse' is in use already"):
        promote(neo4j_settings, "model_worse", "anna", "again")


def test_the_model_in_use_trained_again_changes_nothing(first, neo4j_empty, neo4j_settings):
    # given
    before = neo4j_empty.read("analytics/models")

    # when
    decision = submit(neo4j_settings, neo4j_empty, first)

    # then
    assert decision.reason == "sameness: the model in use, trained again"
    assert neo4j_empty.read("analytics/models") == before
    assert len(Champions(neo4j_settings, "adoption").turns) == 1


def test_a_rollback_restores_bit_identical_scores(first, whole, neo4j_empty, neo4j_settings):
    # given a twin scored by the first model, then by another one that a person put in use
    load_graph(neo4j_empty, whole)
    score(neo4j_settings, "adoption")
    before = neo4j_empty.read(VALUES)
    submit(neo4j_settings, neo4j_empty, _another(first, 0.7, "other"))
    promote(neo4j_settings, "model_other", "anna", "a try")
    score(neo4j_settings, "adoption")
    between = neo4j_empty.read(VALUES)
    assert len(before) == len(between)
    assert all(one["value"] < other["value"] for one, other in zip(before, between, strict=True))

    # when
    change = rollback(neo4j_settings, "adoption", "bert", "too many")

    # then the predictions stay until the next score, which restores every one of them
    assert (change.before, change.now) == ("adoption-other", first.model.version)
    assert neo4j_empty.read(VALUES) == between
    score(neo4j_settings, "adoption")
    assert neo4j_empty.read(VALUES) == before
    assert _states(neo4j_empty) == {first.model.id: ("champion", True), "model_other": ("retired", False)}

    # and nothing is left to go back to
    with pytest.raises(ModelError, match=f"{first.model.version}' is the first model of 'adoption' that was in use"):
        rollback(neo4j_settings, "adoption", "bert", "once more")


def test_what_was_rolled_back_comes_back_by_a_person_alone(first, neo4j_empty, neo4j_settings):
    # given a version as good as the first, rolled back
    other = _another(first, 0.0, "other")
    assert submit(neo4j_settings, neo4j_empty, other).promoted
    rollback(neo4j_settings, "adoption", "anna", "field complained")

    # when it is trained again
    decision = submit(neo4j_settings, neo4j_empty, other)

    # then
    assert decision.reason == "rollback: this very model was rolled back: `twin models promote` puts it in use again"
    assert load(neo4j_settings, "adoption").id == first.model.id
    assert promote(neo4j_settings, "model_other", "anna", "mended").now == "adoption-other"


def test_another_try_on_the_same_data_is_kept_for_a_person_to_decide(first, neo4j_empty, neo4j_settings):
    # given a version with another seed, as good as the first, of the very same data
    other = _another(first, 0.0, "other")
    again = replace(other, model=replace(other.model, fingerprint=first.model.fingerprint))

    # when
    decision = submit(neo4j_settings, neo4j_empty, again)

    # then
    assert decision.reason == (
        f"repetition: {first.model.version} was judged on the same data, this is try 2: a person may promote it"
    )
    assert _states(neo4j_empty) == {first.model.id: ("champion", True), "model_other": ("challenger", False)}
    assert promote(neo4j_settings, "model_other", "anna", "a better seed").now == "adoption-other"


def test_tries_count_also_where_none_of_them_was_used(first, neo4j_empty, neo4j_settings):
    # given a version of newer data that was refused
    worse = _another(first, 2.5, "worse")
    assert not submit(neo4j_settings, neo4j_empty, worse).promoted

    # when the same data are tried with another seed
    other = _another(first, 0.0, "other")
    again = replace(other, model=replace(other.model, fingerprint=worse.model.fingerprint))

    # then
    assert [gate.name for gate in submit(neo4j_settings, neo4j_empty, again).failed] == ["repetition"]


def test_a_first_model_that_is_off_is_used_and_the_warning_kept(neo4j_empty, neo4j_settings, challengers):
    # given a model that says too much everywhere
    good = challengers["access_friction"]
    off = replace(good, platt=Platt(good.platt.slope, good.platt.shift + 0.5))

    # when
    decision = submit(neo4j_settings, neo4j_empty, off)

    # then
    (row,) = neo4j_empty.read("analytics/models")
    assert (row["state"], row["reason"]) == ("champion", decision.reason)
    assert decision.reason.startswith("there is no other; slices: ")
    assert json.loads(row["metrics"])["decision"]["warning"] == decision.warning
    # and it is told first on its page
    text = "".join(sections.gates(row))
    assert '<p class="notice loses">Used although it failed slices: there is no other; ' in text

    # and a better one replaces it
    better = replace(good, model=replace(good.model, id="model_good", version="good", fingerprint="newer"))
    assert submit(neo4j_settings, neo4j_empty, better).warning is None
    assert load(neo4j_settings, "access_friction").id == "model_good"


def test_a_crash_between_file_and_graph_leaves_one_model_in_use_and_is_finished(
    first, whole, neo4j_empty, neo4j_settings, monkeypatch
):
    # given a twin scored by the first model, and a change that is cut off before the graph hears of it
    load_graph(neo4j_empty, whole)
    score(neo4j_settings, "adoption")
    submit(neo4j_settings, neo4j_empty, _another(first, 0.7, "other"))

    def cut_off(*_):
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(promotion, "settle", cut_off)
        with pytest.raises(KeyboardInterrupt):
            promote(neo4j_settings, "model_other", "anna", "a try")

    # then readers still see the model that made the predictions they read
    assert _states(neo4j_empty) == {first.model.id: ("champion", True), "model_other": ("challenger", False)}
    made = "MATCH (:Prediction)-[:BY]->(m) RETURN DISTINCT m.id AS id"
    assert neo4j_empty.read(made) == [{"id": first.model.id}]

    # when
    score(neo4j_settings, "adoption")

    # then both agree on the new one
    assert _states(neo4j_empty) == {first.model.id: ("retired", False), "model_other": ("champion", True)}
    assert neo4j_empty.read(made) == [{"id": "model_other"}]
    assert settle_all(neo4j_settings, neo4j_empty) == 0


def test_a_crash_before_the_file_changes_nothing_but_keeps_the_challenger(
    first, neo4j_empty, neo4j_settings, monkeypatch
):
    # given
    def full(_):
        raise OSError("no space left on device")

    # when
    with monkeypatch.context() as patch:
        patch.setattr(champions.os, "fsync", full)
        with pytest.raises(OSError, match="no space left"):
            submit(neo4j_settings, neo4j_empty, _another(first, 0.0, "other"))

    # then
    assert load(neo4j_settings, "adoption").id == first.model.id
    assert _states(neo4j_empty) == {first.model.id: ("champion", True), "model_other": ("challenger", False)}
    # and the next training puts it in use
    assert submit(neo4j_settings, neo4j_empty, _another(first, 0.0, "other")).promoted
    assert load(neo4j_settings, "adoption").id == "model_other"


def test_changed_weights_are_refused_before_anything_moves(first, neo4j_empty, neo4j_settings):
    # given a model before the one in use, whose weights somebody has changed
    assert submit(neo4j_settings, neo4j_empty, _another(first, 0.0, "other")).promoted
    folder = neo4j_settings.home / "models" / first.model.id
    path = next(path for path in sorted(folder.iterdir()) if path.suffix in (".pt", ".txt"))
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(bytes(content))
    before = _states(neo4j_empty)

    # when
    with pytest.raises(ModelError, match=f"model '{first.model.id}' was changed on disk"):
        rollback(neo4j_settings, "adoption", "anna", "back")

    # then
    assert _states(neo4j_empty) == before
    assert load(neo4j_settings, "adoption").id == "model_other"


def test_a_champion_with_changed_weights_is_not_compared(first, neo4j_empty, neo4j_settings):
    # given
    (neo4j_settings.home / "models" / first.model.id / "model.json").write_text("{}", encoding="utf-8")

    # when
    decision = submit(neo4j_settings, neo4j_empty, _another(first, 0.0, "other"))

    # then
    assert (
        "the champion cannot be compared: model 'model_"
        in {gate.name: gate.words for gate in decision.gates}["comparison"]
    )


def test_a_champion_of_another_home_is_retired_by_the_first_one_of_this(neo4j_empty, neo4j_settings, challengers):
    # given a graph that another home's model made
    neo4j_empty.write("CREATE (:ModelVersion {id: 'model_far', task: 'adoption', version: 'far', promoted: true})")

    # when
    submit(neo4j_settings, neo4j_empty, challengers["adoption"])

    # then
    assert _states(neo4j_empty)["model_far"] == ("retired", False)
    with pytest.raises(NotFound, match="no model version is called 'nosuch'; there are: "):
        promote(neo4j_settings, "nosuch", "anna", "why")


def test_two_versions_are_compared_on_rows_that_neither_was_trained_on(first, whole, neo4j_empty, neo4j_settings):
    # given
    load_graph(neo4j_empty, whole)
    submit(neo4j_settings, neo4j_empty, _another(first, 2.5, "worse"))

    # when
    found = compare(neo4j_settings, first.model.version, "model_worse")

    # then a shift of all logits moves no rank, and the loss as far as it does
    assert found.found.auc.value == 0.0
    assert found.found.log_loss.low > 0
    assert found.seen == ("labels for its calibration", "labels for its calibration")
    assert found.verdict == (
        f"{first.model.version} predicts better than adoption-worse (not quite fair, of this window has been used by "
        f"{first.model.version}: labels for its calibration; adoption-worse: labels for its calibration)"
    )
    told = found.as_json()
    assert told["gain"]["log_loss"] == pytest.approx(
        [
            told["models"][1]["metrics"]["log_loss"] - told["models"][0]["metrics"]["log_loss"],
            *told["gain"]["log_loss"][1:],
        ]
    )
    # and calibration is that of the windows before, on which it is the same for both
    assert told["models"][0]["calibration"] == told["models"][1]["calibration"]
    assert "ece" not in told["models"][0]["metrics"]
    # and the other way round
    assert compare(neo4j_settings, "model_worse", first.model.id).found.log_loss.high < 0


def test_intervals_of_slices_count_how_many_there_are(trained, whole):
    # given two versions of friction, one of which says too much
    model = trained["access_friction"][0]
    high = replace(model, version="high", platt=Platt(model.platt.slope, model.platt.shift + 0.3))

    # when
    found = compare_models(model, high, whole)

    # then each end is as far out as two intervals for every slice ask for
    split = split_time(TASKS["access_friction"], int(whole.column("start", "written_on").min()), whole.day)
    samples = [sample_of(TASKS["access_friction"], whole, day) for day in split.test]
    state = np.concatenate([one.view.snapshot.column("hcp", "state")[one.hcp] for one in samples])
    inside = state == "NY"
    label = np.concatenate([one.label for one in samples])[inside]
    one, other = (np.concatenate([each.probability(x) for x in samples])[inside] for each in (model, high))
    alone = paired(label, one, other, clusters_of(samples)[inside]).log_loss
    shown = next(each for each in found.slices if each.name == "NY").found.log_loss
    assert len(found.slices) > 2
    times = norm.isf(0.025 / (2 * len(found.slices))) / norm.isf(0.025)
    assert shown.value == alone.value
    assert (shown.high - shown.value) == pytest.approx(times * (alone.high - alone.value))
    assert (shown.value - shown.low) == pytest.approx(times * (alone.value - alone.low))


def test_versions_of_different_tasks_are_not_compared(first, neo4j_empty, neo4j_settings, challengers):
    submit(neo4j_settings, neo4j_empty, challengers["access_friction"])
    with pytest.raises(ModelError, match="are of different tasks: compare versions of one"):
        compare(neo4j_settings, first.model.id, challengers["access_friction"].model.id)


def test_a_model_whose_features_are_gone_is_refused_by_name(first, whole, neo4j_empty, neo4j_settings, monkeypatch):
    # given a version of the twin that calls a feature differently
    load_graph(neo4j_empty, whole)
    from gnn.features import adoption

    monkeypatch.setattr(adoption, "RELATIONS", ("receives_from", "sends_to", "asks"))

    # then
    with pytest.raises(ModelError, match=r"model 'adoption-.*' cannot be used: .*; run `twin train adoption`"):
        score(neo4j_settings, "adoption")
    assert neo4j_empty.read(VALUES) == []
