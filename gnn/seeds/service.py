"""A service that keeps its reverse-reachable sets, so that the next question about a cascade takes milliseconds."""

import time
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

import numpy as np

from gnn.seeds.answer import Answer, Stopped
from gnn.seeds.bounds import allowed_failure, share_at_least, share_at_most
from gnn.seeds.cascade import Cascade
from gnn.seeds.coverage import Choice, Coverage, choose, first_chosen
from gnn.seeds.question import Question, asked
from gnn.seeds.sketch import Sampler, Sketch
from gnn.view import Booleans, Floats

FIRST_SETS = 2_048
MOST_MEMBERS = 80_000_000
"""Members of sets and sets that are kept in each of two collections: about 1 GB in all."""
MOST_SETS = 2**30
SETS_OF_DRAWS = 2**20
"""Sets that tell the spread of one choice on a few opinions: to some 5 %, where opinions differ by far more."""
PRECISE = 0.02
"""When the spread is known this well and greedy is too far from its own bound, more sets would not certify more."""


@dataclass(frozen=True, slots=True)
class _Judged:
    """A choice with what the two collections say about it; shares are of the sets drawn."""

    choice: Choice
    low: float
    high: float
    most: float

    @property
    def ratio(self) -> float:
        return self.low / self.most if self.most else 1.0


class SeedService:
    """Answers questions about one cascade; the same seed and the same questions give the same sets.

    Two independent collections: one in which the choice is made, one by which it is judged. Both are doubled until
    the certificate or the deadline is reached, and kept for the next question. The confidence is of each answer by
    itself, not of all answers together.
    """

    def __init__(self, cascade: Cascade, seed: int = 7, failure: float = 0.01) -> None:
        compile_ahead()
        self.cascade = cascade
        self._failure = failure
        first, second = np.random.SeedSequence(seed).spawn(2)
        self._choosing, self._judging = Sampler(cascade, first), Sampler(cascade, second)
        self._level = -1
        self._judge = Sketch.empty()
        self._coverage = Coverage.of(Sketch.empty(), cascade.nodes)
        self._worth = float(cascade.worth[cascade.roots].sum())

    @property
    def sets(self) -> int:
        """Sets drawn so far, both collections together."""
        return self._coverage.sketch.drawn + self._judge.drawn

    def answer(self, question: Question, ratio: float = 0.9, seconds: float = 10.0) -> Answer:
        """The best choice found until ``ratio`` of the best possible is certified or ``seconds`` have passed.

        A question that the kept sets can certify draws none. At least one round is always made, and a round is not
        begun that would end too late as far as can be told from the last one.
        """
        started = time.monotonic()
        if self._level < 0:
            self._double()
        while True:
            begun = time.monotonic()
            judged = self._judged(question)
            stopped = self._reason(judged, ratio)
            if stopped is None and not self._in_time(started, seconds, time.monotonic() - begun):
                stopped = "deadline"
            if stopped is not None:
                return self._answer(question, judged, stopped, time.monotonic() - started)
            self._double()

    def _double(self) -> None:
        begun = time.monotonic()
        more = FIRST_SETS if self._level < 0 else self._judge.drawn
        self._coverage = Coverage.of(self._coverage.sketch.joined(self._choosing.draw(more)), self.cascade.nodes)
        self._judge = self._judge.joined(self._judging.draw(more))
        self._level += 1
        self._last_double = time.monotonic() - begun

    def _in_time(self, started: float, seconds: float, judging: float) -> bool:
        """Whether another round, about twice as long as the last, ends before the deadline."""
        return time.monotonic() - started + 2.0 * (self._last_double + judging) <= seconds

    def _reason(self, judged: _Judged, ratio: float) -> Stopped | None:
        if not self._worth:
            return "nothing to reach"
        if judged.low > 0 and judged.ratio >= ratio:
            return "certified"
        if judged.choice.covered < ratio * judged.choice.most and judged.high - judged.low <= PRECISE * judged.low:
            return "settled"
        kept = max(len(one.members) + len(one.ends) for one in (self._judge, self._coverage.sketch))
        return "memory" if 2 * kept > MOST_MEMBERS or self.sets > MOST_SETS else None

    def _judged(self, question: Question) -> _Judged:
        choice = choose(self._coverage, question)
        # Three statements share what may fail: the spread's two ends and the best possible.
        failure = allowed_failure(self._failure, self._level) / 3.0
        covered = int((first_chosen(self._judge, choice.nodes, self.cascade.nodes) >= 0).sum())
        drawn = self._judge.drawn
        most = share_at_most(choice.most, self._coverage.sketch.drawn, failure)
        return _Judged(
            choice, share_at_least(covered, drawn, failure), share_at_most(covered, drawn, failure), most
        )  # fmt: skip

    def _answer(self, question: Question, judged: _Judged, stopped: Stopped, seconds: float) -> Answer:
        nodes = judged.choice.nodes
        judge, worth = self._judge, self._worth
        first = first_chosen(judge, nodes, self.cascade.nodes)
        reached = first >= 0
        each = worth / judge.drawn
        marginal = np.bincount(first[reached], minlength=len(nodes)) * each
        return Answer(
            chosen=tuple(nodes.tolist()),
            marginal=tuple(marginal.tolist()),
            spread=float(marginal.sum()),
            low=judged.low * worth,
            high=judged.high * worth,
            best_possible=judged.most * worth,
            ratio=min(1.0, judged.ratio),
            confidence=1.0 - self._failure,
            at_chosen=float(np.isin(judge.root[reached], nodes).sum() * each),
            by_draw=tuple(_by_draw(self.cascade, judge, reached).tolist()),
            sets=self.sets,
            seconds=seconds,
            stopped=stopped,
            guarantee=question.guarantee,
        )


@cache
def compile_ahead() -> None:
    """Run every compiled function once: compiling takes seconds, and no deadline is to be spent on it."""
    pair = Cascade.of(np.array([0]), np.array([1]), np.ones(1), np.ones(2), itself=True)
    sketch = Sampler(pair, np.random.SeedSequence(0)).draw(2)
    choice = choose(Coverage.of(sketch, pair.nodes), asked(pair.nodes, range(pair.nodes), 1))
    first_chosen(sketch, choice.nodes, pair.nodes)


def spread_by_draw(cascade: Cascade, chosen: Sequence[int], seed: int, sets: int = SETS_OF_DRAWS) -> Floats:
    """[draw]: spread of a choice on each opinion about the chances, in units of worth."""
    compile_ahead()
    sketch = Sampler(cascade, np.random.SeedSequence(seed)).draw(sets)
    return _by_draw(cascade, sketch, first_chosen(sketch, np.array(chosen, dtype=np.int32), cascade.nodes) >= 0)


def _by_draw(cascade: Cascade, sketch: Sketch, reached: Booleans) -> Floats:
    """[draw]: worth of what the ``reached`` sets stand for; each draw has its part of all sets."""
    each = float(cascade.worth[cascade.roots].sum()) / sketch.drawn * cascade.draws
    return np.asarray(np.bincount(sketch.draw[reached], minlength=cascade.draws) * each)
