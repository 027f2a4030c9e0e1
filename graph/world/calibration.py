"""The world beside its targets: a table that says how lifelike it is, and where each target comes from."""

from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from graph.world.access import Barrier, abandonment
from graph.world.arrays import Floats
from graph.world.authorizations import DENIED, GATE
from graph.world.crm import PRIMARY
from graph.world.dynamics import caused_by_calls, social_multiplier
from graph.world.journeys import NONE
from graph.world.network import Network
from graph.world.products import OWN
from graph.world.promotion import POLICY
from graph.world.world import World
from graph.world.writers.claims import ClaimCounts

ASSUMED = "assumed for this world"


@dataclass(frozen=True, slots=True)
class Figure:
    """One measure, the range aimed at, its value in this world, and the source of the range."""

    name: str
    low: float
    high: float
    value: float
    source: str = ASSUMED

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
            "source": self.source,
        }


def calibration(world: World, claims: ClaimCounts) -> tuple[Figure, ...]:
    """Measured on what happened, not on what was intended."""
    return (*_prescribing(world), *_access(world), *_claims(world, claims), *_network(world), *_field(world))


def _prescribing(world: World) -> tuple[Figure, ...]:
    observed = world.starts.day >= 0
    years = world.settings.months / 12
    volume = np.log(world.hcps.volume)
    # With peers that cause nothing the multiplier is one by construction.
    multiplier = (1.15, 1.45) if world.dynamics.contagion > 0 else (1.0, 1.0)
    leaders = world.hcps.leadership > 0
    decile = np.argsort(np.argsort(world.hcps.volume)) / len(volume)
    return (
        Figure("adopters at the end, share", 0.25, 0.45, float((world.adoption.week >= 0).mean())),
        Figure(
            "social multiplier",
            *multiplier,
            social_multiplier(world.dynamics, world.weeks),
            "Bhatia and Wang 2011: mean 1.27",
        ),
        Figure("starts per HCP and year", 4.0, 12.0, float(observed.sum() / world.settings.hcps / years)),
        Figure("spread of the log of patient volume", 0.6, 1.0, float(volume.std()), "log-normal volume"),
        Figure("leaders, share of the HCPs", 0.05, 0.08, float(leaders.mean()), "fewer than 15 % publish"),
        Figure(
            "leaders below the seventh decile of volume, share",
            0.4,
            1.0,
            float((decile[leaders] < 0.7).mean()),
            "influential is not the same as prolific",
        ),
    )


def _access(world: World) -> tuple[Figure, ...]:
    starts, journeys = world.starts, world.journeys
    own = (starts.day >= 0) & (starts.product == OWN)
    barrier = {one: _mean(journeys.barrier[own] == one) for one in Barrier}
    plan_starts = np.bincount(starts.plan[own], minlength=len(world.payers.plan_id))
    plan_lost = np.bincount(starts.plan[own], weights=~journeys.dispensed[own], minlength=len(plan_starts))
    enough = plan_starts >= 20
    rate = plan_lost[enough] / plan_starts[enough]
    spread = float(np.quantile(rate, 0.9) - np.quantile(rate, 0.1)) if len(rate) > 1 else 0.0
    friction = 1 - _mean(journeys.dispensed[own])
    first = (journeys.arrived[own] != NONE).any(axis=1)
    asked = own & (journeys.arrived[:, GATE] != NONE)
    settled = asked & (journeys.cleared[:, GATE] != NONE)
    delay = (journeys.cleared - journeys.arrived)[settled, GATE]
    requests = world.authorizations
    answered = requests.decided != NONE
    per_start = np.bincount(requests.start)[np.unique(requests.start)] if len(requests) else np.zeros(1)
    left = {price: float(abandonment(np.array([price]))[0]) for price in (0.0, 30.0, 500.0)}
    return (
        Figure("own friction", 0.25, 0.55, friction, "dispensed within 30 days of writing"),
        Figure("own friction, 90th less 10th percentile of plans", 0.30, 0.90, spread),
        Figure("own friction less its exact expectation", -0.03, 0.03, friction - _mean(world.expected.value[own])),
        *(Figure(f"own starts lost to {one.name}", *_LOST[one], barrier[one]) for one in _LOST),
        Figure(
            "barriers in order PA, STEP, LIMIT, COVERAGE, COST",
            1.0,
            1.0,
            float(all(barrier[a] > barrier[b] for a, b in pairwise(_LOST))),
        ),
        Figure(
            "own starts rejected at first, share", 0.5, 0.9, _mean(first), "specialty drugs: 75 to 92 % denied first"
        ),
        Figure(
            "own PA rejections settled in the end, share",
            0.47,
            0.96,
            _mean(journeys.cleared[asked, GATE] != NONE),
            "Navar 2017: 47 %; Wallace: 96 %",
        ),
        Figure("days to settle a PA rejection, median", 10, 25, _median(delay), "3 to 5 weeks; apixaban 5 to 11 days"),
        Figure("PA requests denied, share of those decided", 0.2, 0.8, _mean(requests.decision[answered] == DENIED)),
        Figure("PA requests per start, mean", 1.3, 3.0, float(per_start.mean()), "2 to 4 rejections before approval"),
        Figure("abandoned at $0", 0.05, 0.05, round(left[0.0], 4), "IQVIA Institute 2019"),
        Figure("abandoned at $30", 0.11, 0.11, round(left[30.0], 4), "IQVIA, commercial brands 2017"),
        Figure("abandoned at $500", 0.60, 0.60, round(left[500.0], 4), "IQVIA Institute 2019"),
    )


