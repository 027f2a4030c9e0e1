"""Access: what a written start meets at the pharmacy, and its exact friction.

A start passes gates in order. At a gate it is rejected with some probability; a rejection
is settled with some probability after some days. It is dispensed when every rejection was
settled within 30 days of writing and the patient did not abandon it over its price.
The same gates drive the simulated claims and the exact probability, so truth is no estimate.
"""

from dataclasses import dataclass
from enum import IntEnum
from math import erf, log, sqrt

import numpy as np

from graph.world.arrays import Booleans, Floats, Integers, logistic
from graph.world.hcps import Hcps
from graph.world.payers import Payers
from graph.world.policies import Policies

HORIZON = 30
"""Days from writing within which a start counts as dispensed."""
AT_ONCE = 4_000
"""Starts whose friction is summed at once: few enough for the processor's cache."""
LATE = HORIZON + 1
"""The bucket for everything later."""


class Barrier(IntEnum):
    """Why a start was not dispensed; the first five are gates, in the order they are met."""

    ELIGIBILITY, COVERAGE, STEP, PA, LIMIT, COST, OTHER = range(7)


GATES = (Barrier.ELIGIBILITY, Barrier.COVERAGE, Barrier.STEP, Barrier.PA, Barrier.LIMIT)
DELAY = {
    Barrier.ELIGIBILITY: (4.0, 0.7),
    Barrier.COVERAGE: (13.0, 0.7),
    Barrier.STEP: (12.0, 0.8),
    Barrier.PA: (11.0, 0.8),
    Barrier.LIMIT: (5.0, 0.8),
}
"""Median days to settle a rejection, and the spread of its logarithm."""
SUBMISSION = 0.45
"""Daily chance that a written prescription is first submitted."""
SUBMITTED_LATE = 0.008
"""Share first submitted after the horizon."""
COPAY = {1: 0.0, 2: 4.0, 3: 6.0, 4: 11.0, 5: 75.0}
"""Usual out-of-pocket amount by tier."""
SPREAD = np.exp(0.6 * np.array([-1.6, -0.97, -0.57, -0.27, 0.0, 0.27, 0.57, 0.97, 1.6]))
"""Equally likely factors on the out-of-pocket amount."""
_PRICE = np.log1p([0.0, 30.0, 250.0, 500.0])
_ABANDON = np.array([0.05, 0.11, 0.45, 0.60])


@dataclass(frozen=True, slots=True)
class Odds:
    """Per start: chance of rejection and of settlement at each gate [start, gate]; copay."""

    rejected: Floats
    settled: Floats
    copay: Floats


@dataclass(frozen=True, slots=True)
class Friction:
    """Exact probabilities; `share` [start, barrier] sums to `value` [start]."""

    value: Floats
    share: Floats


def odds(
    hcps: Hcps,
    payers: Payers,
    policies: Policies,
    hcp: Integers,
    plan: Integers,
    product: Integers,
    edition: Integers,
) -> Odds:
    """The odds of starts given by four index arrays of one length."""
    at = (edition, payers.plan_formulary[plan], product)
    strictness = payers.strictness[payers.plan_payer[plan]] + policies.tightening * edition
    skill = hcps.skill[hcp]
    covered = policies.covered[at]
    one = np.ones(len(hcp))
    rejected = np.stack(
        [
            0.03 * one,
            0.97 * ~covered,
            policies.step[at] * covered * logistic(0.9 - 0.3 * skill),
            policies.prior_authorization[at] * covered * logistic(1.7 - 0.6 * skill),
            policies.quantity_limit[at] * covered * logistic(0.3 - 0.2 * skill),
        ],
        axis=1,
    )
    settled = np.stack(
        [
            0.80 * one,
            logistic(-0.5 + 0.5 * skill - 0.3 * strictness),
            logistic(0.1 + 0.6 * skill - 0.4 * strictness),
            logistic(0.5 + 0.9 * skill - 0.8 * strictness),
            logistic(-0.1 + 0.4 * skill - 0.2 * strictness),
        ],
        axis=1,
    )
    ladder = np.array([0.0, *(COPAY[tier] for tier in sorted(COPAY))])
    return Odds(rejected, settled, ladder[np.clip(policies.tier[at], 1, 5)])


