"""Pages of what can be listed."""

import strawberry

from api.binding import ANY_FORM, NUMBERS, Needs, compiled, linked
from api.types.account import Account
from api.types.cohort import Cohort
from api.types.coverage import Payer, Plan
from api.types.field import Interaction
from api.types.groups import AccessFrictionGroup, AccountGroup, HcpGroup, InfluenceGroup, InteractionGroup
from api.types.hcp import Hcp
from api.types.medical import MedicalInquiry
from api.types.page import PageInfo
from api.types.prediction import AccessFriction, Influence
from api.types.territory import Territory
from api.types.total import InquiryTotal, InteractionTotal, PrescribingTotal
from graph.governance.policy import Verb
from graph.schema.core import DataClass

CURSOR = "Where the row stands, for `after`; sealed for this role, sort and filter."
TOTAL = "Rows on all pages."
GROUPS = "The matching rows grouped by the plain fields that are selected, largest group first."


@strawberry.type(description="An HCP on a page.")
class HcpEdge:
    cursor: str = strawberry.field(description=CURSOR)
    node: Hcp


@strawberry.type(description="A page of HCPs.")
class HcpConnection:
    edges: list[HcpEdge]
    page_info: PageInfo
    total_count: int = strawberry.field(description=TOTAL)

    @linked(Needs("HCP", verb=Verb.AGGREGATE), Needs("HCP"), description=GROUPS)
    def groups(self, first: int = 50) -> list[HcpGroup]:
        return compiled()


@strawberry.type(description="An account on a page.")
class AccountEdge:
    cursor: str = strawberry.field(description=CURSOR)
    node: Account


@strawberry.type(description="A page of accounts.")
class AccountConnection:
    edges: list[AccountEdge]
    page_info: PageInfo
    total_count: int = strawberry.field(description=TOTAL)

    @linked(Needs("Account", verb=Verb.AGGREGATE), Needs("Account"), description=GROUPS)
    def groups(self, first: int = 50) -> list[AccountGroup]:
        return compiled()


@strawberry.type(description="A payer on a page.")
class PayerEdge:
    cursor: str = strawberry.field(description=CURSOR)
    node: Payer


@strawberry.type(description="A page of payers.")
class PayerConnection:
    edges: list[PayerEdge]
    page_info: PageInfo
    total_count: int = strawberry.field(description=TOTAL)


@strawberry.type(description="A plan on a page.")
class PlanEdge:
    cursor: str = strawberry.field(description=CURSOR)
    node: Plan


@strawberry.type(description="A page of plans.")
class PlanConnection:
    edges: list[PlanEdge]
    page_info: PageInfo
    total_count: int = strawberry.field(description=TOTAL)


@strawberry.type(description="A territory on a page.")
class TerritoryEdge:
    cursor: str = strawberry.field(description=CURSOR)
    node: Territory


@strawberry.type(description="A page of territories.")
class TerritoryConnection:
    edges: list[TerritoryEdge]
    page_info: PageInfo
    total_count: int = strawberry.field(description=TOTAL)


@strawberry.type(description="An interaction on a page.")
class InteractionEdge:
    cursor: str = strawberry.field(description=CURSOR)
    node: Interaction


@strawberry.type(description="A page of interactions.")
class InteractionConnection:
    edges: list[InteractionEdge]
    page_info: PageInfo
    total_count: int = strawberry.field(description=TOTAL)

    @linked(
        Needs("Interaction", verb=Verb.AGGREGATE, forms=NUMBERS),
        Needs("Interaction", forms=NUMBERS),
        description=GROUPS,
    )
    def groups(self, first: int = 50) -> list[InteractionGroup]:
        return compiled()


@strawberry.type(description="A medical inquiry on a page.")
class MedicalInquiryEdge:
    cursor: str = strawberry.field(description=CURSOR)
    node: MedicalInquiry


@strawberry.type(description="A page of medical inquiries.")
class MedicalInquiryConnection:
    edges: list[MedicalInquiryEdge]
    page_info: PageInfo
    total_count: int = strawberry.field(description=TOTAL)


@strawberry.type(description="A value of access friction on a page.")
class AccessFrictionEdge:
    cursor: str = strawberry.field(description=CURSOR)
    node: AccessFriction


@strawberry.type(description="A page of access friction.")
class AccessFrictionConnection:
    edges: list[AccessFrictionEdge]
    page_info: PageInfo
    total_count: int = strawberry.field(description=TOTAL)

    @linked(Needs("ABOUT", verb=Verb.AGGREGATE, release=DataClass.ACCESS_FRICTION), description=GROUPS)
    def groups(self, first: int = 50) -> list[AccessFrictionGroup]:
        return compiled()


@strawberry.type(description="A value of influence on a page.")
class InfluenceEdge:
    cursor: str = strawberry.field(description=CURSOR)
    node: Influence


@strawberry.type(description="A page of influence.")
class InfluenceConnection:
    edges: list[InfluenceEdge]
    page_info: PageInfo
    total_count: int = strawberry.field(description=TOTAL)

    @linked(Needs("ABOUT", verb=Verb.AGGREGATE, forms=ANY_FORM, release=DataClass.INFLUENCE), description=GROUPS)
    def groups(self, first: int = 50) -> list[InfluenceGroup]:
        return compiled()


@strawberry.type(description="A cohort on a page.")
class CohortEdge:
    cursor: str
    node: Cohort


@strawberry.type(description="A page of cohorts.")
class CohortConnection:
    edges: list[CohortEdge]
    page_info: PageInfo
    total_count: int


@strawberry.type(description="A total on a page.")
class PrescribingTotalEdge:
    cursor: str
    node: PrescribingTotal


@strawberry.type(description="A page of totals of prescribing.")
class PrescribingTotalConnection:
    edges: list[PrescribingTotalEdge]
    page_info: PageInfo
    total_count: int


@strawberry.type(description="A total on a page.")
class InteractionTotalEdge:
    cursor: str
    node: InteractionTotal


@strawberry.type(description="A page of totals of interactions.")
class InteractionTotalConnection:
    edges: list[InteractionTotalEdge]
    page_info: PageInfo
    total_count: int


@strawberry.type(description="A total on a page.")
class InquiryTotalEdge:
    cursor: str
    node: InquiryTotal


@strawberry.type(description="A page of totals of medical inquiries.")
class InquiryTotalConnection:
    edges: list[InquiryTotalEdge]
    page_info: PageInfo
    total_count: int
