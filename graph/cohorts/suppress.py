"""Choose what is withheld: small counts, and enough others that nothing leaks."""

from __future__ import annotations

from dataclasses import dataclass

import numpy

from graph.cohorts.attacker import Attacker
from graph.cohorts.audit import SMALLEST, Audit, is_small
from graph.cohorts.lattice import MEASURES, Counts, Flags, Lattice


@dataclass(frozen=True, eq=False, slots=True)
class Choice:
    """Which quantities are shown, [shape], and the tables that prove the others safe."""

    published: Flags
    proof: list[Counts]


def choose(lattice: Lattice, true: Counts) -> Choice:
    """The measures of a table that may be shown."""
    quantities = lattice.add_up(true)
    costs = _costs(lattice, quantities)
    published = lattice.publishable & ~is_small(quantities)
    _withhold_parts(published)
    while _mend_lines(quantities, published, costs):
        _withhold_parts(published)
    audit = Audit(lattice, quantities, true, Attacker(lattice, quantities, published))
    audit.sweep()
    while (pending := audit.pending()).size:
        leak = audit.leak(int(pending[0]))
        if leak is not None:
            # Each round withholds one: it ends at the latest when nothing is shown.
            published.ravel()[leak.held_by[numpy.argmin(costs.ravel()[leak.held_by])]] = False
            _withhold_parts(published)
            audit.attacker = Attacker(lattice, quantities, published)
    return Choice(published, audit.tables)


def _withhold_parts(published: Flags) -> None:
    """A cohort whose patients are withheld shows nothing."""
    whole = published[(..., *MEASURES["patients"])]
    for measure in MEASURES.values():
        published[(..., *measure)] &= whole


def _costs(lattice: Lattice, quantities: Counts) -> Counts:
    """What withholding a quantity loses, [shape]: people told of, more for wider groups and for earlier measures."""
    costs = (quantities + 1) * 4**lattice.rolled_up
    for at, measure in enumerate(MEASURES.values()):
        costs[(..., *measure)] *= 2 ** (len(MEASURES) - at)
    return costs


def _mend_lines(quantities: Counts, published: Flags, costs: Counts) -> bool:
    """Withhold one more part of every sum whose other parts give away a small rest; True when there was any.

    What is withheld of the parts of a shown sum must come to 11 or to nothing. The audit would find the rest by
    itself, one programme each; this takes a moment.
    """
    changed = False
    for axis in range(quantities.ndim):
        values, shown, cost = (numpy.moveaxis(array, axis, -1) for array in (quantities, published, costs))
        rest = numpy.where(shown, 0, values)[..., :-1].sum(axis=-1)
        for place in zip(*numpy.nonzero(shown[..., -1] & is_small(rest)), strict=True):
            enough = shown[place][:-1] & (values[place][:-1] + rest[place] >= SMALLEST)
            choices = numpy.flatnonzero(enough)
            part = choices[numpy.argmin(cost[place][choices])] if choices.size else -1
            shown[(*place, part)] = False
            changed = True
    return changed
