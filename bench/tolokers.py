"""Who of 11,758 crowd workers was banned, ROC-AUC over ten fixed splits: `python -m bench.tolokers FILE`.

FILE is `tolokers.npz` of the heterophilous graphs (yandex-research/heterophilous-graphs). The components are those of
the product: its trees, its network, its PageRank, the mean of both logits. Rounds, epochs and the model that is told as
chosen come from the validation mask alone; labels of validation and test are in no feature.
"""

from __future__ import annotations

import argparse
import math
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import lightgbm
import numpy as np
import torch
from numpy.typing import NDArray
from scipy import sparse
from scipy.stats import norm, rankdata
from sklearn.metrics import roc_auc_score

from bench.machine import described
from gnn.features.matrix import smoothed
from gnn.features.pagerank import pagerank_of
from gnn.fit_network import WEIGHT_DECAY
from gnn.fit_trees import PARAMETERS
from gnn.metrics import log_loss, logistic
from gnn.network import AdoptionNetwork, Weights
from gnn.view import row_normalised

Floats = NDArray[np.float64]
Rows = NDArray[np.int64]
FOLDS, PRIOR = 5, 5.0
"""Of the rate of labels around a worker that is trained on, and the workers that its prior counts for."""
BAGS = 5
MOST_ROUNDS, PATIENCE = 400, 40
EPOCHS, LOOK_EVERY, RATE = 150, 5, 1e-2
RELATION = ("hcp", "sends_to", "hcp")
"""Workers stand for HCPs and common tasks for shared patients: the product's network as it is."""
GOAL = 85.6
PUBLISHED = {"ResNet": 72.95, "GraphSAGE": 82.43, "GT-sep": 82.52, "GCN": 83.64, "GAT": 83.70, "GAT-sep": 83.78}
SOURCE = "Platonov et al., A critical look at the evaluation of GNNs under heterophily, ICLR 2023"


@dataclass(frozen=True)
class Split:
    """Row numbers of each part."""

    train: Rows
    validation: Rows
    test: Rows


@dataclass(frozen=True)
class Workers:
    """``own`` [worker, column], ``banned`` [worker], ``ties`` [worker, worker] with 1 where two shared a task."""

    own: Floats
    banned: Floats
    ties: sparse.csr_matrix
    splits: tuple[Split, ...]

    @classmethod
    def read(cls, file: Path) -> Workers:
        """From the arrays of the published file."""
        with np.load(file) as arrays:
            own = arrays["node_features"].astype(np.float64)
            one, other = arrays["edges"].T
            count = len(own)
            ties = sparse.csr_matrix((np.ones(len(one)), (one, other)), shape=(count, count))
            masks = zip(arrays["train_masks"], arrays["val_masks"], arrays["test_masks"], strict=True)
            return cls(
                own,
                arrays["node_labels"].astype(np.float64),
                (ties + ties.T).sign().tocsr(),
                tuple(Split(*(np.flatnonzero(mask) for mask in parts)) for parts in masks),
            )

    @cached_property
    def mean(self) -> sparse.csr_matrix:
        """[worker, neighbour]: rows that sum to 1."""
        return row_normalised(self.ties)

    @cached_property
    def rare(self) -> sparse.csr_matrix:
        """[worker, neighbour]: rows that sum to 1, neighbours with few ties weighing more."""
        degree = np.asarray(self.ties.sum(axis=1)).ravel()
        return row_normalised(sparse.csr_matrix(self.ties @ sparse.diags(1.0 / np.log(np.maximum(degree, 2.0)))))

    @cached_property
    def graph(self) -> Floats:
        """[worker, column]: what the graph says of a worker without any label."""
        first = self.mean @ self.own
        spread = np.sqrt(np.maximum(self.mean @ self.own**2 - first**2, 0.0))
        degree = np.log1p(np.asarray(self.ties.sum(axis=1)).ravel())
        around = self.mean @ degree
        position = [degree, pagerank_of(self.ties), around, self.mean @ around]
        second = self.mean @ first
        columns = [self.own, first, second, self.mean @ second, spread, self.rare @ self.own]
        return np.column_stack([*columns, *position])

    def rates(self, train: Rows, seed: int) -> Floats:
        """[worker, column]: banned share around a worker; those trained on see labels of the other folds only."""
        found = self._rates(train)
        fold = np.random.default_rng(seed).permutation(len(train)) % FOLDS
        for number in range(FOLDS):
            held = train[fold == number]
            found[held] = self._rates(train[fold != number])[held]
        return found

    def _rates(self, seen: Rows) -> Floats:
        told = np.zeros(len(self.own))
        told[seen] = 1.0
        banned = told * self.banned
        average = self.banned[seen].mean()
        count = self.ties @ told
        near = smoothed(self.ties @ banned, count, average, PRIOR)
        rare = smoothed(self.rare @ banned, self.rare @ told, average, 0.02)
        far = smoothed(self.mean @ (self.mean @ banned), self.mean @ (self.mean @ told), average, 0.001)
        return np.column_stack([near, rare, far, np.log1p(count)])


