"""Intervals of payers and cohort segments are as wide as two windows show."""

from dataclasses import replace

import numpy as np
import pytest

from gnn.calibrate import Platt
from gnn.fit_intervals import PARTS, WHOLES, fit_friction
from gnn.predictors import Rate
from gnn.samples import Sample
from gnn.view import View

HALF = Rate(None)
AS_IT_IS = Platt(1.0, 0.0)


def drawn(sample: Sample, by_payer: bool) -> Sample:
    """The same rows; half of them lost, or all of every second payer and none of the others."""
    payer = sample.view.plan_payer[sample.plan]
    half = np.arange(len(sample.hcp)) % 2
    return replace(sample, label=np.where(by_payer, payer % 2, half).astype(np.float64))


@pytest.mark.parametrize(("earlier", "later"), [(True, False), (False, True), (False, False)])
def test_both_windows_count_for_payers(whole, learned, earlier, later):
    # given one window in which payers are far from what the model says, or none
    found = learned["access_friction"]
    validation = [drawn(sample, earlier) for sample in found.validation]
    test = [drawn(sample, later) for sample in found.test]

    # when
    figures, used = fit_friction(HALF, AS_IT_IS, validation, test, View(whole))

    # then
    assert (used["payer"] < 10) == (earlier or later)
    assert (figures["payer"]["coverage_90"] < 0.5) == (later and not earlier)
    # and beside it stands what no width at all would have covered; single rows could not tell the two apart
    assert (figures["payer"]["no_width_90"] < 0.5) == later
    assert (figures["payer"]["gain"] > 10) == later
    assert "hcp_plan" not in figures


def test_sites_of_a_state_are_not_known_better_than_the_state_and_the_site(trained):
    used = trained["access_friction"][0].concentrations
    assert used[PARTS] <= min(used[level] for level in WHOLES)


def test_a_state_that_scatters_widens_its_sites(whole, learned):
    # given a window in which all of a state is lost, and nothing elsewhere
    found = learned["access_friction"]
    state = [sample.view.codes("hcp", "state")[sample.hcp] for sample in found.test]
    test = [replace(sample, label=(one % 2).astype(np.float64)) for sample, one in zip(found.test, state, strict=True)]

    # when
    _, used = fit_friction(HALF, AS_IT_IS, [drawn(one, False) for one in found.validation], test, View(whole))

    # then
    assert used["cohort state"] < 10
    assert used[PARTS] <= used["cohort state"]
