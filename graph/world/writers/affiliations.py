"""Feed `facility_affiliation`: who works at which certified facility."""

import numpy as np

from graph.world.accounts import KINDS
from graph.world.streams import stream
from graph.world.world import World
from graph.world.writers.delivery import Delivery
from graph.world.writers.people import People

ACCOUNTS_MOVE = 6
"""Number of the weekly delivery in which some HCPs appear at another account."""


def write_affiliations(world: World, delivery: Delivery, people: People, account: dict[int, int]) -> None:
    """CMS Facility Affiliation; `account` overrides the primary account of those who moved."""
    accounts, hcps = world.accounts, world.hcps
    lines = [
        "npi,ind_pac_id,provider_last_name,provider_first_name,facility_type,"
        "facility_affiliations_certification_number,facility_type_certification_number"
    ]
    for hcp, npi in enumerate(hcps.npi):
        last, first = people.last[hcp], people.first[hcp]
        places = [account.get(hcp, int(hcps.account[hcp])), int(hcps.second_account[hcp])]
        for place in dict.fromkeys(place for place in places if place >= 0):
            kind = KINDS[accounts.kind[place]].facility_type
            lines.append(f"{npi},{9000000000 + hcp},{last.upper()},{first.upper()},{kind},{accounts.ccn[place]},")
    delivery.add("facility_affiliation", "Facility_Affiliation.csv", lines, header=True, complete=True)


def new_accounts(world: World) -> dict[int, int]:
    """HCPs who change their account, and to which: within the same territory but for those who relocate."""
    random = stream(world.settings.seed, "account moves")
    accounts, hcps = world.accounts, world.hcps
    chosen = dict(world.field.relocated)
    for hcp in random.permutation(len(hcps.npi))[: max(2, len(hcps.npi) // 400)].tolist():
        if hcp in chosen:
            continue
        here = np.flatnonzero(accounts.territory == hcps.territory[hcp])
        others = [int(one) for one in here if one not in (hcps.account[hcp], hcps.second_account[hcp])]
        if others:
            chosen[hcp] = others[int(random.integers(len(others)))]
    return chosen