def _claims(world: World, claims: ClaimCounts) -> tuple[Figure, ...]:
    monthly = claims.lines / world.settings.hcps / world.settings.months
    return (
        Figure("claim lines per HCP and month, mean", 2.0, 20.0, monthly, "the bound of this world"),
        Figure("claim lines rejected, share", 0.03, 0.20, claims.rejected / max(1, claims.lines)),
        Figure("lines received within 14 days, share", 0.85, 0.99, claims.prompt / max(1, claims.lines)),
    )


def _network(world: World) -> tuple[Figure, ...]:
    network, hcps = world.network, world.hcps
    ties = np.bincount(network.source[network.published], minlength=world.settings.hcps)
    near, far = _distances(world, network)
    same = hcps.account[network.source] == hcps.account[network.target]
    alike = np.corrcoef(hcps.openness[network.source], hcps.openness[network.target])[0, 1]
    planted = world.settings.planted.homophily > 0
    return (
        Figure("published ties per HCP, mean", 10.0, 30.0, float(ties.mean()), "Landon 2012: 27 per 100 patients"),
        Figure(
            "published ties per HCP, 99th percentile over median",
            2.0,
            12.0,
            float(np.quantile(ties, 0.99) / max(1.0, float(np.median(ties)))),
            "An 2017: heavy tail",
        ),
        Figure(
            "miles of a tie over miles of any two of a territory",
            0.3,
            0.8,
            near / far,
            "Landon 2012: 13.2 against 24.2",
        ),
        Figure("ties within one account, share", 0.1, 0.97, float(same.mean()), "Landon 2012: 96 % share a hospital"),
        Figure("likeness of peers in openness", *((0.3, 0.9) if planted else (-0.2, 0.6)), float(alike)),
    )


def _field(world: World) -> tuple[Figure, ...]:
    promotion, crm = world.promotion, world.crm
    calls = max(1, int(promotion.calls.genuine.sum()))
    lottery = promotion.suggestions.arm != POLICY
    noisy = (crm.kind != PRIMARY) | crm.stale
    records = noisy[crm.known[crm.hcp]]
    drawn = (0.3, 0.6) if world.settings.promotion_arm else (0.0, 0.0)
    return (
        Figure(
            "starts caused per call",
            0.05,
            0.35,
            caused_by_calls(world.dynamics, world.weeks) / calls,
            "Mizik and Jacobson 2004: 0.15 to 0.32",
        ),
        Figure(
            "suggestions left to the lottery, share",
            *drawn,
            _mean(lottery),
            "a tenth of all HCPs each round",
        ),
        Figure(
            "CRM records duplicate or stale, share",
            *((0.10, 0.30) if not world.settings.planted.adversarial else (0.2, 0.5)),
            _mean(records),
            "10 to 30 %",
        ),
    )


_LOST = {
    Barrier.PA: (0.08, 0.28),
    Barrier.STEP: (0.06, 0.20),
    Barrier.LIMIT: (0.04, 0.14),
    Barrier.COVERAGE: (0.03, 0.10),
    Barrier.COST: (0.02, 0.08),
}
"""Share of the own starts that each barrier may cost, the largest first."""


def _mean(values: np.ndarray[tuple[int, ...], np.dtype[np.generic]]) -> float:
    return float(values.astype(np.float64).mean()) if values.size else 0.0


def _median(values: np.ndarray[tuple[int, ...], np.dtype[np.int64]]) -> float:
    return float(np.median(values)) if values.size else 0.0


def _distances(world: World, network: Network) -> tuple[float, float]:
    """Mean miles of published ties, and of all pairs, both within territories."""
    hcps = world.hcps
    source, target = network.source[network.published], network.target[network.published]
    same = hcps.territory[source] == hcps.territory[target]
    tied: Floats = hcps.position[source[same]] - hcps.position[target[same]]
    total, pairs = 0.0, 0
    for where in np.unique(hcps.territory):
        people = hcps.position[hcps.territory == where]
        gap = people[:, None, :] - people[None, :, :]
        total += float(np.hypot(gap[..., 0], gap[..., 1]).sum())
        pairs += len(people) * (len(people) - 1)
    return float(np.hypot(tied[:, 0], tied[:, 1]).mean()), total / pairs
