"""The cold region: a state that the company entered late, so that its files know nothing from before."""

from dataclasses import dataclass

import numpy as np

from graph.world.arrays import Booleans
from graph.world.clock import Clock
from graph.world.hcps import Hcps
from graph.world.places import Territories
from graph.world.settings import WorldSettings

OPEN_DAYS = 84
"""Days before the backfill from which on the region is observed."""


@dataclass(frozen=True, slots=True)
class Cold:
    hcps: Booleans
    """[hcp]: whether the HCP practises in the region; nobody does in most regimes."""
    since: int
    """First observed day of the region."""


def make_cold(settings: WorldSettings, clock: Clock, territories: Territories, hcps: Hcps) -> Cold:
    """The last state, where the regime has a cold region."""
    late = np.array(territories.state)[hcps.territory] == max(territories.state)
    since = max(1, clock.deliveries[0] - OPEN_DAYS)
    return Cold(late if settings.planted.cold else np.zeros(len(hcps.npi), dtype=np.bool_), since)
