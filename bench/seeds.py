"""Seed selection measured: `python -m bench.seeds --nethept FILE`, the public collaboration graph as text or .gz.

Each row is a fresh service, code compiled before; seconds are of the answer, without making the compressed rows (told
beside). Spreads are those of `cynetdiff`, an independent forward simulator. The last two rows run CELF of Graph
Data Science on a server of its own, with one thread as ours.
"""

from __future__ import annotations

import argparse
import gzip
import statistics
import sys
import tempfile
import time
import warnings
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from cynetdiff.models import IndependentCascadeModel
from numpy.typing import NDArray

from bench.machine import Clock, described
from bench.twins import empty_server
from gnn.seeds.answer import Answer
from gnn.seeds.cascade import Cascade
from gnn.seeds.question import asked
from gnn.seeds.service import SeedService, compile_ahead

Nodes = NDArray[np.int64]
ROUNDS = 5
CELF_CHANCE, CELF_SIMULATIONS = 0.1, 10


@dataclass(frozen=True)
class Network:
    """Directed edges with a chance each."""

    nodes: int
    source: Nodes
    target: Nodes
    chance: NDArray[np.float64]

    @classmethod
    def weighted(cls, nodes: int, pairs: NDArray[np.int64]) -> Network:
        """Distinct edges without loops, each with one over the in-degree of its target."""
        source, target = np.unique(pairs[:, pairs[0] != pairs[1]], axis=1)
        return cls(nodes, source, target, 1.0 / np.bincount(target, minlength=nodes)[target])

    def cascade(self) -> Cascade:
        """Every node worth one."""
        return Cascade.of(self.source, self.target, self.chance, np.ones(self.nodes), itself=True)

    def simulated(self, chosen: Sequence[int], trials: int) -> tuple[float, float]:
        """Mean spread and its standard error."""
        order = np.argsort(self.source, kind="stable")
        starts = np.zeros(self.nodes, dtype=np.uint32)
        starts[1:] = np.cumsum(np.bincount(self.source, minlength=self.nodes))[:-1]
        model = IndependentCascadeModel(
            starts,
            self.target[order].astype(np.uint32),
            activation_probs=self.chance[order].astype(np.float32),
            rng=17,
        )
        model.set_seeds(list(chosen))
        values = []
        for _ in range(trials):
            model.reset_model()
            model.advance_until_completion()
            values.append(model.get_num_activated_nodes())
        return statistics.fmean(values), statistics.stdev(values) / trials**0.5


