"""Territories of the sales geography."""

import strawberry

from api.binding import exposes, narrows
from api.types.filters import StringFilter
from graph.schema.places import TERRITORY


@exposes(TERRITORY)
@strawberry.type(description=TERRITORY.doc)
class Territory:
    id: strawberry.ID
    territory_id: str | None
    name: str | None
    level: str | None


@narrows(TERRITORY)
@strawberry.input(description="Conditions on a territory; all given ones hold.")
class TerritoryWhere:
    AND: list["TerritoryWhere"] | None = strawberry.field(name="AND", default=strawberry.UNSET, metadata={"needs": ()})
    OR: list["TerritoryWhere"] | None = strawberry.field(name="OR", default=strawberry.UNSET, metadata={"needs": ()})
    NOT: "TerritoryWhere | None" = strawberry.field(name="NOT", default=strawberry.UNSET, metadata={"needs": ()})
    territory_id: StringFilter | None = strawberry.UNSET
    name: StringFilter | None = strawberry.UNSET
    level: StringFilter | None = strawberry.UNSET
