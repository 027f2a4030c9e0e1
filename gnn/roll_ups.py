"""Which roll-ups of friction may be told, so that none of them, nor what is left between them, is about too few.

Roll-ups of a product overlap: accounts lie in territories, plans belong to payers, and plans and territories add up
to the same whole. Whoever subtracts those that are told from one that holds them gets the rest. So the finest parts,
the prescribers of one account in one territory, are told or not, an account is the sum of its told parts, and every
rest is kept either empty or large enough to be told itself. A payer is the sum of its told plans, and of its other
plans where those are enough together. Prescribers who withhold their prescribing are in no roll-up: the rest beside
prescribers who are seen one by one would be theirs.

Cohort segments lie across all of these. One of a kind of plan is the sum of its told plans. One of a state or a site of
care is a sum over blocks: told parts of accounts, and what else a told territory holds. A block within one group is
known anyway; those with prescribers of the same several groups are taken together, and count for each group of which
all of them together have enough, while the rest of them is enough or nobody.
"""

from dataclasses import dataclass

import numpy as np

from gnn.cohorts import cohorts_of
from gnn.expected import Expected
from gnn.levels import account_of, territory_of
from gnn.view import Booleans, Floats, Integers, View

FEWEST_PRESCRIBERS = 3
"""Two know each other's part of what they make together."""
FEWEST_STARTS = 11
"""Mature starts are of patients: no count of 1 to 10 is told (CMS cell-size rule)."""


@dataclass(frozen=True, slots=True)
class RollUps:
    """Which rows count for the roll-up of their plan, payer, account and territory that may be told; all [row].

    ``used`` rows are not of prescribers who are left out. Of cohort segments, ``whole`` rows count for the product,
    those of a ``kind`` for their kind of plan, those of a ``place`` for their state, their site of care and both.
    """

    used: Booleans
    plan: Booleans
    payer: Booleans
    account: Booleans
    territory: Booleans
    whole: Booleans
    kind: Booleans
    place: Booleans


def choose_roll_ups(view: View, cells: Expected, mature: Integers, left_out: Booleans) -> RollUps:
    """Choose from the mature starts of each row, [row], and who is left out, [hcp]."""
    account, territory = account_of(view), territory_of(view)
    part = np.where(account >= 0, account * (view.territories + 1) + territory + 1, -1)
    place = cohorts_of(view).place
    used = ~left_out[cells.hcp]
    found = RollUps(used, *(np.zeros(len(used), dtype=bool) for _ in range(7)))
    for product in range(view.products):
        rows = np.flatnonzero(used & (cells.product == product))
        if not len(rows):
            continue
        hcp, row = np.unique(cells.hcp[rows], return_inverse=True)
        places = _Places(part[hcp], territory[hcp], np.bincount(row, mature[rows]).astype(np.float64))
        places.choose()
        found.account[rows] = places.told[row]
        found.territory[rows] = places.shown[row]
        found.place[rows] = places.told_by(place[hcp])[row]
        # Under a plan that a prescriber met with other products only, nothing of this one was written.
        met = cells.known[rows] > 0
        cell = _Cells(cells.plan[rows][met], row[met], territory[hcp][row[met]], mature[rows][met])
        found.plan[rows[met]] = shown = _plans(cell)
        every = np.ones(len(shown), dtype=bool)
        found.whole[rows] = cell.enough(every) and cell.enough_elsewhere(every)
        found.kind[rows] = np.isin(cells.plan[rows], cell.plan[shown])
        plans = _plans_of_payers(cell, shown, view.plan_payer)
        found.payer[rows] = np.isin(cells.plan[rows], plans)
    return found


class _Places:
    """Accounts and territories of a product; arrays over its prescribers, -1 without a part or territory."""

    def __init__(self, part: Integers, territory: Integers, starts: Floats) -> None:
        self.part, self.territory, self.starts = part, territory, starts
        self.told = (part >= 0) & _large(part, starts)
        self.shown = (territory >= 0) & _large(territory, starts)

    def choose(self) -> None:
        """Leave ``told`` (with its account) and ``shown`` (with its territory) such that no rest is too small."""
        for one in np.unique(self.territory):
            self._widen_rest(self.territory == one)
        # All territories come to what all plans come to: what is not told of them is a rest like any other.
        while self._rest_is_small(~self.shown):
            self._widen_rest(~self.shown)
            if self._rest_is_small(~self.shown):
                if not self.shown.any():
                    break
                self.shown &= self.territory != _smallest(self.territory, self.shown, self.starts)

    def told_by(self, group: Integers) -> Booleans:
        """Who counts for its group, [prescriber]; of a group all that count are told together.

        Blocks are told parts, what else a told territory holds, and all others. Those with prescribers of the same
        groups are one: which of them has how many of which group does not follow from their sums. Within it, what is
        told of each group and the rest are enough.
        """
        block = np.where(self.told, self.part + 1, np.where(self.shown, -self.territory - 1, 0))
        block = _alike(np.unique(block, return_inverse=True)[1], group, self.starts > 0)
        parts = _Places(block * (int(group.max()) + 1) + group, block, self.starts)
        parts.choose()
        for one in np.unique(group[parts.told]):
            inside = parts.told & (group == one)
            if not _enough_elsewhere(np.flatnonzero(inside), self.territory[inside], self.starts[inside]):
                parts.told &= group != one
        return parts.told

    def _widen_rest(self, inside: Booleans) -> None:
        """Stop telling parts, the smallest first, until the others inside are enough, or no part is left."""
        while self._rest_is_small(inside) and (inside & self.told).any():
            self.told &= self.part != _smallest(self.part, inside & self.told, self.starts)

    def _rest_is_small(self, inside: Booleans) -> bool:
        rest = inside & ~self.told
        return not _enough(int(rest.sum()), self.starts[rest].sum())


