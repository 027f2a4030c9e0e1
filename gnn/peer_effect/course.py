"""What happened, window by window: who adopted when, who looks at whom, what else was known of everybody."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from scipy import sparse

from gnn.view import Booleans, Floats, Integers
from graph.errors import ModelError

FEWEST_CLUSTERS = 10
"""Regions below which nothing can be said of the correlation of errors within them."""
Direction = str
"""Name of a relation over which HCPs look at others."""


@dataclass(frozen=True, slots=True)
class Lottery:
    """Encouragement that was drawn by lot, with the odds that were logged; zero where nothing was drawn."""

    surprise: Floats
    """[window, hcp]: drawn (1 or 0) less its odds, summed over the draws in the window."""
    variance: Floats
    """[window, hcp]: odds times one less the odds, summed in the same way."""

    @property
    def agreement(self) -> float:
        """How far the draws are from their logged odds, in standard errors; 0 without a draw."""
        total = float(self.variance.sum())
        return float(self.surprise.sum()) / float(np.sqrt(total)) if total else 0.0

    @property
    def before(self) -> Floats:
        """[window, hcp]: surprises before the window."""
        return np.asarray(np.cumsum(self.surprise, axis=0) - self.surprise)

    @property
    def after(self) -> Floats:
        """[window, hcp]: surprises after the window."""
        return np.asarray(self.surprise.sum(axis=0) - np.cumsum(self.surprise, axis=0))

    @property
    def drawn(self) -> bool:
        """Whether there was any lottery at all."""
        return bool(self.variance.any())


@dataclass(frozen=True, slots=True)
class Course:
    """The history of one product over equally long windows, numbered from 0.

    ``ties`` has one [hcp, peer] matrix per direction: how much attention the HCP pays to the peer. ``since`` is the
    window in which an HCP adopted, -1 when before the first, the number of windows when not until their end. Covariates
    are [window, hcp, column] and known at the beginning of the window; each column has a name and a group.
    """

    ties: Mapping[Direction, sparse.csr_matrix]
    since: Integers
    covariates: Floats
    names: tuple[str, ...]
    groups: tuple[str, ...]
    specialty: Integers
    """[hcp] codes: the chance to adopt may differ by it."""
    region: Integers
    """[hcp] codes: the chance to adopt may differ by it in every window, and errors may be correlated within it."""
    lottery: Lottery | None = None

    def __post_init__(self) -> None:
        windows, hcps, columns = self.covariates.shape
        if len(self.since) != hcps or len(self.region) != hcps:
            raise ModelError(f"peer effect: {hcps} HCPs have covariates, {len(self.since)} a course: give one each")
        if len(self.names) != columns or len(self.groups) != columns:
            raise ModelError(f"peer effect: {columns} covariates have {len(self.names)} names: give one each")
        if not np.isfinite(self.covariates).all():
            raise ModelError("peer effect: a covariate is not a number: fill what is missing before")
        if self.lottery is not None and self.lottery.surprise.shape != (windows, hcps):
            raise ModelError(f"peer effect: the lottery has the shape {self.lottery.surprise.shape!r}, not "
                             f"{(windows, hcps)!r}")  # fmt: skip

    @property
    def windows(self) -> int:
        """Number of windows."""
        return len(self.covariates)

    @property
    def cluster(self) -> Integers:
        """[hcp]: errors are independent between clusters; regions, or the HCPs themselves where those are too few."""
        enough = len(np.unique(self.region)) >= FEWEST_CLUSTERS
        return self.region if enough else np.arange(len(self.region))

    def adopted(self, window: int) -> Booleans:
        """[hcp]: had adopted before the window began."""
        return self.since < window

    def places(self, groups: tuple[str, ...]) -> list[int]:
        """Numbers of the covariates in some groups."""
        return [place for place, group in enumerate(self.groups) if group in groups]
