"""A table that is to be published, with what of it must not be told."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy

from graph.disclosure.lattice import Counts, Flags, Lattice

SMALLEST = 11
"""The smallest count that may be shown, apart from zero."""
WIDTH = SMALLEST - 1
"""How far apart the smallest and the largest possible value of a protected number are at least."""
PART = 5
"""And they are apart by one in so many parts of it: ten of a thousand would tell it."""
CEILING = 100_000
"""Where nothing bounds a number: far above what must be shown possible, so that every optimum is a table."""


def is_small(quantities: Counts) -> Flags:
    """The counts that nobody may work out: 1 to 10."""
    return (quantities > 0) & (quantities < SMALLEST)


@dataclass(frozen=True, eq=False)
class Table:
    """The true numbers of a lattice's atoms, and what is known and may be told of them.

    ``protected``, [shape]: quantities that nobody may work out. ``tellable``, [shape]: those that may be shown at all.
    ``most``, [atoms]: what everybody knows that no atom has more of.
    """

    lattice: Lattice
    true: Counts
    protected: Flags
    tellable: Flags
    most: Counts

    @cached_property
    def quantities(self) -> Counts:
        """All quantities; [shape]."""
        return self.lattice.add_up(self.true)

    @cached_property
    def room(self) -> Counts:
        """[shape]: what everybody knows that a quantity cannot exceed."""
        return self.lattice.add_up(self.most)

    @cached_property
    def enough(self) -> Counts:
        """[shape]: what a protected quantity must be able to be: 11, or all there can be."""
        return numpy.minimum(SMALLEST, self.room)

    @cached_property
    def width(self) -> Counts:
        """[shape]: what a protected quantity must span: ten, a fifth of it if that is more, or all there can be."""
        wanted = numpy.maximum(WIDTH, -(-self.quantities // PART))
        return numpy.minimum(wanted, self.room)


def counted(lattice: Lattice, true: Counts) -> Table:
    """A table of counts whose small ones are protected, of a crowd whose size nobody knows."""
    quantities = lattice.add_up(true)
    most = numpy.full(true.size, max(CEILING, 2 * int(true.sum())), dtype=numpy.int64)
    return Table(lattice, true, is_small(quantities), lattice.publishable, most)
