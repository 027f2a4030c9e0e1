"""Payers, plans, and how plans cover products."""

import datetime
from typing import TYPE_CHECKING, Annotated

import strawberry

from api.binding import Needs, compiled, exposes, linked
from api.types.history import Change, Origin
from api.types.network import ProviderNetwork
from api.types.node import Node
from api.types.product import Product
from graph.schema.authorization import AUTHORIZATION_STATISTIC
from graph.schema.core import DataClass
from graph.schema.coverage import COVERAGE_POLICY, PAYER, PLAN
from graph.schema.evidence import CHANGE

if TYPE_CHECKING:
    from api.types.prediction import AccessFriction

OfFriction = Annotated["AccessFriction", strawberry.lazy("api.types.prediction")]


@exposes(AUTHORIZATION_STATISTIC)
@strawberry.type(description=AUTHORIZATION_STATISTIC.doc)
class AuthorizationStatistic(Node):
    id: strawberry.ID
    year: int | None
    category: str | None
    listed_as: str | None
    code: str | None
    code_type: str | None
    description: str | None
    drug_name: str | None
    requests: int | None
    approval_rate: float | None
    appeal_approval_rate: float | None
    expedited_requests: int | None
    standard_requests: int | None
    extenuating_requests: int | None
    expedited_hours: float | None
    standard_hours: float | None
    extenuating_hours: float | None


@exposes(PAYER)
@strawberry.type(description=PAYER.doc)
class Payer(Node):
    id: strawberry.ID
    name: str | None

    @linked(Needs("OFFERS"), Needs("Plan"), description="Plans it offers.")
    def plans(self, first: int = 10) -> list["Plan"]:
        return compiled()

    @linked(
        Needs("OF_PAYER"),
        Needs("AuthorizationStatistic"),
        description="What it publishes about its prior authorizations, newest year and most requests first.",
    )
    def authorization_statistics(self, first: int = 10) -> list[AuthorizationStatistic]:
        return compiled()

    @linked(
        Needs("ABOUT", levels=("payer",), release=DataClass.ACCESS_FRICTION),
        Needs("Product"),
        description="Friction under its plans together, for a product (id or productId).",
    )
    def access_friction(self, product: strawberry.ID) -> OfFriction | None:
        return compiled()

    @linked(Needs("Payer"), description="What the twin recorded about it between two dates, newest first.")
    def what_changed(self, since: datetime.date, until: datetime.date | None = None, first: int = 50) -> list[Change]:
        return compiled()


@exposes(COVERAGE_POLICY, withhold={"knownAt"})
@strawberry.type(description=COVERAGE_POLICY.doc)
class CoveragePolicy(Node):
    id: strawberry.ID
    policy_key: str | None
    formulary_id: str | None
    tier: int | None
    prior_authorization: bool | None
    step_therapy: bool | None
    quantity_limit: bool | None
    quantity_amount: float | None
    quantity_days: float | None
    requirements: str | None
    effective_from: datetime.date | None
    effective_to: datetime.date | None

    @linked(Needs("FOR"), Needs("Product"), description="The product it is about.")
    def product(self) -> Product | None:
        return compiled()

    @linked(Needs("HAS_POLICY"), Needs("Plan"), description="Plans whose formulary carries it.")
    def plans(self, first: int = 10) -> list["Plan"]:
        return compiled()

    @linked(Needs("CoveragePolicy"), description="What the twin recorded about it between two dates, newest first.")
    def what_changed(self, since: datetime.date, until: datetime.date | None = None, first: int = 50) -> list[Change]:
        return compiled()


@exposes(PLAN)
@strawberry.type(description=PLAN.doc)
class Plan(Node):
    id: strawberry.ID
    plan_key: str | None
    name: str | None
    kind: str | None
    formulary_id: str | None
    suppressed: bool | None

    @linked(Needs("OFFERS"), Needs("Payer"), description="Who offers the plan.")
    def payer(self) -> Payer | None:
        return compiled()

    @linked(
        Needs("HAS_POLICY"),
        Needs("CoveragePolicy"),
        description="How the plan covers a product (id or productId), newest rule first.",
    )
    def policies(self, product: strawberry.ID, first: int = 10) -> list[CoveragePolicy]:
        return compiled()

    @linked(
        Needs("ABOUT", levels=("plan",), release=DataClass.ACCESS_FRICTION),
        Needs("Product"),
        description="Friction under the plan, for a product (id or productId).",
    )
    def access_friction(self, product: strawberry.ID) -> OfFriction | None:
        return compiled()

    @linked(Needs("USES_NETWORK"), Needs("ProviderNetwork"), description="Networks it uses.")
    def networks(self, first: int = 10) -> list[ProviderNetwork]:
        return compiled()

    @linked(Needs("Plan"), description="What the twin recorded about it between two dates, newest first.")
    def what_changed(self, since: datetime.date, until: datetime.date | None = None, first: int = 50) -> list[Change]:
        return compiled()

    @linked(Needs("Plan", "lineage"), description="Where its values come from.")
    def lineage(self) -> list[Origin]:
        return compiled()


@exposes(CHANGE, withhold={"entityId", "dataClasses"}, as_reached=True, by_class={"source", "record", "run"})
@strawberry.type(description="A difference of a coverage policy, or of which plans carry it.")
class PolicyChange:
    id: strawberry.ID
    other_id: str | None
    label: str | None
    property: str | None
    operation: str | None
    kind: str | None
    old: str | None
    new: str | None
    valid_at: datetime.date | None
    known_at: datetime.date | None
    recorded_on: datetime.date | None
    source: str | None
    record: str | None
    run: str | None

    @linked(Needs("CoveragePolicy"), description="The policy that changed.")
    def policy(self) -> CoveragePolicy | None:
        return compiled()
