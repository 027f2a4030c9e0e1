"""How strong a confounder has to be: against published figures, and against regressions done one by one."""

import numpy as np
import pytest

from gnn.peer_effect.regression import Fit, Interval
from gnn.peer_effect.sensitivity import biases_of_confounders_like, robustness_value


def _fit(value, t, degrees):
    return Fit(value, abs(value / t), Interval(0, 0), t, degrees)


def test_robustness_values_of_the_published_example():
    # given the study of violence in Darfur of Cinelli and Hazlett (2020), table 1
    fit = _fit(0.097, 4.18, 783)

    # then
    assert round(robustness_value(fit), 3) == 0.139
    assert round(robustness_value(fit, significance=True), 3) == 0.076


def test_nothing_is_needed_to_explain_away_what_is_not_there():
    assert robustness_value(_fit(0.01, 0.5, 783), significance=True) == 0.0


def test_benchmarks_equal_those_of_regressions_done_one_by_one():
    # given
    random = np.random.default_rng(4)
    columns = random.normal(size=(400, 3))
    exposure = columns @ [0.3, 0.1, 0.0] + random.normal(size=400)
    outcome = 0.2 * exposure + columns @ [0.5, 0.0, 0.2] + random.normal(size=400)

    # when
    design = np.concatenate([exposure[:, None], columns], axis=1)
    rest = _rest(outcome, design)
    error = np.sqrt(rest @ rest / 396 / (_rest(exposure, columns) @ _rest(exposure, columns)))
    value = np.linalg.lstsq(design, outcome, rcond=None)[0][0]
    found = biases_of_confounders_like(columns, exposure, outcome, _fit(value, value / error, 396))

    # then
    for place in range(3):
        others = np.delete(columns, place, axis=1)
        exposed = _squared(_rest(exposure, others), _rest(columns[:, place], others))
        given = np.concatenate([exposure[:, None], others], axis=1)
        told = _squared(_rest(outcome, given), _rest(columns[:, place], given))
        doubled = exposed**2 / (1 - exposed) ** 2
        of_exposure = exposed / (1 - exposed)
        of_outcome = ((1 + np.sqrt(doubled)) / np.sqrt(1 - doubled)) ** 2 * told / (1 - told)
        expected = error * np.sqrt(396 * of_outcome * of_exposure / (1 - of_exposure))
        assert found[place] == pytest.approx(expected, rel=1e-9)


def test_a_column_that_is_the_exposure_leaves_nothing():
    # given
    random = np.random.default_rng(4)
    exposure, noise, outcome = random.normal(size=(3, 200))

    # when
    found = biases_of_confounders_like((exposure + 0.5 * noise)[:, None], exposure, outcome, _fit(0.1, 1.0, 198))

    # then
    assert found.tolist() == [np.inf]


def _rest(values, columns):
    return values - columns @ np.linalg.lstsq(columns, values, rcond=None)[0]


def _squared(one, other):
    return (one @ other) ** 2 / ((one @ one) * (other @ other))
