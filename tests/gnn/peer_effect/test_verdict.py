"""The verdict is words with rules: each rule decides alone."""

import numpy as np
import pytest

from gnn.peer_effect.estimate import Adjusted, Estimate, Lotteries
from gnn.peer_effect.instrument import Instrumented
from gnn.peer_effect.regression import Fit, Interval
from gnn.peer_effect.verdict import Verdict, judge


def _fit(value, error):
    return Fit(value, error, Interval(value - 2 * error, value + 2 * error), value / error, 1_000)


NARROW = Interval(0.08, 0.33)
FAR_FROM_ZERO, CLEAN = _fit(0.30, 0.02), _fit(0.0, 0.01)


def _found(*, effect=FAR_FROM_ZERO, placebo=CLEAN, bias=0.05, strength=None, agreement=0.0, later=0.0, reach=NARROW):
    """An estimate of .30 with a clean placebo; with ``strength`` (F) also one of .20 by a lottery."""
    instrument = None
    if strength is not None:
        instrument = Instrumented(_fit(1.0, 1 / np.sqrt(strength)), _fit(0.20, 0.05), reach)
    return Estimate(
        direction="looks at",
        rows=1_000,
        events=100,
        clusters=20,
        chance=0.1,
        steps={},
        adjusted=Adjusted(effect, 0.2, 0.1, "size", bias, placebo),
        given_others=None,
        instrumented=instrument,
        lottery=None if strength is None else Lotteries(agreement, later),
    )


IDENTIFIED, ADJUSTED, NOT = Verdict.IDENTIFIED, Verdict.ADJUSTED, Verdict.NOT_IDENTIFIED
TOO_WEAK = "the lottery hardly moves peers (first stage F = 9.9, below 10)"


@pytest.mark.parametrize(
    ("given", "verdict", "reason"),
    [
        ({"strength": 10.1}, IDENTIFIED, "a lottery with logged odds moves peers (first stage F = 10.1)"),
        ({"strength": 9.9}, ADJUSTED, TOO_WEAK),
        ({"strength": 50, "agreement": -3.4}, ADJUSTED, "was not drawn with the logged odds (-3.4 standard errors)"),
        ({"strength": 50, "later": 3.4}, ADJUSTED, "goes with what happened before it (+3.4 standard errors)"),
        ({"strength": 50, "reach": Interval(-np.inf, np.inf)}, ADJUSTED, "the lottery was drawn too few times: by its"),
        ({}, ADJUSTED, "no randomised encouragement; the placebo leaves too little"),
        ({"placebo": _fit(0.10, 0.02)}, NOT, "predict up to 0.210"),
        ({"placebo": _fit(0.0, 0.05)}, NOT, "predict up to 0.150"),
        ({"placebo": _fit(-0.05, 0.02)}, NOT, "predict up to 0.135"),
        ({"bias": 0.27}, NOT, "something hidden as strong as size would explain it away"),
        ({"effect": _fit(0.0, 0.01), "placebo": _fit(0.0, 0.008)}, ADJUSTED, "the placebo leaves too little"),
        ({"effect": _fit(0.0, 0.01)}, NOT, "predict up to 0.030"),
    ],
    ids=[
        "a strong lottery",
        "a weak lottery",
        "a lottery with other odds than logged",
        "a lottery that goes with the past",
        "a lottery of a few draws, whose F means nothing",
        "a clean placebo",
        "a placebo that finds likeness",
        "a placebo that is too wide to tell",
        "a placebo that finds unlikeness",
        "a strong observed confounder",
        "no effect, and a placebo that is sharp",
        "no effect, and a placebo that is not",
    ],
)
def test_rules(given, verdict, reason):
    # when
    said = judge(_found(**given))

    # then
    assert said.verdict is verdict
    assert reason in said.reason


def test_the_estimate_told_is_the_one_that_the_verdict_is_about():
    # when
    by_lottery, observed = judge(_found(strength=50)), judge(_found())

    # then
    assert (by_lottery.value, by_lottery.interval) == (0.20, Interval(0.08, 0.33))
    assert (observed.value, observed.interval) == (0.30, FAR_FROM_ZERO.interval)


def test_bounds_are_the_interval_moved_by_what_the_placebo_cannot_exclude():
    # given a placebo from -.01 to .07
    said = judge(_found(placebo=_fit(0.03, 0.02)))

    # then half as much again is taken off below, and added above
    assert (said.bounds.low, said.bounds.high) == pytest.approx((0.26 - 1.5 * 0.07, 0.34 + 1.5 * 0.01))


@pytest.mark.parametrize(
    ("given", "claims"),
    [
        ({"strength": 50}, True),
        ({}, True),
        ({"effect": _fit(0.0, 0.01), "placebo": _fit(0.0, 0.008)}, False),
        ({"placebo": _fit(0.10, 0.02)}, False),
    ],
    ids=["by lottery", "adjusted", "adjusted, around zero", "not identified, far from zero"],
)
def test_influence_is_claimed_only_where_it_is_identified(given, claims):
    assert judge(_found(**given)).claims_influence is claims
