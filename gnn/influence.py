"""Influence of an HCP: expected starts by others when it prescribes at its expected volume, minus when it does not.

Read from the adoption model by switching the HCP's prescribing of the product. Prescribing enters the model only
through sums over ties and colleagues, so only the rows tied to the HCP move: every (HCP, other) pair is recomputed
exactly, all of them in one batch, in time linear in the number of ties.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from gnn.features.adoption import HALF_LIFE, AdoptionFeatures, state_of, with_exposure
from gnn.features.matrix import Features
from gnn.view import Floats, Integers, View, counted

Probability = Callable[[Integers, Features], Floats]
"""Calibrated probability of rows given by HCP numbers and features."""
QUARTER = 91
USUAL_STARTS = 4.0
"""How many starts of an adopter's own record weigh as much as what its practice says."""


@dataclass(frozen=True, slots=True)
class Influence:
    """``value`` [hcp] in starts; pairs say to whom it flows: ``gain`` [pair] of ``other`` by ``hcp``."""

    value: Floats
    hcp: Integers
    other: Integers
    gain: Floats


@dataclass(frozen=True, slots=True)
class Pairs:
    """Ties over which prescribing is felt, towards HCPs that have not adopted; ``weights`` [pair, relation]."""

    hcp: Integers
    other: Integers
    weights: Floats


def influence(features: AdoptionFeatures, probability: Probability) -> Influence:
    """Influence of every HCP, adopters and others alike."""
    pairs = felt_pairs(features)
    # What was written before is remembered either way: only what follows differs, and is felt little by little.
    now, felt = state_of(features.prescribing.volume), share_felt(QUARTER)
    on = probability(pairs.other, switched(features, pairs, felt * (state_of(expected_volume(features)) - now)))
    off = probability(pairs.other, switched(features, pairs, -felt * now))
    gain = (on - off) * starts_of_adopters(features)[pairs.other]
    return Influence(counted(features.view.hcps, pairs.hcp, gain), pairs.hcp, pairs.other, gain)


def switched(features: AdoptionFeatures, pairs: Pairs, change: Floats) -> Features:
    """Features of the other HCP of each pair when the state of the HCP moves by ``change`` [hcp, state]."""
    exposure = features.exposure[pairs.other] + pairs.weights[:, :, None] * change[pairs.hcp][:, None, :]
    practice = features.practice
    rows = Features(practice.names, practice.groups, practice.values[pairs.other])
    # Subtracting what was added may leave a negative zero-sum of rounding.
    return with_exposure(rows, np.maximum(exposure, 0.0))


def felt_pairs(features: AdoptionFeatures) -> Pairs:
    """All pairs with a weight in any relation, ordered by HCP."""
    together = None
    for matrix in features.relations.values():
        present = matrix.copy()
        present.data = np.ones_like(present.data)
        together = present if together is None else together + present
    if together is None:
        raise ValueError("the adoption features name no relation")
    found = together.tocsc()
    found.sort_indices()
    hcp = np.repeat(np.arange(features.view.hcps), np.diff(found.indptr))
    other = found.indices.astype(np.int64)
    keep = (hcp != other) & ~features.prescribing.adopted[other]
    hcp, other = hcp[keep], other[keep]
    weights = [np.asarray(matrix[other, hcp]).ravel() for matrix in features.relations.values()]
    return Pairs(hcp, other, np.stack(weights, axis=1) if len(hcp) else np.zeros((0, len(weights))))


def share_felt(days: float) -> float:
    """Mean share, over the ``days`` after a change, of the level that the remembered volume will reach.

    A day counts by the days left after it: who adopts early writes longer.
    """
    ratio = HALF_LIFE / math.log(2) / days
    return 1 - 2 * ratio + 2 * ratio**2 * (1 - math.exp(-1 / ratio))


def expected_volume(features: AdoptionFeatures) -> Floats:
    """[hcp] starts of the product per 91 days if it prescribes: the share adopters give it, and their own record.

    Who has adopted is taken to write as its practice says (gamma), and as it has written (Poisson).
    """
    adopted, volume = features.prescribing.adopted, features.prescribing.volume
    size = features.class_volume
    share = (volume[adopted].sum() + 1.0) / (size[adopted].sum() + 2.0)
    usual = np.maximum(share * size, 0.5)
    seen = HALF_LIFE / math.log(2) / QUARTER
    return np.where(adopted, (USUAL_STARTS + seen * volume) / (USUAL_STARTS / usual + seen), usual)


def starts_of_adopters(features: AdoptionFeatures) -> NDArray[np.float64]:
    """[hcp] starts in the quarter in which an HCP adopts: one, and more the larger its practice."""
    view: View = features.view
    starts = view.starts
    used = (starts.hcp >= 0) & (starts.product == features.product)
    hcp, written = starts.hcp[used], starts.written[used]
    first = np.full(view.hcps, np.iinfo(np.int64).max)
    np.minimum.at(first, hcp, written)
    low, high = view.day - 28 - QUARTER, view.day - 28
    fresh = (first > low) & (first <= high)
    inside = (written > low) & (written <= high) & fresh[hcp]
    more = inside.sum() - fresh.sum()
    size = features.class_volume
    return 1.0 + max(0.0, float(more) / float(size[fresh].sum() + 1.0)) * size
