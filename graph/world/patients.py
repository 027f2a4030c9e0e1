"""The patients: each has one HCP, one plan, one pharmacy. They exist only as numbers."""

from dataclasses import dataclass

import numpy as np

from graph.world.accounts import Pharmacies
from graph.world.arrays import Floats, Integers
from graph.world.hcps import Hcps
from graph.world.payers import Payers
from graph.world.settings import WorldSettings
from graph.world.streams import stream

AT_ONCE = 50_000
"""Patients whose plan is drawn at once."""


@dataclass(frozen=True, slots=True)
class Patients:
    """The patients, sorted by HCP: panel of HCP h = rows `first[h]` to `first[h + 1]`."""

    first: Integers
    """[hcp + 1]."""
    plan: Integers
    pharmacy: Integers
    label: Integers
    """A random number without repetition: what the person id is written from."""
    dropout: Floats
    """Chance of stopping after each fill."""

    @property
    def panel(self) -> Integers:
        """Patients by HCP."""
        return np.diff(self.first)


def make_patients(settings: WorldSettings, hcps: Hcps, payers: Payers, pharmacies: Pharmacies) -> Patients:
    random = stream(settings.seed, "patients")
    count, people = settings.patients, settings.hcps
    share = hcps.volume / hcps.volume.sum()
    panel = 4 + random.multinomial(count - 4 * people, share)
    first = np.concatenate([[0], np.cumsum(panel)]).astype(np.int64)
    territory = np.repeat(hcps.territory, panel)
    # Payer mix follows the territory, with a tilt of each account towards some plans.
    tilt = random.gamma(2.0, 0.5, (int(hcps.account.max()) + 1, len(payers.plan_id)))
    account = np.repeat(hcps.account, panel)
    drawn = random.random(count)
    plan = np.empty(count, dtype=np.int64)
    for start in range(0, count, AT_ONCE):
        part = slice(start, start + AT_ONCE)
        weight = np.cumsum(payers.presence[territory[part]] * tilt[account[part]], axis=1)
        plan[part] = (weight < (drawn[part] * weight[:, -1])[:, None]).sum(axis=1)
    pharmacy = np.empty(count, dtype=np.int64)
    # Panels lie in the order of the HCPs: the patients of a territory are found once, by sorting.
    order = np.argsort(territory, kind="stable")
    edges = np.searchsorted(territory[order], np.arange(int(territory.max()) + 2))
    for where in np.unique(territory).tolist():
        here = np.flatnonzero(pharmacies.territory == where)
        mine = order[edges[where] : edges[where + 1]]
        near = here if len(here) > 0 else np.arange(len(pharmacies.npi))
        pharmacy[mine] = random.choice(near, len(mine))
    return Patients(
        first=first,
        plan=plan,
        pharmacy=pharmacy,
        label=random.permutation(count).astype(np.int64),
        dropout=random.beta(1.2, 13.0, count),
    )