def main(arguments: Sequence[str] | None = None) -> Iterator[str]:
    """One line per measurement, each beside its goal."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--nethept", type=Path, help="first line: nodes and edges; then an edge a line")
    given = parser.parse_args(arguments)
    yield described()
    yield f"compiling, or reading what was compiled: {_compiled():.2f} s"
    if given.nethept is None:
        yield "NetHEPT: left out, name its file with --nethept"
    else:
        yield _row("NetHEPT", _nethept(given.nethept), 50, 0.8, 10_000, "spread >= 1,290 in <= 0.5 s")
    yield _row("power law", _power_law(100_000, 1_000_000), 20, 0.6, 1_000, "certified >= .60 in <= 0.5 s")
    for same_hubs in (False, True):
        name = "the same hubs send and receive" if same_hubs else "hubs that send apart from hubs that receive"
        yield _beside_celf(name, _power_law(20_000, 100_000, same_hubs=same_hubs))


def _compiled() -> float:
    """Seconds until every function has run once."""
    started = time.perf_counter()
    compile_ahead()
    return time.perf_counter() - started


def _nethept(file: Path) -> Network:
    opened = gzip.open if file.suffix == ".gz" else open
    with opened(file, "rt", encoding="ascii") as text:
        nodes = int(text.readline().split()[0])
        return Network.weighted(nodes, np.loadtxt(text, dtype=np.int64).T)


def _power_law(nodes: int, edges: int, *, same_hubs: bool = False) -> Network:
    """Degrees that fall with the square root of the rank; exactly so many distinct edges.

    Whoever receives from many also sends to many with ``same_hubs``, as in most networks of people; else the ranks of
    sending and receiving are independent.
    """
    random = np.random.default_rng(1)
    share = np.arange(1, nodes + 1) ** -0.5
    share /= share.sum()
    ranks = [random.permutation(nodes)] * 2 if same_hubs else [random.permutation(nodes) for _ in range(2)]
    drawn = np.stack([rank[random.choice(nodes, edges * 5 // 4, p=share)] for rank in ranks])
    distinct = np.unique(drawn[:, drawn[0] != drawn[1]], axis=1)
    return Network.weighted(nodes, distinct[:, random.permutation(distinct.shape[1])[:edges]])


@dataclass(frozen=True)
class Measured:
    """An answer with the elapsed and CPU seconds of each round, of the compressed rows, and of another question."""

    answer: Answer
    elapsed: list[float]
    cpu: list[float]
    rows: float
    again: float

    @property
    def text(self) -> str:
        """The times, for people."""
        return (
            f"{statistics.median(self.elapsed):.3f} s ({min(self.elapsed):.3f} to {max(self.elapsed):.3f}), "
            f"CPU {statistics.median(self.cpu):.3f} s; rows made in {self.rows:.3f} s; without the first three, on the "
            f"sets kept, {1000 * self.again:.1f} ms of CPU"
        )


def _measured(network: Network, k: int, ratio: float) -> Measured:
    started = time.process_time()
    cascade = network.cascade()
    rows = time.process_time() - started
    elapsed, cpu = [], []
    for _ in range(ROUNDS):
        clock, busy = time.perf_counter(), time.process_time()
        service = SeedService(cascade)
        answer = service.answer(asked(network.nodes, np.arange(network.nodes), k), ratio, seconds=60.0)
        elapsed.append(time.perf_counter() - clock)
        cpu.append(time.process_time() - busy)
    busy = time.process_time()
    service.answer(asked(network.nodes, np.arange(network.nodes), k, exclude=answer.chosen[:3]), 0.0)
    return Measured(answer, elapsed, cpu, rows, time.process_time() - busy)


def _row(name: str, network: Network, k: int, ratio: float, trials: int, goal: str) -> str:
    found = _measured(network, k, ratio)
    answer = found.answer
    mean, error = network.simulated(answer.chosen, trials)
    return (
        f"{name}, {network.nodes:,} nodes, {len(network.source):,} edges, k = {k}: "
        f"spread {mean:,.0f} +- {error:.1f} simulated, {answer.spread:,.0f} ({answer.low:,.0f} to {answer.high:,.0f}) "
        f"told; certified {answer.ratio:.3f}; {answer.sets:,} sets; {found.text}   goal: {goal}"
    )


def _beside_celf(name: str, weighted: Network) -> str:
    """Both choose twenty; both choices are simulated alike."""
    chance = np.full(len(weighted.source), CELF_CHANCE)
    network = Network(weighted.nodes, weighted.source, weighted.target, chance)
    found = _measured(network, 20, 0.6)
    with tempfile.TemporaryDirectory() as home:
        theirs, spent = _celf(network, 20, Path(home))
    ours, celf = (network.simulated(chosen, 2_000)[0] for chosen in (found.answer.chosen, theirs))
    wall, busy = ([one[name] for one in spent] for name in ("wall", "server"))
    times = statistics.median(wall) / statistics.median(found.elapsed)
    by_cpu = statistics.median(busy) / statistics.median(found.cpu)
    return (
        f"beside GDS CELF, {name}, {network.nodes:,} nodes, {len(network.source):,} edges, k = 20, p = {CELF_CHANCE}, "
        f"{CELF_SIMULATIONS} simulations: CELF first {wall[0]:.2f} s (CPU {busy[0]:.2f}), median {_middle(wall)} s "
        f"(CPU {_middle(busy)}); ours {found.text}: {times:,.0f} times, {by_cpu:,.0f} by CPU; spread {ours:,.0f} and "
        f"{celf:,.0f}: {ours / celf:.3f}; certified {found.answer.ratio:.3f}   goal: >= 50 times at >= .98"
    )


def _middle(values: list[float]) -> str:
    return f"{statistics.median(values):.2f}"


def _celf(network: Network, k: int, home: Path) -> tuple[list[int], list[dict[str, float]]]:
    """What CELF chooses, and the seconds of each call on a graph that is projected already."""
    from graph.analytics.projection import graph_data_science, projection

    with empty_server(home) as (_, store, pid), warnings.catch_warnings():
        warnings.simplefilter("ignore")
        store.write("UNWIND range(0, $last) AS n CREATE (:HCP {id: toString(n)})", last=network.nodes - 1)
        ties = np.stack([network.source, network.target], axis=1).tolist()
        for low in range(0, len(ties), 10_000):
            store.write(
                "UNWIND $ties AS tie MATCH (a:HCP {id: toString(tie[0])}), (b:HCP {id: toString(tie[1])}) "
                "CREATE (a)-[:SHARES_PATIENTS {patients: 11}]->(b)",
                ties=ties[low : low + 10_000],
            )
        with graph_data_science(store.connection) as client, projection(client, "celf") as (graph, _):
            spent = []
            for _ in range(ROUNDS):
                clock = Clock(pid)
                rows = client.run_cypher(
                    "CALL gds.influenceMaximization.celf.stream($graph, {seedSetSize: $k, monteCarloSimulations: $mc, "
                    "propagationProbability: $chance, relationshipTypes: ['FORWARD'], concurrency: 1}) "
                    "YIELD nodeId RETURN gds.util.asNode(nodeId).id AS id",
                    {"graph": graph.name(), "k": k, "mc": CELF_SIMULATIONS, "chance": CELF_CHANCE},
                )
                spent.append(clock.read())
            return [int(one) for one in rows["id"]], spent


if __name__ == "__main__":
    for line in main():
        sys.stdout.write(line + "\n")
        sys.stdout.flush()
