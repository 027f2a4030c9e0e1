"""A second opinion on the reasons of one prediction: PyG's GNNExplainer chooses among the same elements.

Both name equally many of the elements around the subject, and both choices are judged alike: the named elements are
removed together, as each reason removes its own, and the model in use is asked again. Fidelity+ is by how many points
of probability the value changes without the named elements, which should be much; fidelity- by how many it changes
when all other elements go and only the named ones stay, which should be little. (PyG's own function compares predicted
classes; with chances of a few per cent they never change.) GNNExplainer needs gradients, so it looks at the first
network of the model; between "there" and "removed" it mixes what the network is told in proportion.
"""

import warnings
from collections.abc import Collection, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn

from gnn.explain.effect import Effect, Kind
from gnn.explain.element_words import element_words
from gnn.explain.rescore import networks
from gnn.explain.sentence import Names, title
from gnn.explain.together import AdoptionSurroundings, FrictionSurroundings, Surroundings, probability
from gnn.features.friction import FrictionFeatures
from gnn.model import Model
from gnn.network import Weights, silenced
from gnn.nodes import Relation
from gnn.prediction import Prediction
from gnn.predictors import Network
from gnn.samples import adoption_rows, friction_rows
from gnn.view import Floats, View
from graph.errors import ModelError
from graph.history.snapshot import Snapshot

EPOCHS = 100
MOST = 3
"""Elements that each names."""
CLOSE = 0.1
"""Points of probability that tell nothing apart."""


@dataclass(frozen=True, slots=True)
class Opinion:
    """The elements one method names, in words, and its fidelity in points of probability."""

    method: str
    names: tuple[str, ...]
    fidelity_plus: float
    fidelity_minus: float


@dataclass(frozen=True, slots=True)
class SecondOpinion:
    """Of which prediction, among how many elements, and what both methods name."""

    prediction: str
    value: float
    elements: int
    ours: Opinion
    theirs: Opinion

    @property
    def verdict(self) -> str:
        """Who is more faithful by which measure."""
        if set(self.ours.names) == set(self.theirs.names):
            return "Both name the same elements."
        gains = {
            "fidelity+": self.ours.fidelity_plus - self.theirs.fidelity_plus,
            "fidelity-": self.theirs.fidelity_minus - self.ours.fidelity_minus,
        }
        ours = " and ".join(name for name, gain in gains.items() if gain >= CLOSE)
        theirs = " and ".join(name for name, gain in gains.items() if gain <= -CLOSE)
        if ours and theirs:
            return f"Our reasons are more faithful by {ours}, GNNExplainer by {theirs}."
        if ours or theirs:
            ahead, behind = ("Our reasons are", "GNNExplainer") if ours else ("GNNExplainer is", "our reasons")
            return f"{ahead} more faithful than {behind}, by {ours or theirs}."
        return f"Both are as faithful: less than {CLOSE:g} points lie between them."

    def as_json(self) -> dict[str, Any]:
        """The shape that scripts rely on."""
        return asdict(self) | {"unit": "points of probability", "verdict": self.verdict}


def second_opinion_on(
    model: Model, snapshot: Snapshot, found: Sequence[Prediction], withholding: Collection[str]
) -> SecondOpinion:
    """On an HCP's prediction; of several on the one with most starts that support could save.

    Raise `ModelError` where no network is part of the model, or nothing acts on the subject.
    """
    if not networks(model.predictor):
        raise ModelError(f"a second opinion needs a network, and {model.version!r} uses {model.promoted!r} alone")
    one = max(found, key=lambda prediction: prediction.saveable_starts or 0.0)
    view = View(snapshot)
    around = _around(model, view, one)
    silent = set(np.flatnonzero(np.isin(snapshot.column("hcp", "id"), list(withholding))).tolist())
    # Of friction an account speaks of its starts, of adoption of its colleagues.
    words = element_words(view, around.product, of_colleagues=one.plan is None)
    told = {
        effect: text
        for effect in around.effects
        if not (effect.kind is Kind.PEER and effect.node in silent) and (text := words(effect)) is not None
    }
    if not told:
        raise ModelError(f"nothing acts on {title(one, Names.of(snapshot))}: there is nothing to have an opinion on")
    ours, theirs = opinions(around, list(told), len(one.reasons))
    return SecondOpinion(
        title(one, Names.of(snapshot)),
        one.value,
        len(told),
        _opinion(around, "our reasons", told, ours),
        _opinion(around, "GNNExplainer", told, theirs),
    )


def opinions(
    around: Surroundings, elements: Sequence[Effect], reasons: int, seed: int = 7
) -> tuple[list[Effect], list[Effect]]:
    """What our deletions name, and as many elements that GNNExplainer names; ``elements`` are the strongest first."""
    count = max(1, min(MOST, reasons, len(elements)))
    weight = _explained(_Masked(networks(around.model.predictor)[0], around, elements), seed)
    order = np.argsort(-weight, kind="stable")[:count]
    return list(elements[:count]), [elements[place] for place in order]