def trees(workers: Workers, values: Floats, split: Split, seed: int) -> Floats:
    """[worker]: logits of the product's trees, boosted until validation stops improving."""
    data = lightgbm.Dataset(values[split.train], workers.banned[split.train])
    later = lightgbm.Dataset(values[split.validation], workers.banned[split.validation], reference=data)
    booster = lightgbm.train(
        PARAMETERS | {"seed": seed},
        data,
        MOST_ROUNDS,
        valid_sets=[later],
        callbacks=[lightgbm.early_stopping(PATIENCE, verbose=False)],
    )
    return np.asarray(booster.predict(values, raw_score=True, num_threads=2), dtype=np.float64)


def network(workers: Workers, values: Floats, split: Split, seed: int, epochs: int = EPOCHS) -> Floats:
    """[worker]: logits of the product's network over all ties, at the epoch that is best on validation."""
    torch.manual_seed(seed)
    count, columns = values.shape
    inputs = torch.from_numpy(_normal(values))
    adjacency = {RELATION: Weights.of(workers.mean)}
    everybody = torch.arange(count)
    label = torch.from_numpy(workers.banned.astype(np.float32))
    train = torch.from_numpy(split.train)
    module = AdoptionNetwork({"hcp": columns}, columns)
    optimiser = torch.optim.AdamW(module.parameters(), lr=RATE, weight_decay=WEIGHT_DECAY)
    cycle = torch.optim.lr_scheduler.OneCycleLR(optimiser, max_lr=RATE, total_steps=epochs)
    best, kept = math.inf, np.zeros(count)
    for epoch in range(epochs):
        module.train()
        optimiser.zero_grad()
        logits = module({"hcp": inputs}, adjacency, everybody, everybody, inputs)
        torch.nn.functional.binary_cross_entropy_with_logits(logits[train], label[train]).backward()
        torch.nn.utils.clip_grad_norm_(module.parameters(), 1.0)
        optimiser.step()
        cycle.step()
        if epoch % LOOK_EVERY == LOOK_EVERY - 1:
            module.eval()
            with torch.no_grad():
                now = module({"hcp": inputs}, adjacency, everybody, everybody, inputs).numpy().astype(np.float64)
            loss = log_loss(workers.banned[split.validation], logistic(now[split.validation]))
            if loss < best:
                best, kept = loss, now
    return kept


def _normal(values: Floats) -> NDArray[np.float32]:
    """Columns by rank as of a normal distribution; one that does not vary becomes zero."""
    ranked = norm.ppf((rankdata(values, axis=0) - 0.5) / len(values))
    spread = ranked.std(axis=0)
    return np.asarray((ranked - ranked.mean(axis=0)) / np.where(spread > 1e-9, spread, 1.0), dtype=np.float32)


def logits(workers: Workers, number: int) -> dict[str, Floats]:
    """[worker] logits of every model on one split."""
    split = workers.splits[number]
    seeds = [BAGS * number + bag for bag in range(BAGS)]
    rates = [workers.rates(split.train, seed) for seed in seeds]
    whole = [np.column_stack([workers.graph, one]) for one in rates]
    bagged = np.mean([trees(workers, one, split, seed) for one, seed in zip(whole, seeds, strict=True)], axis=0)
    heard = network(workers, whole[0], split, number)
    return {
        "LightGBM, node": trees(workers, workers.own, split, number),
        "LightGBM, graph": bagged,
        "network": heard,
        "mean of both": (bagged + heard) / 2,
    }


def judged(workers: Workers, number: int) -> dict[str, float]:
    """ROC-AUC on test in per cent of every model, and of the one that is best on validation."""
    split = workers.splits[number]
    found = logits(workers, number)
    earlier, later = (
        {name: 100 * float(roc_auc_score(workers.banned[rows], values[rows])) for name, values in found.items()}
        for rows in (split.validation, split.test)
    )
    return later | {"chosen on validation": later[max(earlier, key=lambda name: earlier[name])]}


def main(arguments: Sequence[str] | None = None) -> Iterator[str]:
    """A line per split, then the table beside what is published."""
    parser = argparse.ArgumentParser(prog="python -m bench.tolokers", description=__doc__)
    parser.add_argument("file", type=Path)
    given = parser.parse_args(arguments)
    if not given.file.exists():
        parser.error(f"{str(given.file)!r} is not there: name the file tolokers.npz of the heterophilous graphs")
    workers = Workers.read(given.file)
    yield f"{described()}; {len(workers.own):,} workers, {workers.ties.nnz // 2:,} ties"
    found: list[dict[str, float]] = []
    for number in range(len(workers.splits)):
        wall, cpu = time.perf_counter(), time.process_time()
        found.append(judged(workers, number))
        took = f"{time.perf_counter() - wall:.1f} s, CPU {time.process_time() - cpu:.1f} s"
        yield f"split {number}: " + "; ".join(f"{name} {value:.2f}" for name, value in found[-1].items()) + f"; {took}"
    yield from table(found)


def table(found: Sequence[Mapping[str, float]]) -> Iterator[str]:
    """Mean and standard deviation over the splits, and the published figures."""
    for name in found[0]:
        values = np.array([one[name] for one in found])
        yield f"{name}: {values.mean():.2f} +- {values.std(ddof=1):.2f}"
    yield f"goal: {GOAL} in at most 60 s a split"
    yield f"published ({SOURCE}): " + ", ".join(f"{name} {value:.2f}" for name, value in PUBLISHED.items())


if __name__ == "__main__":
    for line in main():
        sys.stdout.write(line + "\n")
        sys.stdout.flush()
