"""The cascade that the adoption model implies: each gain in a peer's chance to adopt is the chance of an edge."""

from dataclasses import replace

import numpy as np

from gnn.features.matrix import Features
from gnn.influence import Probability, influence, starts_of_adopters
from gnn.model import Model
from gnn.predictors import Trees
from gnn.samples import Sample
from gnn.seeds.cascade import Cascade
from gnn.view import Booleans, Floats, Integers
from graph.errors import ModelError


def learned_cascade(model: Model, sample: Sample, silent: Booleans, steps: int, *, robust: bool) -> Cascade:
    """Who may make whom adopt, passed on over at most ``steps`` ties; reaching an HCP is worth its expected starts.

    ``silent`` [hcp] are neither reached nor pass anything on: their prescribing is not told, and not a part of totals
    either. With ``robust`` the chances are those of each refit on resampled HCPs, all equally likely.
    """
    features = sample.adoption
    if features is None:
        raise ModelError("an adoption sample carries its features")
    worth = starts_of_adopters(features)
    opinions = [_refit(model, bag) for bag in model.bags] if robust else [_in_use(model, sample)]
    if not opinions:
        raise ModelError(f"model {model.version!r} has no refits: run `twin train adoption`, or ask without --robust")
    found = [influence(features, opinion) for opinion in opinions]
    source, target = found[0].hcp, found[0].other
    told = ~(silent[source] | silent[target])
    # A gain below nothing says that prescribing deters: no cascade knows that, and the model means it for few.
    chance = np.stack([np.clip(one.gain / worth[target], 0.0, 1.0) for one in found])[:, told]
    reachable = ~(silent | features.prescribing.adopted)
    return Cascade.of(source[told], target[told], chance, worth * reachable, itself=False, steps=steps)


def _in_use(model: Model, sample: Sample) -> Probability:
    def chance(hcp: Integers, rows: Features) -> Floats:
        product, plan = np.full_like(hcp, sample.product[0]), np.full_like(hcp, -1)
        return model.probability(replace(sample, hcp=hcp, product=product, plan=plan, features=rows))

    return chance


def _refit(model: Model, bag: Trees) -> Probability:
    def chance(_hcp: Integers, rows: Features) -> Floats:
        return model.platt.apply(bag.raw(rows.values[:, [rows.names.index(name) for name in bag.names]]))

    return chance
