"""A twin in which a policy changed, and models that hear everything: random weights have effects as learned ones do."""

from datetime import date

import lightgbm
import numpy as np
import pytest
import torch

from gnn.calibrate import Platt
from gnn.features.friction import FrictionFeatures
from gnn.model import Model
from gnn.predictors import Mean, Network, Trees
from gnn.samples import Sample, adoption_rows
from gnn.scaling import Scaling
from gnn.tasks import Split
from gnn.view import View
from graph.history.snapshot import Snapshot
from graph.history.snapshot_tables import NEVER, day_of

CHANGED_ON = day_of(date(2025, 6, 1))


@pytest.fixture(scope="package")
def twin(make_tables):
    """120 prescribers; plan 1 has required prior authorization for the own product since June 2025, and not before."""
    tables = make_tables(seed=5, hcps=120)
    policy, links = tables["policy"], tables["plan_policy"]
    old = policy["id"].index("pol_own_01")
    changed = {name: values[old] for name, values in policy.items()} | {
        "id": "pol_own_01_new", "prior_authorization": 1, "effective_from": CHANGED_ON, "known_at": CHANGED_ON,
    }  # fmt: skip
    policy["effective_to"][old] = policy["end_known_at"][old] = CHANGED_ON
    tables["policy"] = {name: [*values, changed[name]] for name, values in policy.items()}
    for name, value in (("plan", "plan_01"), ("policy", "pol_own_01_new"), ("known_at", CHANGED_ON)):
        links[name] = [*links[name], value]
    # One prescriber works at two accounts.
    for name, value in (("hcp", "hcp_0000"), ("account", "acc_00"), ("known_at", 0), ("ended_at", NEVER)):
        tables["affiliation"][name] = [*tables["affiliation"][name], value]
    return Snapshot.of(day_of(date(2025, 12, 1)), tables)


def _model(task: str, sample: Sample) -> Model:
    random = np.random.default_rng(1)
    values = sample.features.values
    torch.manual_seed(1)
    nodes = {name: Scaling.fit(inputs) for name, inputs in sample.nodes.inputs.items()}
    network = Network.untrained(task, Scaling.fit(values), nodes)
    label = (random.random(len(values)) < 0.3).astype(int)
    options = {"objective": "binary", "min_data_in_leaf": 5, "verbose": -1, "num_threads": 1, "deterministic": True}
    booster = lightgbm.train(options, lightgbm.Dataset(values, label), num_boost_round=20)
    return Model.of(
        task=task, predictor=Mean((Trees(booster, sample.features.names), network)), promoted="ensemble",
        platt=Platt(1.2, -0.1), concentrations={}, bags=(), features=sample.features, seed=1, as_of=date(2025, 12, 1),
        fingerprint="", table={}, intervals={}, split=Split((), (), ()), findings={}, profile={},
    )  # fmt: skip


@pytest.fixture(scope="package")
def adoption(twin):
    """The sample of all prescribers, and a model."""
    sample = adoption_rows(View(twin))
    return sample, _model("adoption", sample)


@pytest.fixture(scope="package")
def friction(twin):
    """A row per prescriber, product and plan under which it wrote, their features, and a model."""
    view = View(twin)
    starts = view.starts
    cells = np.unique(np.stack([starts.hcp, starts.product, starts.plan], axis=1), axis=0)
    features = FrictionFeatures(view)
    rows = features.rows(*cells.T)
    sample = Sample(view, *cells.T, rows, np.full(len(cells), np.nan))
    return sample, features, _model("access_friction", sample)
