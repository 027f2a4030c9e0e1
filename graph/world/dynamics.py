"""The law of adoption: who takes up the own product in a week, given what peers did."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from graph.world.arrays import Floats, Integers, logistic
from graph.world.hcps import Hcps
from graph.world.network import Network
from graph.world.patients import Patients
from graph.world.settings import WorldSettings
from graph.world.specialties import SPECIALTIES

OPENNESS = 0.55
VOLUME = 0.20
FRICTION = 2.0
MEMORY_WEEKS = 8.0
"""Weeks after which a peer's start counts for a third."""
GAIN = 3.0
"""Scale of peer exposure inside the logarithm."""
OWN_RATE = 0.0100
"""Weekly own starts of an adopter per patient of the panel."""
OTHER_RATE = 0.0034
"""Weekly starts of each competitor per patient of the panel."""
SWITCH = 0.20
"""Share of the competitor starts that an adopter gives up."""
DETAILING = 0.35
"""What a call adds to the weekly adoption logit, on the log of the calls remembered."""
ADOPTED = 0.35
"""Expected share of adopters at the end; the base of the hazard is set to meet it."""


@dataclass(frozen=True, slots=True)
class Week:
    """What one simulated week has of its own: the edition in force, the calls remembered, the force of both."""

    edition: int
    calls: Floats | float = 0.0
    """[hcp]: stock of calls."""
    force: float = 1.0
    """Factor on what peers and calls do: below or above 1 where a regime drifts."""


@dataclass(frozen=True, slots=True)
class Dynamics:
    """Everything that the weekly hazard needs; `recent` below is decayed own starts by HCP."""

    base: float
    contagion: float
    fixed: Floats
    """[hcp]: specialty, volume and openness."""
    friction: Floats
    """[edition, hcp]: own friction over the panel."""
    own_rate: Floats
    """[hcp]: expected own starts a week, once adopted."""
    other_rate: Floats
    """[hcp]: expected starts a week of one competitor."""
    target: Integers
    first_tie: Integers
    """[hcp]: where the ties of each HCP begin in `target`."""
    tied: Floats
    """[hcp]: 1 with ties, 0 without."""
    weight: Floats
    """[tie]: strength times the leader factor of the peer."""
    detailing: float = DETAILING

    @property
    def keep(self) -> float:
        """What remains of `recent` after a week."""
        return float(np.exp(-1.0 / MEMORY_WEEKS))

    def exposure(self, recent: Floats) -> Floats:
        """Peer exposure, [..., hcp] -> [..., hcp]: log of the weighted recent starts of peers."""
        flow = recent[..., self.target] * self.weight
        padded = np.concatenate([flow, np.zeros((*flow.shape[:-1], 1))], axis=-1)
        total = np.add.reduceat(padded, self.first_tie, axis=-1) * self.tied
        return np.asarray(np.log1p(GAIN * total))

    def hazard(self, exposure: Floats, week: Week) -> Floats:
        """Chance to adopt this week, for those who have not, [..., hcp]."""
        fixed = self.base + self.fixed - FRICTION * self.friction[week.edition]
        called = self.detailing * week.force * np.log1p(week.calls)
        return logistic(fixed + called + self.contagion * week.force * exposure)


def make_dynamics(
    settings: WorldSettings, hcps: Hcps, patients: Patients, network: Network, friction: Floats
) -> Dynamics:
    """The dynamics without its base, which `calibrated` sets."""
    count = len(hcps.npi)
    pull = np.array([specialty.pull for specialty in SPECIALTIES])[hcps.specialty]
    active = (patients.panel * ~hcps.retired).astype(np.float64)
    ties = np.bincount(network.source, minlength=count)
    return Dynamics(
        base=0.0,
        contagion=settings.planted.contagion,
        fixed=pull + VOLUME * np.log(hcps.volume) + OPENNESS * hcps.openness,
        friction=friction,
        own_rate=OWN_RATE * active,
        other_rate=OTHER_RATE * active,
        target=network.target,
        first_tie=np.concatenate([[0], np.cumsum(ties)[:-1]]).astype(np.int64),
        tied=(ties > 0).astype(np.float64),
        weight=network.strength * np.exp(hcps.leadership[network.target]),
    )


def expected(dynamics: Dynamics, weeks: Sequence[Week]) -> tuple[float, float]:
    """Share of adopters after the weeks, and starts written in them; chance replaced by its mean."""
    waiting = np.ones(len(dynamics.fixed))
    recent, starts = np.zeros(len(dynamics.fixed)), 0.0
    for week in weeks:
        waiting = waiting * (1 - dynamics.hazard(dynamics.exposure(recent), week))
        written = (1 - waiting) * dynamics.own_rate
        starts += float(written.sum())
        recent = recent * dynamics.keep + written
    return float(1 - waiting.mean()), starts


def calibrated(dynamics: Dynamics, weeks: Sequence[Week]) -> Dynamics:
    """The dynamics whose base makes the expected share of adopters ADOPTED (bisection)."""
    low, high = -14.0, 0.0
    for _ in range(24):
        middle = (low + high) / 2
        adopted, _ = expected(replace(dynamics, base=middle), weeks)
        low, high = (middle, high) if adopted < ADOPTED else (low, middle)
    return replace(dynamics, base=round((low + high) / 2, 4))


def social_multiplier(dynamics: Dynamics, weeks: Sequence[Week]) -> float:
    """Expected adopters over those expected if the same hazard ignored peers."""
    alone, _ = expected(replace(dynamics, contagion=0.0), weeks)
    return expected(dynamics, weeks)[0] / alone


def caused_by_calls(dynamics: Dynamics, weeks: Sequence[Week]) -> float:
    """Expected starts less those expected if the same hazard ignored calls."""
    return expected(dynamics, weeks)[1] - expected(replace(dynamics, detailing=0.0), weeks)[1]
