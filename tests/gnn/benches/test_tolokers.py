"""The benchmark on crowd workers: what its features may know, and what it finds on a graph made for it."""

import os
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from scipy import sparse

from bench import tolokers
from bench.tolokers import Split, Workers, judged, main, table


def _arrays(count=600, seed=1):
    """Workers in groups; who is banned depends on the group alone, which only the graph shows."""
    random = np.random.default_rng(seed)
    group = random.integers(0, 12, count)
    chance = np.where(group < 4, 0.7, 0.1)
    banned = (random.random(count) < chance).astype(np.int64)
    one, other = random.integers(0, count, (2, 40 * count))
    keep = (group[one] == group[other]) & (one < other)
    edges = np.unique(np.stack([one[keep], other[keep]], axis=1), axis=0)
    place = np.stack([random.permutation(count) for _ in range(2)])
    return {
        "node_features": random.normal(size=(count, 3)).astype(np.float32),
        "node_labels": banned,
        "edges": edges,
        "train_masks": place < count // 2,
        "val_masks": (place >= count // 2) & (place < 3 * count // 4),
        "test_masks": place >= 3 * count // 4,
    }


@pytest.fixture(scope="module")
def file(tmp_path_factory):
    path = tmp_path_factory.mktemp("tolokers") / "small.npz"
    np.savez(path, **_arrays())
    return path


@pytest.fixture(scope="module")
def workers(file):
    return Workers.read(file)


def test_the_file_is_read_as_undirected_with_disjoint_parts(workers):
    arrays = _arrays()
    assert workers.ties.nnz == 2 * len(arrays["edges"])
    assert (workers.ties != workers.ties.T).nnz == 0
    assert set(workers.ties.data.tolist()) == {1.0}
    for split in workers.splits:
        assert sorted(np.concatenate([split.train, split.validation, split.test]).tolist()) == list(range(600))


def test_rates_count_labels_of_neighbours_that_are_trained_on():
    # given a chain of three; the ends are trained on, one of them banned, in different folds
    ties = sparse.csr_matrix(np.array([[0.0, 1.0, 0.0], [1.0, 0.0, 1.0], [0.0, 1.0, 0.0]]))
    ends = Split(np.array([0, 2]), np.array([1]), np.array([1]))
    workers = Workers(np.zeros((3, 1)), np.array([1.0, 1.0, 0.0]), ties, (ends,))

    # when
    found = workers.rates(ends.train, 0)

    # then the middle sees one of two, with a prior of five at one half; the ends see nobody's label at distance one
    assert found[1, 0] == pytest.approx((1 + 5 * 0.5) / (2 + 5))
    assert found[1, 3] == pytest.approx(np.log(3))
    assert found[[0, 2], 3].tolist() == [0.0, 0.0]
    # and not their own at distance two: only that of the other end counts
    assert found[0, 2] < 0.01
    assert found[2, 2] > 0.99


def test_no_label_of_validation_or_test_is_in_any_logit(workers):
    # given all labels outside training turned around, except those of validation, which choose the rounds
    split = workers.splits[0]
    banned = workers.banned.copy()
    banned[split.test] = 1 - banned[split.test]
    other = replace(workers, banned=banned)

    # when, then
    assert np.array_equal(workers.rates(split.train, 3), other.rates(split.train, 3))
    assert np.array_equal(workers.graph, other.graph)
    values = np.column_stack([workers.graph, workers.rates(split.train, 3)])
    assert np.array_equal(tolokers.trees(workers, values, split, 1), tolokers.trees(other, values, split, 1))
    assert np.array_equal(
        tolokers.network(workers, values, split, 1, epochs=10), tolokers.network(other, values, split, 1, epochs=10)
    )
    # and no label of validation is in a feature
    banned[split.validation] = 1 - banned[split.validation]
    assert np.array_equal(workers.rates(split.train, 3), replace(workers, banned=banned).rates(split.train, 3))


def test_a_label_of_training_moves_the_rates_around_it(workers):
    split = workers.splits[0]
    banned = workers.banned.copy()
    banned[split.train] = 1 - banned[split.train]
    moved = workers.rates(split.train, 3) != replace(workers, banned=banned).rates(split.train, 3)
    assert moved[split.test, 0].mean() > 0.9


def test_the_graph_tells_what_a_worker_alone_does_not(file, monkeypatch):
    # given few bags and epochs
    monkeypatch.setattr(tolokers, "BAGS", 2)
    monkeypatch.setattr(tolokers, "EPOCHS", 40)

    # when
    found = judged(Workers.read(file), 0)

    # then
    assert found["LightGBM, node"] < 65
    assert found["LightGBM, graph"] > 75
    assert found["mean of both"] > 75
    assert found["chosen on validation"] in [value for name, value in found.items() if name != "chosen on validation"]


def test_the_table_has_mean_spread_goal_and_source():
    found = [{"network": 80.0}, {"network": 82.0}]
    lines = list(table(found))
    assert lines[0] == "network: 81.00 +- 1.41"
    assert "85.6" in lines[1]
    assert "GAT-sep 83.78" in lines[2]


def test_a_file_that_is_missing_is_named(tmp_path, capsys):
    with pytest.raises(SystemExit):
        list(main([str(tmp_path / "nothing.npz")]))
    assert "nothing.npz' is not there" in capsys.readouterr().err


def test_the_published_file_has_the_sizes_that_are_published(request):
    # given the public file; it is not part of the repository, and without it this is skipped
    folder = Path(os.environ.get("PUBLIC_DATA") or Path(request.config.rootpath).parent / "shared" / "data")
    path = folder / "graph_benchmarks" / "tolokers.npz"
    if not path.exists():
        pytest.skip(f"no {path}: set PUBLIC_DATA to the folder of public data to run this")

    # when
    found = Workers.read(path)

    # then
    assert found.own.shape == (11_758, 10)
    assert found.ties.nnz == 2 * 519_000
    assert found.banned.sum() == 2_566
    assert [len(split.train) for split in found.splits] == [5_879] * 10