def abandonment(out_of_pocket: Floats) -> Floats:
    """Chance that the patient leaves a paid claim behind: 5 % at $0, 11 % at $30, 60 % at $500."""
    logit = np.interp(np.log1p(out_of_pocket), _PRICE, np.log(_ABANDON / (1 - _ABANDON)))
    return logistic(logit)


def delay_chances(gate: Barrier) -> Floats:
    """[LATE + 1]: chance of each whole number of days to settlement; the last is `later`."""
    median, spread = DELAY[gate]
    below = [0.0] + [0.5 * (1 + erf((log(day) - log(median)) / spread / sqrt(2))) for day in range(1, LATE + 1)]
    chances = np.diff(np.array([*below, 1.0]))
    # A settlement takes at least a day.
    chances[1] += chances[0]
    chances[0] = 0.0
    return chances


def submission_chances() -> Floats:
    """[LATE + 1]: chance of each number of days from writing to the first claim line."""
    chances = SUBMISSION * (1 - SUBMISSION) ** np.arange(LATE + 1)
    chances[LATE] = 0.0
    chances *= (1 - SUBMITTED_LATE) / chances.sum()
    chances[LATE] = SUBMITTED_LATE
    return chances.astype(np.float64)


def exact_friction(chances: Odds) -> Friction:
    """Friction and its barriers by summing over all days; no sampling."""
    parts = [
        _friction(Odds(chances.rejected[here], chances.settled[here], chances.copay[here]))
        for here in (slice(first, first + AT_ONCE) for first in range(0, max(1, len(chances.copay)), AT_ONCE))
    ]
    return Friction(np.concatenate([one.value for one in parts]), np.concatenate([one.share for one in parts]))


def _friction(chances: Odds) -> Friction:
    count = len(chances.copay)
    share = np.zeros((count, len(Barrier)))
    # mass[tag]: days so far, by the last gate that rejected (the last tag: none did).
    untouched = len(GATES)
    mass = {untouched: np.tile(submission_chances(), (count, 1))}
    for number, gate in enumerate(GATES):
        arriving = np.sum(list(mass.values()), axis=0) * chances.rejected[:, [number]]
        for tag in mass:
            mass[tag] = mass[tag] * (1 - chances.rejected[:, [number]])
        share[:, gate] += arriving.sum(axis=1) * (1 - chances.settled[:, number])
        mass[number] = _later(arriving * chances.settled[:, [number]], delay_chances(gate))
    leave = abandonment(chances.copay[:, None] * SPREAD).mean(axis=1)
    dispensed = np.zeros(count)
    for tag, days in mass.items():
        reason = Barrier.OTHER if tag == untouched else GATES[tag]
        share[:, reason] += days[:, LATE]
        in_time = days[:, :LATE].sum(axis=1)
        share[:, Barrier.COST] += in_time * leave
        dispensed += in_time * (1 - leave)
    return Friction(1 - dispensed, share)


def _later(mass: Floats, delay: Floats) -> Floats:
    """Days after adding a delay; what passes the horizon stays in the last bucket."""
    shift = np.zeros((LATE + 1, LATE + 1))
    for day in range(LATE):
        shift[day, day:LATE] = delay[: LATE - day]
        shift[day, LATE] = delay[LATE - day :].sum()
    shift[LATE, LATE] = 1.0
    return np.asarray(mass @ shift, dtype=np.float64)


def in_time(day: Integers) -> Booleans:
    """Whether a number of days from writing lies within the horizon."""
    return day <= HORIZON
