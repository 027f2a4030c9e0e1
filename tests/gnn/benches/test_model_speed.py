"""The measurement of training and scoring: its twin comes back as it was kept, its stages are the product's."""

from dataclasses import replace

import numpy as np
import pytest

import gnn.train
from bench.known import keep, kept
from bench.model_speed import STAGES, Stages, trained
from gnn.tasks import ADOPTION
from gnn.train import train_task
from graph.errors import ModelError


def test_a_snapshot_that_was_kept_knows_the_same(whole, tmp_path):
    # when
    keep(whole, tmp_path / "snapshot.npz")
    found = kept(tmp_path / "snapshot.npz")

    # then, also of earlier days
    assert found.fingerprint == whole.fingerprint
    assert found.at(whole.day - 200).fingerprint == whole.at(whole.day - 200).fingerprint
    assert [path.name for path in tmp_path.iterdir()] == ["snapshot.npz"]


def test_stages_do_not_change_what_is_trained(whole):
    # given the functions of training, and what is trained without watching
    before = {name: getattr(gnn.train, name) for name in STAGES}
    known = whole.at(whole.day - 50)

    # when
    model, stages, count = trained(ADOPTION, known)

    # then
    assert count == 8
    assert set(stages.seconds) == {"features", "trees", "network", "compare", "intervals", "bags", "rest"}
    assert all(busy > 0 for _, busy in stages.seconds.values())
    assert {name: getattr(gnn.train, name) for name in STAGES} == before
    assert model.id == train_task(replace(ADOPTION, most_training_snapshots=8), known)[0].id


def test_a_stage_inside_another_is_counted_once():
    # given
    stages = Stages()

    # when
    with stages.of("bags"), stages.of("trees"):
        np.linalg.inv(np.eye(50))

    # then
    assert list(stages.seconds) == ["bags"]
    assert stages.total() == pytest.approx(stages.seconds["bags"])


def test_functions_are_given_back_when_training_fails(whole):
    before = {name: getattr(gnn.train, name) for name in STAGES}
    with pytest.raises(ModelError):
        trained(ADOPTION, whole.at(whole.day - 600))
    assert {name: getattr(gnn.train, name) for name in STAGES} == before
