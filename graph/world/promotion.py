"""Promotion: calls, messages and suggestions of the field force, and the stock of calls that each HCP remembers.

A rep calls on those who write much and let reps in. Every four weeks a suggestion may add a call. A tenth of the
HCPs of such a round is left to a lottery whose odds are logged: that arm shows what a call causes.
"""

from dataclasses import dataclass

import numpy as np

from graph.world.arrays import Booleans, Floats, Integers
from graph.world.clock import WEEK, Clock, launch_week
from graph.world.cold import Cold
from graph.world.field import VACANT, Field
from graph.world.hcps import Hcps
from graph.world.settings import WorldSettings
from graph.world.streams import stream

CALL_RATE = (0.04, 0.09, 0.20)
"""Weekly chance of a call by tier of volume: the lower half, the next three tenths, the top fifth."""
LOTTERY_ODDS = (0.3, 0.5, 0.7)
"""Chance that the lottery shows a suggestion, by tier."""
ACCESS = ((1.0, 0.50), (0.4, 0.30), (0.0, 0.20))
"""How freely an HCP sees reps, and the share of HCPs who do."""
ROUND = 4
"""Weeks between two rounds of suggestions."""
LOTTERY = 0.10
"""Share of a round that is left to the lottery."""
SUGGESTED = 0.12
"""Share of the HCPs outside of the lottery to whom the policy suggests a call."""
ACCEPTED = 0.60
EMAIL_RATE = 0.04
MEMORY_WEEKS = 26.0
"""Weeks after which a call counts for a third."""
FACE_TO_FACE, VIDEO, PHONE = range(3)
POLICY, TREATMENT, CONTROL = range(3)
IGNORED, TAKEN, DISMISSED = range(3)


@dataclass(frozen=True, slots=True)
class Calls:
    """Arrays of one length, ordered by day."""

    day: Integers
    hcp: Integers
    user: Integers
    """Index into `Field.users`."""
    channel: Integers
    minutes: Integers
    genuine: Booleans
    """False: written down, but never made."""


@dataclass(frozen=True, slots=True)
class Emails:
    day: Integers
    hcp: Integers
    user: Integers
    opened: Booleans
    clicked: Booleans


@dataclass(frozen=True, slots=True)
class Suggestions:
    day: Integers
    hcp: Integers
    user: Integers
    arm: Integers
    """POLICY, TREATMENT (shown by lottery) or CONTROL (withheld by lottery)."""
    propensity: Floats
    """Chance that the lottery had of drawing this arm; NaN where there was none."""
    response: Integers
    responded: Integers
    """Day of the response, or of the suggestion when it was ignored."""


@dataclass(frozen=True, slots=True)
class Promotion:
    calls: Calls
    emails: Emails
    suggestions: Suggestions
    stock: Floats
    """[week, hcp]: calls up to the week before, faded."""


def tiers(hcps: Hcps) -> Integers:
    """0, 1 or 2 for each HCP by its volume: what targeting and the odds of the lottery go by."""
    rank = np.argsort(np.argsort(hcps.volume, kind="stable"), kind="stable") / len(hcps.volume)
    return np.searchsorted(np.array([0.5, 0.8]), rank, side="right").astype(np.int64)


