"""What a model's test window shows beyond one number: kept with the model, for its report."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gnn.bootstrap import paired
from gnn.calibrate import Platt
from gnn.calibration import Calibration
from gnn.predictors import Predictor, joined
from gnn.samples import Sample
from gnn.slices import clusters_of, is_told, limit, slices_of
from gnn.view import Floats

BASELINE = "lightgbm"
"""The model with which all others are compared: trees that hear of the graph are the honest baseline."""
DEPTHS = (0.01, 0.02, 0.05, 0.1, 0.2, 0.3, 0.5)


def findings(
    candidates: Mapping[str, Predictor], calibrated: Mapping[str, Platt], used: str, test: Sequence[Sample]
) -> dict[str, Any]:
    """Of all models, each calibrated on the window before; small counts of people are in none of the figures."""
    label = np.concatenate([sample.label for sample in test])
    value = {name: calibrated[name].apply(joined(one, test)[0]) for name, one in candidates.items()}
    cluster = clusters_of(test)
    slices = slices_of(test, label, value[used])
    return {
        "window": [test[0].view.snapshot.as_of.isoformat(), test[-1].view.snapshot.as_of.isoformat()],
        "paired": {
            name: paired(label, one, value[BASELINE], cluster).as_json()
            for name, one in value.items()
            if name != BASELINE
        },
        "calibration": Calibration.of(label, value[used], cluster).as_json(),
        "curve": curve(label, value[used]),
        "lift": lift(label, value[used]),
        "slices": [one.as_json() for one in slices if one.told],
        "slices_judged": len(slices),
        "slice_limit": limit(len(slices)),
        "drivers": drivers(candidates[used], calibrated[used], test),
    }


def verdict(paired: Mapping[str, Any]) -> tuple[str, str]:
    """Whether the network wins (``holds``), loses, or neither (an empty text), and that in words; by its AUC."""
    value, low, high = paired["network"]["auc"]
    interval = f"{value:+.4f} AUC, 95 % from {low:+.4f} to {high:+.4f}"
    if high < 0:
        return "loses", f"The network loses to LightGBM with the graph's features: {interval}."
    if low > 0:
        return "holds", f"The network wins against LightGBM with the graph's features: {interval}."
    side = "behind" if value < 0 else "ahead of"
    words = f"The network is {side} LightGBM with the graph's features, but the window does not tell them apart"
    return "", f"{words}: {interval}."


def curve(label: Floats, value: Floats, bins: int = 10) -> list[dict[str, float]]:
    """Predicted and observed rate over bins of about equal size; a bin with few of one kind joins the one above it."""
    order = np.argsort(value, kind="stable")
    found: list[NDArray[np.int64]] = []
    for part in np.array_split(order, bins):
        if found and not is_told(label[found[-1]]):
            found[-1] = np.concatenate([found[-1], part])
        else:
            found.append(part)
    while len(found) > 1 and not is_told(label[found[-1]]):
        last = found.pop()
        found[-1] = np.concatenate([found[-1], last])
    return [
        {"rows": len(part), "predicted": float(value[part].mean()), "observed": float(label[part].mean())}
        for part in found
        if is_told(label[part])
    ]


def lift(label: Floats, value: Floats) -> list[dict[str, float]]:
    """Of the rows with the highest values: how many there are, which share of events is among them, how enriched."""
    order = np.argsort(-value, kind="stable")
    found = []
    for depth in DEPTHS:
        rows = max(1, round(depth * len(order)))
        among, left = label[order[:rows]], label[order[rows:]]
        if is_told(among) and is_told(left):
            caught = float(among.sum() / label.sum())
            found.append({"depth": depth, "rows": rows, "share": caught, "lift": float(among.mean() / label.mean())})
    return found


def drivers(predictor: Predictor, platt: Platt, test: Sequence[Sample]) -> list[dict[str, Any]]:
    """Mean effect of each group of features: the value minus the value with the group at its average."""
    whole = platt.apply(joined(predictor, test)[0])
    found = []
    for group in dict.fromkeys(test[0].features.groups):
        without = []
        for sample in test:
            places = sample.features.places(group)
            values = sample.features.values.copy()
            values[:, places] = values[:, places].mean(axis=0)
            without.append(
                platt.apply(predictor.logits(replace(sample, features=replace(sample.features, values=values))))
            )
        effect = whole - np.concatenate(without)
        names = [
            name for name, one in zip(test[0].features.names, test[0].features.groups, strict=True) if one == group
        ]
        found.append(
            {"group": group, "features": names, "size": float(np.abs(effect).mean()), "mean": float(effect.mean())}
        )
    return sorted(found, key=lambda one: -float(str(one["size"])))
