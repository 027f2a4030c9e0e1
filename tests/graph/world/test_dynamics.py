"""The law of adoption on a network small enough to check by hand."""

from dataclasses import replace
from math import exp, log1p

import numpy as np
import pytest

from graph.world.dynamics import (
    ADOPTED,
    DETAILING,
    GAIN,
    Dynamics,
    Week,
    calibrated,
    caused_by_calls,
    expected,
    social_multiplier,
)

# HCP 0 looks at 1 (weight 0.5) and 2 (0.25); HCP 1 at nobody; HCP 2 at 1 (1.0).
SMALL = Dynamics(
    base=-4.0,
    contagion=0.8,
    fixed=np.zeros(3),
    friction=np.zeros((1, 3)),
    own_rate=np.full(3, 0.5),
    other_rate=np.full(3, 0.1),
    target=np.array([1, 2, 1]),
    first_tie=np.array([0, 2, 2]),
    tied=np.array([1.0, 0.0, 1.0]),
    weight=np.array([0.5, 0.25, 1.0]),
)


def test_exposure_is_the_log_of_the_weighted_starts_of_peers() -> None:
    # given recent starts of 0, 4 and 8
    exposure = SMALL.exposure(np.array([0.0, 4.0, 8.0]))
    # then one without ties has none
    assert exposure == pytest.approx([log1p(GAIN * 4.0), 0.0, log1p(GAIN * 4.0)])


def test_several_simulations_at_once_are_the_same_as_one_by_one() -> None:
    # given
    recent = np.array([[0.0, 4.0, 8.0], [1.0, 0.0, 2.0]])
    # then
    assert SMALL.exposure(recent) == pytest.approx(np.stack([SMALL.exposure(one) for one in recent]))


def test_peers_raise_the_hazard_only_where_contagion_is_planted() -> None:
    # given
    exposure = np.array([0.0, 1.0, 2.0])
    # when
    with_peers = SMALL.hazard(exposure, Week(0))
    without = replace(SMALL, contagion=0.0).hazard(exposure, Week(0))
    # then
    logits = [-4.0, -3.2, -2.4]
    assert with_peers == pytest.approx([1 / (1 + exp(-logit)) for logit in logits])
    assert without == pytest.approx([1 / (1 + exp(4.0))] * 3)


def test_friction_lowers_the_hazard() -> None:
    # given
    hard = replace(SMALL, friction=np.array([[0.0, 0.4, 0.8]]))
    # then
    first, second, third = hard.hazard(np.zeros(3), Week(0))
    assert first > second > third


def test_calls_raise_the_hazard_by_the_log_of_those_remembered() -> None:
    # given one HCP without calls, one with one and one with three, in a week of full and of half force
    calls = np.array([0.0, 1.0, 3.0])
    # when
    full = SMALL.hazard(np.zeros(3), Week(0, calls))
    half = SMALL.hazard(np.zeros(3), Week(0, calls, 0.5))
    # then
    assert full == pytest.approx([1 / (1 + exp(4.0 - DETAILING * log1p(one))) for one in calls])
    assert half == pytest.approx([1 / (1 + exp(4.0 - 0.5 * DETAILING * log1p(one))) for one in calls])


def test_a_week_of_less_force_has_weaker_peers() -> None:
    # given
    exposure = np.array([0.0, 1.0, 2.0])
    # then
    assert SMALL.hazard(exposure, Week(0, 0.0, 0.5)) == pytest.approx(
        replace(SMALL, contagion=0.4).hazard(exposure, Week(0))
    )


def test_the_base_is_set_to_meet_the_share_of_adopters() -> None:
    # given
    weeks = [Week(0)] * 80
    # then
    assert expected(calibrated(SMALL, weeks), weeks)[0] == pytest.approx(ADOPTED, abs=1e-4)


def test_the_multiplier_is_one_without_contagion() -> None:
    assert social_multiplier(replace(SMALL, contagion=0.0), [Week(0)] * 40) == 1.0
    assert social_multiplier(SMALL, [Week(0)] * 40) > 1.0


def test_calls_cause_starts_only_where_they_count() -> None:
    # given weeks in which everybody was called on once
    weeks = [Week(0, np.ones(3))] * 40
    # then
    assert caused_by_calls(SMALL, weeks) > 0
    assert caused_by_calls(replace(SMALL, detailing=0.0), weeks) == 0
