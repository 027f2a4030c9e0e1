"""Accounts: hospitals and other certified facilities, a few of them hubs; and pharmacies."""

from dataclasses import dataclass

import numpy as np

from graph.world import names
from graph.world.arrays import Floats, Integers
from graph.world.npi import synthetic_npi
from graph.world.places import RADIUS, Territories
from graph.world.settings import WorldSettings
from graph.world.streams import stream


@dataclass(frozen=True, slots=True)
class AccountKind:
    facility_type: str
    taxonomy: str
    suffix: str
    first_ccn: int
    """First serial number of its CCNs."""
    share: float


KINDS = (
    AccountKind("Hospital", "282N00000X", "Medical Center", 1, 0.62),
    AccountKind("Hospital", "282NC0060X", "Community Hospital", 1300, 0.12),
    AccountKind("Long-term care hospital", "282E00000X", "Care Hospital", 2000, 0.06),
    AccountKind("Inpatient rehabilitation facility", "283X00000X", "Rehabilitation", 3025, 0.08),
    AccountKind("Nursing home", "314000000X", "Nursing Home", 5000, 0.12),
)


@dataclass(frozen=True, slots=True)
class Accounts:
    """The accounts; rows of equal index belong together."""

    npi: tuple[str, ...]
    name: tuple[str, ...]
    kind: Integers
    """Index into KINDS."""
    ccn: tuple[str, ...]
    territory: Integers
    position: Floats
    """[account, 2] miles."""
    size: Floats
    """Relative pull on HCPs; log-normal, so a few are hubs."""
    skill: Floats
    """Latent skill at prior authorizations (psi)."""
    openness: Floats
    """Share of the latent openness that the HCPs of the account have in common."""


@dataclass(frozen=True, slots=True)
class Pharmacies:
    npi: tuple[str, ...]
    name: tuple[str, ...]
    specialty: tuple[bool, ...]
    territory: Integers


def make_accounts(settings: WorldSettings, territories: Territories) -> Accounts:
    random = stream(settings.seed, "accounts")
    count = settings.accounts
    territory = np.arange(count) % len(territories.ids)
    kind = random.choice(len(KINDS), count, p=[kind.share for kind in KINDS])
    # The state part 99 of a CCN belongs to no state: no real facility has these numbers.
    taken = [0] * len(KINDS)
    ccn: list[str] = []
    for which in kind:
        ccn.append(f"99{KINDS[which].first_ccn + taken[which]:04d}")
        taken[which] += 1
    angle = random.uniform(0, 2 * np.pi, count)
    radius = RADIUS * np.sqrt(random.uniform(0, 1, count))
    offset = np.stack([radius * np.cos(angle), radius * np.sin(angle)], axis=1)
    titles = names.words(random, count, 3)
    return Accounts(
        npi=tuple(synthetic_npi(settings.hcps + index) for index in range(count)),
        name=tuple(f"{title} {KINDS[which].suffix}" for title, which in zip(titles, kind, strict=True)),
        kind=kind.astype(np.int64),
        ccn=tuple(ccn),
        territory=territory.astype(np.int64),
        position=territories.middle[territory] + offset,
        size=np.exp(random.normal(0.0, 0.9, count)),
        skill=random.normal(0.0, 0.7, count),
        openness=random.normal(0.0, 0.5, count),
    )


def make_pharmacies(settings: WorldSettings, territories: Territories) -> Pharmacies:
    random = stream(settings.seed, "pharmacies")
    count = settings.pharmacies
    first = settings.hcps + settings.accounts
    specialty = tuple(index % 8 == 0 for index in range(count))
    titles = names.words(random, count, 3)
    return Pharmacies(
        npi=tuple(synthetic_npi(first + index) for index in range(count)),
        name=tuple(
            f"{title} {'Specialty Pharmacy' if special else 'Pharmacy'}"
            for title, special in zip(titles, specialty, strict=True)
        ),
        specialty=specialty,
        territory=np.arange(count) % len(territories.ids),
    )
