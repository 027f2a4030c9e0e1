"""The rows of an estimate: every HCP at risk in every window, with what its peers had done before the window."""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from scipy import sparse

from gnn.peer_effect.course import Course, Direction, Lottery
from gnn.view import Booleans, Floats, Integers, row_normalised
from graph.errors import ModelError

FEWEST_EVENTS = 30
"""Adoptions among those at risk below which nothing is estimated."""


@dataclass(frozen=True)
class Panel:
    """A course seen along one direction of its ties; HCPs that look at nobody are left out."""

    course: Course
    direction: Direction

    def __post_init__(self) -> None:
        events = int(self.outcome.sum())
        if events < FEWEST_EVENTS:
            raise ModelError(
                f"peer effect: {events} first starts were observed among those with peers: at least {FEWEST_EVENTS} "
                "are needed; load a longer history, or name another product"
            )

    @cached_property
    def weights(self) -> sparse.csr_matrix:
        """[hcp, peer]: share of its attention that an HCP pays to a peer."""
        return row_normalised(self.course.ties[self.direction])

    @cached_property
    def _rows(self) -> tuple[Integers, Integers]:
        course = self.course
        looks = np.diff(self.weights.indptr) > 0
        at_risk = [np.flatnonzero(~course.adopted(window) & looks) for window in range(course.windows)]
        window = np.repeat(np.arange(course.windows), [len(rows) for rows in at_risk])
        return window, np.concatenate(at_risk)

    @property
    def window(self) -> Integers:
        """[rows]."""
        return self._rows[0]

    @property
    def hcp(self) -> Integers:
        """[rows]."""
        return self._rows[1]

    @cached_property
    def outcome(self) -> Floats:
        """[rows]: 1 when the HCP adopts in the window."""
        return (self.course.since[self.hcp] == self.window).astype(np.float64)

    @cached_property
    def cluster(self) -> Integers:
        """[rows]."""
        return self.course.cluster[self.hcp]

    @cached_property
    def exposure(self) -> Floats:
        """[rows]: share of the peers, by attention, that had adopted before the window."""
        return self.felt(self.course.adopted(window) for window in range(self.course.windows))

    @cached_property
    def encouraged(self) -> Floats:
        """[rows]: surprise of the lottery among the peers before the window, by attention: the instrument."""
        return self.felt(self.lottery.before)

    @cached_property
    def encouraged_later(self) -> Floats:
        """[rows]: the same among draws after the window, which cannot have caused anything in it."""
        return self.felt(self.lottery.after)

    def felt(self, states: Iterable[Booleans | Floats], weights: sparse.csr_matrix | None = None) -> Floats:
        """[rows] of a state of everybody per window, averaged over the peers by attention."""
        over = self.weights if weights is None else weights
        table = np.stack([over @ np.asarray(state, dtype=np.float64) for state in states])
        return np.asarray(table[self.window, self.hcp])

    @cached_property
    def exposure_otherwise(self) -> Floats:
        """[rows, direction]: exposure along all other directions; 0 for those who look at nobody there."""
        states = [self.course.adopted(window) for window in range(self.course.windows)]
        columns = [
            self.felt(states, row_normalised(ties)) for name, ties in self.course.ties.items() if name != self.direction
        ]
        return np.stack(columns, axis=1) if columns else np.zeros((len(self.hcp), 0))

    @cached_property
    def other_draws(self) -> tuple[sparse.csr_matrix, ...]:
        """[hcp, drawn] per other way in which draws are felt: one's own, and along all other directions."""
        own = sparse.identity(len(self.course.since), format="csr")
        return own, *(row_normalised(ties) for name, ties in self.course.ties.items() if name != self.direction)

    @cached_property
    def encouraged_otherwise(self) -> Floats:
        """[rows, way]: the surprise before the window that is felt in each other way."""
        return np.stack([self.felt(self.lottery.before, over) for over in self.other_draws], axis=1)

    def covariates(self, groups: tuple[str, ...]) -> Floats:
        """[rows, column]: the HCP's own, of some groups."""
        places = self.course.places(groups)
        return np.asarray(self.course.covariates[self.window, self.hcp][:, places])

    def covariates_of_peers(self, groups: tuple[str, ...]) -> Floats:
        """[rows, column]: averaged over the peers by attention."""
        chosen = self.course.covariates[:, :, self.course.places(groups)]
        table = np.stack([self.weights @ state for state in chosen])
        return np.asarray(table[self.window, self.hcp])

    @property
    def cell(self) -> Integers:
        """[rows]: code of region and window."""
        return self.course.region[self.hcp] * self.course.windows + self.window

    def specialties(self) -> Floats:
        """[rows, specialty]: an indicator for each."""
        codes = self.course.specialty[self.hcp]
        return (codes[:, None] == np.unique(codes)[None, :]).astype(np.float64)

    @property
    def drawn(self) -> bool:
        """Whether peers of anybody could have been moved by a lottery before any window."""
        return self.course.lottery is not None and self.course.lottery.drawn and bool(self.encouraged.any())

    @property
    def lottery(self) -> Lottery:
        """The lottery of the course; ValueError without one."""
        if self.course.lottery is None:
            raise ValueError("without a lottery there are no draws")
        return self.course.lottery

    def pieces(self, rest: Floats, *, over: sparse.csr_matrix | None = None, later: bool = False) -> Floats:
        """What each draw of the lottery adds to the deviation of ``sum(instrument * rest)``; [rows] -> [draw].

        The instrument is what is felt ``over`` a matrix [hcp, drawn], by default that of the peers.
        """
        course, lottery = self.course, self.lottery
        table = np.zeros((course.windows, len(course.since)))
        table[self.window, self.hcp] = rest
        reached = np.stack([(self.weights if over is None else over).T @ row for row in table])
        # A draw is felt in all windows after its own (by the later instrument: in all before).
        total = np.zeros_like(reached)
        if later:
            total[1:] = np.cumsum(reached, axis=0)[:-1]
        else:
            total[:-1] = np.cumsum(reached[::-1], axis=0)[::-1][1:]
        return np.asarray((np.sqrt(lottery.variance) * total).ravel())
