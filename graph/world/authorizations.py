"""Prior authorizations: the requests behind the starts that were rejected for want of one."""

from dataclasses import dataclass

import numpy as np

from graph.world.access import GATES, Barrier
from graph.world.arrays import Booleans, Integers
from graph.world.clock import Clock
from graph.world.journeys import NONE, Journeys
from graph.world.settings import WorldSettings
from graph.world.starts import Starts
from graph.world.streams import stream

GATE = GATES.index(Barrier.PA)
REQUESTED = 0.75
"""Share of the rejections never settled for which anybody asked at all."""
MOST_ATTEMPTS = 4
AGAIN = 0.50
"""Chance of another attempt after a denial."""
DECISIONS = ("A1", "A2", "A3", "A4", "A6", "C")
CERTIFIED, PARTIAL, DENIED, PENDED, MODIFIED, CANCELLED = range(6)
CHANNELS = ("epa", "fax", "portal", "pas")
PAS = 3


@dataclass(frozen=True, slots=True)
class Authorizations:
    """Requests, arrays of one length, ordered by start and attempt."""

    start: Integers
    attempt: Integers
    """From 1; each attempt is a request of its own."""
    submitted: Integers
    decided: Integers
    """Day of the decision, NONE while there is none by the end of the world or ever."""
    decision: Integers
    """Index into DECISIONS."""
    reason: Integers
    """Index into REASONS of a denial, NONE otherwise."""
    channel: Integers
    appeal: Integers
    """Level of appeal, 0 for a first look."""

    def __len__(self) -> int:
        return len(self.start)

    def id_of(self, index: int) -> str:
        return f"PA{self.start[index]:07d}{self.attempt[index]}"


REASONS = ("50", "16", "204", "198")
"""Why a request was denied, as claim adjustment reason codes."""
_REASON_SHARES = (0.45, 0.35, 0.12, 0.08)


def make_authorizations(
    settings: WorldSettings, clock: Clock, starts: Starts, journeys: Journeys, unseen: Booleans
) -> Authorizations:
    """Requests of starts first rejected for prior authorization within the world.

    A rejection that was settled was settled by the last attempt, on the day it was; one that was not
    ended in denial, in withdrawal, or is pending still.
    """
    random = stream(settings.seed, "authorizations")
    rejected = starts.day + journeys.arrived[:, GATE]
    settled_all = journeys.cleared[:, GATE] != NONE
    asked = settled_all | (random.random(len(starts)) < REQUESTED)
    start = np.flatnonzero(
        (journeys.arrived[:, GATE] != NONE) & (rejected >= 0) & (rejected < clock.days) & asked & ~unseen
    )
    settled = settled_all[start]
    first = rejected[start]
    wait = np.where(settled, journeys.cleared[start, GATE] - journeys.arrived[start, GATE], 0)
    drawn = np.minimum(random.geometric(1 - AGAIN, len(start)), MOST_ATTEMPTS)
    # Attempts follow each other at least two days apart: a short wait leaves room for fewer.
    attempts = np.where(settled, np.minimum(drawn, 1 + wait // 4), drawn)
    pace = np.where(settled, np.maximum(wait // attempts, 1), 5 + random.integers(0, 12, len(start)))
    row = np.repeat(np.arange(len(start)), attempts)
    attempt = np.arange(len(row)) - np.repeat(np.cumsum(attempts) - attempts, attempts) + 1
    last = attempt == attempts[row]
    submitted = first[row] + (attempt - 1) * pace[row] + np.minimum(1, pace[row] - 1)
    decided = np.where(last & settled[row], first[row] + wait[row], first[row] + attempt * pace[row])
    draw = random.random(len(row))
    won = np.where(draw < 0.80, CERTIFIED, np.where(draw < 0.92, MODIFIED, PARTIAL))
    lost = np.where(last & (draw > 0.90), CANCELLED, np.where(last & (draw > 0.82), PENDED, DENIED))
    decision = np.where(last & settled[row], won, lost)
    appealed = (attempt > 1) & (random.random(len(row)) < 0.45)
    reason = random.choice(len(REASONS), len(row), p=_REASON_SHARES)
    channel = np.repeat(random.choice(len(CHANNELS), len(start), p=[0.5, 0.24, 0.14, 0.12]), attempts)
    open_ = (decision == PENDED) | (decided >= clock.days)
    kept = submitted < clock.days
    return Authorizations(
        start=start[row][kept],
        attempt=attempt[kept],
        submitted=submitted[kept],
        decided=np.where(open_, NONE, decided)[kept],
        decision=np.where(open_, PENDED, decision)[kept],
        reason=np.where(decision == DENIED, reason, NONE)[kept],
        channel=channel[kept].astype(np.int64),
        appeal=np.where(appealed, 1 + (attempt > 3), 0)[kept],
    )
