"""Several elements around one subject removed together, each as its effect alone removes it.

What is left is what the model is told: the row's features and the graph. So any set of elements can be judged, and a
set of one gives the effect that `BECAUSE` tells (tests hold them equal).
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from typing import Protocol

import numpy as np
from scipy import sparse

from gnn.explain.adoption import CONTACTS, OWN, AdoptionEffects
from gnn.explain.effect import Effect, Kind
from gnn.explain.friction import friction_effects, without_account, without_record
from gnn.explain.policies import before, fork_of, restricted
from gnn.explain.rescore import Rescorer, Values
from gnn.explain.ripple import HOSTS, entries
from gnn.features.adoption import AdoptionFeatures, state_of, with_exposure, with_policies_of
from gnn.features.friction import FrictionFeatures
from gnn.features.matrix import Features
from gnn.levels import account_of
from gnn.model import Model
from gnn.nodes import HCP_MET, PLAN_SEEN, Nodes, inputs_of
from gnn.samples import Sample, own_product
from gnn.view import View


@dataclass(frozen=True, slots=True)
class Told:
    """What a model is told of one row: its features [columns], unscaled, and the graph."""

    values: Values
    nodes: Nodes


class Surroundings(Protocol):
    """One row with the elements around it; ``effects`` are those of each alone, the strongest first."""

    model: Model
    hcp: int
    product: int
    plan: int

    @property
    def effects(self) -> Sequence[Effect]: ...

    def told(self, removed: Collection[Effect]) -> Told: ...


def probability(around: Surroundings, removed: Collection[Effect]) -> float:
    """What the model in use says of the row when some elements are gone."""
    left = around.told(removed)
    scores = Rescorer(around.model, lambda: left.nodes)
    return float(scores.probability(np.array([around.hcp]), np.array([around.plan]), left.values[None])[0])


class AdoptionSurroundings:
    """Of an HCP's chance to adopt; ``sample`` has a row per HCP in row order."""

    def __init__(self, model: Model, sample: Sample, features: AdoptionFeatures, hcp: int) -> None:
        self.model, self.sample, self.features = model, sample, features
        self.hcp, self.product, self.plan = hcp, features.product, -1
        effects = AdoptionEffects(model, sample, features).of(np.array([hcp]))
        (self.effects,) = effects.by_subject(1)

    def told(self, removed: Collection[Effect]) -> Told:
        """Without some elements."""
        features, hcp = self.features, self.hcp
        nodes, values = self._on(_fork(self.sample.view, removed))
        peers = np.array([one.node for one in removed if one.kind is Kind.PEER], dtype=np.int64)
        if len(peers):
            weight = [entries(matrix, np.full_like(peers, hcp), peers) for matrix in features.relations.values()]
            lost = np.stack(weight, axis=1)[:, :, None] * state_of(features.prescribing.volume)[peers][:, None, :]
            exposure = np.maximum(features.exposure[[hcp]] - lost.sum(axis=0), 0.0)
            own = len(features.practice.names)
            practice = Features(features.practice.names, features.practice.groups, values[None, :own])
            values = with_exposure(practice, exposure).values[0]
        accounts = [one.node for one in removed if one.kind is Kind.ACCOUNT]
        changed = {name: 0.0 for one in removed if (name := CONTACTS.get(one.kind)) is not None}
        for one in removed:
            for name in OWN.get(one.kind, ()):
                changed[name] = float(self.model.reference[self.model.names.index(name)])
        if accounts:
            gone = features.without_account(np.array([hcp]), np.array([accounts]))
            changed |= {name: float(column[0]) for name, column in gone.items()}
        inputs = nodes.inputs["hcp"].copy()
        for name, value in changed.items():
            place = self.sample.features.names.index(name)
            values[place] = value
            # The first inputs of an HCP's node are its own features, in the same order.
            inputs[hcp, place] = values[place]
        return Told(values, _without_accounts(replace(nodes, inputs={**nodes.inputs, "hcp": inputs}), hcp, accounts))

    def _on(self, fork: View) -> tuple[Nodes, Values]:
        nodes, features = self.sample.nodes, self.sample.features
        if fork is not self.sample.view:
            product, practice = self.features.product, self.features.practice
            features = with_policies_of(fork, product, features)
            own = Features(practice.names, practice.groups, features.values[:, : len(practice.names)])
            nodes = Nodes(inputs_of(fork, product, own), nodes.weights)
        return nodes, features.values[self.hcp].copy()


