"""Elements removed together: one alone gives the effect that is told, several what a twin without them gives."""

from dataclasses import replace

import numpy as np
import pytest
from scipy import sparse

from gnn.explain.effect import Effect, Kind
from gnn.explain.ripple import HOSTS
from gnn.explain.together import AdoptionSurroundings, FrictionSurroundings, probability
from gnn.samples import adoption_rows, friction_rows
from gnn.view import View
from graph.history.snapshot_deltas import LiftPolicy, SetPrescribing


def _adoption(adoption, hcp):
    sample, model = adoption
    return AdoptionSurroundings(model, sample, sample.adoption, hcp)


def _relations(adoption):
    return adoption[0].adoption.relations.values()


def _friction(friction, place):
    sample, features, model = friction
    return FrictionSurroundings(model, sample.taken(np.array([place])), features)


def _alone(around):
    whole = probability(around, [])
    return [(one.kind, one.node, whole - probability(around, [one])) for one in around.effects]


def test_an_element_of_adoption_removed_alone_gives_its_effect(adoption):
    around = _adoption(adoption, 4)
    assert {Kind.PEER, Kind.ACCOUNT, Kind.POLICY, Kind.PLAN, Kind.SPECIALTY} <= {one.kind for one in around.effects}
    for (kind, node, value), effect in zip(_alone(around), around.effects, strict=True):
        assert (kind, node) == (effect.kind, effect.node)
        assert value == pytest.approx(effect.value, abs=2e-6), effect


def test_an_element_of_friction_removed_alone_gives_its_effect(friction):
    # given a row under each of two policies, of which one was changed
    sample = friction[0]
    places = [int(np.flatnonzero(sample.plan == plan)[0]) for plan in (1, 2)]
    seen = set()

    # then
    for place in places:
        around = _friction(friction, place)
        seen |= {one.kind for one in around.effects}
        for (_, _, value), effect in zip(_alone(around), around.effects, strict=True):
            assert value == pytest.approx(effect.value, abs=2e-6), effect
    assert seen >= {Kind.POLICY, Kind.PLAN, Kind.ACCOUNT, Kind.RECORD, Kind.SURROUNDINGS}


def test_all_peers_and_policies_together_are_a_twin_without_them(twin, adoption):
    # given all that acts through prescribing and through policies
    felt = sum(matrix @ sparse.diags(adoption[0].adoption.prescribing.volume) for matrix in _relations(adoption))
    hcp = int(np.argmax(np.diff(sparse.csr_matrix(felt > 0).indptr)))
    around = _adoption(adoption, hcp)
    removed = [one for one in around.effects if one.kind in (Kind.PEER, Kind.POLICY)]
    peers = [one.node for one in removed if one.kind is Kind.PEER]
    policies = [one.node for one in removed if one.kind is Kind.POLICY]
    assert min(len(peers), len(policies)) >= 2

    # when nobody of them prescribes and nothing is asked for, in the twin itself
    ids = {table: twin.column(table, "id").tolist() for table in ("hcp", "policy")}
    silent = [SetPrescribing(ids["hcp"][peer], "own", 0.0) for peer in peers]
    lifted = [LiftPolicy(ids["policy"][row], twin.day) for row in policies]
    fork = adoption_rows(View(twin.with_([*silent, *lifted])))

    # then
    expected = adoption[1].probability(fork)[hcp]
    assert probability(around, removed) == pytest.approx(expected, abs=2e-6)
    assert abs(probability(around, []) - expected) > 1e-3


def test_without_both_its_accounts_an_hcp_hears_of_none(adoption):
    # given the prescriber that works at two
    around = _adoption(adoption, 0)
    accounts = [one for one in around.effects if one.kind is Kind.ACCOUNT]
    assert len(accounts) == 2

    # when
    told = around.told(accounts)

    # then
    names = around.sample.features.names
    assert told.values[names.index("accounts")] == 0
    assert told.values[names.index("colleagues_ahead")] == pytest.approx(0, abs=1e-6)
    assert told.nodes.weights[HOSTS][0].sum() == 0
    assert around.told(accounts[:1]).nodes.weights[HOSTS][0].max() == 1


def test_a_change_goes_with_the_restrictions_that_it_brought(friction):
    # given a row whose policy was changed
    sample, _, model = friction
    own = sample.view.snapshot.column("product", "id")[sample.product] == "own"
    place = int(np.flatnonzero((sample.plan == 1) & own)[0])
    around = _friction(friction, place)
    both = [one for one in around.effects if one.kind in (Kind.POLICY, Kind.CHANGE)]
    assert len(both) == 2

    # then both removed are the twin in which nothing is asked for
    twin = sample.view.snapshot
    fork = View(twin.with_([LiftPolicy(str(twin.column("policy", "id")[both[0].node]), twin.day)]))
    row = sample.taken(np.array([place]))
    forked = friction_rows(fork, row.hcp, row.product, row.plan, row.label)
    assert probability(around, both) == pytest.approx(model.probability(forked)[0], abs=2e-6)
    assert replace(both[0], value=0.0) in [Effect(one.kind, one.node, 0.0) for one in around.effects]
