"""A saved model reads back to the same predictions, and a changed file is refused."""

import json
import shutil

import numpy as np
import pytest

from gnn.champions import Champions
from gnn.fit_network import fit_network
from gnn.registry import load, save
from gnn.samples import sample_of
from gnn.tasks import TASKS
from graph.errors import ModelError
from graph.settings import Settings


@pytest.fixture
def settings(tmp_path):
    return Settings.load({"TWIN_HOME": str(tmp_path / "home"), "HOME": str(tmp_path)})


def _use(model, settings):
    """Save a model and put it in use, without a graph."""
    folder, checksum = save(model, settings)
    Champions(settings, model.task).turn(model.id, "person", "anna", "test")
    return folder, checksum


@pytest.mark.parametrize("name", list(TASKS))
def test_a_loaded_model_predicts_bit_identically(whole, trained, settings, name):
    # given
    model, _ = trained[name]
    rows = sample_of(TASKS[name], whole, whole.day - 200)

    # when
    folder, checksum = _use(model, settings)
    again = load(settings, name)

    # then
    assert np.array_equal(again.probability(rows), model.probability(rows))
    assert (again.id, again.version, again.promoted) == (model.id, model.version, model.promoted)
    assert (again.split, again.findings, again.profile) == (model.split, model.findings, model.profile)
    assert (folder / "sha256").read_text(encoding="utf-8") == checksum
    assert len(again.bags) == len(model.bags)


def test_saving_twice_leaves_the_files_as_they_are(trained, settings):
    # given
    folder, checksum = save(trained["access_friction"][0], settings)
    before = {path.name: path.stat().st_mtime_ns for path in folder.iterdir()}

    # when
    again = save(trained["access_friction"][0], settings)

    # then
    assert again == (folder, checksum)
    assert {path.name: path.stat().st_mtime_ns for path in folder.iterdir()} == before
    assert [path.name for path in folder.parent.iterdir()] == [folder.name]


def test_saving_puts_nothing_in_use(trained, settings):
    save(trained["adoption"][0], settings)
    with pytest.raises(ModelError, match="no model for 'adoption' is trained yet: run `twin train adoption`"):
        load(settings, "adoption")


def test_a_changed_file_is_refused_and_mended_by_training_again(trained, settings):
    # given
    model = trained["adoption"][0]
    folder, _ = _use(model, settings)
    text = json.loads((folder / "model.json").read_text(encoding="utf-8"))
    text["platt"][1] += 1.0
    (folder / "model.json").write_text(json.dumps(text), encoding="utf-8")

    # then
    with pytest.raises(ModelError, match=r"model 'model_[0-9a-f]{16}' was changed on disk"):
        load(settings, "adoption")

    # when
    save(model, settings)

    # then
    assert load(settings, "adoption").platt == model.platt


def test_a_folder_that_is_gone_is_named(trained, settings):
    folder, _ = _use(trained["adoption"][0], settings)
    shutil.rmtree(folder)
    with pytest.raises(ModelError, match=f"the files of model '{folder.name}' are not in "):
        load(settings, "adoption")


def test_every_model_is_compared_and_the_winner_of_validation_is_used(trained):
    for _, report in trained.values():
        loss = {name: figures["validation"]["log_loss"] for name, figures in report.models}
        assert list(loss) == ["rate", "lightgbm_node", "lightgbm", "network", "ensemble"]
        del loss["rate"]
        assert report.promoted == min(loss, key=loss.__getitem__)
        assert report.as_json()["models"][0]["metrics"]["test"]["n"] > 0


def test_another_seed_gives_another_model(known, trained):
    from gnn.train import train_task

    model, _ = trained["adoption"]
    assert train_task(TASKS["adoption"], known, seed=11)[0].id != model.id


def test_the_same_seed_gives_the_same_network_where_rows_share_nodes(known, learned):
    # given two short trainings on rows of which many are of one HCP or plan
    found = learned["access_friction"]

    # when
    first, second = (fit_network("access_friction", found.train[:3], found.validation, 5) for _ in range(2))

    # then every weight is the same
    weights = zip(first.module.state_dict().values(), second.module.state_dict().values(), strict=True)
    assert all(bool((one == other).all()) for one, other in weights)
