"""What people say against predictions: read where the prediction may be read."""

import datetime

import strawberry

from api.binding import Needs, compiled, exposes, linked
from api.types.coverage import Plan
from graph.schema.override import OVERRIDE


@exposes(OVERRIDE, withhold={"id", "task"}, as_reached=True)
@strawberry.type(description=OVERRIDE.doc)
class Override:
    verdict: str | None
    reason: str | None
    role: str | None
    made_on: datetime.date | None
    closes_on: datetime.date | None
    ended_on: datetime.date | None
    model_version: str | None

    @linked(Needs("Plan"), description="The plan it is about, where it is about one.")
    def plan(self) -> Plan | None:
        return compiled()
