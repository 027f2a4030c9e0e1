"""The world beside its targets: a short table that says how lifelike it is."""

from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from graph.world.access import Barrier
from graph.world.dynamics import social_multiplier
from graph.world.lines import REJECTED
from graph.world.network import Network
from graph.world.products import OWN
from graph.world.world import World


@dataclass(frozen=True, slots=True)
class Figure:
    """One measure, the range aimed at, and its value in this world."""

    name: str
    low: float
    high: float
    value: float

    @property
    def met(self) -> bool:
        return self.low <= self.value <= self.high

    def as_dict(self) -> dict[str, object]:
        return {
            "name": self.name,
            "low": self.low,
            "high": self.high,
            "value": round(self.value, 4),
            "met": self.met,
        }


def calibration(world: World) -> tuple[Figure, ...]:
    """Measured on what happened, not on what was intended."""
    starts, journeys, lines = world.starts, world.journeys, world.lines
    observed = starts.day >= 0
    own = observed & (starts.product == OWN)
    years = world.settings.months / 12
    per_hcp = observed.sum() / world.settings.hcps / years
    barrier = {one: float((journeys.barrier[own] == one).mean()) if own.any() else 0.0 for one in Barrier}
    plan_starts = np.bincount(starts.plan[own], minlength=len(world.payers.plan_id))
    plan_lost = np.bincount(starts.plan[own], weights=~journeys.dispensed[own], minlength=len(plan_starts))
    enough = plan_starts >= 20
    rate = plan_lost[enough] / plan_starts[enough]
    spread = float(np.quantile(rate, 0.9) - np.quantile(rate, 0.1)) if len(rate) > 1 else 0.0
    ties = np.bincount(world.network.source[world.network.published], minlength=world.settings.hcps)
    own_friction = 1 - float(journeys.dispensed[own].mean()) if own.any() else 0.0
    expected = float(world.expected.value[own].mean()) if own.any() else 0.0
    # With peers that cause nothing the multiplier is one by construction.
    multiplier = (1.15, 1.45) if world.dynamics.contagion > 0 else (1.0, 1.0)
    near, far = _distances(world, world.network)
    lag = lines.received - lines.service
    return (
        Figure("adopters at the end, share", 0.25, 0.45, float((world.adoption.week >= 0).mean())),
        Figure("social multiplier", *multiplier, social_multiplier(world.dynamics, world.editions_by_week)),
        Figure("starts per HCP and year", 4.0, 12.0, float(per_hcp)),
        Figure("own friction", 0.25, 0.55, own_friction),
        Figure("own friction, 90th less 10th percentile of plans", 0.30, 0.90, spread),
        Figure("own friction less its exact expectation", -0.03, 0.03, own_friction - expected),
        *(Figure(f"own starts lost to {one.name}", *_LOST[one], barrier[one]) for one in _LOST),
        Figure(
            "barriers in order PA, STEP, LIMIT, COVERAGE, COST",
            1.0,
            1.0,
            float(all(barrier[a] > barrier[b] for a, b in pairwise(_LOST))),
        ),
        Figure("claim lines rejected, share", 0.03, 0.20, float((lines.kind == REJECTED).mean())),
        Figure("lines received within 14 days, share", 0.85, 0.99, float((lag <= 14).mean())),
        Figure("published ties per HCP, mean", 10.0, 30.0, float(ties.mean())),
        Figure(
            "published ties per HCP, 99th percentile over median",
            2.0,
            12.0,
            float(np.quantile(ties, 0.99) / max(1.0, float(np.median(ties)))),
        ),
        Figure("miles between HCPs with a tie over miles between any two of a territory", 0.3, 0.8, near / far),
    )


_LOST = {
    Barrier.PA: (0.08, 0.28),
    Barrier.STEP: (0.06, 0.20),
    Barrier.LIMIT: (0.04, 0.14),
    Barrier.COVERAGE: (0.03, 0.10),
    Barrier.COST: (0.02, 0.08),
}
"""Share of the own starts that each barrier may cost, the largest first."""


def _distances(world: World, network: Network) -> tuple[float, float]:
    """Mean miles of published ties, and of all pairs, both within territories."""
    hcps = world.hcps
    source, target = network.source[network.published], network.target[network.published]
    same = hcps.territory[source] == hcps.territory[target]
    tied = hcps.position[source[same]] - hcps.position[target[same]]
    total, pairs = 0.0, 0
    for where in np.unique(hcps.territory):
        people = hcps.position[hcps.territory == where]
        gap = people[:, None, :] - people[None, :, :]
        total += float(np.hypot(gap[..., 0], gap[..., 1]).sum())
        pairs += len(people) * (len(people) - 1)
    return float(np.hypot(tied[:, 0], tied[:, 1]).mean()), total / pairs
