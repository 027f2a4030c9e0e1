"""What each cause adds, by the world's own equations. Evaluation only; no part of the product reads it.

Adoption is a logit that is a sum of terms. What not everybody has, a call or a colleague's starts, counts against
nothing; what everybody has, such as a specialty, counts against the average HCP. The colleagues of an HCP act
together inside a logarithm: each counts by what the sum would lose without it.

Friction has no terms: a cause counts by the exact friction minus the exact friction without it.
"""

from dataclasses import dataclass, replace
from typing import Literal

import numpy as np

from graph.world.access import exact_friction, odds
from graph.world.arrays import Booleans, Floats, Integers
from graph.world.clock import WEEK
from graph.world.dynamics import FRICTION, GAIN, OPENNESS, VOLUME
from graph.world.oracle import recent_starts, week_at
from graph.world.policies import Policies
from graph.world.products import OWN
from graph.world.specialties import SPECIALTIES
from graph.world.world import World

Cause = Literal[
    "peer", "calls", "specialty", "volume", "territory", "account", "experience", "access", "change", "policy",
    "plan", "record",
]  # fmt: skip


@dataclass(frozen=True, slots=True)
class Contributions:
    """Parallel rows: who it acts on (an HCP, or a row asked for), what, and by how much.

    ``of`` is the place of the peer, of the formulary of a change or policy, and else the subject's own.
    """

    subject: Integers
    cause: Cause
    of: Integers
    value: Floats


def of_adoption(world: World, day: int) -> list[Contributions]:
    """What adds to the weekly adoption logit of every HCP at the end of a day.

    Openness is hidden; its three parts are those of the territory, of the account and the person's own, of which
    years of experience are the trace.
    """
    dynamics, hcps = world.dynamics, world.hcps
    week = day // WEEK + 1
    now, recent = week_at(world, week - 1), recent_starts(world, week)
    everybody = np.arange(len(hcps.npi))
    territory, account = world.territories.openness[hcps.territory], world.accounts.openness[hcps.account]
    base = world.friction_of(OWN, now.edition).value
    shared = {
        "specialty": np.array([one.pull for one in SPECIALTIES])[hcps.specialty],
        "volume": VOLUME * np.log(hcps.volume),
        "territory": OPENNESS * territory,
        "account": OPENNESS * account,
        "experience": OPENNESS * (hcps.openness - territory - account),
        "access": -FRICTION * _panel(world, base),
    }
    found = [Contributions(everybody, cause, everybody, term - term.mean()) for cause, term in shared.items()]  # type: ignore[arg-type]
    called = dynamics.detailing * now.force * np.log1p(now.calls) * np.ones(len(everybody))
    found.append(Contributions(everybody, "calls", everybody, called))
    for formulary in sorted({one.formulary for one in world.policies.changes if one.edition <= now.edition}):
        without = _friction(world, _before_changes(world.policies, formulary, now.edition), now.edition)
        value = -FRICTION * _panel(world, base - without)
        found.append(Contributions(everybody, "change", np.full_like(everybody, formulary), value))
    network = world.network
    flow = recent[network.target] * dynamics.weight
    total = np.bincount(network.source, flow, minlength=len(everybody))[network.source]
    lost = np.log1p(GAIN * total) - np.log1p(GAIN * np.maximum(total - flow, 0.0))
    value = dynamics.contagion * now.force * lost
    return [*found, Contributions(network.source, "peer", network.target, value)]


def of_friction(world: World, day: int, hcp: Integers, plan: Integers, product: Integers) -> list[Contributions]:
    """What adds to the friction of starts written on a day, given by three arrays of one length."""
    hcps, payers, policies = world.hcps, world.payers, world.policies
    edition = np.full(len(hcp), world.clock.edition_at(day))
    formulary = payers.plan_formulary[plan]
    rows = np.arange(len(hcp))
    skill = world.accounts.skill[hcps.account]

    def friction(**other: object) -> Floats:
        asked = {"hcps": hcps, "payers": payers, "policies": policies} | other
        return exact_friction(odds(**asked, hcp=hcp, plan=plan, product=product, edition=edition)).value  # type: ignore[arg-type]

    base = friction()
    lifted = replace(
        policies,
        covered=np.ones_like(policies.covered),
        prior_authorization=np.zeros_like(policies.prior_authorization),
        step=np.zeros_like(policies.step),
        quantity_limit=np.zeros_like(policies.quantity_limit),
    )
    usual = np.full_like(payers.strictness, payers.payer_share @ payers.strictness)
    without = {
        "policy": friction(policies=lifted),
        "plan": friction(payers=replace(payers, strictness=usual)),
        "account": friction(hcps=replace(hcps, skill=hcps.skill - skill + skill.mean())),
        "record": friction(hcps=replace(hcps, skill=skill)),
    }
    found = [
        Contributions(rows, cause, formulary if cause == "policy" else hcp, base - value)  # type: ignore[arg-type]
        for cause, value in without.items()
    ]
    for one in sorted({change.formulary for change in policies.changes if change.edition <= edition.max(initial=0)}):
        inside = np.flatnonzero((formulary == one) & (product == OWN))
        value = (base - friction(policies=_before_changes(policies, one, int(edition.max(initial=0)))))[inside]
        found.append(Contributions(inside, "change", formulary[inside], value))
    return found


def _before_changes(policies: Policies, formulary: int, edition: int) -> Policies:
    """The policies of an edition, had the planted changes of a formulary not come."""
    authorization, step = policies.prior_authorization.copy(), policies.step.copy()
    for one in policies.changes:
        if one.formulary == formulary and one.edition <= edition:
            clause = authorization if one.change == "PA_ADDED" else step
            clause[edition, formulary, OWN] = one.change == "STEP_REMOVED"
    return replace(policies, prior_authorization=authorization, step=step)


def _friction(world: World, policies: Policies, edition: int) -> Floats:
    """Exact own friction of every pair of the mix."""
    whole = np.ones(len(world.mix.hcp), dtype=np.int64)
    chances = odds(world.hcps, world.payers, policies, world.mix.hcp, world.mix.plan, whole * OWN, whole * edition)
    return exact_friction(chances).value


def _panel(world: World, value: Floats) -> Floats:
    """[hcp]: mean over its panel of a value per pair of the mix."""
    return np.bincount(world.mix.hcp, world.mix.share * value, minlength=len(world.hcps.npi)).astype(np.float64)


def strongest(
    found: list[Contributions], subjects: int, least: float, most: int
) -> list[list[tuple[Cause, int, bool]]]:
    """Per subject up to ``most`` causes, the largest first, of those that add or take at least ``least``.

    With each, whether it adds.
    """
    rows: list[list[tuple[float, Cause, int, bool]]] = [[] for _ in range(subjects)]
    for part in found:
        large: Booleans = np.abs(part.value) >= least
        for subject, of, value in zip(
            *(column[large].tolist() for column in (part.subject, part.of, part.value)), strict=True
        ):
            rows[subject].append((-abs(value), part.cause, of, value > 0))
    return [[(cause, of, adds) for _, cause, of, adds in sorted(row)[:most]] for row in rows]
