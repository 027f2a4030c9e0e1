"""Access: the exact friction is what the simulated journeys show, and both follow the anchors."""

from pathlib import Path

import numpy as np
import pytest

from graph.world.access import (
    GATES,
    HORIZON,
    Barrier,
    Odds,
    abandonment,
    delay_chances,
    exact_friction,
    submission_chances,
)
from graph.world.journeys import NONE, travel
from graph.world.settings import WorldSettings


def odds_of(rejected: dict[Barrier, float], settled: float, copay: float, count: int = 1) -> Odds:
    gates = np.array([rejected.get(gate, 0.0) for gate in GATES])
    return Odds(np.tile(gates, (count, 1)), np.full((count, len(GATES)), settled), np.full(count, copay))


def test_abandonment_meets_the_published_figures() -> None:
    assert abandonment(np.array([0.0, 30.0, 500.0])) == pytest.approx([0.05, 0.11, 0.60])


@pytest.mark.parametrize("gate", GATES)
def test_delays_are_chances(gate: Barrier) -> None:
    chances = delay_chances(gate)
    assert chances.sum() == pytest.approx(1.0)
    assert chances[0] == 0.0


def test_a_start_without_gates_is_lost_only_to_cost_and_late_submission() -> None:
    # given a free product that nobody rejects
    friction = exact_friction(odds_of({}, settled=1.0, copay=0.0))
    # then
    late = submission_chances()[-1]
    assert friction.share[0, Barrier.COST] == pytest.approx((1 - late) * 0.05)
    assert friction.share[0, Barrier.OTHER] == pytest.approx(late)
    assert friction.value[0] == pytest.approx(late + (1 - late) * 0.05)


def test_a_rejection_never_settled_is_lost_to_its_gate() -> None:
    # given
    friction = exact_friction(odds_of({Barrier.STEP: 1.0}, settled=0.0, copay=0.0))
    # then
    assert friction.value[0] == pytest.approx(1.0)
    assert friction.share[0, Barrier.STEP] == pytest.approx(1.0)


def test_simulated_journeys_agree_with_the_exact_friction() -> None:
    # given many starts that meet three gates
    count = 60_000
    odds = odds_of({Barrier.STEP: 0.4, Barrier.PA: 0.7, Barrier.LIMIT: 0.3}, settled=0.6, copay=12.0, count=count)
    exact = exact_friction(odds)
    # when they travel
    journeys = travel(WorldSettings(out=Path("world")), odds)
    # then each barrier takes its exact share, within four standard errors
    assert exact.share.sum(axis=1) == pytest.approx(exact.value)
    observed = np.array([(journeys.barrier == barrier).mean() for barrier in Barrier])
    tolerance = 4 * np.sqrt(exact.share[0] * (1 - exact.share[0]) / count)
    assert (np.abs(observed - exact.share[0]) <= tolerance).all()
    # and an outcome is what the words say
    paid_in_time = (journeys.paid != NONE) & (journeys.paid <= HORIZON) & (journeys.reversed == NONE)
    assert (journeys.dispensed == paid_in_time).all()
    assert ((journeys.barrier == NONE) == journeys.dispensed).all()
