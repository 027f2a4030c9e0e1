"""What the steps of a run depend on beside its claims, and the signature of whoever makes them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from graph.ingest.difference import Steps, Tally
from graph.ingest.engine import Connection
from graph.ingest.state import State
from graph.sources import Mapping


@dataclass(frozen=True, slots=True)
class Occasion:
    """What the steps of a run depend on beside its claims: ``delivered`` are sources with new files, ``dirty`` those
    whose claims were made anew.
    """

    run: str
    state: State
    committed: Path
    staged: Path
    delivered: frozenset[str]
    dirty: frozenset[str]


PlanSteps = Callable[[Connection, tuple[Mapping, ...], Occasion], tuple[Steps, Tally]]
"""`graph.history.stepping.plan_steps`, which also writes the log and therefore lies above."""