def _opinion(around: Surroundings, method: str, told: dict[Effect, str], named: Sequence[Effect]) -> Opinion:
    plus, minus = fidelity(around, list(told), named)
    return Opinion(method, tuple(told[one] for one in named), 100 * plus, 100 * minus)


def fidelity(around: Surroundings, elements: Sequence[Effect], named: Collection[Effect]) -> tuple[float, float]:
    """The change of the probability without the named elements, and with these alone."""
    whole = probability(around, [])
    others = [one for one in elements if one not in named]
    return abs(whole - probability(around, named)), abs(whole - probability(around, others))


def _around(model: Model, view: View, one: Prediction) -> AdoptionSurroundings | FrictionSurroundings:
    snapshot = view.snapshot
    hcp = snapshot.positions("hcp", np.array([one.subject]))
    if one.plan is None:
        sample = adoption_rows(view)
        if sample.adoption is None:
            raise ModelError("an adoption sample carries its features")
        return AdoptionSurroundings(model, sample, sample.adoption, int(hcp[0]))
    product = snapshot.positions("product", np.array([one.product]))
    plan = snapshot.positions("plan", np.array([one.plan]))
    sample = friction_rows(view, hcp, product, plan, np.full(1, np.nan))
    return FrictionSurroundings(model, sample, FrictionFeatures(view))


def _explained(subject: "_Masked", seed: int) -> Floats:
    """[element]: GNNExplainer's weight of each."""
    with silenced():
        from torch_geometric.explain import Explainer, GNNExplainer
    torch.manual_seed(seed)
    explainer = Explainer(
        subject,
        GNNExplainer(epochs=EPOCHS),
        explanation_type="model",
        node_mask_type="attributes",
        model_config={"mode": "regression", "task_level": "graph", "return_type": "raw"},
    )
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        mask = explainer(torch.ones(1, subject.elements), torch.zeros((2, 0), dtype=torch.int64)).node_mask[0]
    return np.asarray(mask.numpy(), dtype=np.float64)


class _Masked(nn.Module):
    """A network's logit of one row as a function of how much of each element is there, [1, elements]."""

    def __init__(self, network: Network, around: Surroundings, elements: Sequence[Effect]) -> None:
        super().__init__()
        self.network, self.module, self.elements = network, network.module, len(elements)
        # The explainer leaves a model in the mode in which it found it: without this, dropout would come back.
        self.eval()
        self.hcp, self.plan = around.hcp, around.plan
        whole = around.told([])
        self.inputs, self.adjacency = network.graph(whole.nodes)
        self.row = torch.from_numpy(network.rows.apply(whole.values[None]))
        rows: list[Tensor] = []
        self.moved: dict[str, list[tuple[int, Tensor, Tensor]]] = {name: [] for name in self.inputs}
        self.dropped: list[tuple[int, dict[Relation, Weights]]] = []
        for place, one in enumerate(elements):
            left = around.told([one])
            rows.append(torch.from_numpy(network.rows.apply(left.values[None])) - self.row)
            for name, values in left.nodes.inputs.items():
                change = torch.from_numpy(network.nodes[name].apply(values)) - self.inputs[name]
                at = change.abs().sum(dim=1).nonzero().ravel()
                if len(at):
                    self.moved[name].append((place, at, change[at]))
            changed = {
                relation: Weights.of(matrix)
                for relation, matrix in left.nodes.weights.items()
                if matrix is not whole.nodes.weights[relation]
            }
            if changed:
                self.dropped.append((place, {**self.adjacency, **changed}))
        self.rows = torch.cat(rows)

    def forward(self, x: Tensor, _edge_index: Tensor) -> Tensor:
        """[1, 1]: the logit."""
        gone = 1 - x[0]
        inputs = dict(self.inputs)
        for name, moved in self.moved.items():
            for place, at, change in moved:
                inputs[name] = inputs[name].index_add(0, at, gone[place] * change)
        vector = self._vector(inputs, self.adjacency)
        for place, adjacency in self.dropped:
            vector = vector + gone[place] * (self._vector(inputs, adjacency) - vector)
        return self.module.head(torch.cat([vector, self.row + gone[None] @ self.rows], dim=1))

    def _vector(self, inputs: dict[str, Tensor], adjacency: dict[Relation, Weights]) -> Tensor:
        found = self.module.encoder(inputs, adjacency)
        vectors = [found["hcp"][[self.hcp]], *([found["plan"][[self.plan]]] if self.network.reads_plans else [])]
        return torch.cat(vectors, dim=1)
