"""Territories of the sales geography, and the field staff who work them."""

import datetime
from typing import TYPE_CHECKING, Annotated

import strawberry

from api.binding import Needs, compiled, exposes, linked
from api.types.history import Change
from api.types.node import Node
from graph.schema.people import REP
from graph.schema.places import TERRITORY

if TYPE_CHECKING:
    from api.types.hcp import Hcp

OfHcp = Annotated["Hcp", strawberry.lazy("api.types.hcp")]


@exposes(REP)
@strawberry.type(description=REP.doc)
class Rep(Node):
    id: strawberry.ID
    user_id: str | None
    name: str | None
    role: str | None
    calls_per_week: int | None


@exposes(TERRITORY)
@strawberry.type(description=TERRITORY.doc)
class Territory(Node):
    id: strawberry.ID
    territory_id: str | None
    name: str | None
    level: str | None

    @linked(Needs("PART_OF"), Needs("Territory"), description="The wider territory it belongs to.")
    def part_of(self) -> "Territory | None":
        return compiled()

    @linked(Needs("IN_TERRITORY"), Needs("HCP"), description="HCPs aligned to it today.")
    def hcps(self, first: int = 10) -> list[OfHcp]:
        return compiled()

    @linked(Needs("COVERS"), Needs("Rep"), description="Who works it today.")
    def reps(self, first: int = 10) -> list[Rep]:
        return compiled()

    @linked(Needs("Territory"), description="What the twin recorded about it between two dates, newest first.")
    def what_changed(self, since: datetime.date, until: datetime.date | None = None, first: int = 50) -> list[Change]:
        return compiled()
