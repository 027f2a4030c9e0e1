"""A model beside its baselines on the test window, and beside the oracle in worlds whose truth is known."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np

from gnn.findings import verdict
from gnn.model import Model
from gnn.report import charts
from gnn.report.html import heading, pair, paragraph, table

Row = Mapping[str, Any]
NAMES = {
    "rate": "rate",
    "lightgbm_node": "LightGBM, own properties",
    "lightgbm": "LightGBM, with graph",
    "network": "network",
    "ensemble": "mean of both",
    "oracle": "oracle",
}
FIGURES = ("auc", "average_precision", "log_loss", "brier", "ece")


def comparison(model: Model) -> Iterator[str]:
    """All models beside each other on the test window."""
    yield heading("Against the baselines")
    gain = model.findings["paired"]
    rows = [
        (NAMES[name], *(f"{figures['test'][figure]:.4f}" for figure in FIGURES))
        for name, figures in model.table.items()
    ]
    test = next(iter(model.table.values()))["test"]
    yield table(
        f"Test window: {test['n']:,} rows, {test['positives']:,} events. The row set off is the model in this version.",
        ("model", "AUC", "average precision", "log loss", "Brier", "ECE"),
        rows,
        NAMES[model.promoted],
    )
    how, words = verdict(gain)
    yield paragraph(words, f"notice {how}".strip())
    shown = [(NAMES[name], found["auc"]) for name, found in gain.items()]
    beside = table(
        "Gain over LightGBM with graph, 95 % interval",
        ("model", "in AUC", "from", "to", "in log loss", "from", "to"),
        [
            (NAMES[name], *(f"{one:+.4f}" for one in (*found["auc"], *found["log_loss"])))
            for name, found in gain.items()
        ],
    )
    clusters = next(iter(gain.values()))["clusters"]
    yield pair("Gain in AUC over LightGBM with graph", charts.gains("gains", "Gain in AUC", shown), beside)
    what = "HCPs" if model.task == "adoption" else "pairs of plan and product"
    yield paragraph(f"Intervals: the same rows for both, redrawn 1,000 times by their {clusters:,} {what}.")


def evaluation(task: str, results: Sequence[Row]) -> Iterator[str]:
    """Models beside the oracle in the worlds of `make eval`."""
    yield heading("Against the oracle")
    if not results:
        yield paragraph(
            "The oracle knows the truth of made-up worlds, which no twin does: give the results of `make eval` with "
            "--evaluation to see it here."
        )
        return
    name = "adoption" if task == "adoption" else "friction"
    regimes: dict[str, list[Row]] = {}
    for result in results:
        regimes.setdefault(result["regime"], []).append(result[name]["auc"])
    order = [model for model in NAMES if all(model in one for found in regimes.values() for one in found)]
    rows = [
        (regime, len(found), {model: float(np.mean([one[model] for one in found])) for model in order})
        for regime, found in sorted(regimes.items())
    ]
    yield pair(
        f"Mean AUC in made-up worlds, {len(results):,} in all",
        charts.worlds("worlds", [(regime.replace("_", " "), found) for regime, _, found in rows], order),
        table(
            "The same as numbers",
            ("regime", "worlds", *(NAMES[model] for model in order)),
            [
                (regime.replace("_", " "), count, *(f"{found[model]:.3f}" for model in order))
                for regime, count, found in rows
            ],
        ),
    )
    lost = [regime.replace("_", " ") for regime, _, found in rows if found["network"] < found["lightgbm"]]
    if lost:
        yield paragraph(f"The network loses to LightGBM with graph on average in: {', '.join(lost)}.", "notice loses")
