"""What became of each start: rejections, settlement, payment, abandonment."""

from dataclasses import dataclass

import numpy as np

from graph.world.access import (
    GATES,
    LATE,
    SPREAD,
    Barrier,
    Odds,
    abandonment,
    delay_chances,
    in_time,
    submission_chances,
)
from graph.world.arrays import Booleans, Floats, Integers
from graph.world.settings import WorldSettings
from graph.world.streams import stream

NONE = -1
LATEST = 90
"""No settlement takes longer than this many days."""


@dataclass(frozen=True, slots=True)
class Rejections:
    """Rejected lines, arrays of one length, ordered by start; days count from writing."""

    start: Integers
    day: Integers
    gate: Integers


@dataclass(frozen=True, slots=True)
class Journeys:
    """Per start, days from writing, NONE where it never happened."""

    paid: Integers
    reversed: Integers
    out_of_pocket: Floats
    dispensed: Booleans
    """Paid within the horizon and not reversed."""
    barrier: Integers
    """Barrier of those not dispensed, NONE for the others."""
    rejections: Rejections
    arrived: Integers
    """[start, gate]: first rejection at each gate."""
    cleared: Integers
    """[start, gate]: when that rejection was settled."""

    def rejections_of(self, block: range) -> Rejections:
        """The rejections of a block of starts."""
        first, last = np.searchsorted(self.rejections.start, [block.start, block.stop])
        here = slice(int(first), int(last))
        return Rejections(self.rejections.start[here], self.rejections.day[here], self.rejections.gate[here])


def travel(settings: WorldSettings, chances: Odds) -> Journeys:
    """Send every start through the gates whose odds are given."""
    random = stream(settings.seed, "journeys")
    count = len(chances.copay)
    day = _drawn(random, submission_chances(), count)
    last = np.full(count, NONE)
    failed = np.zeros(count, dtype=np.bool_)
    arrived = np.full((count, len(GATES)), NONE)
    cleared = np.full((count, len(GATES)), NONE)
    lines: list[tuple[Integers, Integers, Integers]] = []
    for number, gate in enumerate(GATES):
        hit = ~failed & (random.random(count) < chances.rejected[:, number])
        settled = hit & (random.random(count) < chances.settled[:, number])
        wait = _drawn(random, delay_chances(gate), count)
        where = np.flatnonzero(hit)
        lines.append((where, day[where], np.full(len(where), number)))
        lines += _again(random, where, day[where], settled[where], wait[where], number)
        failed |= hit & ~settled
        arrived[hit, number] = day[hit]
        cleared[settled, number] = (day + wait)[settled]
        last = np.where(hit, number, last)
        day = day + np.where(settled, wait, 0)
    out_of_pocket = np.round(chances.copay * SPREAD[random.integers(0, len(SPREAD), count)], 2)
    left = ~failed & (random.random(count) < abandonment(out_of_pocket))
    dispensed = ~failed & ~left & in_time(day)
    barrier = np.where(last == NONE, int(Barrier.OTHER), last)
    barrier = np.where(left & in_time(day), int(Barrier.COST), barrier)
    start, when, which = (np.concatenate(column) for column in zip(*lines, strict=True))
    order = np.argsort(start, kind="stable")
    start, when, which = start[order], when[order], which[order]
    return Journeys(
        paid=np.where(failed, NONE, day),
        reversed=np.where(left, day + random.integers(2, 13, count), NONE),
        out_of_pocket=out_of_pocket,
        dispensed=dispensed,
        barrier=np.where(dispensed, NONE, barrier),
        rejections=Rejections(start, when, which),
        arrived=arrived,
        cleared=cleared,
    )


def _drawn(random: np.random.Generator, chances: Floats, count: int) -> Integers:
    """Whole days with the given chances; the last bucket spreads over two more weeks."""
    day = np.searchsorted(np.cumsum(chances)[:-1], random.random(count), side="right")
    tail = np.minimum(random.geometric(0.12, count) - 1, LATEST - LATE)
    return np.where(day == LATE, LATE + tail, day).astype(np.int64)


def _again(
    random: np.random.Generator,
    start: Integers,
    day: Integers,
    settled: Booleans,
    wait: Integers,
    gate: int,
) -> list[tuple[Integers, Integers, Integers]]:
    """Resubmissions that meet the same rejection: up to three, before settlement if any."""
    more = np.minimum(random.geometric(0.55, len(start)) - 1, 3)
    lines = []
    for attempt in range(1, 4):
        span = np.where(settled, wait - 1, 35)
        later = 1 + np.floor(random.random(len(start)) * np.maximum(span, 1)).astype(np.int64)
        chosen = (more >= attempt) & (span >= 1)
        where = np.flatnonzero(chosen)
        lines.append((start[where], (day + later)[where], np.full(len(where), gate)))
    return lines
