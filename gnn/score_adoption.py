"""Scoring adoption and influence: one value per HCP for the own product."""

from dataclasses import replace

import numpy as np

from gnn.features.adoption import AdoptionFeatures
from gnn.features.matrix import Features
from gnn.influence import Influence, influence
from gnn.interval import interval
from gnn.model import Model
from gnn.prediction import Prediction, Reason, strongest
from gnn.reasons import effects, points
from gnn.samples import Sample, adoption_rows
from gnn.view import Floats, Integers, View
from graph.errors import ModelError
from graph.history.snapshot import Snapshot

EXPLAINED = ("practice", "access", "peers")
MOST_NAMED = 3


def score_adoption(model: Model, snapshot: Snapshot) -> list[Prediction]:
    """The chance to write the first start within the horizon, for every HCP that has not written one."""
    sample = adoption_rows(View(snapshot))
    features = _features(sample)
    sample = sample.taken(~features.prescribing.adopted)
    value = model.probability(sample)
    low, high = interval(value, model.concentrations["hcp"])
    effect = effects(model, sample, EXPLAINED, value)
    words = AdoptionWords(sample.view, features)
    ids = snapshot.column("hcp", "id").tolist()
    product = str(snapshot.column("product", "id")[features.product])
    return [
        Prediction(
            "hcp", "HCP", ids[hcp], product, None, float(value[row]), float(low[row]), float(high[row]),
            reasons=words.adopts(int(hcp), {group: float(values[row]) for group, values in effect.items()}),
        )
        for row, hcp in enumerate(sample.hcp)
    ]  # fmt: skip


def score_influence(model: Model, snapshot: Snapshot) -> list[Prediction]:
    """Expected starts by others under do(prescribes) minus do(does not), for every HCP."""
    sample = adoption_rows(View(snapshot))
    features = _features(sample)
    found = influence(features, lambda hcp, rows: model.probability(_as_rows(sample, hcp, rows)))
    low, high = _spread(model, features, found)
    words = AdoptionWords(sample.view, features)
    ids = snapshot.column("hcp", "id").tolist()
    product = str(snapshot.column("product", "id")[features.product])
    bounds = np.searchsorted(found.hcp, np.arange(len(ids) + 1))
    return [
        Prediction(
            "hcp", "HCP", ids[hcp], product, None, float(found.value[hcp]), float(low[hcp]), float(high[hcp]),
            reasons=words.reaches(found, slice(int(bounds[hcp]), int(bounds[hcp + 1]))),
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


class AdoptionWords:
    """Sentences about peers, practice and access."""

    def __init__(self, view: View, features: AdoptionFeatures) -> None:
        snapshot = view.snapshot
        self.features = features
        self.view = view
        self.ids = snapshot.column("hcp", "id").tolist()
        self.names = [f"NPI {npi}" for npi in snapshot.column("hcp", "npi").tolist()]
        self.brand = str(snapshot.column("product", "brand")[features.product])
        self.patients = (view.ties + view.ties.T).tocsr()
        self.plan = _main_plan(view)
        self.practice = features.practice

    def adopts(self, hcp: int, share: dict[str, float]) -> tuple[Reason, ...]:
        """Why an HCP may start, or not."""
        size = float(self.features.class_volume[hcp])
        own = f"{self.names[hcp]} writes {size:.0f} starts of competing products a quarter: {points(share['practice'])}"
        found = [Reason("HCP", self.ids[hcp], own, share["practice"], ("prescribing",))]
        row = slice(self.patients.indptr[hcp], self.patients.indptr[hcp + 1])
        peers, weight = self.patients.indices[row], np.sqrt(self.patients.data[row])
        writing = self.features.prescribing.adopted[peers]
        if writing.any():
            strength = weight * self.features.prescribing.volume[peers]
            first = int(peers[strength.argmax()])
            text = (
                f"peers who share patients prescribe {self.brand}, "
                f"above all {self.names[first]}: {points(share['peers'])}"
            )
            found.append(Reason("HCP", self.ids[first], text, share["peers"], ("network", "prescribing")))
        plan = int(self.plan[hcp])
        if plan >= 0:
            name = str(self.view.snapshot.column("plan", "name")[plan])
            friction = float(self.practice.column("expected_friction")[hcp])
            text = (
                f"{100 * friction:.0f} % of starts of {self.brand} are not dispensed under its plans, "
                f"first of all {name}: {points(share['access'])}"
            )
            node = str(self.view.snapshot.column("plan", "id")[plan])
            found.append(Reason("Plan", node, text, share["access"], ("coverage", "prescribing", "therapy")))
        return strongest(found)

    def reaches(self, found: Influence, pairs: slice) -> tuple[Reason, ...]:
        """Through whom an HCP's prescribing would act."""
        others, gains = found.other[pairs], found.gain[pairs]
        best = np.argsort(-gains, kind="stable")[:MOST_NAMED]
        hcp = int(found.hcp[pairs.start]) if len(others) else -1
        reasons = []
        for place in best:
            other, gain = int(others[place]), float(gains[place])
            shared = int(self.patients[hcp, other])
            tie = f"shares {shared} patients with" if shared else "works at the same account as"
            text = f"{tie} {self.names[other]}, who has not prescribed {self.brand}: {gain:+.2f} starts"
            reasons.append(Reason("HCP", self.ids[other], text, gain, ("network", "prescribing")))
        return tuple(reasons)


def _main_plan(view: View) -> Integers:
    """[hcp]: the plan under which it wrote most starts, or -1."""
    starts = view.starts
    used = (starts.hcp >= 0) & (starts.plan >= 0)
    table = np.bincount(starts.hcp[used] * view.plans + starts.plan[used], minlength=view.hcps * view.plans)
    table = table.reshape(view.hcps, view.plans)
    if not table.size:
        return np.full(view.hcps, -1, dtype=np.int64)
    return np.where(table.sum(axis=1) > 0, table.argmax(axis=1), -1).astype(np.int64)
