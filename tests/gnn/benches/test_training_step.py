"""The measurement of a training step: paths that agree, and a check that notices when they do not."""

import numpy as np
import pytest
import torch

from bench import training_step
from bench.training_step import PATHS, TOLERANCE, disagreement, graph, main, timed, trainees
from gnn.nodes import RELATIONS


@pytest.mark.parametrize("task", ["adoption", "access_friction"])
def test_all_paths_learn_alike(task):
    # given
    these = trainees(task, 300)
    before = [one.module.encoder.rounds[0].state_dict() for one in these]
    before = [{name: value.clone() for name, value in one.items()} for one in before]

    # when
    apart = disagreement(these, steps=4)

    # then the losses agree although the weights of messages have moved
    assert apart < TOLERANCE
    for one, old in zip(these, before, strict=True):
        moved = [
            float((value - old[name]).abs().max()) for name, value in one.module.encoder.rounds[0].state_dict().items()
        ]
        assert len(moved) == 3 * len(RELATIONS)
        assert sum(value > 1e-4 for value in moved) >= 3 * 4


def test_a_path_that_weighs_otherwise_is_noticed(monkeypatch):
    # given a path that forgets the weights
    forgetful = training_step.Path(
        "forgetful", PATHS[2].round, lambda matrix: (training_step.edges_of(matrix)[0], torch.ones(matrix.nnz))
    )
    monkeypatch.setattr(training_step, "PATHS", (PATHS[0], forgetful))

    # when, then
    assert disagreement(trainees("adoption", 300), steps=4) > TOLERANCE
    with pytest.raises(SystemExit, match="losses of the paths differ"):
        list(main(["--hcps", "300", "--rounds", "1", "--threads", "1"]))


def test_the_graph_has_the_degrees_of_a_twin():
    # when
    found = graph(2_000, np.random.default_rng(1))

    # then
    ties = np.diff(found["hcp", "receives_from", "hcp"].indptr)
    assert ties.mean() == pytest.approx(18.9, rel=0.05)
    assert ties.min() >= 1
    for relation, matrix in found.items():
        total = np.asarray(matrix.sum(axis=1)).ravel()
        assert np.allclose(total[total > 0], 1.0), relation


def test_every_path_is_timed_in_every_round():
    elapsed, busy = timed(trainees("adoption", 200), 3)
    assert [len(one) for one in (*elapsed, *busy)] == [3] * 6
    assert min(min(one) for one in elapsed) > 0
