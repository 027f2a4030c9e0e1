"""A saved model reads back to the same predictions, and a changed file is refused."""

import json

import numpy as np
import pytest

from gnn.registry import load, save
from gnn.samples import sample_of
from gnn.tasks import TASKS
from graph.errors import ModelError
from graph.settings import Settings


@pytest.fixture
def settings(tmp_path):
    return Settings.load({"TWIN_HOME": str(tmp_path / "home"), "HOME": str(tmp_path)})


@pytest.mark.parametrize("name", list(TASKS))
def test_a_loaded_model_predicts_bit_identically(whole, trained, settings, name):
    # given
    model, _ = trained[name]
    rows = sample_of(TASKS[name], whole, whole.day - 200)

    # when
    folder, checksum = save(model, settings)
    again = load(settings, name)

    # then
    assert np.array_equal(again.probability(rows), model.probability(rows))
    assert (again.id, again.version, again.promoted) == (model.id, model.version, model.promoted)
    assert (folder / "sha256").read_text(encoding="utf-8") == checksum
    assert len(again.bags) == len(model.bags)


def test_saving_twice_gives_the_same_checksum(trained, settings):
    model, _ = trained["access_friction"]
    assert save(model, settings)[1] == save(model, settings)[1]


def test_a_changed_file_is_refused(trained, settings):
    # given
    folder, _ = save(trained["adoption"][0], settings)
    text = json.loads((folder / "model.json").read_text(encoding="utf-8"))
    text["platt"][1] += 1.0
    (folder / "model.json").write_text(json.dumps(text), encoding="utf-8")

    # then
    with pytest.raises(ModelError, match=r"model 'model_[0-9a-f]{16}' was changed on disk"):
        load(settings, "adoption")


def test_without_a_model_the_remedy_is_said(settings):
    with pytest.raises(ModelError, match="no model for 'adoption' is trained yet: run `twin train adoption`"):
        load(settings, "adoption")


def test_every_model_is_compared_and_the_winner_of_validation_is_used(trained):
    for _, report in trained.values():
        loss = {name: figures["validation"]["log_loss"] for name, figures in report.models}
        assert list(loss) == ["rate", "lightgbm_node", "lightgbm", "network", "ensemble"]
        del loss["rate"]
        assert report.promoted == min(loss, key=loss.__getitem__)
        assert report.as_json()["models"][0]["metrics"]["test"]["n"] > 0


def test_the_same_seed_gives_the_same_model_and_another_seed_another(whole, trained):
    from gnn.train import train_task

    model, _ = trained["adoption"]
    known = whole.at(whole.day - 50)
    assert train_task(TASKS["adoption"], known, seed=11)[0].id != model.id
