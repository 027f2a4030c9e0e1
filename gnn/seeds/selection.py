"""Which HCPs to choose for a product: from the twin and the adoption model in use to a certified answer."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np

from gnn.model import Model
from gnn.peer_effect.report import PeerVerdict, peer_verdict
from gnn.registry import load
from gnn.samples import Sample, adoption_rows, own_product
from gnn.seeds.answer import Answer
from gnn.seeds.audience import Audience, read_audience, read_costs
from gnn.seeds.chances import learned_cascade
from gnn.seeds.question import Question, asked
from gnn.seeds.service import SeedService, spread_by_draw
from gnn.view import Booleans, Integers, View
from graph.errors import ConfigurationError, ModelError, NotFound
from graph.history.snapshot import Snapshot
from graph.history.snapshot_read import read_snapshot
from graph.progress import say
from graph.settings import Settings
from graph.store import Store, open_store

STEPS = 4
"""Ties over which a start is passed on by default; further ones add next to nothing."""
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
    steps: int = STEPS
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
    """What `twin seeds` prints. ``left_out`` counts by reason, the first that holds.

    ``by_refit`` is the spread of the choice on each refit of the model: how far the chances themselves are in doubt.
    The interval of ``answer`` is of the sampling alone. ``verdict`` says whether any of it may be read as cause.
    """

    product: str
    as_of: date
    model: str
    steps: int
    wanted: int | None
    candidates: int
    left_out: dict[str, int]
    chosen: tuple[Chosen, ...]
    robust: bool
    answer: Answer
    by_refit: tuple[float, ...]
    verdict: PeerVerdict

    def as_json(self) -> dict[str, Any]:
        """The shape that scripts rely on."""
        answer, refits = self.answer, self.by_refit
        return {
            "product": self.product,
            "as_of": self.as_of.isoformat(),
            "model": self.model,
            "unit": UNIT,
            "steps": self.steps,
            "asked": self.wanted,
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
            "verdict": str(self.verdict.verdict),
            "verdict_reason": self.verdict.reason,
            "robust": self.robust,
            "spread": {
                "value": answer.spread,
                "at_chosen": answer.at_chosen,
                "by_refit": {"low": min(refits), "high": max(refits), "values": list(refits)} if refits else None,
                "sampling": {"low": answer.low, "high": answer.high},
            },
            "best_possible": answer.best_possible,
            "certified_ratio": answer.ratio,
            "confidence": answer.confidence,
            "sets": answer.sets,
            "seconds": round(answer.seconds, 3),
            "stopped": answer.stopped,
            "guarantee": answer.guarantee,
        }


def select_seeds(settings: Settings, wish: Wish) -> Selection:
    """The HCPs whose prescribing would carry furthest, as far as the adoption model in use knows.

    Nothing is written to the graph. Raise `ModelError` without a model and when nothing could be certified, `NotFound`
    for an unknown product, territory, channel or NPI, `ConfigurationError` for what cannot be satisfied.
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
    cascade = learned_cascade(model, sample, audience.withholding, wish.steps, robust=wish.robust)
    answer = SeedService(cascade, wish.seed).answer(question, wish.ratio, wish.seconds)
    _require_certified(answer)
    say("asking the model's refits, and whether peers are known to cause anything")
    return Selection(
        product=brand,
        as_of=snapshot.as_of,
        model=model.version,
        steps=wish.steps,
        wanted=wish.k,
        candidates=len(question.candidates),
        left_out=left_out,
        chosen=_chosen(snapshot, audience, len(question.include), answer),
        robust=wish.robust,
        answer=answer,
        by_refit=answer.by_draw if wish.robust else _by_refit(model, sample, audience.withholding, wish, answer),
        verdict=peer_verdict(snapshot, brand),
    )


def _require_certified(answer: Answer) -> None:
    """A list about which nothing is certified would be one of chance."""
    if answer.stopped == "nothing to reach":
        raise ModelError("nobody can be reached: the model knows of no HCP whose prescribing moves another one")
    if answer.low <= 0:
        raise ModelError(
            f"nothing is certified of this choice after {answer.sets:,} sets in {answer.seconds:.1f} s: give it more "
            "time with --seconds, or ask for more HCPs"
        )


def _by_refit(model: Model, sample: Sample, silent: Booleans, wish: Wish, answer: Answer) -> tuple[float, ...]:
    """The spread of the choice on each refit of the model on resampled HCPs; empty for a model without."""
    if not model.bags:
        return ()
    cascade = learned_cascade(model, sample, silent, wish.steps, robust=True)
    return tuple(spread_by_draw(cascade, answer.chosen, wish.seed).tolist())


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
