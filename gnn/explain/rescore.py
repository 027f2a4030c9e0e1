"""Scoring rows once more after something was removed, by the very model that is used."""

from collections.abc import Callable

import numpy as np
import torch
from numpy.typing import NDArray

from gnn.explain.ripple import Removals, Ripple
from gnn.model import Model
from gnn.nodes import Nodes
from gnn.predictors import Mean, Network, Predictor, Trees
from gnn.view import Floats, Integers
from graph.errors import ModelError

Values = NDArray[np.float32]
Vectors = Callable[[Ripple], tuple[torch.Tensor, torch.Tensor]]


class Rescorer:
    """A model on one graph. ``nodes`` is only asked for where a network is part of the model."""

    def __init__(self, model: Model, nodes: Callable[[], Nodes]) -> None:
        self.model = model
        self._ripples = {id(network): Ripple(network, nodes()) for network in networks(model.predictor)}

    def on(self, nodes: Nodes) -> "Rescorer":
        """The same model on another graph."""
        return Rescorer(self.model, lambda: nodes)

    @property
    def hears(self) -> bool:
        """Whether the model reads the graph itself, beside the features of the rows."""
        return bool(self._ripples)

    def probability(self, hcp: Integers, plan: Integers, values: Values) -> Floats:
        """Of rows with these features, on the graph as it is."""
        return self._applied(
            values,
            lambda ripple: (
                ripple.values["hcp"][torch.from_numpy(hcp)],
                ripple.values["plan"][torch.from_numpy(np.maximum(plan, 0))],
            ),
        )

    def without(self, removals: Removals, plan: Integers, values: Values) -> Floats:
        """Of one row per removal, with its features, when the graph has changed around its subject."""
        return self._applied(
            values, lambda ripple: ripple.without(removals, plan if plan.min(initial=0) >= 0 else None)
        )

    def _applied(self, values: Values, vectors: Vectors) -> Floats:
        return self.model.platt.apply(self._logits(self.model.predictor, values, vectors))

    def _logits(self, predictor: Predictor, values: Values, vectors: Vectors) -> Floats:
        if isinstance(predictor, Mean):
            return np.asarray(np.mean([self._logits(one, values, vectors) for one in predictor.members], axis=0))
        if isinstance(predictor, Trees):
            places = [self.model.names.index(name) for name in predictor.names]
            return predictor.raw(values[:, places])
        if isinstance(predictor, Network):
            if not len(values):
                return np.zeros(0)
            hcp, plan = vectors(self._ripples[id(predictor)])
            return predictor.logits_from(hcp, plan if predictor.reads_plans else None, values)
        raise ModelError(f"a predictor of type {type(predictor).__name__!r} has nothing to explain")


def networks(predictor: Predictor) -> list[Network]:
    """The networks among a predictor's members."""
    if isinstance(predictor, Mean):
        return [network for member in predictor.members for network in networks(member)]
    return [predictor] if isinstance(predictor, Network) else []
