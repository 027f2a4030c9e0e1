"""Publish what is due: cohorts of people, and totals of what HCPs did."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import Any

from graph.cohorts.publish import publish_cohorts
from graph.disclosure.publish import Published
from graph.ingest.recovery import sole_writer
from graph.settings import Settings
from graph.store import open_store
from graph.totals.publish import publish_totals


@dataclass(frozen=True, slots=True)
class PublishReport:
    """What one run did about cohorts, and about the totals of each topic."""

    cohorts: Published
    totals: dict[str, Published]
    seconds: float

    @property
    def written(self) -> bool:
        """Whether the graph has anything new."""
        return any(done.written for done in (self.cohorts, *self.totals.values()))

    def as_json(self) -> dict[str, Any]:
        """The shape that scripts rely on."""
        return {
            **self.cohorts.as_json("cohorts"),
            "totals": {topic: done.as_json("groups") for topic, done in self.totals.items()},
            "seconds": round(self.seconds, 2),
        }


def publish_groups(settings: Settings) -> PublishReport:
    """Publish every mature month that has not been, then make the graph say what was published, no more and no less.

    Raise `DisclosureError` when the audit of a month is not passed, and `GraphMismatch` when the graph has a month
    that its folder below `TWIN_HOME` does not: in both cases nothing of that month is written.
    """
    started = time.monotonic()
    with open_store(settings) as store, sole_writer(settings, store):
        cohorts, totals = publish_cohorts(settings, store), publish_totals(settings, store)
    return PublishReport(cohorts, totals, time.monotonic() - started)
