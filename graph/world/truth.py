"""The truth of a world, beside the deliveries: what evaluation may read and the product not."""

import json
from collections.abc import Iterable
from pathlib import Path

import numpy as np

from graph.world import access, dynamics, promotion
from graph.world.access import Barrier
from graph.world.adoption import NEVER
from graph.world.arrays import together
from graph.world.clock import WEEK
from graph.world.influence import HORIZON_WEEKS, Influence, true_influence
from graph.world.journeys import NONE
from graph.world.products import OWN, PRODUCTS
from graph.world.truth_company import write_company_truth, write_lines
from graph.world.world import World
from graph.world.writers.claims import claim_id

PARAMETERS = "parameters.json"
EXPOSURE_EVERY = 4
"""Weeks between the exposures that are written."""
_SHARES = ",".join(f"share_{one.name.lower()}" for one in Barrier)


def write_truth(world: World, folder: Path) -> None:
    """Write all truth files into `folder`, which exists."""
    influence = true_influence(world)
    _parameters(world, folder)
    write_lines(folder / "hcps.csv", _hcps(world))
    write_lines(folder / "friction_plan_product.csv", _plan_product(world))
    write_lines(folder / "friction_hcp_product_plan.csv", _hcp_product_plan(world))
    write_lines(folder / "influence.csv", _influence(world, influence))
    write_lines(folder / "exposures.csv", _exposures(world))
    write_lines(folder / "starts.csv", _starts(world))
    write_lines(folder / "ties.csv", _ties(world))
    write_company_truth(world, folder)


def _parameters(world: World, folder: Path) -> None:
    settings, clock, payers = world.settings, world.clock, world.payers
    order = {
        "settings": {
            "seed": settings.seed,
            "hcps": settings.hcps,
            "months": settings.months,
            "weeks": settings.weeks,
            "promotion_arm": settings.promotion_arm,
            "regime": settings.planted.name,
            "start": settings.start.isoformat(),
        },
        "as_of": clock.iso(clock.deliveries[-1]),
        "launch": clock.iso(clock.launch),
        "deliveries": [clock.iso(day) for day in clock.deliveries],
        "editions": [clock.iso(day) for day in clock.editions],
        "adoption": {
            "base": world.dynamics.base,
            "contagion": world.dynamics.contagion,
            "homophily": settings.planted.homophily,
            "openness": dynamics.OPENNESS,
            "volume": dynamics.VOLUME,
            "friction": -dynamics.FRICTION,
            "memory_weeks": dynamics.MEMORY_WEEKS,
            "exposure_gain": dynamics.GAIN,
            "own_rate_per_patient_week": dynamics.OWN_RATE,
            "other_rate_per_patient_week": dynamics.OTHER_RATE,
            "switch": dynamics.SWITCH,
        },
        "access": {
            "horizon_days": access.HORIZON,
            "delay_median_days_and_spread": {gate.name: list(value) for gate, value in access.DELAY.items()},
            "copay_by_tier": {str(tier): amount for tier, amount in access.COPAY.items()},
        },
        "promotion": {
            "detailing": world.dynamics.detailing,
            "memory_weeks": promotion.MEMORY_WEEKS,
            "starts_caused_per_call": _starts_per_call(world),
            "lottery": settings.promotion_arm,
            "lottery_share": promotion.LOTTERY,
            "lottery_odds_by_tier": list(promotion.LOTTERY_ODDS),
        },
        "drift_of_force": [round(world.weeks[0].force, 4), round(world.weeks[-1].force, 4)],
        "cold_region": {"hcps": int(world.cold.hcps.sum()), "observed_from": clock.iso(world.cold.since)},
        "social_multiplier": _multiplier(world),
        "payers": {
            name: {"strictness": round(float(payers.strictness[index]), 6)} for index, name in enumerate(payers.name)
        },
        "policy_changes": [
            {
                "date": clock.iso(clock.editions[one.edition]),
                "formulary_id": payers.formulary_id[one.formulary],
                "product_id": PRODUCTS[OWN].product_id,
                "change": one.change,
            }
            for one in world.policies.changes
        ],
    }
    (folder / PARAMETERS).write_text(json.dumps(order, indent=2) + "\n", encoding="utf-8")


def _multiplier(world: World) -> float:
    return round(dynamics.social_multiplier(world.dynamics, world.weeks), 4)


def _starts_per_call(world: World) -> float:
    calls = max(1, int(world.promotion.calls.genuine.sum()))
    return round(dynamics.caused_by_calls(world.dynamics, world.weeks) / calls, 4)


