"""Scientific work: publications, trials and congresses of the few HCPs who do research."""

from dataclasses import dataclass

import numpy as np

from graph.world.clock import Clock
from graph.world.hcps import Hcps
from graph.world.settings import WorldSettings
from graph.world.streams import stream

ACTIVE = 0.12
"""Share of the HCPs who do research: fewer than one in seven publish."""
RECORDS = 4.0
MISTAKEN = 0.04
"""Share of the records matched to the wrong HCP, with a low score."""
ROLES = {
    "publication": ("first_author", "author", "last_author"),
    "trial": ("principal_investigator", "investigator"),
    "congress": ("speaker", "poster"),
}
KNOWN_AFTER = 30
"""Days from the event to the record."""


@dataclass(frozen=True, slots=True)
class Activity:
    record_id: str
    hcp: int
    kind: str
    role: str
    day: int
    score: float
    mistaken: bool


def make_science(settings: WorldSettings, clock: Clock, hcps: Hcps) -> tuple[Activity, ...]:
    """Records ordered by day; three years before the world included. Leaders do more research, not they alone."""
    random = stream(settings.seed, "science")
    count = len(hcps.npi)
    score = hcps.leadership + random.gumbel(0.0, 0.8, count) + 0.03 * hcps.seniority
    active = np.argsort(-score, kind="stable")[: max(4, round(ACTIVE * count))]
    found: list[Activity] = []
    kinds = tuple(ROLES)
    for hcp in np.sort(active).tolist():
        for number in range(1 + int(random.poisson(RECORDS - 1))):
            kind = kinds[int(random.choice(len(kinds), p=[0.6, 0.15, 0.25]))]
            role = ROLES[kind][int(random.integers(len(ROLES[kind])))]
            day = int(random.integers(-3 * 365, clock.days))
            wrong = bool(random.random() < MISTAKEN)
            match = random.beta(6, 8) if wrong else random.beta(18, 2)
            whose = int(random.integers(count)) if wrong else hcp
            key = f"SCI{hcp:06d}{number:02d}"
            found.append(Activity(key, whose, kind, role, day, round(float(match), 3), wrong))
    return tuple(sorted(found, key=lambda one: (one.day, one.record_id)))
