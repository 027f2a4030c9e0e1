"""Peers' encouragement by lottery as an instrument: first stage, 2SLS, and an interval that needs no strength.

The Anderson-Rubin interval holds the effects b for which outcome - b * exposure is not correlated with the
instrument. It is right however weak the instrument is, and grows without bound when there is nothing to learn.
Its variance is the sum over independent pieces of what each adds to that correlation, a quadratic in b: so the
interval is the solution of a quadratic inequality, and no grid is searched.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from gnn.peer_effect.regression import Controls, Fit, Interval, by_cluster, least_squares, quantile, two_stage
from gnn.view import Floats, Integers

NORMAL = 1.959963984540054
"""97.5 % quantile of the normal distribution."""


@dataclass(frozen=True, slots=True)
class Instrumented:
    """An effect identified through an instrument."""

    first_stage: Fit
    """Of the exposure on the instrument."""
    effect: Fit
    """2SLS with its Wald interval, which is only right when the instrument is strong."""
    interval: Interval
    """Anderson-Rubin."""

    @property
    def strength(self) -> float:
        """F of the first stage, cluster-robust."""
        return (self.first_stage.value / self.first_stage.error) ** 2


Pieces = Callable[[Floats], Floats]
"""What each independent draw adds to the deviation of ``sum(instrument * rest)`` from its mean, for [rows] ``rest``."""


def instrumented(
    outcome: Floats,
    exposure: Floats,
    instrument: Floats,
    controls: Controls,
    cluster: Integers,
    pieces: Pieces | None = None,
) -> Instrumented:
    """Identify the effect of the exposure through the instrument, [rows] each.

    With ``pieces`` the interval follows from how the instrument was drawn, whatever errors have in common; without,
    clusters are the independent pieces.
    """
    left, right, mover = (controls.residual(values) for values in (outcome, exposure, instrument))
    if pieces is None:
        count = len(np.unique(cluster))
        small = count / (count - 1) * (len(left) - 1) / (len(left) - controls.rank - 1)
        outcomes, exposures = _centred(mover * left, cluster), _centred(mover * right, cluster)
        reach = quantile(count)
    else:
        # Residuals are smaller than errors by what fitting the controls took from them.
        small = len(left) / (len(left) - controls.rank)
        outcomes, exposures = pieces(left), pieces(right)
        reach = NORMAL
    interval = anderson_rubin(
        float(mover @ left), float(mover @ right), np.sqrt(small) * outcomes, np.sqrt(small) * exposures, reach
    )
    return Instrumented(
        least_squares(exposure, instrument, controls, cluster),
        two_stage(outcome, exposure, instrument, controls, cluster),
        interval,
    )


def _centred(scores: Floats, cluster: Integers) -> Floats:
    """Sums by cluster less their mean: the moment need not be zero at the effect that is being tested."""
    sums = by_cluster(scores, cluster)
    return np.asarray(sums - sums.mean())


def anderson_rubin(outcome: float, exposure: float, outcomes: Floats, exposures: Floats, reach: float) -> Interval:
    """Effects b with (outcome - b exposure)² <= reach² * sum of (outcomes - b exposures)².

    ``outcome`` and ``exposure`` are moments with the instrument, ``outcomes`` and ``exposures`` what each independent
    piece adds to their deviation.
    """
    square = exposure**2 - reach**2 * float(exposures @ exposures)
    cross = outcome * exposure - reach**2 * float(outcomes @ exposures)
    constant = outcome**2 - reach**2 * float(outcomes @ outcomes)
    if square <= 0:
        # The first stage cannot be told from zero: no effect, however large, is ruled out on at least one side.
        return Interval(-np.inf, np.inf)
    # The ratio of the moments always solves it: below zero is rounding.
    root = float(np.sqrt(max(0.0, cross**2 - square * constant)))
    return Interval((cross - root) / square, (cross + root) / square)
