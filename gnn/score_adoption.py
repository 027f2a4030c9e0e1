"""Scoring adoption and influence: one value per HCP for the own product."""

from collections.abc import Collection
from dataclasses import replace

import numpy as np

from gnn.components import clinical_lead
from gnn.explain.adoption import AdoptionEffects
from gnn.explain.adoption_words import AdoptionReasons
from gnn.explain.chosen import wanted
from gnn.features.adoption import AdoptionFeatures
from gnn.features.matrix import Features
from gnn.influence import Influence, influence
from gnn.interval import interval
from gnn.model import Model
from gnn.prediction import Prediction, Reason
from gnn.reasons import told
from gnn.samples import Sample, adoption_rows
from gnn.view import Floats, Integers, View
from graph.errors import ModelError
from graph.history.snapshot import Snapshot

MOST_NAMED = 5


def score_adoption(model: Model, snapshot: Snapshot, only: Collection[str] | None = None) -> list[Prediction]:
    """The chance to write the first start within the horizon, for every HCP at risk of it.

    With reasons for those with the highest chance of each territory, or for the ids in ``only``.
    """
    whole = adoption_rows(View(snapshot))
    features = _features(whole)
    sample = whole.taken(features.at_risk)
    value = model.probability(sample)
    low, high = interval(value, model.concentrations["hcp"])
    ids = snapshot.column("hcp", "id")
    explained = wanted(sample.view, value, sample.hcp, sample.product, only)
    reasons: dict[int, tuple[Reason, ...]] = {}
    if explained.any():
        chosen = sample.hcp[explained]
        effects = AdoptionEffects(model, whole, features).of(chosen).by_subject(len(chosen))
        words = AdoptionReasons(sample.view, features)
        reasons = {hcp: words.of(hcp, found) for hcp, found in zip(chosen.tolist(), effects, strict=True)}
    product = str(snapshot.column("product", "id")[features.product])
    return [
        Prediction(
            "hcp", "HCP", str(ids[hcp]), product, None, float(value[row]), float(low[row]), float(high[row]),
            reasons=reasons.get(hcp, ()), explained=hcp in reasons,
        )
        for row, hcp in enumerate(sample.hcp.tolist())
    ]  # fmt: skip


def score_influence(
    model: Model, snapshot: Snapshot, withholding: Collection[str] = (), only: Collection[str] | None = None
) -> list[Prediction]:
    """Expected starts by others under do(prescribes) minus do(does not), for every HCP; beside it, its clinical lead.

    With reasons for those with most influence in each territory, or for the ids in ``only``. No lead is told over those
    in ``withholding``: the day of their first start would follow.
    """
    sample = adoption_rows(View(snapshot))
    features = _features(sample)
    found = influence(features, lambda hcp, rows: model.probability(_as_rows(sample, hcp, rows)))
    low, high = _spread(model, features, found)
    words = InfluenceReasons(sample.view, features)
    ids = snapshot.column("hcp", "id").tolist()
    product = str(snapshot.column("product", "id")[features.product])
    explained = wanted(sample.view, found.value, sample.hcp, sample.product, only)
    bounds = np.searchsorted(found.hcp, np.arange(len(ids) + 1))
    lead = clinical_lead(sample.view, features.product, withholding)
    return [
        Prediction(
            "hcp", "HCP", ids[hcp], product, None, float(found.value[hcp]), float(low[hcp]), float(high[hcp]),
            reasons=words.of(found, slice(int(bounds[hcp]), int(bounds[hcp + 1]))) if explained[hcp] else (),
            explained=bool(explained[hcp]), clinical_lead=None if np.isnan(lead[hcp]) else float(lead[hcp]),
        )
        for hcp in range(len(ids))
    ]  # fmt: skip


def _features(sample: Sample) -> AdoptionFeatures:
    if sample.adoption is None:
        raise ModelError("an adoption sample carries its features")
    return sample.adoption


def _as_rows(sample: Sample, hcp: Integers, rows: Features) -> Sample:
    return replace(sample, hcp=hcp, product=np.zeros_like(hcp), plan=np.full_like(hcp, -1), features=rows)


def _spread(model: Model, features: AdoptionFeatures, found: Influence) -> tuple[Floats, Floats]:
    """90 % around the value: the spread of trees refitted on resampled HCPs, and their distance from the value.

    The distance counts because two models that predict equally well may disagree on what a peer does.
    """
    if not model.bags:
        return found.value, found.value
    values = []
    for bag in model.bags:
        places = [features.rows().names.index(name) for name in bag.names]

        def chance(_hcp: Integers, rows: Features, bag: object = bag, places: list[int] = places) -> Floats:
            return model.platt.apply(bag.raw(rows.values[:, places]))  # type: ignore[attr-defined]

        values.append(influence(features, chance).value)
    distance = found.value - np.mean(values, axis=0)
    spread = 1.645 * np.sqrt(np.var(values, axis=0, ddof=1) + distance**2)
    # Nobody is thought to hold others back: the lower end stops at nothing, or at the value where that is below.
    return np.minimum(found.value, np.maximum(found.value - spread, 0.0)), found.value + spread


class InfluenceReasons:
    """Sentences about those through whom an HCP's prescribing would act."""

    def __init__(self, view: View, features: AdoptionFeatures) -> None:
        snapshot = view.snapshot
        self.ids = snapshot.column("hcp", "id").tolist()
        self.names = [f"NPI {npi}" for npi in snapshot.column("hcp", "npi").tolist()]
        self.brand = str(snapshot.column("product", "brand")[features.product])
        self.patients = (view.ties + view.ties.T).tocsr()

    def of(self, found: Influence, pairs: slice) -> tuple[Reason, ...]:
        """The largest gains: each is the exact change at one peer."""
        others, gains = found.other[pairs], found.gain[pairs]
        best = np.argsort(-gains, kind="stable")[:MOST_NAMED]
        hcp = int(found.hcp[pairs.start]) if len(others) else -1
        reasons = []
        for place in best:
            other, gain = int(others[place]), float(gains[place])
            shared = told(int(self.patients[hcp, other]))
            tie = f"shares {shared} patients with {self.names[other]}"
            text = f"{tie}, who has not prescribed {self.brand}: {gain:+.2f} starts"
            reasons.append(Reason("HCP", self.ids[other], text, gain, ("network", "prescribing")))
        return tuple(reasons)
