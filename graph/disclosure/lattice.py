"""A lattice: every group that may be named, and how the groups add up.

What is counted is in one *atom*: a value of each dimension and of each outcome. A *quantity* is a number over a set of
atoms: each axis is told or rolled up. Some quantities of a group are its measures; the others (such as the people who
were not dispensed) are never shown, but follow from measures and are protected like them.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from itertools import product
from typing import Any

import numpy
from scipy import sparse

ALL = "all"
YES, NO, EITHER = 0, 1, 2
"""Places on an outcome's axis: yes or no or rolled up."""

Counts = numpy.ndarray[Any, numpy.dtype[numpy.int64]]
Flags = numpy.ndarray[Any, numpy.dtype[numpy.bool_]]
Atom = tuple[int, ...]


def across(places: tuple[int, ...]) -> Any:
    """An index of arrays over quantities: all groups, at places on the outcomes' axes."""
    return (..., *places)


@dataclass(frozen=True, eq=False)
class Lattice:
    """Values of each dimension, and the measures: places on the axes of the outcomes, the whole of a group first.

    Arrays over quantities have one more place per axis, the last: rolled up.
    """

    values: tuple[tuple[str, ...], ...]
    measures: Mapping[str, tuple[int, ...]]

    @property
    def atoms(self) -> tuple[int, ...]:
        """Shape of arrays over atoms: the dimensions, then two places for each outcome."""
        return (*(len(values) for values in self.values), *[2] * len(self.whole))

    @property
    def whole(self) -> tuple[int, ...]:
        """The first measure's places: a group of which it is withheld shows nothing."""
        return next(iter(self.measures.values()))

    @property
    def shape(self) -> tuple[int, ...]:
        """Shape of arrays over quantities."""
        return tuple(size + 1 for size in self.atoms)

    @cached_property
    def sums(self) -> sparse.csr_array:
        """[quantities, atoms]: 1 where the atom counts for the quantity."""
        whole = sparse.csr_array(numpy.ones((1, 1), dtype=numpy.int64))
        for size in self.atoms:
            axis = sparse.vstack([sparse.identity(size, dtype=numpy.int64), numpy.ones((1, size), dtype=numpy.int64)])
            whole = sparse.kron(whole, axis, format="csr")
        return sparse.csr_array(whole)

    def count(self, atoms: Iterable[Atom]) -> Counts:
        """The table of what is given by its atoms: how many are in each; [atoms]."""
        table = numpy.zeros(self.atoms, dtype=numpy.int64)
        for atom in atoms:
            table[atom] += 1
        return table.ravel()

    def add_up(self, table: Counts) -> Counts:
        """All quantities of a table; [shape]."""
        return numpy.asarray(self.sums @ table).reshape(self.shape)

    @cached_property
    def publishable(self) -> Flags:
        """[shape]: the quantities that are measures."""
        mask = numpy.zeros(self.shape, dtype=bool)
        for measure in self.measures.values():
            mask[across(measure)] = True
        return mask

    @cached_property
    def rolled_up(self) -> Counts:
        """[shape]: how many dimensions are rolled up; outcomes do not count."""
        places = numpy.indices(self.shape)
        tops = [places[axis] == self.shape[axis] - 1 for axis in range(len(self.values))]
        return numpy.asarray(numpy.sum(tops, axis=0, dtype=numpy.int64))

    def cells(self) -> list[tuple[tuple[int, ...], tuple[str, ...]]]:
        """Every group: its place on the dimensions' axes, and its values, `all` where one is rolled up."""
        axes = [[*enumerate(values), (len(values), ALL)] for values in self.values]
        return [(tuple(at for at, _ in cell), tuple(name for _, name in cell)) for cell in product(*axes)]
