"""Coverage policies: what each formulary asks of each product in each edition."""

from dataclasses import dataclass

import numpy as np

from graph.world.arrays import Booleans, Floats, Integers
from graph.world.clock import Clock
from graph.world.payers import Payers
from graph.world.products import OWN, PRODUCTS
from graph.world.settings import WorldSettings
from graph.world.streams import stream


@dataclass(frozen=True, slots=True)
class PolicyChange:
    """A planted change of one formulary's policy for the own product."""

    edition: int
    formulary: int
    change: str


@dataclass(frozen=True, slots=True)
class Policies:
    """Arrays [edition, formulary, product]."""

    covered: Booleans
    tier: Integers
    prior_authorization: Booleans
    step: Booleans
    quantity_limit: Booleans
    changes: tuple[PolicyChange, ...]
    tightening: float = 0.0
    """What each edition takes from the logit of settling a rejection."""


@dataclass(frozen=True, slots=True)
class PolicyMix:
    """Share of the patients under each clause, as nearly as whole formularies allow; usual tier."""

    prior_authorization: float
    step: float
    quantity_limit: float
    uncovered: float
    tier: int


OWN_MIX = PolicyMix(0.60, 0.40, 0.50, 0.095, 2)
COMPETITOR_MIX = PolicyMix(0.22, 0.06, 0.30, 0.0, 2)
TOLERANCE = 0.01


def _strictest(score: Floats, share: float, patients: Floats) -> Booleans:
    """The highest scores whose formularies together have about `share` of the patients.

    One that would overshoot by more than TOLERANCE is passed over: a single large formulary
    must not decide how lifelike a seed is.
    """
    chosen = np.zeros(len(score), dtype=np.bool_)
    if share == 0:
        return chosen
    reached = 0.0
    for formulary in np.argsort(-score, kind="stable").tolist():
        if reached + patients[formulary] <= share + TOLERANCE:
            chosen[formulary] = True
            reached += float(patients[formulary])
    return chosen


def _patient_share(payers: Payers) -> Floats:
    """Share of all patients by formulary."""
    by_plan = payers.presence.mean(axis=0)
    share = np.bincount(payers.plan_formulary, weights=by_plan, minlength=len(payers.formulary_id))
    return share.astype(np.float64)


def make_policies(settings: WorldSettings, clock: Clock, payers: Payers) -> Policies:
    """Policies by edition: base clauses, yearly drift, and the planted changes."""
    random = stream(settings.seed, "policies")
    strictness = payers.strictness[payers.formulary_payer]
    count = len(strictness)
    patients = _patient_share(payers)
    shape = (len(clock.editions), count, len(PRODUCTS))
    covered, step = np.ones(shape, np.bool_), np.zeros(shape, np.bool_)
    authorization, limit = np.zeros(shape, np.bool_), np.zeros(shape, np.bool_)
    tier = np.zeros(shape, np.int64)
    for product in range(len(PRODUCTS)):
        mix = OWN_MIX if product == OWN else COMPETITOR_MIX
        noise = random.logistic(0.0, 1.0, (4, count))
        authorization[:, :, product] = _strictest(0.9 * strictness + noise[0], mix.prior_authorization, patients)
        step[:, :, product] = _strictest(0.9 * strictness + noise[1], mix.step, patients)
        limit[:, :, product] = _strictest(noise[2], mix.quantity_limit, patients)
        covered[:, :, product] = ~_strictest(0.5 * strictness + noise[3], mix.uncovered, patients)
        tier[:, :, product] = mix.tier + (random.random(count) < 0.3)
    for edition, day in enumerate(clock.editions):
        if edition > 0 and clock.date_of(day).month == 1:
            moved = random.random(count) < 0.15
            tier[edition:, moved, 1] += 1
            limit[edition:, random.random(count) < 0.15, 2] ^= True
        if day < clock.launch:
            covered[edition, :, OWN] = False
    changes = _plant(clock, payers, covered, authorization, step)
    if settings.planted.shock > 0:
        changes += _shock(settings.planted.shock, clock, payers, covered, authorization, step)
    return Policies(covered, tier, authorization, step, limit, changes, settings.planted.tightening)


def _shock(
    share: float, clock: Clock, payers: Payers, covered: Booleans, authorization: Booleans, step: Booleans
) -> tuple[PolicyChange, ...]:
    """Formularies with `share` of the patients restrict the own product on the day of the policy change."""
    middle = clock.editions.index(clock.policy_change)
    patients = _patient_share(payers)
    open_doors = np.stack([~authorization[middle, :, OWN], ~step[middle, :, OWN], covered[middle, :, OWN]])
    chosen = _strictest(open_doors.sum(axis=0).astype(np.float64), share, patients)
    changes: list[PolicyChange] = []
    for formulary in np.flatnonzero(chosen).tolist():
        for clause, name in ((authorization, "PA_ADDED"), (step, "STEP_ADDED")):
            if not clause[middle, formulary, OWN]:
                clause[middle:, formulary, OWN] = True
                changes.append(PolicyChange(middle, formulary, name))
    return tuple(changes)


def _plant(
    clock: Clock, payers: Payers, covered: Booleans, authorization: Booleans, step: Booleans
) -> tuple[PolicyChange, ...]:
    """Change the arrays in place and say how.

    In the edition of the policy change the formulary with most patients and no prior
    authorization on the own product adds it, and another one removes its step. In the last
    edition, which arrives with the weekly deliveries, the next formulary adds prior
    authorization.
    """
    order = np.argsort(-_patient_share(payers), kind="stable")
    launched = next(edition for edition, day in enumerate(clock.editions) if day >= clock.launch)
    sold = covered[launched, :, OWN]
    free = [int(one) for one in order if sold[one] and not authorization[launched, one, OWN]]
    stepped = [int(one) for one in order if sold[one] and step[launched, one, OWN] and one not in free[:2]]
    last = len(clock.editions) - 1
    middle = clock.editions.index(clock.policy_change)
    changes: list[PolicyChange] = []
    for edition, formulary in zip((middle, last), free, strict=False):
        authorization[edition:, formulary, OWN] = True
        changes.append(PolicyChange(edition, formulary, "PA_ADDED"))
    for formulary in stepped[:1]:
        step[middle:, formulary, OWN] = False
        changes.append(PolicyChange(middle, formulary, "STEP_REMOVED"))
    return tuple(changes)
