"""Small worlds with a planted peer effect, for judging the estimators: what confounds it, and what reveals it.

The chance to adopt in a window is linear in the share of peers that adopted before, so that the planted effect is
one number and every window has it. Nothing here is known to the estimators.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy import sparse

from gnn.peer_effect.course import Course, Lottery
from gnn.view import Booleans, Floats, Integers

HCPS = 1_500
TERRITORIES = 30
PEERS = 8
WINDOWS = 6
BASE = 0.04
SPREAD = 0.8
"""Standard deviation of the logarithm of the chance that an HCP has of its own."""
CALLED = 0.4
"""What the encouragement of the lottery adds to the chance of its window."""
VISITED = 0.01
"""What the visits that reps choose themselves add."""
IN_LOTTERY = 0.3
ODDS = (0.3, 0.5, 0.7)
ACROSS = 0.15
"""Share of the peers that are chosen from anywhere."""
FOLLOWS, FOLLOWED = "follows", "is followed by"


@dataclass(frozen=True, slots=True)
class Situation:
    """What a world plants."""

    name: str
    effect: float
    """Added to the chance of a window if all peers had adopted before it instead of none."""
    hidden: bool
    """Whether peers are alike in what nobody observes, rather than in what everybody sees."""
    lottery: bool


SITUATIONS = (
    Situation("lottery, hidden likeness, effect", 0.3, hidden=True, lottery=True),
    Situation("lottery, hidden likeness, no effect", 0.0, hidden=True, lottery=True),
    Situation("observed likeness, effect", 0.15, hidden=False, lottery=False),
    Situation("observed likeness, strong effect", 0.4, hidden=False, lottery=False),
    Situation("observed likeness, no effect", 0.0, hidden=False, lottery=False),
    Situation("hidden likeness, effect", 0.15, hidden=True, lottery=False),
    Situation("hidden likeness, no effect", 0.0, hidden=True, lottery=False),
)


def world(situation: Situation, seed: int, hcps: int = HCPS) -> Course:
    """One world; the same seed gives the same one."""
    random = np.random.default_rng([seed, *situation.name.encode()])
    territory = random.integers(0, TERRITORIES, hcps)
    specialty = random.integers(0, 4, hcps)
    regional = random.normal(0.0, 0.5, TERRITORIES)
    trait = np.clip(regional[territory] + random.normal(0.0, 0.87, hcps), -2, 2)
    volume = np.exp(random.normal(0.0, 0.7, hcps))
    follows = _ties(random, territory, trait)
    tier = np.searchsorted(np.quantile(volume, [0.5, 0.8]), volume, side="right")
    willing = np.exp(SPREAD * trait)
    own = BASE * willing + 0.01 * (specialty == 0) + VISITED * (tier == 2)
    visits = random.poisson(0.5 + tier, (WINDOWS, hcps)).astype(np.float64)
    invited = random.random((WINDOWS, hcps)) < (IN_LOTTERY if situation.lottery else 0.0)
    odds = np.array(ODDS)[tier]
    drawn = invited & (random.random((WINDOWS, hcps)) < odds)
    since = np.full(hcps, WINDOWS)
    for window in range(WINDOWS):
        exposure = follows @ (since < window).astype(np.float64)
        chance = own + situation.effect * exposure + CALLED * drawn[window]
        since[(since == WINDOWS) & (random.random(hcps) < np.clip(chance, 0.0, 1.0))] = window
    known = {"volume": np.tile(np.log(volume), (WINDOWS, 1)), "visits": np.log1p(visits)}
    if not situation.hidden:
        known["openness"] = np.tile(willing, (WINDOWS, 1))
    return Course(
        ties={FOLLOWS: follows, FOLLOWED: follows.T.tocsr()},
        since=since.astype(np.int64),
        covariates=np.stack(list(known.values()), axis=-1),
        names=tuple(known),
        groups=tuple("promotion" if name == "visits" else "practice" for name in known),
        specialty=specialty,
        region=territory,
        lottery=_log(invited, drawn, odds) if situation.lottery else None,
    )


def _ties(random: np.random.Generator, territory: Integers, alike: Floats) -> sparse.csr_matrix:
    """[hcp, peer] attention: mostly to the like-minded of one's territory, and to leaders."""
    count = len(territory)
    leader = random.gamma(2.0, 0.5, count)
    near = territory[:, None] == territory[None, :]
    pull = 0.5 * leader[None, :] - np.abs(alike[:, None] - alike[None, :]) / 0.3
    pull = pull + random.gumbel(0.0, 1.0, (count, count))
    pull[~near & (random.random((count, count)) > ACROSS * near.mean() / (1 - near.mean()))] = -np.inf
    np.fill_diagonal(pull, -np.inf)
    peer = np.argpartition(-pull, PEERS, axis=1)[:, :PEERS]
    weight = random.gamma(4.0, 0.25, (count, PEERS))
    weight /= weight.sum(axis=1, keepdims=True)
    return sparse.csr_matrix((weight.ravel(), (np.repeat(np.arange(count), PEERS), peer.ravel())), (count, count))


def _log(invited: Booleans, drawn: Booleans, odds: Floats) -> Lottery:
    return Lottery(np.where(invited, drawn - odds, 0.0), np.where(invited, odds * (1 - odds), 0.0))
