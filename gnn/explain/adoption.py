"""What each element around an HCP adds to its chance to adopt.

A colleague acts through its prescribing, so that is removed, not the tie: without it the others would be heard more.
Elements are removed from what the subject is told; what others are told stays as it was. Coverage policies are shared,
so there the whole twin is forked.
"""

from collections.abc import Mapping

import numpy as np
from scipy import sparse

from gnn.explain.chosen import highest
from gnn.explain.effect import Effects, Kind
from gnn.explain.policies import forks
from gnn.explain.rescore import Rescorer, Values
from gnn.explain.ripple import Removals, entries
from gnn.features.adoption import AdoptionFeatures, state_of, with_exposure, with_policies_of
from gnn.features.matrix import Features
from gnn.model import Model
from gnn.nodes import Nodes, inputs_of
from gnn.samples import Sample
from gnn.view import Floats, Integers, View

MAIN_PLANS = 5
OWN: Mapping[Kind, tuple[str, ...]] = {
    Kind.VOLUME: ("class_volume", "plans"),
    Kind.EXPERIENCE: ("years",),
    Kind.SPECIALTY: ("specialty_ahead",),
    Kind.TERRITORY: ("territory_ahead",),
    Kind.POSITION: ("degree", "shared_patients", "page_rank"),
    Kind.STANDING: ("leads", "works"),
    Kind.PLAN: ("expected_friction", "prior_authorization"),
}
"""Columns of each group of the subject's own; the last one points at its main plan."""
CONTACTS: Mapping[Kind, str] = {Kind.CALLS: "calls", Kind.MESSAGES: "messages"}


class AdoptionEffects:
    """Effects of one model on one snapshot; ``sample`` has a row per HCP in row order."""

    def __init__(self, model: Model, sample: Sample, features: AdoptionFeatures) -> None:
        self.model, self.sample, self.features = model, sample, features
        self.scores = Rescorer(model, lambda: sample.nodes)

    def of(self, hcp: Integers) -> Effects:
        """All effects on the subjects given by their rows, by place in ``hcp``."""
        value = self.scores.probability(hcp, np.full_like(hcp, -1), self.sample.features.values[hcp])
        return Effects.joined(
            [self._peers(hcp, value), self._own(hcp, value), self._accounts(hcp, value), self._policies(hcp, value)]
        )

    def _peers(self, hcp: Integers, value: Floats) -> Effects:
        features = self.features
        volume = features.prescribing.volume
        parts = [sparse.csr_matrix(matrix[hcp] @ sparse.diags(volume)) for matrix in features.relations.values()]
        felt = sum((abs(part) for part in parts[1:]), abs(parts[0])).tocoo()
        place, peer = felt.row[felt.data > 0].astype(np.int64), felt.col[felt.data > 0].astype(np.int64)
        keep = peer != hcp[place]
        place, peer = place[keep], peer[keep]
        weight = np.stack([entries(matrix, hcp[place], peer) for matrix in features.relations.values()], axis=1)
        lost = weight[:, :, None] * state_of(volume)[peer][:, None, :]
        # Subtracting what was added may leave a negative zero-sum of rounding.
        exposure = np.maximum(features.exposure[hcp[place]] - lost, 0.0)
        practice = features.practice
        rows = with_exposure(Features(practice.names, practice.groups, practice.values[hcp[place]]), exposure)
        without = self.scores.probability(hcp[place], np.full_like(place, -1), rows.values)
        return Effects.of_one_kind(Kind.PEER, place, peer, value[place] - without)

    def _own(self, hcp: Integers, value: Floats) -> Effects:
        """Calls and messages are gone where there were any; groups are at their average."""
        found = []
        everybody = np.arange(len(hcp))
        for kind, name in CONTACTS.items():
            place = np.flatnonzero(self.sample.features.column(name)[hcp] > 0)
            found.append(self._changed(kind, place, hcp, hcp[place], value, {name: np.zeros(len(place))}))
        main = _main_plans(sparse.csr_matrix(self.features.plan_mix[hcp]), 1)
        for kind, names in OWN.items():
            place, node = main if kind is Kind.PLAN else (everybody, hcp)
            average = {name: np.full(len(place), self.model.reference[self.model.names.index(name)]) for name in names}
            found.append(self._changed(kind, place, hcp, node, value, average))
        return Effects.joined(found)

    def _accounts(self, hcp: Integers, value: Floats) -> Effects:
        at = sparse.csr_matrix(self.sample.view.at_account)[hcp]
        place = np.repeat(np.arange(len(hcp)), np.diff(at.indptr))
        account = at.indices.astype(np.int64)
        changed = self.features.without_account(hcp[place], account)
        return self._changed(Kind.ACCOUNT, place, hcp, account, value, changed)

    def _changed(
        self,
        kind: Kind,
        place: Integers,
        hcp: Integers,
        node: Integers,
        value: Floats,
        changed: Mapping[str, Floats],
    ) -> Effects:
        """Rows whose subject has other features of its own, in its row and at its node."""
        subject = hcp[place]
        rows = self.sample.features.values[subject].copy()
        inputs = self.sample.nodes.inputs["hcp"][subject].copy() if self.scores.hears else np.zeros((len(place), 0))
        for name, column in changed.items():
            at = self.sample.features.names.index(name)
            rows[:, at] = column
            if self.scores.hears:
                # The first inputs of an HCP's node are its own features, in the same order.
                inputs[:, at] = rows[:, at]
        dropped = node if kind is Kind.ACCOUNT else np.full_like(place, -1)
        without = self.scores.without(Removals(subject, inputs, dropped), np.full_like(place, -1), rows)
        return Effects.of_one_kind(kind, place, node, value[place] - without)

    def _policies(self, hcp: Integers, value: Floats) -> Effects:
        """The policy in force of each main plan, for the product."""
        view, features = self.sample.view, self.features
        place, plan = _main_plans(sparse.csr_matrix(features.plan_mix[hcp]), MAIN_PLANS)
        policy = view.policy[plan, features.product]
        found = [Effects.of_one_kind(Kind.POLICY, place[:0], place[:0], value[:0])]
        for kind, row, fork in forks(view, policy):
            # An HCP may have several plans of one formulary.
            subject = np.unique(place[policy == row])
            rows, scores = self._on(fork)
            without = scores.probability(hcp[subject], np.full_like(subject, -1), rows[hcp[subject]])
            found.append(Effects.of_one_kind(kind, subject, np.full_like(subject, row), value[subject] - without))
        return Effects.joined(found)

    def _on(self, fork: View) -> tuple[Values, Rescorer]:
        """The rows of all HCPs, and the model, when coverage policies are those of a fork."""
        product, practice = self.features.product, self.features.practice
        values = with_policies_of(fork, product, self.sample.features).values

        def nodes() -> Nodes:
            own = Features(practice.names, practice.groups, values[:, : len(practice.names)])
            return Nodes(inputs_of(fork, product, own), self.sample.nodes.weights)

        return values, Rescorer(self.model, nodes)


def _main_plans(mix: sparse.csr_matrix, most: int) -> tuple[Integers, Integers]:
    """Place and plan of the plans under which each row wrote most starts; of equal ones the first in ``mix``."""
    place = np.repeat(np.arange(mix.shape[0]), np.diff(mix.indptr))
    chosen = highest(mix.data, place, most)
    return place[chosen], mix.indices[chosen].astype(np.int64)
