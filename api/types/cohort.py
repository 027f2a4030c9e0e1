"""People under therapy, seen as published groups alone."""

import datetime

import strawberry

from api.binding import Needs, compiled, exposes, linked
from api.types.node import Node
from api.types.product import Product
from graph.schema.cohort import COHORT


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
