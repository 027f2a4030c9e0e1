"""Influence against paired simulation: the same weeks with and without an HCP's prescribing."""

from typing import Any

import numpy as np
from scipy.stats import spearmanr

from bench.evaluation import matching
from bench.evaluation.figures import gain_of_top
from bench.evaluation.worlds import Judged
from gnn.features.pagerank import pagerank
from gnn.model import Model
from gnn.score_adoption import score_influence
from gnn.view import View
from graph.world.influence import true_influence
from graph.world.products import OWN

SUBJECTS = 200


def judge(case: Judged, model: Model) -> dict[str, Any]:
    """The model beside what is usually taken for influence, on HCPs along the whole range of reach."""
    truth = true_influence(case.world, SUBJECTS)
    row = np.full(len(case.world.hcps.npi), -1)
    row[matching.hcps(case)] = np.arange(case.snapshot.count("hcp"))
    seen = row[truth.hcp] >= 0
    true, subject = truth.value[seen], row[truth.hcp[seen]]
    predictions = score_influence(model, case.snapshot)
    value, low, high = (np.array([getattr(one, name) for one in predictions]) for name in ("value", "low", "high"))
    view = View(case.snapshot)
    own = case.world.adoption.starts[OWN].sum(axis=0)[matching.hcps(case)]
    scores = {
        "model": value,
        "page_rank": pagerank(view),
        "in_degree": np.asarray(view.ties.getnnz(axis=0), dtype=np.float64),
        "volume": own.astype(np.float64),
        "market_volume": sum(one.sum(axis=0) for one in case.world.adoption.starts)[matching.hcps(case)].astype(float),
    }
    inside = (low[subject] <= true) & (true <= high[subject])
    return {
        "subjects": len(true),
        "mean": float(value[subject].mean()),
        "true_mean": float(true.mean()),
        "error": float(np.abs(value[subject] - true).mean()),
        "noise": float(truth.error[seen].mean()),
        "covers": float(inside.mean()),
        "width": float((high - low)[subject].mean()),
        "ndcg": {name: gain_of_top(true, score[subject]) for name, score in scores.items()},
        "spearman": {name: float(spearmanr(score[subject], true)[0]) for name, score in scores.items()}
        if true.any()
        else {},
    }
