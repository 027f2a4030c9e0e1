"""Worlds to judge by: simulated, written as files, read back as a snapshot."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from graph.history.snapshot import Snapshot
from graph.history.snapshot_tables import day_of
from graph.settings import Settings
from graph.snapshot_files import snapshot_from_files
from graph.world import WorldSettings, build
from graph.world.regimes import REGIMES
from graph.world.world import World, make_world

HEADLINE = ("contagion_homophily", "homophily_only", "policy_shock")
HEADLINE_SEEDS, OTHER_SEEDS = 10, 3
WEEKS = 1
"""Deliveries after the backfill: what is learned does not depend on how often files came."""


@dataclass(frozen=True, slots=True)
class Case:
    """One world by its regime and seed."""

    regime: str
    seed: int

    @property
    def name(self) -> str:
        return f"{self.regime}-{self.seed}"


@dataclass(frozen=True, slots=True)
class Judged:
    """A world with its truth, and what a twin knows of it."""

    world: World
    snapshot: Snapshot

    def day(self, of_snapshot: int) -> int:
        """The world's day of a snapshot's day."""
        return of_snapshot - day_of(self.world.clock.start)


def cases(regimes: tuple[str, ...], seeds: int | None) -> list[Case]:
    """All worlds, the first seed of every regime before the second; ``seeds`` limits each regime."""
    wanted = [
        Case(regime, seed)
        for regime in REGIMES
        if not regimes or regime in regimes
        for seed in range(1, min(seeds or 10**6, HEADLINE_SEEDS if regime in HEADLINE else OTHER_SEEDS) + 1)
    ]
    return sorted(wanted, key=lambda case: case.seed)


@contextmanager
def judged(case: Case, folder: Path, hcps: int, months: int) -> Iterator[Judged]:
    """Build the world and read it; the folder is emptied at the end."""
    shutil.rmtree(folder, ignore_errors=True)
    order = WorldSettings(
        out=folder / "world", seed=case.seed, hcps=hcps, months=months, regime=case.regime, weeks=WEEKS
    )
    try:
        build(order)
        home = replace(Settings.load(), home=folder / "home")
        yield Judged(make_world(order), snapshot_from_files(home, order.out))
    finally:
        shutil.rmtree(folder, ignore_errors=True)
