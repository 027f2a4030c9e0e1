"""Patient support: the cases that the hub takes on, from the referral to the shipment or the end."""

from dataclasses import dataclass

import numpy as np

from graph.world.access import GATES, Barrier
from graph.world.arrays import Booleans, Integers
from graph.world.clock import Clock
from graph.world.journeys import NONE, Journeys
from graph.world.products import OWN
from graph.world.settings import WorldSettings
from graph.world.starts import Starts
from graph.world.streams import stream

REFERRED = 0.45
"""Share of the own starts with a hard rejection that an office refers."""
PATIENCE = 45
"""Days after which a case without approval is closed."""
PROGRAMS = ("pa_support", "appeals", "copay", "bridge")
REASONS = ("access_denied", "patient_declined", "cost", "lost_contact")
REVIEW_AFTER = 3
"""Days from the referral to the benefit investigation."""


@dataclass(frozen=True, slots=True)
class Cases:
    """Arrays of one length, ordered by day of referral."""

    start: Integers
    program: Integers
    referred: Integers
    shipped: Integers
    """Day, NONE if it never was."""
    closed: Integers
    """Day on which a case without shipment ended, NONE while it goes on or was shipped."""
    copay: Booleans
    reason: Integers
    """Index into REASONS; counts once closed."""

    def __len__(self) -> int:
        return len(self.start)


def make_cases(settings: WorldSettings, clock: Clock, starts: Starts, journeys: Journeys, unseen: Booleans) -> Cases:
    """Cases of own starts rejected for coverage, step or prior authorization."""
    random = stream(settings.seed, "support")
    hard = [GATES.index(one) for one in (Barrier.COVERAGE, Barrier.STEP, Barrier.PA)]
    arrived = np.where(journeys.arrived[:, hard] == NONE, np.iinfo(np.int64).max // 2, journeys.arrived[:, hard])
    earliest = arrived.min(axis=1)
    chosen = (starts.product == OWN) & (starts.day >= 0) & (earliest < clock.days) & ~unseen
    chosen &= random.random(len(starts)) < REFERRED
    start = np.flatnonzero(chosen)
    referred = starts.day[start] + earliest[start] + random.integers(1, 5, len(start))
    paid = np.where(journeys.paid[start] == NONE, NONE, starts.day[start] + journeys.paid[start])
    kept = (referred < clock.days) & ((paid == NONE) | (paid > referred))
    start, referred, paid = start[kept], referred[kept], paid[kept]
    left = journeys.reversed[start] != NONE
    shipped = np.where((paid != NONE) & ~left, paid + 1, NONE)
    ended = np.where(paid != NONE, paid + 10, referred + PATIENCE)
    order = np.argsort(referred, kind="stable")
    return Cases(
        start=start[order],
        program=random.choice(len(PROGRAMS), len(start), p=[0.55, 0.15, 0.2, 0.1])[order].astype(np.int64),
        referred=referred[order],
        shipped=shipped[order],
        closed=np.where(shipped == NONE, ended, NONE)[order],
        copay=(random.random(len(start)) < 0.3)[order],
        reason=np.where(left, 2, random.choice([0, 1, 3], len(start), p=[0.6, 0.25, 0.15]))[order].astype(np.int64),
    )