class FrictionSurroundings:
    """Of the friction of one HCP, product and plan: ``sample`` has that row alone."""

    def __init__(self, model: Model, sample: Sample, features: FrictionFeatures) -> None:
        self.model, self.sample, self.features = model, sample, features
        self.hcp, self.product, self.plan = int(sample.hcp[0]), int(sample.product[0]), int(sample.plan[0])
        self.practice = AdoptionFeatures(sample.view, own_product(sample.view))
        self.account = int(account_of(sample.view)[self.hcp])
        found = friction_effects(model, sample, features, model.probability(sample))
        there = [Effect(kind, self._node(kind), float(values[0])) for kind, values in found.items() if self._has(kind)]
        self.effects = sorted(there, key=lambda one: (-abs(one.value), one.kind, one.node))

    def _node(self, kind: Kind) -> int:
        policy = int(self.sample.view.policy[self.plan, self.product])
        by_kind = {Kind.POLICY: policy, Kind.CHANGE: policy, Kind.PLAN: self.plan, Kind.ACCOUNT: self.account}
        return by_kind.get(kind, self.hcp)

    def _has(self, kind: Kind) -> bool:
        if kind is Kind.CHANGE:
            return self._node(kind) >= 0 and bool(before(self.sample.view, self._node(kind)))
        return self._node(kind) >= 0

    def told(self, removed: Collection[Effect]) -> Told:
        """Without some elements."""
        view, features = self.sample.view, self.features
        kinds = {one.kind for one in removed}
        nodes, rows = self.sample.nodes, self.sample.features
        fork = _fork(view, removed)
        if fork is not view:
            practice = with_policies_of(fork, self.practice.product, self.practice.practice)
            nodes = Nodes(inputs_of(fork, self.practice.product, practice), nodes.weights)
            rows = features.with_policies_of(fork).rows(self.sample.hcp, self.sample.product, self.sample.plan)
        values = rows.values[0].copy()
        inputs = {name: nodes.inputs[name].copy() for name in ("hcp", "plan")}
        averaged = {Kind.PLAN: "plan", Kind.SURROUNDINGS: "peers"}
        policy = self._node(Kind.POLICY)
        if policy >= 0 and not restricted(view, policy):
            averaged[Kind.POLICY] = "policy"
        for kind, group in averaged.items():
            if kind in kinds:
                places = rows.places(group)
                values[places] = self.model.reference[places]
        if Kind.PLAN in kinds:
            # The last inputs of a plan's node are what its claims show.
            inputs["plan"][self.plan, -PLAN_SEEN:] = inputs["plan"].mean(axis=0)[-PLAN_SEEN:]
        changed: dict[str, float] = {}
        if Kind.ACCOUNT in kinds:
            at = np.array([self.hcp]), np.array([self.account])
            changed |= {name: float(column[0]) for name, column in without_account(features, *at).items()}
            for name, column in self.practice.without_account(*at).items():
                inputs["hcp"][self.hcp, self.practice.practice.names.index(name)] = np.float32(column[0])
        if Kind.RECORD in kinds:
            changed |= without_record(features)
            inputs["hcp"][self.hcp, -HCP_MET:] = 0.0
        for name, value in changed.items():
            values[rows.names.index(name)] = value
        accounts = [self.account] if Kind.ACCOUNT in kinds else []
        return Told(values, _without_accounts(replace(nodes, inputs={**nodes.inputs, **inputs}), self.hcp, accounts))


def _fork(view: View, removed: Collection[Effect]) -> View:
    """Without what removed elements say of policies; the same view where they say nothing."""
    lifted = {one.node for one in removed if one.kind is Kind.POLICY and restricted(view, one.node)}
    # Where the restrictions go, so does their newest change.
    undone = {one.node for one in removed if one.kind is Kind.CHANGE} - lifted
    return fork_of(view, sorted(lifted), sorted(undone)) if lifted or undone else view


def _without_accounts(nodes: Nodes, hcp: int, accounts: Sequence[int]) -> Nodes:
    """The HCP's other accounts share the weight that the removed ones had."""
    if not accounts:
        return nodes
    hosts = nodes.weights[HOSTS]
    row = slice(hosts.indptr[hcp], hosts.indptr[hcp + 1])
    kept = ~np.isin(hosts.indices[row], accounts)
    data = hosts.data.copy()
    data[row] = kept / max(kept.sum(), 1)
    weights = sparse.csr_matrix((data, hosts.indices, hosts.indptr), shape=hosts.shape)
    return replace(nodes, weights={**nodes.weights, HOSTS: weights})
