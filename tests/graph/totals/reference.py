"""Totals of a graph added up plainly: for every group, who belongs to it, who did something, and how much."""

from itertools import product

ALL = "all"


def group_of(hcp):
    """State, specialty and site of care of an HCP as the graph has it."""
    kinds = {kind for kind in hcp["kinds"] if kind is not None}
    site = "several" if len(kinds) > 1 else next(iter(kinds), "unknown")
    return (hcp["state"] or "unknown", hcp["told"] or hcp["written"] or "unknown", site)


def totals(hcps, facts):
    """By group: how many HCPs there are, how many did something, the sums, and the largest share of each sum.

    ``facts``: amounts of each HCP who did something, by id.
    """
    found = {}
    for hcp in hcps:
        for group in product(*((value, ALL) for value in group_of(hcp))):
            entry = found.setdefault(group, {"crowd": 0, "made": []})
            entry["crowd"] += 1
            if hcp["id"] in facts:
                entry["made"].append(facts[hcp["id"]])
    return found


def tellable(entry, at):
    """Whether an amount may be told as far as its own group goes; ``at`` None asks for the number of HCPs."""
    count = len(entry["made"])
    if 0 < entry["crowd"] < 11 or 0 < count < 11:
        return False
    if at is None or count == 0:
        return True
    amounts = [made[at] for made in entry["made"]]
    total, makers = sum(amounts), sum(amount > 0 for amount in amounts)
    return not (0 < total < 11 or 0 < makers < 11 or max(amounts) > 0.8 * total)
