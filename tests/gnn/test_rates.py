"""Rates of what was lost, and what prescribers and accounts have beyond them."""

import numpy as np
import pytest

from gnn.features.adoption import AdoptionFeatures
from gnn.features.rates import rates
from gnn.samples import own_product
from gnn.view import View
from graph.history.snapshot_deltas import LiftPolicy


def test_a_new_policy_blames_nobody_for_what_was_lost_under_the_one_before(known):
    # given a policy under which much was lost, which asks for nothing from today on
    view = View(known)
    own = own_product(view)
    plan = int(rates(view).since[:, own].argmax())
    policy = str(known.column("policy", "id")[view.policy[plan, own]])
    fork = view.with_policies_of(known.with_([LiftPolicy(policy, view.day)]))

    # when
    before, after = rates(view), rates(fork)

    # then less is expected from now on, and prescribers are as good or bad as they were
    assert after.since[plan, own] < before.since[plan, own] - 0.1
    assert after.hcp_excess == pytest.approx(before.hcp_excess, abs=0.02)
    assert after.account_excess == pytest.approx(before.account_excess, abs=0.02)


def test_expected_friction_of_few_starts_leans_on_the_account(known):
    # given
    view = View(known)
    features = AdoptionFeatures(view, 0)
    starts = np.asarray(features.plan_mix.sum(axis=1)).ravel()
    own = np.asarray(features.plan_mix @ rates(view).since[:, 0]) / np.maximum(starts, 1)

    # when
    found = features.access()["expected_friction"] - rates(view).account_excess

    # then with many starts it is nearly that of the own plans; everybody's lies between what is seen anywhere
    many = starts >= np.quantile(starts, 0.9)
    assert found[many] == pytest.approx(own[many], abs=0.1)
    assert np.ptp(found) < np.ptp(own[starts > 0])
    assert ((found > own[starts > 0].min()) & (found < own[starts > 0].max())).all()
