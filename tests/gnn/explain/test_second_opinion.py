"""Two choices among the same elements, judged alike."""

from dataclasses import replace

import numpy as np
import pytest
import torch

from gnn.explain import second_opinion
from gnn.explain.second_opinion import Opinion, SecondOpinion, _Masked, fidelity, opinions, second_opinion_on
from gnn.explain.together import AdoptionSurroundings, FrictionSurroundings, probability
from gnn.prediction import Prediction
from gnn.score_adoption import score_adoption
from graph.errors import ModelError


@pytest.fixture(autouse=True)
def _short(monkeypatch):
    monkeypatch.setattr(second_opinion, "EPOCHS", 5)


def _adoption(adoption, hcp):
    sample, model = adoption
    return AdoptionSurroundings(model, sample, sample.adoption, hcp)


def _friction(friction):
    sample, features, model = friction
    return FrictionSurroundings(model, sample.taken(np.array([0])), features)


@pytest.mark.parametrize("task", ["adoption", "friction"])
def test_what_the_explainer_sees_is_the_network_with_and_without_each_element(task, adoption, friction):
    # given the network alone
    around = _adoption(adoption, 0) if task == "adoption" else _friction(friction)
    network = around.model.predictor.members[1]
    masked = _Masked(network, around, around.effects)
    alone = replace(around.model, predictor=network)
    around.model = alone

    # then whole, and without each one, it says what the deletion says
    for gone in [None, *range(len(around.effects))]:
        there = torch.ones(1, len(around.effects))
        if gone is not None:
            there[0, gone] = 0
        with torch.no_grad():
            logit = masked(there, torch.zeros((2, 0), dtype=torch.int64))
        removed = [] if gone is None else [around.effects[gone]]
        assert alone.platt.apply(logit.numpy().ravel())[0] == pytest.approx(probability(around, removed), abs=2e-6)


def test_both_name_equally_many_elements_and_are_judged_by_removing_them(adoption):
    # given
    around = _adoption(adoption, 4)

    # when
    ours, theirs = opinions(around, around.effects, 5)

    # then ours are the strongest reasons
    assert ours == list(around.effects[:3])
    assert len(set(theirs)) == 3
    assert set(theirs) <= set(around.effects)
    # and fidelity is the change without them, and with them alone
    plus, minus = fidelity(around, around.effects, theirs)
    whole = probability(around, [])
    assert plus == abs(whole - probability(around, theirs))
    assert minus == abs(whole - probability(around, [one for one in around.effects if one not in theirs]))
    assert plus > 0
    # and the same seed gives the same answer
    assert opinions(around, around.effects, 5) == (ours, theirs)


def test_ours_are_the_reasons_that_are_told(twin, adoption):
    # given the prediction of an HCP that may adopt, with its reasons
    sample, model = adoption
    model = replace(model, concentrations={"hcp": 10.0})
    felt = np.asarray((sample.view.ties @ sample.adoption.prescribing.volume) > 0)
    at_risk = int(np.flatnonzero(sample.adoption.at_risk & felt)[0])
    name = str(twin.column("hcp", "id")[at_risk])
    [one] = [found for found in score_adoption(model, twin, [name]) if found.subject == name]

    # when
    found = second_opinion_on(model, twin, [one], [])

    # then it is named, and what is named of ours points at what the reasons point at
    around = _adoption(adoption, at_risk)
    assert (found.prediction, found.value) == ("Ownira", one.value)
    assert found.elements <= len(around.effects)
    assert [round(reason.share, 5) for reason in one.reasons[:3]] == [
        round(effect.value, 5) for effect in opinions(around, around.effects, len(one.reasons))[0]
    ]
    assert len(found.ours.names) == len(found.theirs.names) == min(3, len(one.reasons))
    # and who withholds is in neither
    peer = next(effect.node for effect in around.effects if effect.kind == "peer")
    npi, silent = str(twin.column("hcp", "npi")[peer]), str(twin.column("hcp", "id")[peer])
    told = second_opinion_on(model, twin, [one], [silent])
    assert told.elements == found.elements - 1
    assert npi not in str(told.as_json())


def test_trees_alone_have_no_second_opinion(twin, adoption):
    _, model = adoption
    trees = replace(model, predictor=model.predictor.members[0], promoted="lightgbm")
    with pytest.raises(ModelError, match=r"needs a network, and .* uses 'lightgbm' alone"):
        second_opinion_on(trees, twin, [Prediction("hcp", "HCP", "hcp_0000", "own", None, 0.2, 0.1, 0.3)], [])


@pytest.mark.parametrize(
    ("ours", "theirs", "words"),
    [
        ((9, 1), (5, 4), "Our reasons are more faithful than GNNExplainer, by fidelity+ and fidelity-."),
        ((5, 4), (9, 1), "GNNExplainer is more faithful than our reasons, by fidelity+ and fidelity-."),
        ((9, 4), (5, 1), "Our reasons are more faithful by fidelity+, GNNExplainer by fidelity-."),
        ((9, 4), (5, 4.05), "Our reasons are more faithful than GNNExplainer, by fidelity+."),
        ((5, 4), (5.05, 4.05), "Both are as faithful: less than 0.1 points lie between them."),
    ],
)
def test_it_says_who_is_more_faithful(ours, theirs, words):
    found = SecondOpinion("Ownira", 0.2, 9, Opinion("a", ("x",), *ours), Opinion("b", ("y",), *theirs))
    assert found.verdict == words
    same = replace(found, theirs=replace(found.theirs, names=("x",)))
    assert same.verdict == "Both name the same elements."
