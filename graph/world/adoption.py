"""Week by week: adoption of the own product and the number of starts of each product."""

from dataclasses import dataclass

import numpy as np

from graph.world.arrays import Floats, Integers
from graph.world.clock import PAST_WEEKS, WEEK, Clock, launch_week
from graph.world.dynamics import SWITCH, Dynamics, Week
from graph.world.patients import Patients
from graph.world.products import OWN, PRODUCTS
from graph.world.promotion import Promotion
from graph.world.settings import WorldSettings
from graph.world.streams import stream

NEVER = -1


@dataclass(frozen=True, slots=True)
class Adoption:
    """What happened; weeks count from the start of the world."""

    week: Integers
    """[hcp]: week of adoption, NEVER if not within the world."""
    exposure: Floats
    """[week, hcp]: peer exposure at the beginning of each week."""
    starts: tuple[Integers, ...]
    """Per product [PAST_WEEKS + week, hcp]: starts written; the past comes first."""
    recent: Floats
    """[hcp]: decayed own starts at the end of the world."""


def weeks_of(settings: WorldSettings, clock: Clock, promotion: Promotion) -> tuple[Week, ...]:
    """Each week from the launch to the end."""
    launched, drift = launch_week(clock), settings.planted.drift
    force = np.linspace(1 + drift / 2, 1 - drift / 2, max(1, clock.weeks - launched))
    return tuple(
        Week(clock.edition_at(week * WEEK), promotion.stock[week], float(force[week - launched]))
        for week in range(launched, clock.weeks)
    )


def simulate(
    settings: WorldSettings, clock: Clock, dynamics: Dynamics, patients: Patients, weeks: tuple[Week, ...]
) -> Adoption:
    """Let the weeks pass, the first of them the one of the launch."""
    random = stream(settings.seed, "adoption")
    count = len(dynamics.fixed)
    luck = random.random((clock.weeks, count))
    potential = random.poisson(dynamics.own_rate, (clock.weeks, count))
    week_of = np.full(count, NEVER, dtype=np.int64)
    exposure = np.zeros((clock.weeks, count))
    own = np.zeros((PAST_WEEKS + clock.weeks, count), dtype=np.int64)
    left = patients.panel.astype(np.int64)
    recent = np.zeros(count)
    launched = launch_week(clock)
    for week in range(launched, clock.weeks):
        exposure[week] = dynamics.exposure(recent)
        hazard = dynamics.hazard(exposure[week], weeks[week - launched])
        week_of[(week_of == NEVER) & (luck[week] < hazard)] = week
        written = np.minimum(np.where(week_of != NEVER, potential[week], 0), left)
        left = left - written
        own[PAST_WEEKS + week] = written
        recent = recent * dynamics.keep + written
    when = np.arange(-PAST_WEEKS, clock.weeks)[:, None]
    adopted = (week_of != NEVER) & (when >= week_of)
    rate = dynamics.other_rate * (1 - SWITCH * adopted)
    starts = [own if product == OWN else random.poisson(rate).astype(np.int64) for product in range(len(PRODUCTS))]
    return Adoption(week_of, exposure, tuple(starts), recent)
