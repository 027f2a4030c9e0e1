"""What somebody can work out who has all that was published, and a solver.

Unknown are the numbers per atom, whole and not negative; known is every published quantity, and how many
there can be at most. A table that
fits proves by itself that nobody can rule it out, and is checked by adding it up in whole numbers. A linear programme
leaves integrality aside: its optimum bounds every table, which is enough to prove a leak, while its solution proves
the contrary only where it is whole. Elsewhere an integer programme is asked.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import highspy
import numpy

from graph.disclosure.lattice import Counts, Flags
from graph.disclosure.table import Table

TOLERANCE = 1e-6
PRIMAL_SIMPLEX = 4
"""From the last solution on: only the objective differs from one programme to the next."""
SECONDS_PER_PROGRAMME = 10.0

Weights = numpy.ndarray[Any, numpy.dtype[Any]]


@dataclass(frozen=True, slots=True)
class Optimum:
    """The largest value of a weighted sum over all tables that fit, integrality aside.

    ``table`` has it, where it is whole. ``held_by`` are places of the published quantities that hold it down.
    """

    value: float
    table: Counts | None
    held_by: Counts


class Attacker:
    """Everything that follows from the quantities that ``published`` marks; it sees no other one."""

    def __init__(self, table: Table, published: Flags) -> None:
        places = numpy.flatnonzero(published)
        sums, values = table.lattice.sums[places], table.quantities.ravel()[places]
        self._most = table.most
        # Where zero is published nothing is, which says all that these quantities say.
        self._zeros, self._zero_sums = places[values == 0], sums[values == 0]
        self._empty = self._zero_sums.sum(axis=0) > 0
        self._places, self._sums, self._values = places[values > 0], sums[values > 0], values[values > 0]
        self._atoms = numpy.arange(table.most.size, dtype=numpy.int32)
        self._linear = self._programme(presolve="off", simplex_strategy=PRIMAL_SIMPLEX)

    def fits(self, table: Counts) -> bool:
        """True when numbers per atom agree with all that is known, exactly."""
        possible = (table >= 0).all() and (table <= self._most).all() and not table[self._empty].any()
        return bool(possible and (self._sums @ table == self._values).all())

    def largest(self, weights: Weights) -> Optimum:
        """The largest weighted sum of atoms, by a linear programme, and what holds it down."""
        solver = self._linear
        solver.changeColsCost(self._atoms.size, self._atoms, -weights.astype(float))
        solver.run()
        if solver.getModelStatus() != highspy.HighsModelStatus.kOptimal:
            raise ArithmeticError(f"a linear programme of the audit ended as {solver.getModelStatus().name!r}")
        solution = solver.getSolution()
        held_by = self._places[numpy.abs(numpy.asarray(solution.row_dual)) > TOLERANCE]
        if not held_by.size:
            # Nothing but zeros holds it down: those of atoms that it would gain from.
            gains = (numpy.abs(numpy.asarray(solution.col_dual)) > TOLERANCE) & self._empty
            held_by = self._zeros[self._zero_sums @ gains > 0]
        return Optimum(-float(solver.getObjectiveValue()), self._table(solution.col_value), held_by)

    def whole(self, weights: Weights, enough: float) -> Counts | None:
        """A table whose weighted sum is ``enough``, or the largest there is; None when time was over before."""
        solver = self._programme(time_limit=SECONDS_PER_PROGRAMME, objective_target=-enough)
        kinds = numpy.full(self._atoms.size, int(highspy.HighsVarType.kInteger), dtype=numpy.uint8)
        solver.changeColsCost(self._atoms.size, self._atoms, -weights.astype(float))
        solver.changeColsIntegrality(self._atoms.size, self._atoms, kinds)
        solver.run()
        return self._table(solver.getSolution().col_value)

    def _programme(self, **options: str | float) -> highspy.Highs:
        """What was published as equations over the atoms, without an objective."""
        program = highspy.HighsLp()
        program.num_row_, program.num_col_ = self._sums.shape
        program.col_cost_ = numpy.zeros(self._atoms.size)
        program.col_lower_ = numpy.zeros(self._atoms.size)
        program.col_upper_ = numpy.where(self._empty, 0.0, self._most.astype(float))
        program.row_lower_ = program.row_upper_ = self._values.astype(float)
        program.a_matrix_.format_ = highspy.MatrixFormat.kRowwise
        program.a_matrix_.start_ = self._sums.indptr
        program.a_matrix_.index_ = self._sums.indices
        program.a_matrix_.value_ = self._sums.data.astype(float)
        solver = highspy.Highs()
        for name, value in {"output_flag": False, "threads": 1, **options}.items():
            solver.setOptionValue(name, value)
        solver.passModel(program)
        return solver

    def _table(self, numbers: Any) -> Counts | None:
        """The atoms' numbers as a table of whole ones, or None when it does not fit."""
        table = numpy.rint(numbers).astype(numpy.int64)
        return table if table.size == self._atoms.size and self.fits(table) else None
