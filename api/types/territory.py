"""Territories of the sales geography."""

import datetime

import strawberry

from api.binding import Needs, compiled, exposes, linked, narrows
from api.types.filters import StringFilter
from api.types.history import Change
from graph.schema.places import TERRITORY


@exposes(TERRITORY)
@strawberry.type(description=TERRITORY.doc)
class Territory:
    id: strawberry.ID
    territory_id: str | None
    name: str | None
    level: str | None

    @linked(Needs("Territory"), description="What the twin recorded about it between two dates, newest first.")
    def what_changed(self, since: datetime.date, until: datetime.date | None = None, first: int = 50) -> list[Change]:
        return compiled()


@narrows(TERRITORY)
@strawberry.input(description="Conditions on a territory; all given ones hold.")
class TerritoryWhere:
    AND: list["TerritoryWhere"] | None = strawberry.field(name="AND", default=strawberry.UNSET, metadata={"needs": ()})
    OR: list["TerritoryWhere"] | None = strawberry.field(name="OR", default=strawberry.UNSET, metadata={"needs": ()})
    NOT: "TerritoryWhere | None" = strawberry.field(name="NOT", default=strawberry.UNSET, metadata={"needs": ()})
    territory_id: StringFilter | None = strawberry.UNSET
    name: StringFilter | None = strawberry.UNSET
    level: StringFilter | None = strawberry.UNSET
