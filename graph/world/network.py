"""Who shares patients with whom: gravity by distance, same account, hubs, and homophily."""

from dataclasses import dataclass

import numpy as np

from graph.world.arrays import Booleans, Floats, Integers
from graph.world.hcps import Hcps
from graph.world.settings import WorldSettings
from graph.world.streams import stream

TIES = 9
"""Published ties (at least 11 patients, undirected) per HCP that the scale aims at."""
REACH = 11.0
"""Miles after which the pull falls to a third."""
SAME_ACCOUNT = 1.5
"""Added to the log pull of two HCPs with the same primary account."""
FEWEST_PUBLISHED = 11
FEWEST_FELT = 4
"""Pairs that share fewer patients do not influence each other at all."""


@dataclass(frozen=True, slots=True)
class Network:
    """Directed ties: `source` treated the shared patients before `target` did."""

    source: Integers
    target: Integers
    pairs: Integers
    patients: Integers
    same_day: Integers
    strength: Floats
    """Hidden weight of the influence of `target` on `source`."""
    published: Booleans
    """Ties with enough patients to be in the public file, outside of a cold region."""


def make_network(settings: WorldSettings, hcps: Hcps, cold: Booleans) -> Network:
    random = stream(settings.seed, "network")
    left, right = _candidates(random, hcps)
    distance = np.hypot(*(hcps.position[left] - hcps.position[right]).T)
    pull = (
        0.55 * np.log(hcps.volume[left] * hcps.volume[right])
        - distance / REACH
        + SAME_ACCOUNT * (hcps.account[left] == hcps.account[right])
        - settings.planted.homophily * np.abs(hcps.openness[left] - hcps.openness[right]) / 0.6
        + 0.2 * (hcps.leadership[left] + hcps.leadership[right])
        + random.normal(0.0, 0.8, len(left))
    )
    wanted = min(len(pull) - 1, TIES * settings.hcps)
    edge = np.partition(pull, len(pull) - wanted)[len(pull) - wanted]
    # A pair at the edge shares 24 patients, about 12 in each direction.
    both = random.poisson(24.0 * np.exp(np.minimum(pull - edge, 4.5)))
    forward = random.binomial(both, random.beta(5.0, 5.0, len(both)))
    source = np.concatenate([left, right])
    target = np.concatenate([right, left])
    patients = np.concatenate([forward, both - forward])
    felt = patients >= FEWEST_FELT
    source, target, patients = source[felt], target[felt], patients[felt]
    order = np.lexsort((target, source))
    source, target, patients = source[order], target[order], patients[order]
    pairs = patients + random.poisson(patients * 1.4)
    return Network(
        source=source,
        target=target,
        pairs=pairs,
        patients=patients,
        same_day=random.binomial(patients, 0.12),
        strength=_strength(random, source, patients, settings.hcps),
        published=(patients >= FEWEST_PUBLISHED) & ~cold[source] & ~cold[target],
    )


@dataclass(frozen=True, slots=True)
class Decoys:
    """Ties in the public file that nobody feels; arrays of one length."""

    source: Integers
    target: Integers
    patients: Integers


def make_decoys(settings: WorldSettings, network: Network) -> Decoys:
    """A fifth as many as real ones where the regime deceives, none elsewhere; between strangers, and large."""
    random = stream(settings.seed, "decoys")
    wanted = round(0.2 * network.published.sum()) if settings.planted.adversarial else 0
    source, target = random.integers(0, settings.hcps, (2, wanted))
    code = np.unique(source * settings.hcps + target)
    known = network.source * settings.hcps + network.target
    code = code[~np.isin(code, known) & (code // settings.hcps != code % settings.hcps)]
    return Decoys(code // settings.hcps, code % settings.hcps, 40 + random.poisson(40.0, len(code)))


def _strength(random: np.random.Generator, source: Integers, patients: Integers, hcps: int) -> Floats:
    """Attention: grows with shared patients, and each HCP has a bounded amount of it."""
    raw = np.sqrt(patients) * random.gamma(2.0, 0.5, len(patients))
    total = np.bincount(source, weights=raw, minlength=hcps)
    return np.asarray(raw / total[source] * np.minimum(1.0, total[source] / 30.0))


def _candidates(random: np.random.Generator, hcps: Hcps) -> tuple[Integers, Integers]:
    """All pairs within a territory and some across; each pair once, left < right."""
    lefts, rights = [], []
    count = len(hcps.npi)
    for where in np.unique(hcps.territory):
        people = np.flatnonzero(hcps.territory == where)
        row, column = np.triu_indices(len(people), k=1)
        lefts.append(people[row])
        rights.append(people[column])
    across = random.integers(0, count, (2, count * 4))
    low, high = across.min(axis=0), across.max(axis=0)
    far = hcps.territory[low] != hcps.territory[high]
    code = np.unique(low[far] * count + high[far])
    lefts.append(code // count)
    rights.append(code % count)
    return np.concatenate(lefts), np.concatenate(rights)
