"""Medicines."""

import datetime

import strawberry

from api.binding import Needs, compiled, exposes, linked
from api.types.history import Change
from api.types.node import Node
from graph.schema.coverage import PRODUCT


@exposes(PRODUCT)
@strawberry.type(description=PRODUCT.doc)
class Product(Node):
    id: strawberry.ID
    product_id: str | None
    brand: str | None
    generic: str | None
    ndc11s: list[str] | None
    rxcui: str | None
    atc: str | None
    mechanism: str | None
    launched_on: datetime.date | None
    own: bool | None
    benefit: str | None

    @linked(Needs("Product"), description="What the twin recorded about it between two dates, newest first.")
    def what_changed(self, since: datetime.date, until: datetime.date | None = None, first: int = 50) -> list[Change]:
        return compiled()
