"""A twin of subjects and made-up predictions about them, as many as scoring a twin of that size gives.

Per HCP there are eight cells of product and plan, an influence, and for seven of ten an adoption; of each territory
(and product) fifty have reasons, as `gnn.explain.chosen` stores them. From one round to the next most values move.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from gnn.explain.chosen import STORED
from gnn.prediction import Prediction, Reason
from graph.store import Store, parts

PRODUCTS, PLANS, CELLS, TIES = 3, 40, 8, 10
UNCHANGED, COME_OR_GO, REORDERED = 0.1, 0.01, 0.2
"""Shares of predictions that stay as they are, that are there in one round only, whose reasons change places."""
FIXED: Mapping[str, Mapping[str, Any]] = {
    task: {"dataClass": task, "dataClasses": ["network", "prescribing"], "unit": unit, "horizonDays": days}
    for task, unit, days in (
        ("access_friction", "probability", 28), ("adoption", "probability", 91), ("influence", "starts", 91),
    )
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Predicted:
    """So many HCPs, a hundred to a territory and ten to an account."""

    hcps: int

    def subjects(self) -> dict[str, int]:
        """How many nodes of each label."""
        return {
            "HCP": self.hcps,
            "Account": self.hcps // 10,
            "Territory": max(1, self.hcps // 100),
            "Plan": PLANS,
            "Product": PRODUCTS,
            "CoveragePolicy": PLANS * PRODUCTS,
        }

    def write(self, store: Store) -> None:
        """The nodes, ties between HCPs, and two models of each task."""
        for label, count in self.subjects().items():
            text = f"UNWIND $names AS name CREATE (:{label} {{id: name}})"
            _each(store, text, [name_of(label, number) for number in range(count)])
        random = np.random.default_rng(1)
        pairs = random.integers(0, self.hcps, (self.hcps * TIES, 2))
        text = (
            "UNWIND $names AS row MATCH (one:HCP {id: row[0]}) MATCH (other:HCP {id: row[1]}) "
            "CREATE (one)-[:SHARES_PATIENTS]->(other)"
        )
        _each(store, text, [[name_of("HCP", one), name_of("HCP", other)] for one, other in pairs.tolist()])
        models = [[f"model_{task}_{number}", task, f"{task}-{number}"] for task in FIXED for number in (1, 2)]
        text = "UNWIND $names AS row CREATE (:ModelVersion {id: row[0], task: row[1], version: row[2]})"
        _each(store, text, models)

    def predictions(self, task: str, scoring: int) -> list[Prediction]:
        """What the task's ``scoring``th round finds; the same numbers give the same predictions."""
        cells = list(self._cells(task))
        fixed, moved = np.random.default_rng(len(task)), np.random.default_rng([len(task), scoring])
        count = len(cells)
        base, still, stays = fixed.uniform(0.05, 0.6, count), fixed.random(count), fixed.random(count)
        value = np.where(still < UNCHANGED, base, np.clip(base * moved.normal(1, 0.1, count), 0.001, 0.99))
        here = (stays >= COME_OR_GO) | (moved.random(count) < 0.5)
        groups: dict[int, int] = {}
        found = []
        for place, (hcp, product, plan) in enumerate(cells):
            if not here[place]:
                continue
            group = hcp // 100 * PRODUCTS + product
            groups[group] = groups.get(group, 0) + 1
            explained = groups[group] <= STORED
            at = float(value[place])
            reasons = self._reasons(task, hcp, product, plan, at) if explained else ()
            if still[place] >= UNCHANGED and moved.random() < REORDERED:
                reasons = reasons[::-1]
            found.append(_prediction(task, hcp, product, plan, at, reasons, explained))
        return found

    def _cells(self, task: str) -> Iterator[tuple[int, int, int]]:
        for hcp in range(self.hcps):
            if task == "access_friction":
                for cell in range(CELLS):
                    yield hcp, cell % PRODUCTS, (hcp * 7 + cell * 5) % PLANS
            elif task == "influence" or hcp % 10 < 7:
                yield hcp, 0, -1

    def _reasons(self, task: str, hcp: int, product: int, plan: int, value: float) -> tuple[Reason, ...]:
        peers = [("HCP", (hcp * 13 + step * 17 + 1) % self.hcps) for step in range(5)]
        about = [
            ("Plan", plan), ("CoveragePolicy", plan * PRODUCTS + product), ("Account", hcp // 10), ("HCP", hcp),
        ]  # fmt: skip
        return tuple(
            Reason(
                label, name_of(label, number), f"what is told of {label} {number}, in words: {share:+.1%} points",
                share, ("network", "prescribing"),
            )
            for place, (label, number) in enumerate(about if task == "access_friction" else peers)
            for share in [value / (place + 2)]
        )  # fmt: skip


def name_of(label: str, number: int) -> str:
    """The id of a node, as long as a minted one."""
    return f"{label.lower()[:3]}_{number:020d}"


def _prediction(
    task: str, hcp: int, product: int, plan: int, value: float, reasons: tuple[Reason, ...], explained: bool
) -> Prediction:
    low, high = value * 0.8, min(value * 1.2, 1.0)
    subject, of = name_of("HCP", hcp), name_of("Product", product)
    if task != "access_friction":
        return Prediction("hcp", "HCP", subject, of, None, value, low, high, reasons=reasons, explained=explained)
    return Prediction(
        "hcp_plan", "HCP", subject, of, name_of("Plan", plan), value, low, high, 2 * value, value / 3, "PA",
        (value / 2, value / 2, 0.0, 0.0, 0.0, 0.0, 0.0), 12, reasons=reasons, explained=explained,
    )  # fmt: skip


def _each(store: Store, text: str, names: list[Any]) -> None:
    for part in parts(names):
        store.write(text, names=part)
