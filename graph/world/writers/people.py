"""Names of the HCPs, which only the files need."""

from dataclasses import dataclass

from graph.world import names
from graph.world.streams import stream
from graph.world.world import World


@dataclass(frozen=True, slots=True)
class People:
    """Names and lasting facts of the HCPs that only the files need."""

    last: tuple[str, ...]
    first: tuple[str, ...]


def make_people(world: World) -> People:
    """Made-up names; several HCPs may share a last name."""
    random = stream(world.settings.seed, "people")
    count = len(world.hcps.npi)
    lasts = names.words(random, max(50, count // 3), 3)
    firsts = names.words(random, 120, 2)
    last = random.integers(0, len(lasts), count)
    first = random.integers(0, len(firsts), count)
    return People(tuple(lasts[one] for one in last), tuple(firsts[one] for one in first))
