"""The roots."""

import strawberry

from api.binding import ANY_FORM, Needs, compiled, linked
from api.types.account import Account
from api.types.coverage import Plan
from api.types.hcp import Hcp, HcpSort, HcpWhere
from api.types.page import PageInfo
from api.types.prediction import AccessFriction, Influence
from api.types.prediction_filters import AccessFrictionSort, AccessFrictionWhere, InfluenceSort, InfluenceWhere
from api.types.product import Product
from api.types.twin import Twin, Viewer
from graph.schema.core import DataClass


@strawberry.type(description="An HCP on a page.")
class HcpEdge:
    cursor: str
    node: Hcp


@strawberry.type(description="A page of HCPs.")
class HcpConnection:
    edges: list[HcpEdge]
    page_info: PageInfo
    total_count: int


@strawberry.type(description="A value of access friction on a page.")
class AccessFrictionEdge:
    cursor: str
    node: AccessFriction


@strawberry.type(description="A page of access friction.")
class AccessFrictionConnection:
    edges: list[AccessFrictionEdge]
    page_info: PageInfo
    total_count: int


@strawberry.type(description="A value of influence on a page.")
class InfluenceEdge:
    cursor: str
    node: Influence


@strawberry.type(description="A page of influence.")
class InfluenceConnection:
    edges: list[InfluenceEdge]
    page_info: PageInfo
    total_count: int


@strawberry.type(
    description="What can be asked. Something that is not there and something not for the caller are equal."
)
class Query:
    @linked(Needs("HCP"), description="One HCP by its NPI.")
    def hcp(self, npi: str) -> Hcp | None:
        return compiled()

    @linked(Needs("HCP"), description="HCPs, page by page.")
    def hcps(
        self,
        where: HcpWhere | None = None,
        sort: list[HcpSort] | None = None,
        first: int = 50,
        after: str | None = None,
    ) -> HcpConnection:
        return compiled()

    @linked(Needs("Account"), description="One account by its id.")
    def account(self, id: strawberry.ID) -> Account | None:  # noqa: A002 - the argument's name in the API
        return compiled()

    @linked(Needs("Plan"), description="One plan by its id or planKey.")
    def plan(self, id: strawberry.ID) -> Plan | None:  # noqa: A002
        return compiled()

    @linked(Needs("Product"), description="One product by its id or productId.")
    def product(self, id: strawberry.ID) -> Product | None:  # noqa: A002
        return compiled()

    @linked(Needs("Product"), description="The products of the company's list, own ones first.")
    def products(self, first: int = 50) -> list[Product]:
        return compiled()

    @linked(
        Needs("ABOUT", release=DataClass.ACCESS_FRICTION),
        Needs("Product"),
        description="Access friction of a product (id or productId) at every level the caller may read.",
    )
    def access_frictions(
        self,
        product: strawberry.ID,
        where: AccessFrictionWhere | None = None,
        sort: list[AccessFrictionSort] | None = None,
        first: int = 50,
        after: str | None = None,
    ) -> AccessFrictionConnection:
        return compiled()

    @linked(
        Needs("ABOUT", forms=ANY_FORM, release=DataClass.INFLUENCE),
        Needs("Product"),
        description="Influence of HCPs for a product (id or productId).",
    )
    def influences(
        self,
        product: strawberry.ID,
        where: InfluenceWhere | None = None,
        sort: list[InfluenceSort] | None = None,
        first: int = 50,
        after: str | None = None,
    ) -> InfluenceConnection:
        return compiled()

    @linked(description="The caller, as the token says.")
    def viewer(self) -> Viewer:
        return compiled()

    @linked(description="The state of the graph that answers.")
    def twin(self) -> Twin:
        return compiled()
