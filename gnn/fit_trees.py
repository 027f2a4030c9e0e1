"""Training of the LightGBM models: with the graph's features, and on own properties only."""

from collections.abc import Sequence
from typing import Any

import lightgbm
import numpy as np

from gnn.predictors import Trees
from gnn.samples import Evidence, Sample

PARAMETERS: dict[str, Any] = {
    "objective": "binary",
    "learning_rate": 0.05,
    "num_leaves": 15,
    "min_data_in_leaf": 40,
    "feature_fraction": 0.6,
    "bagging_fraction": 0.8,
    "bagging_freq": 1,
    "lambda_l2": 5.0,
    "deterministic": True,
    "force_row_wise": True,
    "num_threads": 2,
    "verbosity": -1,
}
SMALL: dict[str, Any] = {"num_leaves": 5, "min_data_in_leaf": 60, "learning_rate": 0.03, "lambda_l2": 20.0}
FEW_EVENTS = 2_000
"""Rows of one HCP in neighbouring snapshots repeat each other: few events mean small trees."""
MOST_ROUNDS = 250
PATIENCE = 25


def fit_trees(
    train: Sequence[Sample],
    validation: Sequence[Sample],
    seed: int,
    *,
    groups: set[str] | None = None,
    rising: frozenset[str] = frozenset(),
    weight: Any = None,
    evidence: Evidence | None = None,
) -> Trees:
    """Boost until the validation window stops improving.

    ``groups`` limits the columns. In groups named by ``rising`` the prediction may only rise with a column.
    ``weight`` [rows of train, joined] repeats or leaves out rows. ``evidence`` is heard beside them.
    """
    names, values, label = _joined(train, groups)
    few = label.sum() < FEW_EVENTS
    if evidence is not None:
        own = np.ones(len(label)) if weight is None else weight
        names, values, label = _joined([*train, evidence.sample], groups)
        weight = np.concatenate([own, evidence.weight])
    _, later, later_label = _joined(validation, groups)
    group_of = dict(zip(train[0].features.names, train[0].features.groups, strict=True))
    constraints = [int(group_of[name] in rising) for name in names]
    data = lightgbm.Dataset(values, label, weight=weight, feature_name=list(names), free_raw_data=False)
    parameters = PARAMETERS | {"seed": seed, "monotone_constraints": constraints}
    if few:
        parameters |= SMALL
    booster = lightgbm.train(
        parameters,
        data,
        num_boost_round=MOST_ROUNDS,
        valid_sets=[lightgbm.Dataset(later, later_label, reference=data)],
        callbacks=[lightgbm.early_stopping(PATIENCE, verbose=False)],
    )
    return Trees(booster, names)


def _joined(samples: Sequence[Sample], groups: set[str] | None) -> tuple[tuple[str, ...], Any, Any]:
    features = [sample.features if groups is None else sample.features.only(groups) for sample in samples]
    values = np.concatenate([one.values for one in features])
    return features[0].names, values, np.concatenate([sample.label for sample in samples])
