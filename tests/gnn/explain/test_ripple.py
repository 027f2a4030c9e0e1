"""The vectors without an element are those of the whole network on the whole graph without it."""

from dataclasses import replace

import numpy as np
import torch

from gnn.explain.rescore import networks
from gnn.explain.ripple import HOSTS, Removals, Ripple
from gnn.view import row_normalised


def _whole(network, nodes, hcp, inputs, at=None):
    changed = nodes.inputs["hcp"].copy()
    changed[hcp] = inputs
    weights = {**nodes.weights, HOSTS: row_normalised(at)} if at is not None else nodes.weights
    return Ripple(network, replace(nodes, inputs={**nodes.inputs, "hcp": changed}, weights=weights)).values


def test_other_inputs_and_an_account_less_are_followed_exactly(friction):
    # given 40 prescribers with other inputs, every second one without its first account, hcp 0 without one of two
    sample, _, model = friction
    [network] = networks(model.predictor)
    random = np.random.default_rng(2)
    hcp = np.arange(40)
    inputs = sample.nodes.inputs["hcp"][hcp] + random.normal(0, 1, (40, sample.nodes.inputs["hcp"].shape[1]))
    at = sample.view.at_account
    account = np.where(hcp % 2 == 0, at.indices[at.indptr[hcp]], -1)
    plan = sample.plan[np.searchsorted(sample.hcp, hcp)]
    assert np.diff(at.indptr)[0] == 2

    # when
    ripple = Ripple(network, sample.nodes)
    subject, beside = ripple.without(Removals(hcp, inputs, account), plan)

    # then each vector is that of the network run on the changed graph, and is another than before
    for row in hcp.tolist():
        left = at.tolil()
        if account[row] >= 0:
            left[row, account[row]] = 0
        whole = _whole(network, sample.nodes, row, inputs[row], left.tocsr())
        assert torch.allclose(subject[row], whole["hcp"][row], atol=1e-5)
        assert torch.allclose(beside[row], whole["plan"][plan[row]], atol=1e-5)
        assert not torch.allclose(subject[row], ripple.values["hcp"][row], atol=1e-2)


def test_nothing_removed_changes_nothing(friction):
    sample, _, model = friction
    [network] = networks(model.predictor)
    ripple = Ripple(network, sample.nodes)
    none = Removals(np.arange(3), sample.nodes.inputs["hcp"][:3], np.full(3, -1))
    subject, beside = ripple.without(none, np.array([0, 1, 2]))
    assert torch.allclose(subject, ripple.values["hcp"][:3], atol=1e-6)
    assert torch.allclose(beside, ripple.values["plan"][:3], atol=1e-6)
