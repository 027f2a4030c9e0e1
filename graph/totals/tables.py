"""The tables of one month: who contributed, and how much; with what of them must not be told.

Everybody knows how many HCPs a group has and who they are: where fewer than 11 belong to it, even a zero would tell of
each. An amount tells of single contributors where few made it, or where one of them made nearly all.
"""

from __future__ import annotations

import numpy

from graph.disclosure.lattice import Counts, Flags, Lattice
from graph.disclosure.table import CEILING, Table, is_small
from graph.totals.facts import Contribution, Roster
from graph.totals.topic import Topic

DOMINANT = 0.8
"""The largest share of an amount that one contributor may have where it is shown."""


def contributors(topic: Topic, roster: Roster, facts: list[Contribution]) -> Table:
    """How many HCPs contributed, of how many there are."""
    lattice = Lattice(roster.values, {topic.contributors: ()})
    population = lattice.count(roster.groups.values())
    true = lattice.count(fact.group for fact in facts)
    crowd = lattice.add_up(population)
    protected = is_small(lattice.add_up(true)) | is_small(crowd)
    return Table(lattice, true, protected, lattice.publishable, population)


def amounts(topic: Topic, facts: list[Contribution], people: Table, told: Flags) -> Table:
    """What they add up to, in groups whose contributors are ``told``."""
    lattice = Lattice(people.lattice.values, topic.amounts)
    true = numpy.zeros(lattice.atoms, dtype=numpy.int64)
    for fact in facts:
        true[fact.group] += fact.amounts if lattice.whole else fact.amounts[0]
    quantities = lattice.add_up(true.ravel())
    makers, largest = _makers(lattice, facts)
    outcomes = (..., *[None] * len(lattice.whole))
    protected = is_small(quantities) | is_small(makers) | (largest > DOMINANT * quantities) | people.protected[outcomes]
    tellable = lattice.publishable & told[outcomes]
    most = numpy.full(true.size, max(CEILING, 2 * int(true.sum())), dtype=numpy.int64)
    return Table(lattice, true.ravel(), protected, tellable, most)


def _makers(lattice: Lattice, facts: list[Contribution]) -> tuple[Counts, Counts]:
    """[shape] twice: how many contributed something to a quantity, and the largest contribution to it."""
    makers = numpy.zeros(lattice.shape, dtype=numpy.int64)
    largest = numpy.zeros(lattice.shape, dtype=numpy.int64)
    for fact in facts:
        made = numpy.array([*fact.amounts, sum(fact.amounts)] if lattice.whole else fact.amounts[0])
        # Every group that the HCP is in: each dimension told or rolled up.
        places = numpy.ix_(*([at, -1] for at in fact.group))
        makers[places] += made > 0
        largest[places] = numpy.maximum(largest[places], made)
    return makers, largest
