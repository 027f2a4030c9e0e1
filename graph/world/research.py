"""Primary research: waves of a survey in which HCPs name whom they ask, and say how they find access."""

from dataclasses import dataclass

import numpy as np

from graph.world.clock import Clock
from graph.world.cold import Cold
from graph.world.dynamics import Dynamics
from graph.world.hcps import Hcps
from graph.world.network import Network
from graph.world.settings import WorldSettings
from graph.world.streams import stream

STUDY = "ACCESS-AND-ADVICE"
SAMPLE = 0.12
MOST_NAMED = 3
AT_RANDOM = 0.15
"""Share of the nominations that follow nothing."""
BARRIERS = ("prior authorization", "step therapy", "cost to the patient", "not covered", "none")


@dataclass(frozen=True, slots=True)
class Response:
    response_id: str
    wave: int
    hcp: int
    question: str
    answer: str
    nominated: int
    """HCP named, -1 for other questions; its NPI is the answer."""
    day: int
    weight: float


def make_research(
    settings: WorldSettings, clock: Clock, hcps: Hcps, network: Network, dynamics: Dynamics, cold: Cold
) -> tuple[Response, ...]:
    """Three waves, the last one within the weekly deliveries.

    Whom a respondent names follows the true weight of its peers, with noise: a survey is a good
    but imperfect look at influence.
    """
    random = stream(settings.seed, "research")
    days = (clock.deliveries[0] * 2 // 5, clock.deliveries[0] * 4 // 5, clock.delivery(2) - 2)
    practising = np.flatnonzero(~hcps.retired)
    take = max(10, round(SAMPLE * len(practising)))
    responses: list[Response] = []
    ends = np.append(dynamics.first_tie[1:], len(network.target))
    for wave, day in enumerate(days, start=1):
        for hcp in np.sort(random.choice(practising, take, replace=False)).tolist():
            when = day - int(random.integers(0, 10))
            if cold.hcps[hcp] and when < cold.since:
                continue
            weight = round(float(random.uniform(0.6, 1.6)), 3)
            ties = slice(int(dynamics.first_tie[hcp]), int(ends[hcp])) if dynamics.tied[hcp] else slice(0, 0)
            peers, pull = network.target[ties], np.log(dynamics.weight[ties] + 1e-9)
            noisy = pull + random.gumbel(0.0, 0.6 * settings.planted.survey_noise, len(pull))
            named = peers[np.argsort(-noisy)][: int(random.integers(1, MOST_NAMED + 1))].tolist()
            others = [int(random.integers(0, settings.hcps)) if random.random() < AT_RANDOM else one for one in named]
            for rank, one in enumerate(dict.fromkeys(one for one in others if one != hcp)):
                key = f"R{wave}-{hcp:06d}-N{rank + 1}"
                responses.append(Response(key, wave, hcp, "nominates", "", one, when, weight))
            key = f"R{wave}-{hcp:06d}"
            score = int(np.clip(round(3.2 + 0.8 * hcps.skill[hcp] + random.normal(0, 0.8)), 1, 5))
            responses.append(Response(f"{key}-S", wave, hcp, "ease_of_access", str(score), -1, when, weight))
            barrier = BARRIERS[int(random.choice(len(BARRIERS), p=[0.4, 0.2, 0.15, 0.15, 0.1]))]
            responses.append(Response(f"{key}-B", wave, hcp, "main_barrier", barrier, -1, when, weight))
    return tuple(responses)
