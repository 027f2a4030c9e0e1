"""True influence: paired simulation after the end of the world, with common random numbers."""

from dataclasses import dataclass, replace

import numpy as np

from graph.world.adoption import NEVER
from graph.world.arrays import Floats, Integers
from graph.world.dynamics import Dynamics
from graph.world.streams import stream
from graph.world.world import World

HORIZON_WEEKS = 13
SUBJECTS = 120
"""HCPs whose influence is computed."""
DRAWS = 4
"""Paired simulations for each."""
HOPS = 3
"""Ties over which a difference is followed; beyond lies less than a billionth of it."""


@dataclass(frozen=True, slots=True)
class Influence:
    """Arrays of one length."""

    hcp: Integers
    value: Floats
    """Expected own starts of others over the horizon, do(prescribes) - do(prescribes none)."""
    error: Floats
    """Standard error of `value` over the draws."""


def subjects(world: World, count: int = SUBJECTS) -> Integers:
    """``count`` HCPs along the whole range of reach, denser towards its top; half of them adopters."""
    reach = (
        np.bincount(world.network.target, weights=world.dynamics.weight, minlength=len(world.hcps.npi))
        * world.dynamics.own_rate
    )
    adopted = world.adoption.week != NEVER
    chosen: list[int] = []
    for group in (np.flatnonzero(adopted), np.flatnonzero(~adopted)):
        ranked = group[np.argsort(reach[group], kind="stable")]
        wanted = min(count // 2, len(ranked))
        # Most HCPs influence nobody much: even steps would leave the leaders out.
        step = 1 - (1 - np.linspace(0, 1, wanted)) ** 2
        at = (step * (len(ranked) - 1)).round().astype(int)
        chosen += ranked[np.unique(at)].tolist()
    return np.array(sorted(chosen), dtype=np.int64)


def true_influence(world: World, count: int = SUBJECTS) -> Influence:
    """Of ``count`` HCPs. Zero for everybody where peers cause nothing; simulated otherwise."""
    people = subjects(world, count)
    if world.dynamics.contagion == 0:
        return Influence(people, np.zeros(len(people)), np.zeros(len(people)))
    random = stream(world.settings.seed, "influence")
    shape = (HORIZON_WEEKS, DRAWS, len(world.hcps.npi))
    adopted = world.adoption.week != NEVER
    written = random.poisson(world.dynamics.own_rate * adopted, shape).astype(np.float64)
    course = _course(world, written)
    value, error = np.empty(len(people)), np.empty(len(people))
    for index, hcp in enumerate(people.tolist()):
        scene = _scene(world, hcp, course, written)
        gain = scene.others(hcp, 1.0) - scene.others(hcp, 0.0)
        value[index] = gain.mean()
        error[index] = gain.std(ddof=1) / np.sqrt(DRAWS)
    return Influence(people, value, error)


@dataclass(frozen=True, slots=True)
class _Scene:
    """The part of the world in which a difference is followed; everybody else goes on as in `course`."""

    world: World
    people: Integers
    """Those who are simulated, ascending."""
    dynamics: Dynamics
    """Of `people`; ties lead to places in `known`."""
    known: Integers
    """`people` and all they look at."""
    inside: Integers
    """Places of `people` in `known`."""
    course: Floats
    """[week, draw, hcp]: recent starts of all where nobody is made to do anything."""
    written: Floats
    """[week, draw, hcp]: starts of those who had adopted by the end."""

    def others(self, hcp: int, share: float) -> Floats:
        """[draw]: expected own starts of all others when `hcp` writes `share` of its expected volume.

        Those who adopt later count with their probability: the expectation stays, the noise goes.
        """
        world, dynamics, draws = self.world, self.dynamics, self.written.shape[1]
        # Promotion goes on as it was in the last week.
        last = replace(world.weeks[-1], calls=world.promotion.stock[-1][self.people])
        never = np.tile((world.adoption.week[self.people] == NEVER).astype(np.float64), (draws, 1))
        waiting = never.copy()
        own = np.tile(world.adoption.recent[self.people].astype(np.float64), (draws, 1))
        at = int(np.searchsorted(self.people, hcp))
        total = np.zeros(draws)
        for week in range(HORIZON_WEEKS):
            recent = self.course[week][:, self.known]
            recent[:, self.inside] = own
            waiting *= 1 - dynamics.hazard(dynamics.exposure(recent), last)
            later = (never - waiting) * dynamics.own_rate
            later[:, at] = 0.0
            total += later.sum(axis=1)
            now = self.written[week][:, self.people] + later
            now[:, at] = dynamics.own_rate[at] * share
            own = own * dynamics.keep + now
        return total


def _scene(world: World, hcp: int, course: Floats, written: Floats) -> _Scene:
    """Those whom at most HOPS ties lead to `hcp`, so that the work does not grow with the world."""
    dynamics, network = world.dynamics, world.network
    chosen = np.zeros(len(world.hcps.npi), dtype=np.bool_)
    chosen[hcp] = True
    for _ in range(HOPS):
        chosen[network.source[chosen[network.target]]] = True
    people = np.flatnonzero(chosen)
    ties = np.flatnonzero(chosen[network.source])
    known = np.union1d(people, network.target[ties])
    count = np.bincount(np.searchsorted(people, network.source[ties]), minlength=len(people))
    local = replace(
        dynamics,
        fixed=dynamics.fixed[people],
        friction=dynamics.friction[:, people],
        own_rate=dynamics.own_rate[people],
        other_rate=dynamics.other_rate[people],
        target=np.searchsorted(known, network.target[ties]),
        first_tie=np.concatenate([[0], np.cumsum(count)[:-1]]).astype(np.int64),
        tied=(count > 0).astype(np.float64),
        weight=dynamics.weight[ties],
    )
    return _Scene(world, people, local, known, np.searchsorted(known, people), course, written)


def _course(world: World, written: Floats) -> Floats:
    """Recent starts of everybody at the beginning of each week after the end, when things take their course."""
    dynamics, last = world.dynamics, world.weeks[-1]
    never = np.tile((world.adoption.week == NEVER).astype(np.float64), (written.shape[1], 1))
    waiting = never.copy()
    recent = np.tile(world.adoption.recent.astype(np.float64), (written.shape[1], 1))
    course = np.empty_like(written)
    for week in range(HORIZON_WEEKS):
        course[week] = recent
        waiting *= 1 - dynamics.hazard(dynamics.exposure(recent), last)
        recent = recent * dynamics.keep + written[week] + (never - waiting) * dynamics.own_rate
    return course