def make_promotion(settings: WorldSettings, clock: Clock, hcps: Hcps, field: Field, cold: Cold) -> Promotion:
    """All promotion from the launch to the end; it depends on no outcome."""
    random = stream(settings.seed, "promotion")
    tier = tiers(hcps)
    openness = random.choice([one for one, _ in ACCESS], len(tier), p=[share for _, share in ACCESS])
    openness = openness * ~hcps.retired
    suggestions = _suggestions(settings, random, clock, tier, openness, field, cold)
    rate = np.array(CALL_RATE)[tier] * openness
    days, people = [suggestions.responded[suggestions.response == TAKEN]], []
    people.append(suggestions.hcp[suggestions.response == TAKEN])
    emails: list[tuple[Integers, Integers]] = []
    for week in range(launch_week(clock), clock.weeks):
        called = np.flatnonzero(random.random(len(rate)) < rate)
        days.append(week * WEEK + random.integers(0, 5, len(called)))
        people.append(called)
        mailed = np.flatnonzero((random.random(len(rate)) < EMAIL_RATE) & ~hcps.retired)
        emails.append((week * WEEK + random.integers(0, 5, len(mailed)), mailed))
    day, hcp = np.concatenate(days), np.concatenate(people)
    genuine = np.ones(len(day), dtype=np.bool_)
    padded = round(settings.planted.padded_calls * len(day))
    if padded:
        day = np.concatenate([day, random.choice(day, padded)])
        hcp = np.concatenate([hcp, random.integers(0, len(rate), padded)])
        genuine = np.concatenate([genuine, np.zeros(padded, dtype=np.bool_)])
    day, hcp, user, kept = _staffed(clock, field, cold, day, hcp)
    count = len(day)
    calls = Calls(
        day,
        hcp,
        user,
        random.choice([FACE_TO_FACE, VIDEO, PHONE], count, p=[0.78, 0.12, 0.10]).astype(np.int64),
        (5 + random.gamma(2.0, 4.0, count)).astype(np.int64),
        genuine[kept],
    )
    when, whom = (np.concatenate(column) for column in zip(*emails, strict=True))
    when, whom, sender, _ = _staffed(clock, field, cold, when, whom)
    opened = random.random(len(when)) < 0.35
    clicked = opened & (random.random(len(when)) < 0.18)
    return Promotion(calls, Emails(when, whom, sender, opened, clicked), suggestions, _stock(clock, calls, len(rate)))


def _suggestions(
    settings: WorldSettings,
    random: np.random.Generator,
    clock: Clock,
    tier: Integers,
    openness: Floats,
    field: Field,
    cold: Cold,
) -> Suggestions:
    parts: list[Floats] = []
    odds = np.array(LOTTERY_ODDS)[tier]
    for week in range(launch_week(clock), clock.weeks, ROUND):
        # The draws are the same with and without the lottery: switching it off moves nothing else.
        lottery = random.random(len(tier)) < LOTTERY
        shown = random.random(len(tier)) < odds
        score = tier + 1.2 * openness + random.normal(0.0, 0.8, len(tier))
        answer, wait = random.random(len(tier)), random.integers(1, 12, len(tier))
        if not settings.promotion_arm:
            lottery[:] = False
        policy = ~lottery & (score >= np.quantile(score, 1 - SUGGESTED))
        arm = np.where(policy, POLICY, np.where(shown, TREATMENT, CONTROL))
        chance = np.where(policy, np.nan, np.where(shown, odds, 1 - odds))
        seen = arm != CONTROL
        response = np.where(seen & (answer < ACCEPTED * openness), TAKEN, IGNORED)
        response = np.where(seen & (answer > 0.85), DISMISSED, response)
        hcp = np.flatnonzero(lottery | policy)
        day = np.full(len(hcp), week * WEEK)
        responded = day + np.where(response[hcp] == IGNORED, 0, wait[hcp])
        parts.append(np.stack([day, hcp, arm[hcp], chance[hcp], response[hcp], responded]))
    columns = np.concatenate(parts, axis=1)
    day, hcp = columns[0].astype(np.int64), columns[1].astype(np.int64)
    _, _, user, kept = _staffed(clock, field, cold, day, hcp)
    arm, response, responded = (columns[index][kept].astype(np.int64) for index in (2, 4, 5))
    return Suggestions(day[kept], hcp[kept], user, arm, columns[3][kept], response, responded)


def _staffed(
    clock: Clock, field: Field, cold: Cold, day: Integers, hcp: Integers
) -> tuple[Integers, Integers, Integers, Integers]:
    """What falls within the world where a rep is: days, HCPs, reps, and where they stood; ordered by day."""
    user = field.users_at(field.territories_at(hcp, day), day)
    entered = ~cold.hcps[hcp] | (day >= cold.since)
    kept = np.flatnonzero(entered & (user != VACANT) & (day >= clock.launch) & (day < clock.days))
    kept = kept[np.lexsort((hcp[kept], day[kept]))]
    return day[kept], hcp[kept], user[kept], kept


def _stock(clock: Clock, calls: Calls, hcps: int) -> Floats:
    stock = np.zeros((clock.weeks, hcps))
    keep = float(np.exp(-1.0 / MEMORY_WEEKS))
    made = calls.hcp[calls.genuine], calls.day[calls.genuine] // WEEK
    edges = np.searchsorted(made[1], np.arange(clock.weeks + 1))
    for week in range(1, clock.weeks):
        last = np.bincount(made[0][edges[week - 1] : edges[week]], minlength=hcps)
        stock[week] = (stock[week - 1] + last) * keep
    return stock
