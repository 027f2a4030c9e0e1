"""Support cases, for those who help with them."""

import datetime
from typing import TYPE_CHECKING, Annotated

import strawberry

from api.binding import Needs, compiled, exposes, linked
from api.types.node import Node
from api.types.product import Product
from graph.schema.support import SUPPORT_CASE

if TYPE_CHECKING:
    from api.types.hcp import Hcp

OfHcp = Annotated["Hcp", strawberry.lazy("api.types.hcp")]


@exposes(SUPPORT_CASE)
@strawberry.type(description=SUPPORT_CASE.doc)
class SupportCase(Node):
    id: strawberry.ID
    program: str | None
    referred_on: datetime.date | None
    status: str | None
    status_on: datetime.date | None
    shipped_on: datetime.date | None
    dispensed_on: datetime.date | None
    copay_assistance: bool | None
    discontinue_reason: str | None

    @linked(Needs("REFERRED"), Needs("HCP"), description="The HCP who referred the person.")
    def hcp(self) -> OfHcp | None:
        return compiled()

    @linked(Needs("FOR"), Needs("Product"), description="The product it is about.")
    def product(self) -> Product | None:
        return compiled()
