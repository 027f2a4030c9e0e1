"""An answer: who, how far their choice reaches, and how sure that is."""

from dataclasses import dataclass
from typing import Literal

Stopped = Literal["certified", "settled", "deadline", "memory", "nothing to reach"]


@dataclass(frozen=True, slots=True)
class Answer:
    """Nodes in the order of choosing with what each adds; ``spread`` is their sum, in units of worth.

    With ``confidence`` all of this holds together: the true spread lies between ``low`` and ``high``, nothing that the
    question allows reaches more than ``best_possible``, and the spread is at least ``ratio`` of the best. ``spread``
    and ``marginal`` are unbiased: they come from sets that had no part in choosing. ``at_chosen`` is the part of the
    spread that lies at chosen nodes, reached by others of the chosen. ``by_draw`` is the spread on each opinion.
    ``settled`` means that the spread is known to 2 % and what is missing is how far greedy may be from the best.
    """

    chosen: tuple[int, ...]
    marginal: tuple[float, ...]
    spread: float
    low: float
    high: float
    best_possible: float
    ratio: float
    confidence: float
    at_chosen: float
    by_draw: tuple[float, ...]
    sets: int
    seconds: float
    stopped: Stopped
    guarantee: str
