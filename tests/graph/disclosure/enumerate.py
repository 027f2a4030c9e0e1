"""Every table of whole numbers that fits a publication, one atom after the other: no solver, no cleverness."""

import numpy

from graph.disclosure.lattice import Counts, Flags, Lattice
from graph.disclosure.table import Table

MOST_TABLES = 3_000_000
UNBOUNDED = 25
"""How far a number is followed that nothing bounds; beyond it, every small count is safe already."""


class TooMany(Exception):
    """More tables fit than can be listed."""


def all_tables(table: Table, published: Flags) -> Counts:
    """[tables, atoms]: each table that somebody who has the publication must think possible."""
    sums = table.lattice.sums.toarray()[published.ravel()]
    values = table.quantities[published]
    tables = numpy.zeros((1, 0), dtype=numpy.int16)
    left = values[None, :].astype(numpy.int16)
    for atom in range(sums.shape[1]):
        column = sums[:, atom]
        most = left[:, column == 1].min(axis=1, initial=min(UNBOUNDED, int(table.most[atom])))
        if (most.astype(int) + 1).sum() > MOST_TABLES:
            raise TooMany
        rows = numpy.repeat(numpy.arange(len(tables)), most + 1)
        starts = numpy.repeat(numpy.cumsum(most + 1) - (most + 1), most + 1)
        number = (numpy.arange(len(rows)) - starts).astype(numpy.int16)
        tables = numpy.column_stack([tables[rows], number])
        left = left[rows] - number[:, None] * column[None, :].astype(numpy.int16)
        # A sum whose last atom this was has nothing left.
        over = column * (sums[:, atom + 1 :].sum(axis=1) == 0) == 1
        kept = (left[:, over] == 0).all(axis=1)
        tables, left = tables[kept], left[kept]
    return tables


def bounds(lattice: Lattice, tables: Counts) -> tuple[Counts, Counts]:
    """The smallest and the largest value of each quantity over the tables."""
    seen = lattice.sums @ tables.T.astype(numpy.int64)
    return seen.min(axis=1), seen.max(axis=1)
