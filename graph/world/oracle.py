"""Oracles: what nobody could predict better than. Evaluation only; no part of the product reads them.

Oracle A (adoption) knows the whole hidden state of a day and the law of the world; beside it stands one that knows all
of it but who has adopted and not written yet. Oracle B (friction) knows the
world's parameters, so its chance is the exact one of each start at writing, `World.expected`.
"""

import numpy as np

from graph.world.adoption import NEVER
from graph.world.arrays import Booleans, Floats
from graph.world.clock import PAST_WEEKS, WEEK
from graph.world.dynamics import Week
from graph.world.products import OWN
from graph.world.streams import stream
from graph.world.world import World

HORIZON_WEEKS = 13
DRAWS = 400
AT_ONCE = 40
"""Draws simulated together: what they need fits the cache of a small machine for a few thousand HCPs."""


def adoption_chance(world: World, day: int, *, sees_adoption: bool, draws: int = DRAWS) -> Floats:
    """[hcp]: chance of a first own start in the 91 days after ``day``; NaN for those who have written one.

    Simulated forwards from the state at the end of that day: adoption, what peers wrote and remember, openness,
    leadership and friction. Promotion goes on as in the last week, as in `true_influence`. An oracle that
    ``sees_adoption`` knows who has adopted and not written yet, of which no record exists; the other knows how
    likely that is.
    """
    week = day // WEEK + 1
    recent = recent_starts(world, week)
    written = world.adoption.starts[OWN][PAST_WEEKS:]
    known = written[:week].sum(axis=0) > 0
    if sees_adoption:
        adopted = ((world.adoption.week != NEVER) & (world.adoption.week < week)).astype(np.float64)
    else:
        adopted = np.where(known, 1.0, _adopted_unseen(world, week))
    random = stream(world.settings.seed, f"oracle {day}")
    events = np.zeros(len(recent))
    for low in range(0, draws, AT_ONCE):
        events += _first_starts(world, random, week, recent, adopted, known, min(AT_ONCE, draws - low))
    return np.where(known, np.nan, events / draws)


def recent_starts(world: World, week: int) -> Floats:
    """[hcp]: own starts that are remembered at the beginning of a week."""
    written = world.adoption.starts[OWN][PAST_WEEKS:]
    recent = np.zeros(len(world.hcps.npi))
    for past in range(min(week, len(written))):
        recent = recent * world.dynamics.keep + written[past]
    return recent


def week_at(world: World, week: int) -> Week:
    """What holds in a week, or held in the nearest one of the simulation."""
    return world.in_week(min(max(week, world.first_week), len(world.weeks) + world.first_week - 1))


def _adopted_unseen(world: World, week: int) -> Floats:
    """[hcp]: chance of having adopted before ``week``, given that nothing was written by then."""
    waiting, silent = np.ones(len(world.hcps.npi)), np.zeros(len(world.hcps.npi))
    quiet = np.exp(-world.dynamics.own_rate)
    for past in range(world.first_week, week):
        hazard = world.dynamics.hazard(world.adoption.exposure[past], world.in_week(past))
        # Whoever adopts writes from that week on.
        silent = (silent + waiting * hazard) * quiet
        waiting = waiting * (1 - hazard)
    return np.asarray(silent / (silent + waiting), dtype=np.float64)


def _first_starts(
    world: World,
    random: np.random.Generator,
    week: int,
    recent: Floats,
    adopted: Floats,
    known: Booleans,
    draws: int,
) -> Floats:
    """[hcp]: in how many draws the first own start falls into the horizon; ``adopted`` is a chance."""
    dynamics = world.dynamics
    now = week_at(world, week - 1)
    own = np.tile(recent, (draws, 1))
    has = random.random(own.shape) < adopted
    wrote = np.tile(known, (draws, 1))
    for _ in range(HORIZON_WEEKS):
        hazard = dynamics.hazard(dynamics.exposure(own), now)
        has |= random.random(hazard.shape) < hazard
        starts = random.poisson(dynamics.own_rate, hazard.shape) * has
        wrote |= starts > 0
        own = own * dynamics.keep + starts
    return np.asarray((wrote & ~known).sum(axis=0), dtype=np.float64)
