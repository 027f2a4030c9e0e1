"""The HCPs: who they are in the files, and the latents that only the truth knows."""

from dataclasses import dataclass

import numpy as np

from graph.world.accounts import Accounts
from graph.world.arrays import Booleans, Floats, Integers
from graph.world.npi import synthetic_npi
from graph.world.places import Territories
from graph.world.settings import WorldSettings
from graph.world.specialties import SPECIALTIES
from graph.world.streams import stream

LEADER_SHARE = 0.065
STRONGEST = 2.6
"""No leader counts for more than about 13 followers."""
RETIRED = 0.004


@dataclass(frozen=True, slots=True)
class Hcps:
    """The HCPs; rows of equal index belong together."""

    npi: tuple[str, ...]
    specialty: Integers
    """Index into SPECIALTIES."""
    account: Integers
    """Primary account."""
    second_account: Integers
    """Another account of the same territory, or -1."""
    territory: Integers
    """Where the office is."""
    position: Floats
    """[hcp, 2] miles."""
    volume: Floats
    """Relative patient volume, log-normal, mean about 1."""
    seniority: Floats
    """Years since enumeration; the observed trace of openness."""
    female: Booleans
    retired: Booleans
    """Deactivated before the world began; writes nothing."""
    openness: Floats
    """Latent u: openness to a new product."""
    leadership: Floats
    """Latent strength as an opinion leader (kol); 0 for followers."""
    skill: Floats
    """Latent skill at prior authorizations: that of the account plus the person's own."""


def make_hcps(settings: WorldSettings, territories: Territories, accounts: Accounts) -> Hcps:
    random = stream(settings.seed, "hcps")
    count = settings.hcps
    territory = (np.arange(count) % len(territories.ids)).astype(np.int64)
    account = np.empty(count, dtype=np.int64)
    second = np.full(count, -1, dtype=np.int64)
    for where in range(len(territories.ids)):
        here = np.flatnonzero(accounts.territory == where)
        people = np.flatnonzero(territory == where)
        pull = accounts.size[here] / accounts.size[here].sum()
        account[people] = random.choice(here, len(people), p=pull)
        other = random.choice(here, len(people), p=pull)
        also = (random.random(len(people)) < 0.25) & (other != account[people])
        second[people] = np.where(also, other, -1)
    specialty = random.choice(len(SPECIALTIES), count, p=[specialty.share for specialty in SPECIALTIES])
    factor = np.array([specialty.volume for specialty in SPECIALTIES])[specialty]
    volume = factor * np.exp(random.normal(-0.25, 0.7, count))
    own = random.normal(0.0, 0.7, count)
    openness = territories.openness[territory] + accounts.openness[account] + own
    seniority = 14.0 - 4.0 * openness + random.normal(0.0, 6.9, count)
    leader = random.random(count) < LEADER_SHARE
    leadership = np.where(leader, np.minimum(random.gamma(5.0, 0.34, count), STRONGEST), 0.0)
    if settings.planted.adversarial:
        # Who leads writes little, so that volume misleads.
        small = np.argsort(volume, kind="stable")[: count // 2]
        quiet = stream(settings.seed, "quiet leaders").permutation(small)[: int(leader.sum())]
        strength, leadership = leadership[leader], np.zeros(count)
        leadership[quiet] = strength
    return Hcps(
        npi=tuple(synthetic_npi(index) for index in range(count)),
        specialty=specialty.astype(np.int64),
        account=account,
        second_account=second,
        territory=territory,
        position=accounts.position[account] + random.normal(0.0, 4.0, (count, 2)),
        volume=volume / volume.mean(),
        seniority=np.clip(seniority, 0.5, 18.5),
        female=random.random(count) < 0.45,
        retired=random.random(count) < RETIRED,
        openness=openness,
        leadership=leadership,
        skill=accounts.skill[account] + random.normal(0.0, 0.25, count),
    )
