"""Which HCPs to choose for a product: from the twin and the adoption model in use to a certified answer."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np

from gnn.registry import load
from gnn.samples import adoption_rows, own_product
from gnn.seeds.answer import Answer
from gnn.seeds.audience import Audience, read_audience, read_costs
from gnn.seeds.chances import learned_cascade
from gnn.seeds.question import Question, asked
from gnn.seeds.service import SeedService
from gnn.view import Booleans, Integers, View
from graph.errors import ConfigurationError, ModelError, NotFound
from graph.history.snapshot import Snapshot
from graph.history.snapshot_read import read_snapshot
from graph.progress import say
from graph.settings import Settings
from graph.store import Store, open_store

YEAR = 4
"""Quarters that a cascade runs by default."""
UNIT = "new-to-brand starts of other HCPs"


@dataclass(frozen=True, slots=True)
class Wish:
    """What `twin seeds` was asked; people by NPI. Without ``k`` the budget alone limits the number."""

    product: str
    k: int | None = 20
    territories: tuple[str, ...] = ()
    quota: int | None = None
    include: tuple[str, ...] = ()
    exclude: tuple[str, ...] = ()
    costs: Path | None = None
    budget: float | None = None
    channel: str | None = None
    adopters: bool = False
    quarters: int = YEAR
    robust: bool = False
    ratio: float = 0.9
    seconds: float = 10.0
    seed: int = 7


@dataclass(frozen=True, slots=True)
class Chosen:
    """One HCP of the answer; ``adds`` is in starts."""

    npi: str
    hcp: str
    territory: str | None
    included: bool
    adds: float


@dataclass(frozen=True, slots=True)
class Selection:
    """What `twin seeds` prints. ``left_out`` counts by reason, the first that holds."""

    product: str
    as_of: date
    model: str
    quarters: int
    candidates: int
    left_out: dict[str, int]
    chosen: tuple[Chosen, ...]
    robust: bool
    answer: Answer

    def as_json(self) -> dict[str, Any]:
        """The shape that scripts rely on."""
        answer = self.answer
        found = {
            "product": self.product,
            "as_of": self.as_of.isoformat(),
            "model": self.model,
            "unit": UNIT,
            "quarters": self.quarters,
            "candidates": self.candidates,
            "left_out": self.left_out,
            "chosen": [
                {
                    "rank": rank,
                    "npi": one.npi,
                    "id": one.hcp,
                    "territory": one.territory,
                    "included": one.included,
                    "adds": one.adds,
                }
                for rank, one in enumerate(self.chosen, start=1)
            ],
            "spread": {"value": answer.spread, "low": answer.low, "high": answer.high, "at_chosen": answer.at_chosen},
            "best_possible": answer.best_possible,
            "certified_ratio": answer.ratio,
            "confidence": answer.confidence,
            "sets": answer.sets,
            "seconds": round(answer.seconds, 3),
            "stopped": answer.stopped,
            "guarantee": answer.guarantee,
        }
        return found | ({"spread_by_refit": list(answer.by_draw)} if self.robust else {})


def select_seeds(settings: Settings, wish: Wish) -> Selection:
    """The HCPs whose prescribing would carry furthest, as far as the adoption model in use knows.

    Nothing is written to the graph. Raise `ModelError` without a model, `NotFound` for an unknown product, territory or
    NPI, `ConfigurationError` for what cannot be satisfied.
    """
    if (wish.budget is None) != (wish.costs is None):
        raise ConfigurationError("a budget and costs go together: give --budget and --costs, or neither")
    with open_store(settings) as store:
        model = load(settings, "adoption")
        snapshot = read_snapshot(store, settings)
        view = View(snapshot)
        brand = _brand(store, view, wish.product)
        audience = read_audience(store, view, wish.territories, wish.channel)
    sample = adoption_rows(view)
    if sample.adoption is None:
        raise ModelError("an adoption sample carries its features")
    model.require_readable(sample)
    adopted = sample.adoption.prescribing.adopted
    candidates, left_out = _candidates(wish, audience, adopted)
    question = _question(wish, view, audience, candidates)
    say(f"sampling who would reach whom for {brand} as of {snapshot.as_of}")
    cascade = learned_cascade(model, sample, audience.withholding, wish.quarters, robust=wish.robust)
    answer = SeedService(cascade, wish.seed).answer(question, wish.ratio, wish.seconds)
    chosen = _chosen(snapshot, audience, len(question.include), answer)
    free = len(question.candidates)
    return Selection(brand, snapshot.as_of, model.version, wish.quarters, free, left_out, chosen, wish.robust, answer)


def _brand(store: Store, view: View, product: str) -> str:
    """The brand asked for; only the company's own product has an adoption model."""
    own = own_product(view)
    brand = str(view.snapshot.column("product", "brand")[own])
    found = store.read("analytics/seed_product", product=product)
    if not found:
        raise NotFound(f"unknown product {product!r}: adoption is learned for {brand!r}")
    if found[0]["id"] != str(view.snapshot.column("product", "id")[own]):
        raise ModelError(f"product {product!r} is not the company's own: adoption is learned for {brand!r} only")
    return brand


def _candidates(wish: Wish, audience: Audience, adopted: Booleans) -> tuple[Integers, dict[str, int]]:
    """Who may be chosen, and how many were left out for which reason."""
    reasons = {
        "withholds_prescribing": audience.withholding,
        "inactive": audience.inactive,
        "outside_territories": (audience.territory < 0) & bool(wish.territories),
        "did_not_agree_to_channel": ~audience.agreed,
        "prescribes_already": adopted & (not wish.adopters),
    }
    free = np.ones(len(adopted), dtype=bool)
    counts = {}
    for reason, holds in reasons.items():
        counts[reason] = int((free & holds).sum())
        free &= ~holds
    return np.flatnonzero(free), counts


def _question(wish: Wish, view: View, audience: Audience, candidates: Integers) -> Question:
    places = {npi: place for place, npi in enumerate(view.snapshot.column("hcp", "npi").tolist()) if npi}
    include, exclude = _places(wish.include, places), _places(wish.exclude, places)
    if both := sorted(set(wish.include) & set(wish.exclude)):
        raise ConfigurationError(f"NPI {both[0]!r} is included and excluded: decide for one")
    for npi, place in zip(dict.fromkeys(wish.include), include, strict=True):
        if audience.withholding[place] or audience.inactive[place]:
            why = "withholds its prescribing" if audience.withholding[place] else "is inactive"
            raise ConfigurationError(f"NPI {npi!r} cannot be included: it {why}")
    cost = None if wish.costs is None else read_costs(wish.costs, places, view.hcps)
    return asked(
        view.hcps, candidates, wish.k, include=include, exclude=exclude,
        group=audience.territory, quota=wish.quota, cost=cost, budget=wish.budget,
    )  # fmt: skip


def _places(npis: Sequence[str], places: dict[str, int]) -> list[int]:
    if unknown := [npi for npi in npis if npi not in places]:
        raise NotFound(f"unknown NPI {unknown[0]!r}: the twin has no HCP with it")
    return [places[npi] for npi in dict.fromkeys(npis)]


def _chosen(snapshot: Snapshot, audience: Audience, included: int, answer: Answer) -> tuple[Chosen, ...]:
    npis, ids = snapshot.column("hcp", "npi"), snapshot.column("hcp", "id")
    territory = [audience.names[number] if number >= 0 else None for number in audience.territory[list(answer.chosen)]]
    return tuple(
        Chosen(str(npis[node]), str(ids[node]), territory[rank], rank < included, answer.marginal[rank])
        for rank, node in enumerate(answer.chosen)
    )
