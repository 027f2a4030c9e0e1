"""The roots."""

import datetime

import strawberry

from api.binding import ANY_FORM, Needs, compiled, linked
from api.types.account import Account
from api.types.connections import (
    AccessFrictionConnection,
    AccountConnection,
    CohortConnection,
    HcpConnection,
    InfluenceConnection,
    InquiryTotalConnection,
    InteractionConnection,
    InteractionTotalConnection,
    MedicalInquiryConnection,
    PayerConnection,
    PlanConnection,
    PrescribingTotalConnection,
    TerritoryConnection,
)
from api.types.coverage import Payer, Plan, PolicyChange
from api.types.hcp import Hcp
from api.types.node import Node
from api.types.prediction_filters import AccessFrictionSort, AccessFrictionWhere, InfluenceSort, InfluenceWhere
from api.types.product import Product
from api.types.sort import (
    AccountSort,
    CohortSort,
    HcpSort,
    InteractionSort,
    MedicalInquirySort,
    PayerSort,
    PlanSort,
    TerritorySort,
)
from api.types.territory import Territory
from api.types.total_filters import (
    InquiryTotalSort,
    InquiryTotalWhere,
    InteractionTotalSort,
    InteractionTotalWhere,
    PrescribingTotalSort,
    PrescribingTotalWhere,
)
from api.types.twin import Twin, Viewer
from api.types.where import (
    AccountWhere,
    CohortWhere,
    HcpWhere,
    InteractionWhere,
    MedicalInquiryWhere,
    PayerWhere,
    PlanWhere,
    TerritoryWhere,
)
from graph.governance.policy import Verb
from graph.schema.core import DataClass


@strawberry.type(
    description="What can be asked. Something that is not there and something not for the caller are equal."
)
class Query:
    @linked(description="Whatever has this id.")
    def node(self, id: strawberry.ID) -> Node | None:  # noqa: A002 - the argument's name in the API
        return compiled()

    @linked(description="Whatever has these ids, in their order; null where there is nothing.")
    def nodes(self, ids: list[strawberry.ID]) -> list[Node | None]:
        return compiled()

    @linked(
        description="HCPs, accounts, territories, payers, plans and products with words of their names that begin "
        "with the words given, each of at least two letters, by name."
    )
    def search(self, text: str, first: int = 20) -> list[Node]:
        return compiled()

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
    def account(self, id: strawberry.ID) -> Account | None:  # noqa: A002
        return compiled()

    @linked(Needs("Account"), description="Accounts, page by page.")
    def accounts(
        self,
        where: AccountWhere | None = None,
        sort: list[AccountSort] | None = None,
        first: int = 50,
        after: str | None = None,
    ) -> AccountConnection:
        return compiled()

    @linked(Needs("Payer"), description="One payer by its id.")
    def payer(self, id: strawberry.ID) -> Payer | None:  # noqa: A002
        return compiled()

    @linked(Needs("Payer"), description="Payers, page by page.")
    def payers(
        self,
        where: PayerWhere | None = None,
        sort: list[PayerSort] | None = None,
        first: int = 50,
        after: str | None = None,
    ) -> PayerConnection:
        return compiled()

    @linked(Needs("Plan"), description="One plan by its id or planKey.")
    def plan(self, id: strawberry.ID) -> Plan | None:  # noqa: A002
        return compiled()

    @linked(Needs("Plan"), description="Plans, page by page.")
    def plans(
        self,
        where: PlanWhere | None = None,
        sort: list[PlanSort] | None = None,
        first: int = 50,
        after: str | None = None,
    ) -> PlanConnection:
        return compiled()

    @linked(
        Needs("CoveragePolicy"),
        Needs("HAS_POLICY"),
        Needs("Product"),
        description="How coverage of a product (id or productId) changed between two dates, newest first.",
    )
    def policy_changes(
        self, product: strawberry.ID, since: datetime.date, until: datetime.date | None = None, first: int = 50
    ) -> list[PolicyChange]:
        return compiled()

    @linked(Needs("Product"), description="One product by its id or productId.")
    def product(self, id: strawberry.ID) -> Product | None:  # noqa: A002
        return compiled()

    @linked(Needs("Product"), description="The products of the company's list, own ones first.")
    def products(self, first: int = 50) -> list[Product]:
        return compiled()

    @linked(Needs("Territory"), description="One territory by its id or territoryId.")
    def territory(self, id: strawberry.ID) -> Territory | None:  # noqa: A002
        return compiled()

    @linked(Needs("Territory"), description="Territories, page by page.")
    def territories(
        self,
        where: TerritoryWhere | None = None,
        sort: list[TerritorySort] | None = None,
        first: int = 50,
        after: str | None = None,
    ) -> TerritoryConnection:
        return compiled()

    @linked(Needs("Interaction"), Needs("Interaction", verb=Verb.FILTER), description="Interactions, page by page.")
    def interactions(
        self,
        where: InteractionWhere | None = None,
        sort: list[InteractionSort] | None = None,
        first: int = 50,
        after: str | None = None,
    ) -> InteractionConnection:
        return compiled()

    @linked(
        Needs("MedicalInquiry"),
        Needs("MedicalInquiry", verb=Verb.FILTER),
        description="Medical inquiries, page by page.",
    )
    def medical_inquiries(
        self,
        where: MedicalInquiryWhere | None = None,
        sort: list[MedicalInquirySort] | None = None,
        first: int = 50,
        after: str | None = None,
    ) -> MedicalInquiryConnection:
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

    @linked(
        Needs("Cohort"),
        Needs("Product"),
        description="Published groups of people who started a product (id or productId), page by page.",
    )
    def cohorts(
        self,
        product: strawberry.ID,
        where: CohortWhere | None = None,
        sort: list[CohortSort] | None = None,
        first: int = 50,
        after: str | None = None,
    ) -> CohortConnection:
        return compiled()

    @linked(
        Needs("PrescribingTotal"),
        Needs("Product"),
        description="Published totals of prescribing a product (id or productId), page by page.",
    )
    def prescribing_totals(
        self,
        product: strawberry.ID,
        where: PrescribingTotalWhere | None = None,
        sort: list[PrescribingTotalSort] | None = None,
        first: int = 50,
        after: str | None = None,
    ) -> PrescribingTotalConnection:
        return compiled()

    @linked(Needs("InteractionTotal"), description="Published totals of calls and messages to HCPs, page by page.")
    def interaction_totals(
        self,
        where: InteractionTotalWhere | None = None,
        sort: list[InteractionTotalSort] | None = None,
        first: int = 50,
        after: str | None = None,
    ) -> InteractionTotalConnection:
        return compiled()

    @linked(Needs("InquiryTotal"), description="Published totals of medical inquiries, page by page.")
    def inquiry_totals(
        self,
        where: InquiryTotalWhere | None = None,
        sort: list[InquiryTotalSort] | None = None,
        first: int = 50,
        after: str | None = None,
    ) -> InquiryTotalConnection:
        return compiled()

    @linked(description="The caller, as the token says.")
    def viewer(self) -> Viewer:
        return compiled()

    @linked(description="The state of the graph that answers.")
    def twin(self) -> Twin:
        return compiled()
