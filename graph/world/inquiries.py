"""Medical inquiries: unsolicited questions of HCPs to the medical department."""

from dataclasses import dataclass

import numpy as np

from graph.world.arrays import Booleans, Integers
from graph.world.clock import Clock
from graph.world.hcps import Hcps
from graph.world.settings import WorldSettings
from graph.world.streams import stream

YEARLY = 0.18
"""Inquiries per HCP and year, once the product is on the market."""
TOPICS = ("dosing", "renal impairment", "interaction", "adverse event", "switching", "use in pregnancy", "storage")


@dataclass(frozen=True, slots=True)
class Inquiries:
    """Arrays of one length, ordered by day."""

    day: Integers
    hcp: Integers
    topic: Integers
    unsolicited: Booleans


def make_inquiries(settings: WorldSettings, clock: Clock, hcps: Hcps) -> Inquiries:
    """More from those open to new products, and from specialists with many patients."""
    random = stream(settings.seed, "inquiries")
    span = (clock.days - clock.launch) / 365
    pull = np.exp(0.3 * hcps.openness) * np.sqrt(hcps.volume) * ~hcps.retired
    count = random.poisson(YEARLY * span * pull / pull.mean())
    hcp = np.repeat(np.arange(len(count)), count)
    day = random.integers(clock.launch, clock.days, len(hcp))
    order = np.lexsort((hcp, day))
    topic = random.integers(0, len(TOPICS), len(hcp))
    return Inquiries(day[order], hcp[order], topic[order], (random.random(len(hcp)) < 0.97)[order])
