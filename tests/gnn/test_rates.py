"""Rates of what was lost, and what prescribers and accounts have beyond them."""

import pytest

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
