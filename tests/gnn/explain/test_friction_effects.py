"""Effects on friction equal scoring the rows on a fork, or without what the element told."""

from dataclasses import replace

import numpy as np
import pytest

from gnn.explain.effect import Kind
from gnn.explain.friction import friction_effects
from gnn.samples import friction_rows
from gnn.view import View
from graph.history.snapshot_deltas import LiftPolicy, WithoutPolicy


@pytest.fixture(scope="module")
def found(friction):
    sample, features, model = friction
    return friction_effects(model, sample, features, model.probability(sample))


@pytest.mark.parametrize(
    ("kind", "policy", "delta"),
    [
        (Kind.POLICY, "pol_own_02", lambda day: LiftPolicy("pol_own_02", day)),
        (Kind.CHANGE, "pol_own_01_new", lambda _day: WithoutPolicy("pol_own_01_new")),
    ],
)
def test_a_policy_adds_the_value_minus_that_of_the_fork(kind, policy, delta, twin, friction, found):
    # given the rows under the policy
    sample, _, model = friction
    row = int(twin.positions("policy", np.array([policy]))[0])
    inside = np.flatnonzero(sample.view.policy[sample.plan, sample.product] == row)
    assert len(inside) == 9

    # when the twin is forked and all is computed anew
    view = View(twin.with_([delta(twin.day)]))
    fork = friction_rows(view, sample.hcp, sample.product, sample.plan, sample.label)
    difference = model.probability(sample) - model.probability(fork)

    # then
    assert found[kind][inside] == pytest.approx(difference[inside], abs=2e-6)
    assert np.abs(difference[inside]).max() > 1e-3


def test_changes_add_nothing_where_no_policy_changed(friction, found):
    sample, _, _ = friction
    own_plan_1 = (sample.plan == 1) & (sample.view.snapshot.column("product", "id")[sample.product] == "own")
    assert (found[Kind.CHANGE][~own_plan_1] == 0).all()
    assert (found[Kind.CHANGE][own_plan_1] != 0).all()


def test_a_record_adds_what_its_starts_told(friction, found):
    # given the first prescriber without its own mature starts: no excess, no starts, the rate of all
    sample, features, model = friction
    hcp = int(sample.hcp[0])
    values, inputs = sample.features.values.copy(), sample.nodes.inputs["hcp"].copy()
    for name, value in (("hcp_rate", features.rates.overall), ("hcp_excess", 0.0), ("hcp_starts", 0.0)):
        values[0, sample.features.names.index(name)] = value
    inputs[hcp, -2:] = 0.0
    changed = replace(sample, features=replace(sample.features, values=values))
    changed.__dict__["nodes"] = replace(sample.nodes, inputs={**sample.nodes.inputs, "hcp": inputs})

    # then
    difference = model.probability(sample)[0] - model.probability(changed)[0]
    assert found[Kind.RECORD][0] == pytest.approx(difference, abs=2e-6)


def test_without_its_only_account_no_excess_is_told(friction, found):
    # given a row whose prescriber works at one account, and the network apart
    sample, _, model = friction
    row = int(np.flatnonzero(sample.view.at_account.getnnz(axis=1)[sample.hcp] == 1)[0])
    trees = replace(model, predictor=model.predictor.members[0])
    values = sample.features.values.copy()
    for name in ("account_excess", "account_pa_excess", "account_starts"):
        values[row, sample.features.names.index(name)] = 0.0
    changed = replace(sample, features=replace(sample.features, values=values))

    # then of the trees alone the effect is that of these three
    alone = friction_effects(trees, sample, friction[1], trees.probability(sample))
    assert alone[Kind.ACCOUNT][row] == pytest.approx(trees.probability(sample)[row] - trees.probability(changed)[row])
    # and the network hears the account, too
    assert found[Kind.ACCOUNT][row] != alone[Kind.ACCOUNT][row]
