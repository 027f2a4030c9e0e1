"""People under therapy, seen as published groups alone, and the segments that friction is told of."""

import datetime
from typing import TYPE_CHECKING, Annotated

import strawberry

from api.binding import Needs, compiled, exposes, linked
from api.types.node import Node
from api.types.product import Product
from graph.schema.cohort import COHORT, COHORT_SEGMENT
from graph.schema.core import DataClass

if TYPE_CHECKING:
    from api.types.prediction import AccessFriction

OfFriction = Annotated["AccessFriction", strawberry.lazy("api.types.prediction")]


@exposes(COHORT)
@strawberry.type(description=COHORT.doc)
class Cohort(Node):
    id: strawberry.ID
    month: datetime.date | None
    level: str | None
    plan_kind: str | None
    state: str | None
    site_of_care: str | None
    patients: int | None
    dispensed: int | None
    rejected: int | None
    suppressed: bool | None
    edition: str | None
    as_of: datetime.date | None
    published_at: datetime.datetime | None

    @linked(Needs("FOR"), Needs("Product"), description="The product they started.")
    def product(self) -> Product | None:
        return compiled()


@exposes(COHORT_SEGMENT)
@strawberry.type(description=COHORT_SEGMENT.doc)
class CohortSegment(Node):
    id: strawberry.ID
    level: str | None
    plan_kind: str | None
    state: str | None
    site_of_care: str | None

    @linked(
        Needs("ABOUT", levels=("cohort",), release=DataClass.ACCESS_FRICTION),
        Needs("Product"),
        description="Friction in the segment, for a product (id or productId).",
    )
    def access_friction(self, product: strawberry.ID) -> OfFriction | None:
        return compiled()
