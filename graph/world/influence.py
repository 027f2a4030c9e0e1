"""True influence: paired simulation after the end of the world, with common random numbers."""

from dataclasses import dataclass

import numpy as np

from graph.world.adoption import NEVER
from graph.world.arrays import Floats, Integers
from graph.world.streams import stream
from graph.world.world import World

HORIZON_WEEKS = 13
SUBJECTS = 120
"""HCPs whose influence is computed."""
DRAWS = 4
"""Paired simulations for each."""


@dataclass(frozen=True, slots=True)
class Influence:
    """Arrays of one length."""

    hcp: Integers
    value: Floats
    """Expected own starts of others over the horizon, do(prescribes) - do(prescribes none)."""
    error: Floats
    """Standard error of `value` over the draws."""


def subjects(world: World) -> Integers:
    """HCPs along the whole range of reach, denser towards its top; half of them adopters."""
    reach = (
        np.bincount(world.network.target, weights=world.dynamics.weight, minlength=len(world.hcps.npi))
        * world.dynamics.own_rate
    )
    adopted = world.adoption.week != NEVER
    chosen: list[int] = []
    for group in (np.flatnonzero(adopted), np.flatnonzero(~adopted)):
        ranked = group[np.argsort(reach[group], kind="stable")]
        wanted = min(SUBJECTS // 2, len(ranked))
        # Most HCPs influence nobody much: even steps would leave the leaders out.
        step = 1 - (1 - np.linspace(0, 1, wanted)) ** 2
        at = (step * (len(ranked) - 1)).round().astype(int)
        chosen += ranked[np.unique(at)].tolist()
    return np.array(sorted(chosen), dtype=np.int64)


def true_influence(world: World) -> Influence:
    """Zero for everybody where peers cause nothing; simulated otherwise."""
    people = subjects(world)
    if world.dynamics.contagion == 0:
        return Influence(people, np.zeros(len(people)), np.zeros(len(people)))
    random = stream(world.settings.seed, "influence")
    shape = (HORIZON_WEEKS, DRAWS, len(world.hcps.npi))
    adopted = world.adoption.week != NEVER
    written = random.poisson(world.dynamics.own_rate * adopted, shape).astype(np.float64)
    value, error = np.empty(len(people)), np.empty(len(people))
    for index, hcp in enumerate(people.tolist()):
        gain = _others(world, hcp, 1.0, written) - _others(world, hcp, 0.0, written)
        value[index] = gain.mean()
        error[index] = gain.std(ddof=1) / np.sqrt(DRAWS)
    return Influence(people, value, error)


def _others(world: World, hcp: int, share: float, written: Floats) -> Floats:
    """[draw]: expected own starts of all others when `hcp` writes `share` of its expected volume.

    Starts of those who had adopted by the end are the draws in `written` [week, draw, hcp].
    Those who adopt later count with their probability: the expectation stays, the noise goes.
    """
    dynamics = world.dynamics
    # Promotion goes on as it was in the last week.
    last = world.weeks[-1]
    waiting = np.tile((world.adoption.week == NEVER).astype(np.float64), (written.shape[1], 1))
    never = waiting.copy()
    recent = np.tile(world.adoption.recent.astype(np.float64), (written.shape[1], 1))
    total = np.zeros(written.shape[1])
    for week in range(HORIZON_WEEKS):
        waiting *= 1 - dynamics.hazard(dynamics.exposure(recent), last)
        later = (never - waiting) * dynamics.own_rate
        later[:, hcp] = 0.0
        total += later.sum(axis=1)
        now = written[week] + later
        now[:, hcp] = dynamics.own_rate[hcp] * share
        recent = recent * dynamics.keep + now
    return total
