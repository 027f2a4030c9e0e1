"""Where things are: states, territories and positions in miles.

States and ZIP prefixes are real codes, so that validators accept them; cities are made up.
"""

from dataclasses import dataclass

import numpy as np

from graph.world import names
from graph.world.arrays import Floats
from graph.world.settings import WorldSettings
from graph.world.streams import stream


@dataclass(frozen=True, slots=True)
class State:
    code: str
    first_zip3: int
    last_zip3: int
    pdp_region: str
    ma_region: str


STATES = (
    State("OH", 430, 458, "14", "12"),
    State("IN", 460, 479, "15", "13"),
    State("MI", 480, 499, "13", "11"),
    State("WI", 530, 549, "16", "14"),
    State("IL", 600, 629, "17", "15"),
)
RADIUS = 22.0
"""Miles from the middle of a territory within which accounts lie."""
SPACING = 70.0
"""Miles between the middles of neighbouring territories."""


@dataclass(frozen=True, slots=True)
class Territories:
    """The sales territories, each a place: rows of equal index belong together."""

    ids: tuple[str, ...]
    names: tuple[str, ...]
    state: tuple[int, ...]
    """Index into STATES."""
    zip3: tuple[str, ...]
    middle: Floats
    """[territory, 2] miles."""
    openness: Floats
    """Share of the latent openness that all HCPs of the territory have in common."""


def make_territories(settings: WorldSettings) -> Territories:
    random = stream(settings.seed, "territories")
    count = settings.territories
    cities = names.words(random, count, 3)
    state = [index * len(STATES) // count for index in range(count)]
    zip3: list[str] = []
    for index, where in enumerate(state):
        span = STATES[where].last_zip3 - STATES[where].first_zip3 + 1
        zip3.append(f"{STATES[where].first_zip3 + index * 3 % span:03d}")
    columns = int(np.ceil(np.sqrt(count)))
    middle = np.array([(index % columns, index // columns) for index in range(count)]) * SPACING
    return Territories(
        ids=tuple(f"T{index + 1:03d}" for index in range(count)),
        names=tuple(cities),
        state=tuple(state),
        zip3=tuple(zip3),
        middle=middle.astype(np.float64),
        openness=random.normal(0.0, 0.5, count),
    )
