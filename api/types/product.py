"""Medicines."""

import datetime

import strawberry

from api.binding import exposes
from graph.schema.coverage import PRODUCT


@exposes(PRODUCT)
@strawberry.type(description=PRODUCT.doc)
class Product:
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
