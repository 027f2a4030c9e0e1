"""What peers share besides influence: likeness, promotion, payers; and what each does to the estimate."""

from dataclasses import dataclass

import numpy as np

from gnn.peer_effect.estimate import own_draws
from gnn.peer_effect.panel import Panel
from gnn.peer_effect.regression import Controls, Fit, least_squares
from gnn.view import Booleans, Floats, counted

SHUFFLES = 199
"""Random assignments of values to HCPs that a correlation between peers is held against."""
CONFOUNDERS = {
    "homophily": ("practice", "position"),
    "shared promotion": ("promotion",),
    "shared payer": ("payer",),
}
"""What peers may share, and the groups of covariates that tell."""


@dataclass(frozen=True, slots=True)
class Likeness:
    """Correlation of a value between an HCP and the average of those it looks at."""

    name: str
    correlation: float
    p: float
    """Share of random assignments that are as far from zero, one-sided upwards; at best 1 / (SHUFFLES + 1)."""


@dataclass(frozen=True, slots=True)
class Audit:
    """Per confounder the likeness of its covariates, and the naive estimate when only it is held constant."""

    likeness: dict[str, tuple[Likeness, ...]]
    held: dict[str, Fit]


def audit(panel: Panel, seed: int = 7) -> Audit:
    """Audit a panel; the seed is of the random assignments."""
    course = panel.course
    random = np.random.default_rng(seed)
    # Averages over the windows: likeness is about who somebody is.
    means = course.covariates.mean(axis=0)
    likeness: dict[str, tuple[Likeness, ...]] = {}
    held: dict[str, Fit] = {}
    for name, groups in CONFOUNDERS.items():
        places = course.places(groups)
        if not places:
            continue
        likeness[name] = tuple(_likeness(panel, course.names[at], means[:, at], random) for at in places)
        columns = np.concatenate([panel.covariates(groups), panel.covariates_of_peers(groups)], axis=1)
        if name == "shared promotion":
            columns = np.concatenate([columns, own_draws(panel)], axis=1)
        held[name] = _alone(panel, columns)
    columns = panel.specialties()
    held["shared specialty and region"] = least_squares(
        panel.outcome, panel.exposure, Controls(columns, panel.cell), panel.cluster
    )
    likeness["what is left of adoption"] = (_likeness(panel, "residual", _left(panel), random),)
    return Audit(likeness, held)


def _alone(panel: Panel, columns: Floats) -> Fit:
    return least_squares(panel.outcome, panel.exposure, Controls(columns, panel.window), panel.cluster)


def _left(panel: Panel) -> Floats:
    """[hcp]: adoptions less those that own covariates, specialty and region lead to expect."""
    groups = tuple(group for used in CONFOUNDERS.values() for group in used)
    controls = Controls(np.concatenate([panel.covariates(groups), panel.specialties()], axis=1), panel.cell)
    rest = controls.residual(panel.outcome)
    return counted(len(panel.course.since), panel.hcp, rest)


def _likeness(panel: Panel, name: str, values: Floats, random: np.random.Generator) -> Likeness:
    looks = np.diff(panel.weights.indptr) > 0
    found = _correlation(panel, values, looks)
    shuffled = [_correlation(panel, random.permutation(values), looks) for _ in range(SHUFFLES)]
    above = sum(one >= found for one in shuffled)
    return Likeness(name, found, (above + 1) / (SHUFFLES + 1))


def _correlation(panel: Panel, values: Floats, looks: Booleans) -> float:
    own, peers = values[looks], (panel.weights @ values)[looks]
    own, peers = own - own.mean(), peers - peers.mean()
    size = float(np.sqrt((own @ own) * (peers @ peers)))
    return float(own @ peers) / size if size else 0.0
