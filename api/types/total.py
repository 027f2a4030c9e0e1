"""What HCPs did, seen as published groups alone."""

import datetime

import strawberry

from api.binding import Needs, compiled, exposes, linked
from api.types.node import Node
from api.types.product import Product
from graph.schema.total import INQUIRY_TOTAL, INTERACTION_TOTAL, PRESCRIBING_TOTAL


@exposes(PRESCRIBING_TOTAL)
@strawberry.type(description=PRESCRIBING_TOTAL.doc)
class PrescribingTotal(Node):
    id: strawberry.ID
    month: datetime.date | None
    level: str | None
    state: str | None
    specialty: str | None
    site_of_care: str | None
    prescribers: int | None
    trx: int | None
    nrx: int | None
    suppressed: bool | None
    edition: str | None
    as_of: datetime.date | None
    published_at: datetime.datetime | None

    @linked(Needs("FOR"), Needs("Product"), description="The product they prescribed.")
    def product(self) -> Product | None:
        return compiled()


@exposes(INTERACTION_TOTAL)
@strawberry.type(description=INTERACTION_TOTAL.doc)
class InteractionTotal(Node):
    id: strawberry.ID
    month: datetime.date | None
    level: str | None
    state: str | None
    specialty: str | None
    site_of_care: str | None
    hcps: int | None
    interactions: int | None
    suppressed: bool | None
    edition: str | None
    as_of: datetime.date | None
    published_at: datetime.datetime | None


@exposes(INQUIRY_TOTAL)
@strawberry.type(description=INQUIRY_TOTAL.doc)
class InquiryTotal(Node):
    id: strawberry.ID
    month: datetime.date | None
    level: str | None
    state: str | None
    specialty: str | None
    site_of_care: str | None
    hcps: int | None
    inquiries: int | None
    suppressed: bool | None
    edition: str | None
    as_of: datetime.date | None
    published_at: datetime.datetime | None
