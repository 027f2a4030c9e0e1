"""Least squares and instruments against the textbook's matrices."""

import numpy as np
import pytest
from scipy import stats

from gnn.peer_effect.regression import Controls, Interval, least_squares, two_stage


@pytest.fixture(scope="module")
def scene():
    """300 rows in 12 clusters, an exposure that an instrument moves, and a control with a copy of itself."""
    random = np.random.default_rng(5)
    cluster = np.repeat(np.arange(12), 25)
    control, instrument = random.normal(size=(2, 300))
    exposure = instrument + control + random.normal(size=300)
    outcome = 2.0 * exposure - control + random.normal(size=300) + random.normal(size=12)[cluster]
    return outcome, exposure, instrument, np.stack([control, 3 * control], axis=1), cluster


def _textbook(outcome, columns, instruments, cluster):
    """Coefficient and CR1 error of the first column, with dense matrices."""
    middle = np.linalg.inv(instruments.T @ columns)
    values = middle @ instruments.T @ outcome
    rest = outcome - columns @ values
    scores = np.stack([(instruments * rest[:, None])[cluster == one].sum(axis=0) for one in np.unique(cluster)])
    rows, count = columns.shape
    groups = len(scores)
    small = groups / (groups - 1) * (rows - 1) / (rows - count)
    return values[0], np.sqrt((small * middle @ scores.T @ scores @ middle.T)[0, 0])


@pytest.mark.parametrize("by_instrument", [False, True], ids=["least squares", "two stages"])
def test_coefficient_and_error_are_those_of_the_textbook(scene, by_instrument):
    # given
    outcome, exposure, instrument, controls, cluster = scene
    columns = np.stack([exposure, controls[:, 0], np.ones(300)], axis=1)
    movers = columns.copy()
    movers[:, 0] = instrument if by_instrument else exposure

    # when, with the copy of the control among the controls
    held = Controls(controls, np.zeros(300))
    if by_instrument:
        found = two_stage(outcome, exposure, instrument, held, cluster)
    else:
        found = least_squares(outcome, exposure, held, cluster)

    # then
    value, error = _textbook(outcome, columns, movers, cluster)
    assert (found.value, found.error) == pytest.approx((value, error), rel=1e-10)
    reach = stats.t.ppf(0.975, 11) * error
    assert (found.interval.low, found.interval.high) == pytest.approx((value - reach, value + reach), rel=1e-10)
    assert found.degrees == 297


def test_a_level_per_cell_is_an_indicator_per_cell(scene):
    # given
    outcome, _, _, controls, cluster = scene
    indicators = (cluster[:, None] == np.arange(12)).astype(float)

    # when
    by_cell = Controls(controls, cluster)
    by_column = Controls(np.concatenate([controls, indicators], axis=1), np.zeros(300))

    # then
    assert by_cell.rank == by_column.rank == 13
    assert by_cell.residual(outcome) == pytest.approx(by_column.residual(outcome), abs=1e-12)


@pytest.mark.parametrize(
    ("low", "high", "far"), [(0.2, 0.5, 0.2), (-0.5, -0.2, 0.2), (-0.1, 0.3, 0.0)], ids=["above", "below", "around"]
)
def test_distance_from_zero(low, high, far):
    assert Interval(low, high).from_zero == far
    assert Interval(low, high).contains(0.0) is (far == 0.0)
