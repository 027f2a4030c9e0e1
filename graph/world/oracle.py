"""Oracles: what nobody could predict better than. Evaluation only; no part of the product reads them.

Oracle A (adoption) knows the whole hidden state of a day and the law of the world. Oracle B (friction) knows the
world's parameters, so its chance is the exact one of each start at writing, `World.expected`.
"""

import numpy as np

from graph.world.adoption import NEVER
from graph.world.arrays import Booleans, Floats
from graph.world.clock import PAST_WEEKS, WEEK
from graph.world.products import OWN
from graph.world.streams import stream
from graph.world.world import World

HORIZON_WEEKS = 13
DRAWS = 400
AT_ONCE = 40
"""Draws simulated together: what they need fits the cache of a small machine for a few thousand HCPs."""


def adoption_chance(world: World, day: int, draws: int = DRAWS) -> Floats:
    """[hcp]: chance of a first own start in the 91 days after ``day``; NaN for those who have written one.

    Simulated forwards from the state at the end of that day: adoption, what peers wrote and remember, openness,
    leadership and friction. Promotion goes on as in the last week, as in `true_influence`.
    """
    week = day // WEEK + 1
    written = world.adoption.starts[OWN][PAST_WEEKS:]
    recent = np.zeros(len(world.hcps.npi))
    for past in range(min(week, len(written))):
        recent = recent * world.dynamics.keep + written[past]
    adopted = (world.adoption.week != NEVER) & (world.adoption.week < week)
    known = written[:week].sum(axis=0) > 0
    random = stream(world.settings.seed, f"oracle {day}")
    events = np.zeros(len(recent))
    for low in range(0, draws, AT_ONCE):
        events += _first_starts(world, random, week, recent, adopted, known, min(AT_ONCE, draws - low))
    return np.where(known, np.nan, events / draws)


def _first_starts(
    world: World,
    random: np.random.Generator,
    week: int,
    recent: Floats,
    adopted: Booleans,
    known: Booleans,
    draws: int,
) -> Floats:
    """[hcp]: in how many draws the first own start falls into the horizon."""
    dynamics = world.dynamics
    now = world.in_week(min(max(week - 1, world.first_week), len(world.weeks) + world.first_week - 1))
    own = np.tile(recent, (draws, 1))
    has = np.tile(adopted, (draws, 1))
    wrote = np.tile(known, (draws, 1))
    for _ in range(HORIZON_WEEKS):
        hazard = dynamics.hazard(dynamics.exposure(own), now)
        has |= random.random(hazard.shape) < hazard
        starts = random.poisson(dynamics.own_rate, hazard.shape) * has
        wrote |= starts > 0
        own = own * dynamics.keep + starts
    return np.asarray((wrote & ~known).sum(axis=0), dtype=np.float64)
