"""Effects on the chance to adopt equal scoring everybody on a fork of the snapshot that lacks the element."""

from dataclasses import dataclass, replace

import numpy as np
import pytest

from gnn.explain.adoption import CONTACTS, OWN, AdoptionEffects
from gnn.explain.effect import Kind
from gnn.samples import adoption_rows
from gnn.view import View
from graph.history.snapshot_deltas import LiftPolicy, SetPrescribing, WithoutPolicy


@dataclass(frozen=True)
class WithoutContacts:
    """No calls, or no messages, to an HCP."""

    hcp: str
    email: int

    def apply(self, tables):
        table = tables["call"]
        keep = (table["hcp"] != self.hcp) | (table["email"] != self.email)
        return "call", {name: values[keep] for name, values in table.items()}


@pytest.fixture(scope="module")
def subjects(adoption):
    return np.flatnonzero(~adoption[0].adoption.prescribing.adopted)


@pytest.fixture(scope="module")
def found(adoption, subjects):
    sample, model = adoption
    return list(AdoptionEffects(model, sample, sample.adoption).of(subjects).by_subject(len(subjects)))


def _fork(twin, model, delta):
    return model.probability(adoption_rows(View(twin.with_([delta]))))


def _delta(twin, sample, hcp, effect):
    ids = {table: twin.column(table, "id") for table in ("hcp", "policy")}
    match effect.kind:
        case Kind.PEER:
            return SetPrescribing(str(ids["hcp"][effect.node]), "own", 0.0)
        case Kind.CALLS | Kind.MESSAGES:
            return WithoutContacts(str(ids["hcp"][hcp]), int(effect.kind is Kind.MESSAGES))
        case Kind.POLICY:
            return LiftPolicy(str(ids["policy"][effect.node]), twin.day)
        case Kind.CHANGE:
            return WithoutPolicy(str(ids["policy"][effect.node]))
    return None


@pytest.mark.parametrize("kind", [Kind.PEER, Kind.CALLS, Kind.MESSAGES, Kind.POLICY, Kind.CHANGE])
def test_an_effect_is_the_value_minus_that_of_the_fork(kind, twin, adoption, subjects, found):
    # given up to six effects of the kind, the largest first, of as many subjects
    sample, model = adoption
    cases = [
        (int(hcp), max((one for one in effects if one.kind is kind), key=lambda one: abs(one.value)))
        for hcp, effects in zip(subjects, found, strict=True)
        if any(one.kind is kind for one in effects)
    ]
    cases = sorted(cases, key=lambda case: -abs(case[1].value))[:6]
    assert len(cases) == 6

    # then each is what the whole twin says when it is built and scored without the element
    base = model.probability(sample)
    for hcp, effect in cases:
        without = _fork(twin, model, _delta(twin, sample, hcp, effect))
        assert effect.value == pytest.approx(base[hcp] - without[hcp], abs=2e-6)
        assert abs(effect.value) > 1e-5


def test_without_an_account_the_subject_hears_nothing_of_it(twin, adoption, subjects, found):
    # given the subject's effect of its account
    sample, model = adoption
    place = next(at for at, hcp in enumerate(subjects) if sample.view.at_account.getnnz(axis=1)[hcp] == 1)
    hcp = int(subjects[place])
    [effect] = [one for one in found[place] if one.kind is Kind.ACCOUNT]

    # when its own features are those of a twin without the affiliation, and everybody else's stay
    class WithoutAffiliation:
        def apply(self, tables):
            table = tables["affiliation"]
            keep = table["hcp"] != twin.column("hcp", "id")[hcp]
            return "affiliation", {name: values[keep] for name, values in table.items()}

    fork = adoption_rows(View(twin.with_([WithoutAffiliation()])))
    values, inputs = sample.features.values.copy(), sample.nodes.inputs["hcp"].copy()
    values[hcp], inputs[hcp] = fork.features.values[hcp], fork.nodes.inputs["hcp"][hcp]
    hosts = ("account", "hosts", "hcp")
    nodes = replace(
        sample.nodes,
        inputs={**sample.nodes.inputs, "hcp": inputs},
        weights={**sample.nodes.weights, hosts: fork.nodes.weights[hosts]},
    )
    changed = replace(sample, features=replace(sample.features, values=values))
    changed.__dict__["nodes"] = nodes

    # then that is the effect
    assert effect.node == sample.view.at_account.indices[sample.view.at_account.indptr[hcp]]
    assert effect.value == pytest.approx(model.probability(sample)[hcp] - model.probability(changed)[hcp], abs=2e-6)


def test_every_feature_of_its_own_belongs_to_one_element(adoption):
    sample, _ = adoption
    told = [name for names in OWN.values() for name in names] + list(CONTACTS.values())
    accounts = list(sample.adoption.without_account(np.array([0]), np.array([0])))
    assert sorted(told + accounts) == sorted(sample.adoption.practice.names)


def test_the_same_subjects_get_the_same_effects_alone_or_among_others(adoption, subjects, found):
    sample, model = adoption
    [alone] = AdoptionEffects(model, sample, sample.adoption).of(subjects[7:8]).by_subject(1)
    assert {(one.kind, one.node) for one in alone} == {(one.kind, one.node) for one in found[7]}
    together = {(one.kind, one.node): one.value for one in found[7]}
    for one in alone:
        assert one.value == pytest.approx(together[one.kind, one.node], abs=2e-6)


def test_the_largest_effect_comes_first(found):
    for row in found:
        sizes = [abs(one.value) for one in row]
        assert sizes == sorted(sizes, reverse=True)
