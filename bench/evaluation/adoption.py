"""Adoption against oracle A, which knows the hidden state of the test day."""

from typing import Any

import numpy as np

from bench.evaluation import matching
from bench.evaluation.figures import auc, calibration_floor, paired, slope, worst_slice
from bench.evaluation.worlds import Judged
from gnn.metrics import metrics
from gnn.predictors import joined
from gnn.train import Learned
from graph.world.oracle import adoption_chance

MODELS = ("rate", "lightgbm_node", "lightgbm", "network", "ensemble")


def judge(case: Judged, found: Learned) -> dict[str, Any]:
    """Every model and the oracle on the test window; the chosen network or ensemble beside LightGBM with graph."""
    place = matching.hcps(case)
    oracle, observer = (
        np.concatenate(
            [
                adoption_chance(case.world, case.day(sample.view.day), sees_adoption=sees)[place[sample.hcp]]
                for sample in found.test
            ]
        )
        for sees in (True, False)
    )
    label = np.concatenate([sample.label for sample in found.test])
    # Starts that arrived late or were merged with others may differ from those written: the oracle has none of these.
    told = np.isfinite(oracle)
    label, oracle, observer = label[told], oracle[told], observer[told]
    # Colleagues share what the model does not see: those of an account, and windows of one HCP, are drawn together.
    group = np.concatenate([case.world.hcps.account[place[sample.hcp]] for sample in found.test])[told]
    value = {name: found.calibrated[name].apply(joined(found.candidates[name], found.test)[0])[told] for name in MODELS}
    chosen = min(("network", "ensemble"), key=lambda name: found.table[name]["validation"]["log_loss"])
    gain = paired(label, value[chosen], value["lightgbm"], group)
    node, best = auc(label, value["lightgbm_node"]), auc(label, oracle)
    reachable = auc(label, observer)
    state = np.concatenate([sample.view.codes("hcp", "state")[sample.hcp] for sample in found.test])[told]
    used = value[found.promoted]
    slices, worst = worst_slice(label, used, state)
    deciles, worst_decile = worst_slice(label, used, np.argsort(np.argsort(used, kind="stable")) * 10 // len(used))
    return {
        "rows": len(label),
        "events": int(label.sum()),
        "auc": {name: auc(label, one) for name, one in value.items()} | {"oracle": best, "observer": reachable},
        "average_precision": {name: metrics(label, one)["average_precision"] for name, one in value.items()}
        | {"oracle": metrics(label, oracle)["average_precision"]},
        "promoted": found.promoted,
        "chosen": chosen,
        "gain": {"auc": gain.gain, "error": gain.error, "p": gain.p},
        "gap_closed": (auc(label, value[chosen]) - node) / (best - node),
        "gap_closed_to_observer": (auc(label, value[chosen]) - node) / (reachable - node),
        "ece": metrics(label, used)["ece"],
        "ece_floor": calibration_floor(used),
        "slope": slope(label, used),
        "slices": {"regions": slices, "deciles": deciles, "worst_z": max(worst, worst_decile)},
    }