def _hcps(world: World) -> Iterable[str]:
    hcps, adoption, clock = world.hcps, world.adoption, world.clock
    exposure = world.dynamics.exposure(adoption.recent)
    hazard = world.dynamics.hazard(exposure, world.weeks[-1])
    yield (
        "npi,openness,leadership,skill,volume,adopted_week,adopted_on,"
        "exposure_at_end,weekly_hazard_at_end,own_rate_week,panel_friction_at_end"
    )
    for index, npi in enumerate(hcps.npi):
        week = int(adoption.week[index])
        when = "" if week == NEVER else clock.iso(week * WEEK)
        yield (
            f"{npi},{hcps.openness[index]:.6f},{hcps.leadership[index]:.6f},{hcps.skill[index]:.6f},"
            f"{hcps.volume[index]:.6f},{'' if week == NEVER else week},{when},{exposure[index]:.6f},"
            f"{hazard[index]:.8f},{world.dynamics.own_rate[index]:.6f},"
            f"{world.dynamics.friction[-1, index]:.6f}"
        )


def _plan_product(world: World) -> Iterable[str]:
    """Over the observed starts: what happened beside what was expected."""
    starts, journeys, plans = world.starts, world.journeys, len(world.payers.plan_id)
    yield f"plan,product_id,starts,observed_friction,true_friction,{_SHARES}"
    for product, one in enumerate(PRODUCTS):
        chosen = np.flatnonzero((starts.day >= 0) & (starts.product == product))
        plan = starts.plan[chosen]
        count = np.bincount(plan, minlength=plans)
        whole = np.maximum(count, 1)
        lost = np.bincount(plan, weights=~journeys.dispensed[chosen], minlength=plans) / whole
        value = np.bincount(plan, weights=world.expected.value[chosen], minlength=plans) / whole
        share = [
            np.bincount(plan, weights=world.expected.share[chosen, barrier], minlength=plans) / whole
            for barrier in Barrier
        ]
        for index in np.flatnonzero(count).tolist():
            shares = ",".join(f"{column[index]:.6f}" for column in share)
            yield (
                f"{world.payers.plan_id[index]},{one.product_id},{count[index]},{lost[index]:.6f},"
                f"{value[index]:.6f},{shares}"
            )


def _hcp_product_plan(world: World) -> Iterable[str]:
    """Exact friction of a start written under the last edition, for pairs with patients."""
    yield f"npi,product_id,plan,panel_share,true_friction,{_SHARES}"
    mix, plan_id, npi = world.mix, world.payers.plan_id, world.hcps.npi
    for product, one in enumerate(PRODUCTS):
        friction = world.friction_of(product, len(world.clock.editions) - 1)
        for hcp, plan, share, value, shares in together(mix.hcp, mix.plan, mix.share, friction.value, friction.share):
            columns = ",".join(f"{part:.5f}" for part in shares)
            yield f"{npi[hcp]},{one.product_id},{plan_id[plan]},{share:.5f},{value:.5f},{columns}"


def _influence(world: World, influence: Influence) -> Iterable[str]:
    """Expected starts by others after the end, do(prescribes) minus do(prescribes none)."""
    yield "npi,product_id,horizon_days,influence,standard_error,adopted"
    for hcp, value, error in zip(
        influence.hcp.tolist(), influence.value.tolist(), influence.error.tolist(), strict=True
    ):
        adopted = "true" if world.adoption.week[hcp] != NEVER else "false"
        yield (
            f"{world.hcps.npi[hcp]},{PRODUCTS[OWN].product_id},{HORIZON_WEEKS * WEEK},{value:.6f},{error:.6f},{adopted}"
        )


def _exposures(world: World) -> Iterable[str]:
    """Exposure and the hazard that follows from it; the hazard is of those who had not adopted."""
    yield "week_from,npi,exposure,weekly_hazard"
    for week in range(world.first_week, world.clock.weeks, EXPOSURE_EVERY):
        when = world.clock.iso(week * WEEK)
        exposure = world.adoption.exposure[week]
        hazard = world.dynamics.hazard(exposure, world.in_week(week))
        for npi, value, chance in zip(world.hcps.npi, exposure.tolist(), hazard.tolist(), strict=True):
            yield f"{when},{npi},{value:.5f},{chance:.7f}"


def _starts(world: World) -> Iterable[str]:
    """Every start of the observed time by its first claim id; no person."""
    starts, journeys = world.starts, world.journeys
    yield "claim_id,npi,plan,product_id,written,true_friction,dispensed,barrier"
    for index in np.flatnonzero(starts.day >= 0).tolist():
        barrier = int(journeys.barrier[index])
        yield (
            f"{claim_id(index, 0)},{world.hcps.npi[starts.hcp[index]]},"
            f"{world.payers.plan_id[starts.plan[index]]},{PRODUCTS[starts.product[index]].product_id},"
            f"{world.clock.iso(starts.day[index])},{world.expected.value[index]:.5f},"
            f"{'true' if journeys.dispensed[index] else 'false'},"
            f"{'' if barrier == NONE else Barrier(barrier).name}"
        )


def _ties(world: World) -> Iterable[str]:
    """All ties, also those too small to be published, with the weight of the peer."""
    network = world.network
    yield "npi,peer_npi,patients,true_weight"
    for source, target, patients, weight in together(
        network.source, network.target, network.patients, world.dynamics.weight
    ):
        yield f"{world.hcps.npi[source]},{world.hcps.npi[target]},{patients},{weight:.6f}"
