"""Who is who in the CRM: its records of HCPs, a part of them duplicates or stale."""

from dataclasses import dataclass

import numpy as np

from graph.world.arrays import Booleans, Integers
from graph.world.hcps import Hcps
from graph.world.promotion import Promotion
from graph.world.settings import WorldSettings
from graph.world.streams import stream

DUPLICATED = 0.14
"""Share of the HCPs with a second record."""
STALE = 0.09
"""Share of the first records whose name or address is out of date."""
NEVER_ENTERED = 0.3
"""Share of those with whom nobody ever dealt that the CRM does not know."""
PRIMARY, SAME_NUMBER, NO_NUMBER, MISSPELT, FORMER_NAME = range(5)
KINDS = ("primary", "duplicate with the same NPI", "duplicate without NPI", "duplicate misspelt", "duplicate, old name")


@dataclass(frozen=True, slots=True)
class CrmAccounts:
    """Records of HCPs; the first record of each HCP comes first, arrays of one length."""

    hcp: Integers
    kind: Integers
    """Index into KINDS."""
    stale: Booleans
    second: Integers
    """[hcp]: place of the second record, -1 without one."""
    known: Booleans
    """[hcp]: whether the CRM has the HCP at all."""

    def id_of(self, record: int) -> str:
        """The id that the CRM gave a record; organisations follow after all HCPs."""
        return f"001D{record:011d}"

    @property
    def first_organisation(self) -> int:
        """Number of the record of the first organisation."""
        return 2 * len(self.known)


def make_crm(settings: WorldSettings, hcps: Hcps, promotion: Promotion) -> CrmAccounts:
    random = stream(settings.seed, "crm")
    count = len(hcps.npi)
    dealt = np.zeros(count, dtype=np.bool_)
    for people in (promotion.calls.hcp, promotion.emails.hcp, promotion.suggestions.hcp):
        dealt[people] = True
    known = dealt | (random.random(count) >= NEVER_ENTERED)
    twice = np.flatnonzero(known & (random.random(count) < DUPLICATED * settings.planted.crm_noise))
    second = np.full(count, -1, dtype=np.int64)
    second[twice] = count + np.arange(len(twice))
    first = np.arange(count)
    stale = random.random(count + len(twice)) < STALE * settings.planted.crm_noise
    kind = np.concatenate([np.full(count, PRIMARY), random.choice([1, 2, 3, 4], len(twice), p=[0.3, 0.3, 0.25, 0.15])])
    stale[count:] = kind[count:] == FORMER_NAME
    return CrmAccounts(np.concatenate([first, twice]).astype(np.int64), kind.astype(np.int64), stale, second, known)
