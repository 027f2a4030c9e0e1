"""Training both tasks and scoring a whole twin, by stages: `python -m bench.model_speed --folder DIR`.

The twin is a sample world read from its files. World and snapshot are kept in DIR, so a second run takes only as long
as what is measured. Months are chosen so that each task finds eight snapshots to train on.
"""

from __future__ import annotations

import argparse
import resource
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import gnn.train
from bench.known import known_twin
from bench.machine import described
from gnn.model import Model
from gnn.samples import Sample
from gnn.score import SCORINGS
from gnn.tasks import TASKS, Task
from gnn.train import train_task
from graph.history.snapshot import Snapshot

SNAPSHOTS, MONTHS = 8, 24
STAGES = {
    "sample_of": "features",
    "fit_trees": "trees",
    "fit_network": "network",
    "_compare": "compare",
    "fit_friction": "intervals",
    "fit_adoption": "intervals",
    "_bags": "bags",
}
"""Functions that training calls, and the stage that each is counted to with all it calls itself."""


@dataclass
class Stages:
    """Elapsed and CPU seconds by stage."""

    seconds: dict[str, tuple[float, float]] = field(default_factory=dict)
    open: bool = False

    @contextmanager
    def of(self, name: str) -> Iterator[None]:
        """Count what runs inside, unless a stage is open that it belongs to."""
        if self.open:
            yield
            return
        self.open, wall, cpu = True, time.perf_counter(), time.process_time()
        try:
            yield
        finally:
            elapsed, busy = self.seconds.get(name, (0.0, 0.0))
            self.seconds[name] = (elapsed + time.perf_counter() - wall, busy + time.process_time() - cpu)
            self.open = False

    def total(self) -> tuple[float, float]:
        """Elapsed and CPU seconds of all stages."""
        elapsed, busy = zip(*self.seconds.values(), strict=True)
        return sum(elapsed), sum(busy)

    def lines(self) -> Iterator[str]:
        """The stages, for people."""
        for name, (elapsed, busy) in self.seconds.items():
            yield f"  {name}: {elapsed:.1f} s, CPU {busy:.1f} s"


@contextmanager
def watched(stages: Stages) -> Iterator[None]:
    """While training calls its functions, each is counted to its stage."""
    kept = {name: getattr(gnn.train, name) for name in STAGES}
    for name, function in kept.items():
        setattr(gnn.train, name, _counted(stages, STAGES[name], function))
    try:
        yield
    finally:
        for name, function in kept.items():
            setattr(gnn.train, name, function)


def _counted(stages: Stages, stage: str, function: Callable[..., Any]) -> Callable[..., Any]:
    def call(*arguments: Any, **named: Any) -> Any:
        with stages.of(stage):
            found = function(*arguments, **named)
            if isinstance(found, Sample):
                _ = found.nodes  # made when first asked for: features, not the network's learning
            return found

    return call


def trained(task: Task, snapshot: Snapshot) -> tuple[Model, Stages, int]:
    """The model of a task with its stages and how many snapshots it learned from."""
    stages, whole = Stages(), Stages()
    limited = replace(task, most_training_snapshots=SNAPSHOTS)
    with watched(stages), whole.of("all"):
        model, report = train_task(limited, snapshot)
    (elapsed, busy), (told, told_busy) = whole.total(), stages.total()
    stages.seconds["rest"] = (elapsed - told, busy - told_busy)
    return model, stages, len(report.split.train)


def main(arguments: Sequence[str] | None = None) -> Iterator[str]:
    """A line per stage, with totals beside their goals."""
    parser = argparse.ArgumentParser(prog="python -m bench.model_speed", description=__doc__)
    parser.add_argument("--folder", type=Path, required=True, help="keeps the world and its snapshot between runs")
    parser.add_argument("--hcps", type=int, default=20_000)
    parser.add_argument("--months", type=int, default=MONTHS)
    given = parser.parse_args(arguments)
    given.folder.mkdir(parents=True, exist_ok=True)
    snapshot = known_twin(given.folder, given.hcps, given.months)
    yield f"{described()}; {snapshot.count('hcp'):,} HCPs, {snapshot.count('start'):,} starts as of {snapshot.as_of}"
    models, sums = {}, []
    for name, task in TASKS.items():
        models[name], stages, count = trained(task, snapshot)
        yield f"training {name}, {count} snapshots; {models[name].promoted} is used"
        yield from stages.lines()
        sums.append(stages.total())
    yield _sum("training", sums, 120)
    scoring = Stages()
    for name, one in SCORINGS.items():
        with scoring.of(f"scoring {name}"):
            one.score(models[one.model.name], snapshot, ())
    yield from scoring.lines()
    yield _sum("scoring", [scoring.total()], 60)
    yield f"peak memory {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:,.0f} MB"


def _sum(name: str, sums: Sequence[tuple[float, float]], goal: int) -> str:
    elapsed, busy = (sum(one[place] for one in sums) for place in (0, 1))
    return f"{name}: {elapsed:.1f} s, CPU {busy:.1f} s   goal: {goal} s on two cores"


if __name__ == "__main__":
    for line in main():
        sys.stdout.write(line + "\n")
        sys.stdout.flush()
