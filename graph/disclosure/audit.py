"""The audit of one table: is every protected number safe from somebody who has all that was published?

A count of 1 to 10 is safe when, after everything published, it could as well be 11 or more, and when what it could be
spans at least ten: nobody can tell it, nobody can tell that it is small, and it is narrowed down no further than
"1 to 10" does. Then no union of groups with 1 to 10 people in all can be worked out either: such a sum would bound
each of its parts. Where there are fewer than 11 to be counted, and everybody knows that, it could be any of 0 to all.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy

from graph.disclosure.attacker import TOLERANCE, Attacker, Optimum
from graph.disclosure.lattice import Counts, Flags
from graph.disclosure.table import Table

FRUITLESS = 6
"""Searches for many quantities at once that settle none, after which each is looked at by itself."""
TRIES = 6
"""Neighbours of a broken optimum that are tried before an integer programme is."""
NUDGE = 50.0
"""How much more the quantity weighs than what draws the search to a neighbour."""


@dataclass(frozen=True, slots=True)
class Leak:
    """A protected quantity that is not safe: its place, its bounds, and the places of published ones that hold it."""

    at: int
    low: float
    high: float
    held_by: Counts


class Audit:
    """A search for tables that show protected quantities to be safe. ``tables`` helped, or are the true one.

    What they show stays true when less is published: ``attacker`` may be replaced by one that knows less.
    """

    def __init__(self, table: Table, attacker: Attacker) -> None:
        self.attacker = attacker
        self.tables = [table.true]
        self._sums = table.lattice.sums
        self._protected = table.protected.ravel()
        self._enough, self._width = table.enough.ravel(), table.width.ravel()
        self._low, self._high = table.quantities.ravel().copy(), table.quantities.ravel().copy()
        self._random = numpy.random.default_rng(0)

    def pending(self) -> Counts:
        """Places of the protected quantities that no table has shown to be safe so far."""
        safe = (self._high >= self._enough) & (self._high - self._low >= self._width)
        return numpy.flatnonzero(self._protected & ~safe)

    def sweep(self) -> None:
        """Look for tables that settle many quantities at once, in random directions."""
        fruitless = 0
        while (pending := self.pending()).size > 1 and fruitless < FRUITLESS:
            weights = self._sums[pending].T @ self._random.random(pending.size) ** 3
            for direction in (weights, -weights):
                self._saw(self.attacker.largest(direction).table)
            fruitless = fruitless + 1 if self.pending().size == pending.size else 0

    def leak(self, at: int) -> Leak | None:
        """Settle one quantity: None when it is safe, else why not."""
        weights = self._sums[[at]].toarray().ravel()
        high = self._reach(at, weights, max(int(self._enough[at]), int(self._low[at] + self._width[at])))
        if high.value < self._enough[at] - TOLERANCE:
            return Leak(at, float(self._low[at]), high.value, high.held_by)
        low = self._reach(at, -weights, int(self._width[at] - self._high[at]))
        if self._is_safe(at):
            return None
        return Leak(at, -low.value, high.value, numpy.union1d(high.held_by, low.held_by))

    def _reach(self, at: int, weights: Counts, enough: int) -> Optimum:
        """Look for tables whose weighted sum is ``enough``, as far as it is needed; return the bound on it."""
        found = self.attacker.largest(weights)
        self._saw(found.table)
        if found.table is None:
            # Reached by broken numbers of people only. A neighbour may be whole, and costs less than to ask for one.
            for _ in range(TRIES):
                if self._is_safe(at):
                    return found
                nudge = self._sums[self.pending()].T @ self._random.random(self.pending().size)
                self._saw(self.attacker.largest(weights * NUDGE + nudge).table)
            if not self._is_safe(at):
                self._saw(self.attacker.whole(weights, min(enough, int(found.value + TOLERANCE))))
        return found

    def _is_safe(self, at: int) -> bool:
        return bool(self._high[at] >= self._enough[at] and self._high[at] - self._low[at] >= self._width[at])

    def _saw(self, table: Counts | None) -> None:
        if table is None:
            return
        quantities = self._sums @ table
        low, high = numpy.minimum(self._low, quantities), numpy.maximum(self._high, quantities)
        if ((low < self._low) | (high > self._high))[self._protected].any():
            self._low, self._high = low, high
            self.tables.append(table)


def find_leaks(table: Table, published: Flags) -> list[Leak]:
    """Every protected quantity of the table that is not safe; empty when it may be published."""
    audit = Audit(table, Attacker(table, published))
    audit.sweep()
    return [found for at in audit.pending() if (found := audit.leak(int(at))) is not None]


def is_proven(table: Table, published: Flags, proof: list[Counts]) -> bool:
    """True when the tables of ``proof`` show every protected quantity to be safe: added up, without a solver."""
    attacker = Attacker(table, published)
    if not proof or not all(attacker.fits(possible) for possible in proof):
        return False
    seen = table.lattice.sums @ numpy.stack(proof, axis=1)
    low, high = seen.min(axis=1), seen.max(axis=1)
    safe = (high >= table.enough.ravel()) & (high - low >= table.width.ravel())
    return bool(safe[table.protected.ravel()].all())
