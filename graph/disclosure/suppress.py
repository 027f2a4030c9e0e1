"""Choose what is withheld: what is protected, and enough else that nothing leaks."""

from __future__ import annotations

from dataclasses import dataclass

import numpy

from graph.disclosure.attacker import Attacker
from graph.disclosure.audit import Audit
from graph.disclosure.lattice import Counts, Flags, Lattice, across
from graph.disclosure.table import SMALLEST, Table


@dataclass(frozen=True, eq=False, slots=True)
class Choice:
    """Which quantities are shown, [shape], and the tables that prove the others safe."""

    published: Flags
    proof: list[Counts]


def choose(table: Table) -> Choice:
    """The measures of a table that may be shown."""
    lattice = table.lattice
    costs = _costs(lattice, table.quantities)
    published = table.tellable & ~table.protected
    _withhold_parts(lattice, published)
    while _mend_lines(table, published, costs):
        _withhold_parts(lattice, published)
    audit = Audit(table, Attacker(table, published))
    audit.sweep()
    while (pending := audit.pending()).size:
        leak = audit.leak(int(pending[0]))
        if leak is not None:
            # Each round withholds one: it ends at the latest when nothing is shown.
            published.ravel()[leak.held_by[numpy.argmin(costs.ravel()[leak.held_by])]] = False
            _withhold_parts(lattice, published)
            audit.attacker = Attacker(table, published)
    return Choice(published, audit.tables)


def _withhold_parts(lattice: Lattice, published: Flags) -> None:
    """A group of which the whole is withheld shows nothing."""
    whole = published[across(lattice.whole)].copy()
    for measure in lattice.measures.values():
        published[across(measure)] &= whole


def _costs(lattice: Lattice, quantities: Counts) -> Counts:
    """What withholding a quantity loses, [shape]: what is counted, more for wider groups and for earlier measures."""
    costs = (quantities + 1) * 4**lattice.rolled_up
    for at, measure in enumerate(lattice.measures.values()):
        costs[across(measure)] *= 2 ** (len(lattice.measures) - at)
    return costs


def _mend_lines(table: Table, published: Flags, costs: Counts) -> bool:
    """Withhold one more part of every sum whose other parts give away a protected one; True when there was any.

    The rest, which is withheld, must be able to be all in one protected part, and as far as it can in the others. The
    audit would find that by itself, one programme each; this takes a moment.
    """
    changed = False
    arrays = (table.quantities, table.room, table.enough, table.width, table.protected, published, costs)
    for axis in range(published.ndim):
        values, room, enough, width, protected, shown, cost = (numpy.moveaxis(array, axis, -1) for array in arrays)
        hidden = ~shown[..., :-1]
        rest = numpy.where(hidden, values[..., :-1], 0).sum(axis=-1, keepdims=True)
        elsewhere = numpy.where(hidden, room[..., :-1], 0).sum(axis=-1, keepdims=True) - room[..., :-1]
        high = numpy.minimum(room[..., :-1], rest)
        narrow = high - numpy.maximum(rest - elsewhere, 0) < width[..., :-1]
        given_away = hidden & protected[..., :-1] & ((high < enough[..., :-1]) | narrow)
        for place in zip(*numpy.nonzero(shown[..., -1] & given_away.any(axis=-1)), strict=True):
            parts, there = values[place][:-1], rest[place]
            helps = shown[place][:-1] & (parts + there >= SMALLEST) & (parts < room[place][:-1])
            choices = numpy.flatnonzero(helps)
            part = choices[numpy.argmin(cost[place][choices])] if choices.size else -1
            shown[(*place, part)] = False
            changed = True
    return changed
