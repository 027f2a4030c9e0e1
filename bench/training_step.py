"""A training step of the product's networks beside the same on PyG's own paths: `python -m bench.training_step`.

The graph has the sizes and degrees of a sample twin. All paths start from the same weights and drop the same units, so
their losses must agree; then they take turns, a step each.
"""

from __future__ import annotations

import argparse
import copy
import statistics
import sys
import time
import warnings
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from scipy import sparse
from torch import Tensor, nn

from bench.machine import described
from gnn.fit_network import RATE, WEIGHT_DECAY
from gnn.network import Weights, csr_tensor
from gnn.nodes import RELATIONS, Relation
from gnn.predictors import NETWORKS
from gnn.view import row_normalised

with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    from torch_geometric.nn import GraphConv, HeteroConv, SAGEConv

INPUTS = {"hcp": 20, "plan": 14, "payer": 2, "account": 2}
COLUMNS = {"adoption": 23, "access_friction": 27}
ROWS_PER_HCP = {"adoption": 0.85, "access_friction": 0.7}
TIES, PLANS = (18.9, 0.65), (9.0, 0.6)
"""With how many others an HCP shares patients, and under how many plans it writes: mean, spread of the logarithm."""
EQUAL_STEPS = 8
TOLERANCE = 1e-4

Matrices = Mapping[Relation, sparse.csr_matrix]


class OnEdges(HeteroConv):  # type: ignore[misc]
    """PyG's default: a list of edges with a weight each, gathered, weighed and scattered."""

    def forward(self, values: Mapping[str, Tensor], edges: Mapping[Relation, tuple[Tensor, Tensor]]) -> Any:
        """What each node hears."""
        indices, weights = ({relation: pair[place] for relation, pair in edges.items()} for place in (0, 1))
        return super().forward(values, indices, edge_weight_dict=weights)


def on_edges(conv: nn.Module) -> GraphConv:
    """PyG's convolution over weighted edges with the weights of ``conv``."""
    width = conv.lin_l.weight.shape[0]
    found = GraphConv((width, width), width, aggr="add")
    found.lin_rel.load_state_dict(conv.lin_l.state_dict())
    found.lin_root.load_state_dict(conv.lin_r.state_dict())
    return found


def on_rows(conv: nn.Module) -> SAGEConv:
    """PyG's convolution over compressed rows with the weights of ``conv``."""
    width = conv.lin_l.weight.shape[0]
    found = SAGEConv((width, width), width, aggr="sum")
    found.load_state_dict(conv.state_dict())
    return found


def edges_of(matrix: sparse.csr_matrix) -> tuple[Tensor, Tensor]:
    """[2, edges] from and to, and [edges] weights."""
    listed = matrix.tocoo()
    index = np.stack([listed.col, listed.row]).astype(np.int64)
    return torch.from_numpy(index), torch.from_numpy(listed.data.astype(np.float32))


@dataclass(frozen=True)
class Path:
    """A way to send messages: how a round is built from the product's, and how a relation is held."""

    name: str
    round: Callable[[HeteroConv], nn.Module]
    relation: Callable[[sparse.csr_matrix], Any]


def _replaced(kind: type[HeteroConv], convolution: Callable[[nn.Module], nn.Module]) -> Callable[[HeteroConv], Any]:
    return lambda whole: kind({relation: convolution(whole.convs[relation]) for relation in RELATIONS}, aggr="mean")


PATHS = (
    Path("twin", lambda whole: whole, Weights.of),
    Path("PyG, compressed rows", _replaced(HeteroConv, on_rows), csr_tensor),
    Path("PyG, default", _replaced(OnEdges, on_edges), edges_of),
)


def graph(hcps: int, random: np.random.Generator) -> Matrices:
    """Relations with the degrees of a sample twin; rows sum to 1 or 0."""
    accounts, plans, payers = hcps // 10, 40, 12
    known = np.sort(random.integers(0, payers, plans))
    ties = _drawn(hcps, hcps, TIES, random)
    at = _drawn(hcps, accounts, (1.15, 0.25), random)
    under = _drawn(hcps, plans, PLANS, random)
    offered = sparse.csr_matrix((np.ones(plans), (np.arange(plans), known)), shape=(plans, payers))
    matrices = (ties.T, ties, at, at.T, under, under.T, offered, offered.T)
    return {relation: row_normalised(matrix.tocsr()) for relation, matrix in zip(RELATIONS, matrices, strict=True)}


def _drawn(rows: int, columns: int, degree: tuple[float, float], random: np.random.Generator) -> sparse.csr_matrix:
    """Log-normal degrees by row, and columns drawn by log-normal popularity; weights as of counted patients."""
    mean, spread = degree
    wanted = np.clip(random.lognormal(np.log(mean) - spread**2 / 2, spread, rows).round(), 1, columns).astype(np.int64)
    share = random.lognormal(0.0, spread, columns)
    drawn = random.choice(columns, int(wanted.sum()), p=share / share.sum())
    patients = 11.0 + random.poisson(8.0, len(drawn))
    matrix = sparse.csr_matrix((patients, (np.repeat(np.arange(rows), wanted), drawn)), shape=(rows, columns))
    matrix.sum_duplicates()
    return matrix


