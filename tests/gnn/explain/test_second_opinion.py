"""Two explanations of one network, judged by the same fidelity."""

from dataclasses import replace

import pytest

from gnn.explain import second_opinion
from gnn.explain.second_opinion import opinions
from gnn.metrics import logistic
from graph.errors import ModelError


def test_fidelity_is_the_change_without_and_with_the_groups_alone(adoption, monkeypatch):
    # given a short search
    sample, model = adoption
    monkeypatch.setattr(second_opinion, "EPOCHS", 5)

    # when
    ours, theirs = opinions(model, sample, 4)

    # then both name three groups of the row
    assert (ours.method, theirs.method) == ("deletion", "GNNExplainer")
    for one in (ours, theirs):
        assert len(set(one.groups)) == 3
        assert set(one.groups) <= {*sample.features.groups, "node"}
    # and fidelity+ is that of a row whose features of these groups are at the training average
    network = model.predictor.members[1]
    places = [place for place, group in enumerate(sample.features.groups) if group in ours.groups]
    values, inputs = sample.features.values.copy(), sample.nodes.inputs["hcp"].copy()
    values[4, places] = network.rows.mean[places]
    own = [place for place in places if place < len(sample.adoption.practice.names)]
    inputs[4, own] = network.nodes["hcp"].mean[own]
    if "node" in ours.groups:
        inputs[4, -2:] = network.nodes["hcp"].mean[-2:]
    nodes = replace(sample.nodes, inputs={**sample.nodes.inputs, "hcp": inputs})
    before = logistic(network.logits(sample))[4]
    after = logistic(network.logits_of(nodes, sample.hcp, sample.plan, values))[4]
    assert ours.fidelity_plus == pytest.approx(abs(before - after), abs=1e-5)
    # and the same seed gives the same answer
    assert opinions(model, sample, 4) == (ours, theirs)


def test_trees_alone_have_no_second_opinion(adoption):
    sample, model = adoption
    trees = replace(model, predictor=model.predictor.members[0], promoted="lightgbm")
    with pytest.raises(ModelError, match=r"needs a network, and .* uses 'lightgbm' alone"):
        opinions(trees, sample, 0)
