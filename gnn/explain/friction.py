"""What each element adds to the friction of rows of an HCP, a product and a plan."""

from collections.abc import Mapping
from dataclasses import replace

import numpy as np

from gnn.explain.effect import Kind
from gnn.explain.policies import forks
from gnn.explain.rescore import Rescorer, Values
from gnn.explain.ripple import Removals
from gnn.features.adoption import AdoptionFeatures, with_policies_of
from gnn.features.friction import FrictionFeatures
from gnn.levels import account_of
from gnn.model import Model
from gnn.nodes import HCP_MET, PLAN_SEEN, Nodes, inputs_of
from gnn.samples import Sample, own_product
from gnn.view import Floats, Integers, View


def friction_effects(model: Model, sample: Sample, features: FrictionFeatures, value: Floats) -> dict[Kind, Floats]:
    """Per kind and row: the value minus the value without the element. Zero where the row has no such element."""
    return _Effects(model, sample, features, value).all()


def without_account(features: FrictionFeatures, hcp: Integers, account: Integers) -> dict[str, Floats]:
    """What rows of HCPs would say that did not work at one of their accounts, by name of the column."""
    rate = features.rates
    count = features.view.at_account.getnnz(axis=1)[hcp]
    total = np.stack([rate.account_excess, rate.account_pa_excess, rate.account_count], axis=1)[hcp] * count[:, None]
    rest = (total - rate.by_account[account]) / np.maximum(count - 1, 1)[:, None] * (count > 1)[:, None]
    return {
        "account_excess": rest[:, 0],
        "account_pa_excess": rest[:, 1],
        "account_starts": np.log1p(np.maximum(rest[:, 2], 0.0)),
    }


def without_record(features: FrictionFeatures) -> dict[str, float]:
    """What a row would say without the HCP's own mature starts, by name of the column."""
    return {"hcp_rate": features.rates.overall, "hcp_excess": 0.0, "hcp_starts": 0.0}


class _Effects:
    def __init__(self, model: Model, sample: Sample, features: FrictionFeatures, value: Floats) -> None:
        self.model, self.sample, self.features, self.value = model, sample, features, value
        self.view = sample.view
        self.scores = Rescorer(model, lambda: sample.nodes)
        self.practice = AdoptionFeatures(self.view, own_product(self.view)) if self.scores.hears else None

    def all(self) -> dict[Kind, Floats]:
        found: dict[Kind, Floats] = {
            Kind.POLICY: self._average("policy"),
            Kind.CHANGE: np.zeros(len(self.value)),
            Kind.PLAN: self._plan(),
            Kind.ACCOUNT: self._account(),
            Kind.RECORD: self._record(),
            Kind.SURROUNDINGS: self._average("peers"),
        }
        policy = self.view.policy[self.sample.plan, self.sample.product]
        for kind, row, fork in forks(self.view, policy):
            inside = np.flatnonzero(policy == row)
            found[kind][inside] = self._forked(fork, inside)
        return found

    def _average(self, group: str) -> Floats:
        """Of the rows' features alone. Of policies it stands where there is nothing to lift."""
        values = self._averaged(group)
        return self.value - self.scores.probability(self.sample.hcp, self.sample.plan, values)

    def _averaged(self, group: str) -> Values:
        places = self.sample.features.places(group)
        values = self.sample.features.values.copy()
        values[:, places] = self.model.reference[places]
        return values

    def _plan(self) -> Floats:
        """What claims show of the plan is average, in the rows and at the plan's node."""
        values = self._averaged("plan")
        if not self.scores.hears:
            return self.value - self.scores.probability(self.sample.hcp, self.sample.plan, values)
        found = np.zeros(len(self.value))
        base = self.sample.nodes
        average = base.inputs["plan"].mean(axis=0)
        # The last inputs of a plan's node are what its claims show; the others are rules.
        seen = slice(base.inputs["plan"].shape[1] - PLAN_SEEN, None)
        for plan in np.unique(self.sample.plan).tolist():
            inside = np.flatnonzero(self.sample.plan == plan)
            inputs = base.inputs["plan"].copy()
            inputs[plan, seen] = average[seen]
            scores = self.scores.on(replace(base, inputs={**base.inputs, "plan": inputs}))
            found[inside] = self._scored(scores, inside, values[inside])
        return found

    def _account(self) -> Floats:
        """Without the affiliation to the account that words are about."""
        account = account_of(self.view)[self.sample.hcp]
        inside = np.flatnonzero(account >= 0)
        hcp, account = self.sample.hcp[inside], account[inside]
        columns = without_account(self.features, hcp, account)
        own = {} if self.practice is None else self.practice.without_account(hcp, account)
        return self._without(inside, columns, own, account)

    def _record(self) -> Floats:
        """Without the HCP's own mature starts; what they told of its plans and account stays."""
        everywhere = np.arange(len(self.value))
        zero = np.zeros(len(everywhere))
        columns = {name: zero + value for name, value in without_record(self.features).items()}
        return self._without(everywhere, columns, {}, np.full(len(everywhere), -1), forget=True)

    def _without(
        self,
        inside: Integers,
        columns: Mapping[str, Floats],
        own: Mapping[str, Floats],
        account: Integers,
        *,
        forget: bool = False,
    ) -> Floats:
        """The effect where rows have other ``columns`` and their HCPs' nodes other features of their ``own``."""
        sample = self.sample
        values = sample.features.values[inside].copy()
        for name, column in columns.items():
            values[:, sample.features.names.index(name)] = column
        inputs = np.zeros((len(inside), 0))
        if self.practice is not None:
            inputs = sample.nodes.inputs["hcp"][sample.hcp[inside]].copy()
            for name, column in own.items():
                inputs[:, self.practice.practice.names.index(name)] = column.astype(np.float32)
            if forget:
                inputs[:, -HCP_MET:] = 0.0
        found = np.zeros(len(self.value))
        removals = Removals(sample.hcp[inside], inputs, account)
        found[inside] = self.value[inside] - self.scores.without(removals, sample.plan[inside], values)
        return found

    def _forked(self, fork: View, inside: Integers) -> Floats:
        """The effect on rows of what a fork of the coverage policies lacks."""
        sample = self.sample
        rows = self.features.with_policies_of(fork).rows(
            sample.hcp[inside], sample.product[inside], sample.plan[inside]
        )
        return self._scored(Rescorer(self.model, lambda: self._nodes(fork)), inside, rows.values)

    def _nodes(self, fork: View) -> Nodes:
        product = own_product(self.view)
        if self.practice is None:
            raise ValueError("only a network asks for nodes")
        practice = with_policies_of(fork, product, self.practice.practice)
        return Nodes(inputs_of(fork, product, practice), self.sample.nodes.weights)

    def _scored(self, scores: Rescorer, inside: Integers, values: Values) -> Floats:
        without = scores.probability(self.sample.hcp[inside], self.sample.plan[inside], values)
        return self.value[inside] - without
