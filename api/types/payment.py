"""What was paid to HCPs and hospitals, as published."""

import datetime

import strawberry

from api.binding import Needs, compiled, exposes, linked
from api.types.node import Node
from api.types.product import Product
from graph.schema.transparency import PAYMENT


@exposes(PAYMENT)
@strawberry.type(description=PAYMENT.doc)
class Payment(Node):
    id: strawberry.ID
    company: str | None
    amount: float | None
    paid_on: datetime.date | None
    form: str | None
    nature: str | None
    program_year: int | None
    disputed: bool | None

    @linked(Needs("FOR"), Needs("Product"), description="The products it is about.")
    def products(self, first: int = 10) -> list[Product]:
        return compiled()
