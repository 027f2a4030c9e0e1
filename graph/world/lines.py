"""Claim lines: the journeys and their refills as the pharmacy switch would see them.

They are made for a block of starts at a time, so that memory does not grow with the world.
"""

from dataclasses import dataclass

import numpy as np

from graph.world.arrays import Booleans, Floats, Integers
from graph.world.clock import Clock
from graph.world.journeys import NONE, Journeys
from graph.world.patients import Patients
from graph.world.settings import WorldSettings
from graph.world.starts import Starts
from graph.world.streams import stream

PAID, REJECTED, REVERSED = range(3)
FILLS_PER_SCRIPT = 6
"""First fill and five refills; then a new prescription is written."""
LONGEST_LAG = 60
BLOCK = 50_000
"""Starts whose lines are made at once."""


@dataclass(frozen=True, slots=True)
class Lines:
    """Claim lines, arrays of one length, ordered by claim and line; days count from day 0."""

    start: Integers
    fill: Integers
    """0 for the fill that the start asks for, then 1, 2, ..."""
    number: Integers
    """Line number within its claim, from 1."""
    kind: Integers
    """PAID, REJECTED or REVERSED."""
    gate: Integers
    """What rejected the line, NONE for others."""
    service: Integers
    """Date of service: of the submission, for a reversal that of the line it reverses."""
    event: Integers
    """When it happened: for a reversal the day of reversing."""
    received: Integers
    supply: Integers
    """Days."""

    def __len__(self) -> int:
        return len(self.start)


def blocks(starts: Starts) -> list[range]:
    """The starts in blocks, in order."""
    return [range(first, min(first + BLOCK, len(starts))) for first in range(0, len(starts), BLOCK)]


def make_lines(
    settings: WorldSettings, clock: Clock, patients: Patients, starts: Starts, journeys: Journeys, block: range
) -> Lines:
    """Every line of the starts of a block whose event lies within the world, whenever it is received."""
    random = stream(settings.seed, f"lines {block.start}")
    rejections = journeys.rejections_of(block)
    paid = block.start + np.flatnonzero(journeys.paid[block.start : block.stop] != NONE)
    back = block.start + np.flatnonzero(journeys.reversed[block.start : block.stop] != NONE)
    parts = [
        _part(rejections.start, 0, REJECTED, rejections.gate, rejections.day, rejections.day),
        _part(paid, 0, PAID, NONE, journeys.paid[paid], journeys.paid[paid]),
        _part(back, 0, REVERSED, NONE, journeys.paid[back], journeys.reversed[back]),
    ]
    columns = np.concatenate(parts, axis=1)
    columns[4:6] += starts.day[columns[0]]
    supply = np.where(random.random(len(block)) < 0.15, 90, 30)
    refills = _refills(random, clock, patients, starts, journeys, supply, block)
    columns = np.concatenate([columns, refills], axis=1)
    # A reversal whose payment lies before the world is left out with it.
    start, fill, kind, gate, service, event = columns[:, (columns[4] >= 0) & (columns[5] < clock.days)]
    # On one day a rejection comes before the payment, and the payment before its reversal.
    rank = np.array([1, 0, 2])[kind]
    order = np.lexsort((gate, rank, event, fill, start))
    start, fill, kind, gate, service, event = (column[order] for column in (start, fill, kind, gate, service, event))
    return Lines(
        start=start,
        fill=fill,
        number=_line_numbers(start * 1000 + fill),
        kind=kind,
        gate=gate,
        service=service,
        event=event,
        received=event + _lag(random, len(event)),
        supply=supply[start - block.start],
    )


def _part(start: Integers, fill: int, kind: int, gate: Integers | int, service: Integers, event: Integers) -> Integers:
    whole = np.ones(len(start), dtype=np.int64)
    return np.stack([start, whole * fill, whole * kind, whole * gate, service, event])


def _refills(
    random: np.random.Generator,
    clock: Clock,
    patients: Patients,
    starts: Starts,
    journeys: Journeys,
    supply: Integers,
    block: range,
) -> Integers:
    """Later paid fills of those who kept the first one, until they drop out or the world ends."""
    paid, back = journeys.paid[block.start : block.stop], journeys.reversed[block.start : block.stop]
    kept = block.start + np.flatnonzero((paid != NONE) & (back == NONE))
    days = supply[kept - block.start]
    day = starts.day[kept] + journeys.paid[kept]
    dropout = 1 - (1 - patients.dropout[starts.patient[kept]]) ** (days / 30)
    parts = []
    fill = 0
    while len(kept) > 0:
        fill += 1
        stays: Booleans = random.random(len(kept)) >= dropout
        gap = days + random.integers(-3, 9, len(kept))
        day = day + gap
        stays &= day < clock.days
        kept, day, dropout, days = kept[stays], day[stays], dropout[stays], days[stays]
        parts.append(_part(kept, fill, PAID, NONE, day, day))
    return np.concatenate(parts, axis=1)


def _line_numbers(claim: Integers) -> Integers:
    """1, 2, ... within each run of equal values."""
    position = np.arange(len(claim))
    first = np.concatenate([[True], claim[1:] != claim[:-1]]) if len(claim) > 0 else claim == 0
    return position - np.maximum.accumulate(np.where(first, position, 0)) + 1


def _lag(random: np.random.Generator, count: int) -> Integers:
    """Days until a line is received: mostly days, with a tail up to LONGEST_LAG."""
    lag: Floats = np.exp(random.normal(1.1, 0.9, count))
    return np.minimum(1 + lag.astype(np.int64), LONGEST_LAG)