class Trainee:
    """One network on one path."""

    def __init__(self, path: Path, module: nn.Module, matrices: Matrices, batch: Sequence[Any]) -> None:
        self.module = copy.deepcopy(module)
        encoder = self.module.encoder
        encoder.rounds = nn.ModuleList(path.round(whole) for whole in encoder.rounds)
        self.adjacency = {relation: path.relation(matrix) for relation, matrix in matrices.items()}
        self.inputs, self.hcp, self.plan, self.rows, self.label = batch
        self.optimiser = torch.optim.AdamW(self.module.parameters(), lr=RATE, weight_decay=WEIGHT_DECAY)

    def step(self, seed: int) -> float:
        """One step as the product's training takes it; the loss before it."""
        torch.manual_seed(seed)
        self.module.train()
        self.optimiser.zero_grad()
        logits = self.module(self.inputs, self.adjacency, self.hcp, self.plan, self.rows)
        loss = nn.functional.binary_cross_entropy_with_logits(logits, self.label)
        loss.backward()
        nn.utils.clip_grad_norm_(self.module.parameters(), 1.0)
        self.optimiser.step()
        return float(loss.detach())


def trainees(task: str, hcps: int, seed: int = 7) -> list[Trainee]:
    """One per path, all alike."""
    random = np.random.default_rng(seed)
    matrices = graph(hcps, random)
    sizes = {relation[0]: matrix.shape[1] for relation, matrix in matrices.items()}

    def normal(*shape: int) -> Tensor:
        return torch.from_numpy(random.normal(size=shape).astype(np.float32))

    inputs = {name: normal(sizes[name], columns) for name, columns in INPUTS.items()}
    count = int(ROWS_PER_HCP[task] * hcps)
    hcp = random.permutation(hcps)[:count] if task == "adoption" else random.integers(0, hcps, count)
    rows = normal(count, COLUMNS[task])
    plan = torch.from_numpy(random.integers(0, sizes["plan"], count))
    label = (rows[:, 0] + inputs["hcp"][hcp, 0] > 1.5).float()
    torch.manual_seed(seed)
    module = NETWORKS[task](INPUTS, COLUMNS[task])
    batch = (inputs, torch.from_numpy(hcp.astype(np.int64)), plan, rows, label)
    return [Trainee(path, module, matrices, batch) for path in PATHS]


def disagreement(these: Sequence[Trainee], steps: int = EQUAL_STEPS) -> float:
    """Largest difference between losses of the same step, over so many steps."""
    losses: NDArray[np.float64] = np.array([[one.step(seed) for seed in range(steps)] for one in these])
    return float(np.ptp(losses, axis=0).max())


def timed(these: Sequence[Trainee], rounds: int) -> tuple[list[list[float]], list[list[float]]]:
    """Elapsed and CPU seconds, per path one of each round; paths take turns."""
    elapsed: list[list[float]] = [[] for _ in these]
    busy: list[list[float]] = [[] for _ in these]
    for number in range(rounds):
        for one, wall, cpu in zip(these, elapsed, busy, strict=True):
            started, spent = time.perf_counter(), time.process_time()
            one.step(number)
            wall.append(time.perf_counter() - started)
            cpu.append(time.process_time() - spent)
    return elapsed, busy


def main(arguments: Sequence[str] | None = None) -> Iterator[str]:
    """A line per task and path, with its time over the twin's."""
    parser = argparse.ArgumentParser(prog="python -m bench.training_step", description=__doc__)
    parser.add_argument("--hcps", type=int, default=20_000)
    parser.add_argument("--rounds", type=int, default=9)
    parser.add_argument("--threads", type=int, default=2, help="2, as the product trains")
    given = parser.parse_args(arguments)
    torch.set_num_threads(given.threads)
    yield f"{described()}; {given.threads} threads, torch {torch.__version__}"
    for task in COLUMNS:
        these = trainees(task, given.hcps)
        edges = sum(matrix[1].shape[0] for matrix in these[-1].adjacency.values())
        apart = disagreement(these)
        yield f"{task}: {given.hcps:,} HCPs, {edges:,} edges; losses of {EQUAL_STEPS} steps differ by {apart:.1e}"
        if apart > TOLERANCE:
            raise SystemExit(f"{task}: losses of the paths differ by {apart:.1e}, more than {TOLERANCE:.0e}")
        elapsed, busy = timed(these, given.rounds)
        for path, wall, cpu in zip(PATHS, elapsed, busy, strict=True):
            # Each round is a pair of neighbours in time, so the ratio of a round holds under any load.
            ratios = sorted(other / own for other, own in zip(wall, elapsed[0], strict=True))
            of_cpu = statistics.median(other / own for other, own in zip(cpu, busy[0], strict=True))
            yield (
                f"  {path.name}: {1000 * statistics.median(wall):.0f} ms, CPU {1000 * statistics.median(cpu):.0f} ms; "
                f"{statistics.median(ratios):.2f} ({ratios[0]:.2f} to {ratios[-1]:.2f}) of the twin's, CPU {of_cpu:.2f}"
            )
    yield "goal: PyG, default, at least 1.7 of the twin's; losses within 1e-4"


if __name__ == "__main__":
    for line in main():
        sys.stdout.write(line + "\n")
        sys.stdout.flush()
