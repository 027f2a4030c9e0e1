"""Predictions in the graph against the truth of a sample world: `python -m bench.model_truth DIR-truth`.

Evaluation only: the truth lies beside the deliveries and no part of the product reads it.
"""

import csv
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from scipy.stats import spearmanr

from graph.settings import Settings
from graph.store import Store, open_store

FRICTION = """
MATCH (p:Prediction {task: 'access_friction', level: $level})-[:FOR]->(product:Product)
MATCH (p)-[:ABOUT]->(subject)
OPTIONAL MATCH (p)-[:UNDER]->(plan:Plan)
RETURN subject.npi AS npi, coalesce(plan.planKey, subject.planKey) AS plan, product.productId AS product,
  p.value AS value, p.low AS low, p.high AS high, p.mainBarrier AS barrier
"""
HCPS = """
MATCH (p:Prediction {task: $task})-[:ABOUT]->(hcp:HCP)
RETURN hcp.npi AS npi, p.value AS value, p.low AS low, p.high AS high, hcp.pageRank AS rank,
  COUNT { (hcp)-[:SHARES_PATIENTS]-() } AS ties
"""
BARRIERS = ("COVERAGE", "PA", "STEP", "LIMIT", "ELIGIBILITY", "COST", "OTHER")


def main(arguments: Sequence[str]) -> str:
    """The table, for the truth folder named by the only argument."""
    if len(arguments) != 1 or not Path(arguments[0]).is_dir():
        return "usage: python -m bench.model_truth DIR-truth"
    truth = Path(arguments[0])
    with open_store(Settings.load()) as store:
        return "\n".join([*_friction(store, truth), *_influence(store, truth)])


def _friction(store: Store, truth: Path) -> list[str]:
    lines = ["access friction                 n  Spearman  mean error  90 % covers  width  main barrier right"]
    for level, file, keys in (
        ("plan", "friction_plan_product.csv", ("plan", "product_id")),
        ("hcp_plan", "friction_hcp_product_plan.csv", ("npi", "plan", "product_id")),
    ):
        known = {tuple(row[key] for key in keys): row for row in _rows(truth / file)}
        pairs = [
            (row, found)
            for row in store.read(FRICTION, level=level)
            if (found := known.get(tuple(row[key.removesuffix("_id")] for key in keys))) is not None
        ]
        true = np.array([float(found["true_friction"]) for _, found in pairs])
        value, low, high = (np.array([row[name] for row, _ in pairs]) for name in ("value", "low", "high"))
        right = [row["barrier"] == max(BARRIERS, key=lambda name: float(found[_share(name)])) for row, found in pairs]
        lines.append(
            f"  per {level:20} {len(pairs):8,} {spearmanr(value, true)[0]:9.3f} {np.abs(value - true).mean():11.3f} "
            f"{100 * ((low <= true) & (true <= high)).mean():10.1f} % {(high - low).mean():6.3f} "
            f"{100 * np.mean(right):16.1f} %"
        )
    return lines


def _share(barrier: str) -> str:
    return f"share_{barrier.lower()}"


def _influence(store: Store, truth: Path) -> list[str]:
    known = {row["npi"]: float(row["influence"]) for row in _rows(truth / "influence.csv")}
    rows = [row for row in store.read(HCPS, task="influence") if row["npi"] in known]
    true = np.array([known[row["npi"]] for row in rows])
    columns = {
        name: np.array([row[name] for row in rows], dtype=float) for name in ("value", "low", "high", "rank", "ties")
    }
    volume = {row["npi"]: float(row["volume"]) for row in _rows(truth / "hcps.csv")}
    columns["volume"] = np.array([volume[row["npi"]] for row in rows])
    inside = (columns["low"] <= true) & (true <= columns["high"])
    return [
        f"influence, {len(rows)} HCPs with paired simulation: mean {columns['value'].mean():.3f}, "
        f"true {true.mean():.3f}, 90 % covers {100 * inside.mean():.1f} %",
        "  Spearman with the truth: "
        + ", ".join(
            f"{name} {spearmanr(columns[column], true)[0]:.3f}"
            for name, column in (("model", "value"), ("PageRank", "rank"), ("ties", "ties"), ("volume", "volume"))
        ),
    ]


def _rows(path: Path) -> list[dict[str, Any]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


if __name__ == "__main__":
    sys.stdout.write(main(sys.argv[1:]) + "\n")
