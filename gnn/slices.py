"""How a model fares in each region, payer and decile of its own prediction."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gnn.levels import account_of
from gnn.samples import Sample
from gnn.view import Floats, Integers, View, counted
from graph.disclosure.table import SMALLEST

FEWEST_ROWS = 100
FEWEST_EXPECTED = 11
"""Events and non-events that a slice must be expected to have, so that its sum is about normal."""
UNLIKELY = 0.05
"""Chance that any slice of a calibrated model is called off (Bonferroni)."""


@dataclass(frozen=True, slots=True)
class Slice:
    """Rows of one region, payer or decile; ``z`` is observed minus expected events in standard errors."""

    kind: str
    name: str
    rows: int
    expected: float
    observed: float
    z: float

    @property
    def gap(self) -> float:
        """Observed minus expected rate."""
        return (self.observed - self.expected) / self.rows

    @property
    def told(self) -> bool:
        """The count may be told: neither it nor what is left of the rows is a small one."""
        return self.observed >= SMALLEST and self.rows - self.observed >= SMALLEST

    def as_json(self) -> dict[str, Any]:
        """Rates; only of a slice that may be told."""
        return {
            "kind": self.kind,
            "name": self.name,
            "rows": self.rows,
            "expected": self.expected / self.rows,
            "observed": self.observed / self.rows,
            "z": self.z,
        }


def slices_of(samples: Sequence[Sample], label: Floats, probability: Floats) -> list[Slice]:
    """Every slice that is large enough to be judged, of the rows of all samples joined.

    The standard error is the largest of three: independent rows, rows of an HCP (adoption: of an account) together,
    rows of a plan together. So a payer is not off because one of its plans is like itself.
    """
    apart = label - probability
    spread = probability * (1 - probability)
    clusters = _alike(samples)
    found = []
    rank = np.argsort(np.argsort(probability, kind="stable"), kind="stable")
    deciles = ("decile", rank * 10 // len(rank), [f"{number} of 10" for number in range(1, 11)])
    for kind, code, names in (*groups_of(samples), deciles):
        for number, name in enumerate(names):
            inside = code == number
            rows, expected = int(inside.sum()), float(probability[inside].sum())
            if rows < FEWEST_ROWS or min(expected, rows - expected) < FEWEST_EXPECTED:
                continue
            variance = [float(spread[inside].sum())]
            variance += [float((np.bincount(one[inside], apart[inside]) ** 2).sum()) for one in clusters]
            z = float(apart[inside].sum() / np.sqrt(max(variance)))
            found.append(Slice(kind, name, rows, expected, float(label[inside].sum()), z))
    return found


def limit(count: int) -> float:
    """|z| beyond which one of ``count`` slices is off."""
    from scipy.stats import norm

    return float(norm.isf(UNLIKELY / 2 / max(count, 1)))


def clusters_of(samples: Sequence[Sample]) -> NDArray[np.int64]:
    """[row]: what rows are drawn by: plan and product together for friction, the HCP for adoption."""
    if _without_plan(samples):
        return _numbered([one.view.snapshot.column("hcp", "id")[one.hcp] for one in samples])
    pairs = [
        np.char.add(
            one.view.snapshot.column("plan", "id")[one.plan], one.view.snapshot.column("product", "id")[one.product]
        )
        for one in samples
    ]
    return _numbered(pairs)


def _alike(samples: Sequence[Sample]) -> list[NDArray[np.int64]]:
    """What else rows may have in common; who belongs to no account is one of its own."""
    people = _numbered([one.view.snapshot.column("hcp", "id")[one.hcp] for one in samples])
    if not _without_plan(samples):
        return [people, clusters_of(samples)]
    accounts = []
    for one in samples:
        account, names = account_of(one.view)[one.hcp], np.append(one.view.snapshot.column("account", "id"), "")
        own = one.view.snapshot.column("hcp", "id")[one.hcp]
        accounts.append(np.where(account >= 0, names[account], own))
    return [people, _numbered(accounts)]


def _without_plan(samples: Sequence[Sample]) -> bool:
    return bool((samples[0].plan < 0).all())


def _numbered(parts: Sequence[NDArray[np.str_]]) -> NDArray[np.int64]:
    return np.unique(np.concatenate(parts), return_inverse=True)[1].astype(np.int64)


def groups_of(samples: Sequence[Sample]) -> list[tuple[str, NDArray[np.int64], list[str]]]:
    """Regions and payers: kind, [row] number or -1, names by number."""
    states = np.concatenate([one.view.snapshot.column("hcp", "state")[one.hcp] for one in samples])
    payers = np.concatenate([_payer_names(one) for one in samples])
    return [("region", *_coded(states)), ("payer", *_coded(payers))]


def is_told(label: Floats) -> bool:
    """Counts of these labels may be told: neither events nor the others are a small count of people."""
    return bool(min(label.sum(), len(label) - label.sum()) >= SMALLEST)


def _coded(values: NDArray[np.str_]) -> tuple[NDArray[np.int64], list[str]]:
    names, code = np.unique(values, return_inverse=True)
    # The empty name stands for unknown, which is no slice.
    return np.where(names[code] == "", -1, code), names.tolist()


def _payer_names(sample: Sample) -> NDArray[np.str_]:
    view = sample.view
    payer = _main_payer(view)[sample.hcp] if _without_plan([sample]) else view.plan_payer[sample.plan]
    names = np.append(view.snapshot.column("payer", "name"), "")
    return names[np.where(payer >= 0, payer, view.payers)]


def _main_payer(view: View) -> Integers:
    """[hcp]: the payer under which it wrote most starts, or -1."""
    starts = view.starts
    payer = np.append(view.plan_payer, -1)[starts.plan]
    used = (starts.hcp >= 0) & (payer >= 0)
    if not used.any():
        return np.full(view.hcps, -1, dtype=np.int64)
    table = counted((view.hcps, view.payers), (starts.hcp[used], payer[used]))
    return np.where(table.sum(axis=1) > 0, table.argmax(axis=1), -1).astype(np.int64)