@dataclass(frozen=True, slots=True)
class _Cells:
    """Prescribers of a product under the plans that they met with it, each with its mature starts; all [cell]."""

    plan: Integers
    hcp: Integers
    territory: Integers
    starts: Integers

    def enough(self, inside: Booleans) -> bool:
        """Nobody, or enough prescribers and mature starts to be told of."""
        return _enough(len(np.unique(self.hcp[inside])), self.starts[inside].sum())

    def enough_elsewhere(self, inside: Booleans) -> bool:
        """Also without any one territory."""
        return _enough_elsewhere(self.hcp[inside], self.territory[inside], self.starts[inside])


def _plans(cells: _Cells) -> Booleans:
    """[cell]: told with its plan."""
    shown = _large(cells.plan, cells.starts)
    for one in np.unique(cells.plan[shown]):
        if not cells.enough_elsewhere(cells.plan == one):
            shown[cells.plan == one] = False
    while shown.any() and not cells.enough(~shown):
        shown &= cells.plan != _smallest(cells.plan, shown, cells.starts)
    return shown


def _plans_of_payers(cells: _Cells, told: Booleans, payer_of: Integers) -> Integers:
    """Plans that count for their payer: the told ones, and the others of payers of which those are enough together."""
    payer = payer_of[cells.plan]
    shown = ~told & (payer >= 0)
    for one in np.unique(payer[shown]):
        others = ~told & (payer == one)
        if not (cells.enough(others) and cells.enough_elsewhere(others)):
            shown[others] = False
    # What no payer tells is a rest like any other: of those plans that are not told, nobody's, or enough.
    while shown.any() and not cells.enough(~told & ~shown):
        shown &= payer != _smallest(payer, shown, cells.starts)
    return np.unique(cells.plan[(told & (payer >= 0)) | shown])


def _enough(prescribers: int, starts: float) -> bool:
    """Nobody, or enough prescribers and mature starts to be told of."""
    return prescribers == 0 or (prescribers >= FEWEST_PRESCRIBERS and starts >= FEWEST_STARTS)


def _enough_elsewhere(hcp: Integers, territory: Integers, starts: Floats | Integers) -> bool:
    """Also without any one territory: who sees the prescribers there one by one could subtract them."""
    territories, place = np.unique(territory, return_inverse=True)
    prescribers = np.bincount(place[np.unique(hcp, return_index=True)[1]], minlength=len(territories))
    mature = np.bincount(place, starts, minlength=len(territories))
    rests = zip(prescribers.sum() - prescribers, mature.sum() - mature, strict=True)
    return all(_enough(*rest) for rest, one in zip(rests, territories, strict=True) if one >= 0)


def _large(group: Integers, starts: Floats | Integers) -> Booleans:
    """Whether each prescriber's group is enough to be told."""
    _, place, prescribers = np.unique(group, return_inverse=True, return_counts=True)
    large = (prescribers >= FEWEST_PRESCRIBERS) & (np.bincount(place, starts) >= FEWEST_STARTS)
    return np.asarray(large[place], dtype=bool)


def _alike(block: Integers, group: Integers, writes: Booleans) -> Integers:
    """[prescriber]: one number for all blocks in which the same groups write."""
    present = np.zeros((int(block.max()) + 1, int(group.max()) + 1), dtype=bool)
    present[block[writes], group[writes]] = True
    return np.asarray(np.unique(present, axis=0, return_inverse=True)[1]).ravel()[block]


def _smallest(group: Integers, among: Booleans, starts: Floats | Integers) -> int:
    """The group with the fewest starts of those in ``among``; ties go to the lower number."""
    groups, place = np.unique(group[among], return_inverse=True)
    return int(groups[np.bincount(place, starts[among]).argmin()])
