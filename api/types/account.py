"""Accounts: organisations that provide care."""

import datetime
from typing import TYPE_CHECKING, Annotated

import strawberry

from api.binding import Needs, compiled, exposes, linked
from api.types.history import Change, Origin
from api.types.network import ProviderNetwork
from api.types.node import Node
from api.types.specialty import Specialty
from graph.schema.core import DataClass
from graph.schema.places import ACCOUNT

if TYPE_CHECKING:
    from api.types.hcp import Hcp
    from api.types.prediction import AccessFriction

OfHcp = Annotated["Hcp", strawberry.lazy("api.types.hcp")]
OfFriction = Annotated["AccessFriction", strawberry.lazy("api.types.prediction")]


@exposes(ACCOUNT, withhold={"knownAt"})
@strawberry.type(description=ACCOUNT.doc)
class Account(Node):
    id: strawberry.ID
    npi: str | None
    ccn: str | None
    name: str | None
    primary_taxonomy: str | None
    taxonomies: list[str] | None
    kind: str | None
    city: str | None
    state: str | None
    zip5: str | None
    status: str | None

    @linked(Needs("AFFILIATED_WITH"), Needs("HCP"), description="HCPs who practise there.")
    def hcps(self, first: int = 10) -> list[OfHcp]:
        return compiled()

    @linked(Needs("PRACTICES"), Needs("Specialty"), description="Specialties registered for it.")
    def specialties(self, first: int = 15) -> list[Specialty]:
        return compiled()

    @linked(Needs("IN_NETWORK"), Needs("ProviderNetwork"), description="Networks it belongs to.")
    def networks(self, first: int = 10) -> list[ProviderNetwork]:
        return compiled()

    @linked(
        Needs("ABOUT", levels=("account",), release=DataClass.ACCESS_FRICTION),
        Needs("Product"),
        description="Friction of its HCPs together, for a product (id or productId).",
    )
    def access_friction(self, product: strawberry.ID) -> OfFriction | None:
        return compiled()

    @linked(Needs("Account"), description="What the twin recorded about it between two dates, newest first.")
    def what_changed(self, since: datetime.date, until: datetime.date | None = None, first: int = 50) -> list[Change]:
        return compiled()

    @linked(Needs("Account", "lineage"), description="Where its values come from.")
    def lineage(self) -> list[Origin]:
        return compiled()
