"""How much more an HCP is listened to than its ties say, from whom colleagues name and from scientific work.

A survey asks a sample of HCPs whom they turn to. Who is named far more often than the attention of those asked would
give leads, the surer if it publishes; who was hardly asked about, or not at all, is taken for what most are.
"""

import numpy as np
from scipy import sparse
from scipy.special import gammaln

from gnn.metrics import logistic
from gnn.view import Booleans, Floats, View, counted

SHAPE = 4.0
"""How alike the factors of leaders are: their standard deviation is half of their mean."""
UNTIED = 0.02
"""Nominations expected of whoever has no tie to anybody asked."""
ROUNDS = 60
RECENT = 3 * 365
CERTAIN = 0.8
"""Score from which a match of a work to an HCP counts."""
ATTENTION = 15.0
"""Square root of shared patients, summed over ties, at which half of the attention goes to those in the file."""


def attention(view: View) -> sparse.csr_matrix:
    """[hcp, to whom it sends patients]: shares of attention, growing slowly with patients; rows sum to below 1."""
    weight = view.ties.copy()
    weight.data = np.sqrt(weight.data)
    total = np.asarray(weight.sum(axis=1)).ravel()
    return sparse.csr_matrix(sparse.diags(1.0 / (total + ATTENTION)) @ weight)


def nominations(view: View) -> tuple[Floats, Floats]:
    """[hcp]: how often it was named, and how often the attention of those asked would have it named."""
    source = view.snapshot.reference("nomination", "source", "hcp")
    target = view.snapshot.reference("nomination", "target", "hcp")
    told = (source >= 0) & (target >= 0) & (source != target)
    named = counted(view.hcps, target[told])
    expected = np.asarray(attention(view).T @ counted(view.hcps, source[told]))
    return named, expected * (named.sum() / max(float(expected.sum()), 1e-9))


def leadership(view: View) -> Floats:
    """[hcp]: how many times as much it is listened to as an ordinary HCP with its ties; 1 where nothing is known.

    Two classes, found by expectation maximisation: the ordinary are named as ties have it, leaders several times as
    often, each by a factor of its own (gamma); both publish at some rate. Neither the share of leaders nor their
    factor is given: a survey and the records of science tell.
    """
    named, expected = nominations(view)
    if not named.any():
        return np.ones(view.hcps)
    expected, published = expected + UNTIED, works(view) > 0
    share, factor, rate = 0.05, 5.0, {False: float(published.mean()), True: 0.5}
    for _ in range(ROUNDS):
        # Log likelihood of being named so often: negative binomial for leaders, Poisson for others.
        scale = SHAPE / factor
        leads = gammaln(SHAPE + named) - gammaln(SHAPE) + SHAPE * np.log(scale)
        leads += _publishing(published, rate[True]) - (SHAPE + named) * np.log(scale + expected)
        follows = _publishing(published, rate[False]) - expected
        chance = logistic(np.log(share / (1 - share)) + leads - follows)
        each = (SHAPE + named) / (scale + expected)
        share = min(max(float(chance.mean()), 1e-3), 0.5)
        factor = max(float((chance * each).sum() / chance.sum()), 1.5)
        rate = {True: float(chance @ published / chance.sum()), False: _mean_without(chance, published)}
        # The ordinary are what ties give: leaders' share of nominations is not expected of anybody.
        expected *= _mean_without(chance, named) / _mean_without(chance, expected)
    return np.asarray(1 - chance + chance * each)


def works(view: View) -> Floats:
    """[hcp]: publications, trials and congresses of three years that are surely its own."""
    table = view.snapshot.tables["science"]
    hcp = view.snapshot.reference("science", "hcp", "hcp")
    counts: Booleans = (hcp >= 0) & (table["score"] >= CERTAIN) & (table["known_at"] > view.day - RECENT)
    return counted(view.hcps, hcp[counts])


def _publishing(published: Booleans, rate: float) -> Floats:
    """Log likelihood of having published or not."""
    chance = min(max(rate, 1e-3), 1 - 1e-3)
    return np.asarray(np.where(published, np.log(chance), np.log(1 - chance)))


def _mean_without(chance: Floats, values: Floats | Booleans) -> float:
    """Mean over the ordinary."""
    return float((1 - chance) @ values / (1 - chance).sum())
