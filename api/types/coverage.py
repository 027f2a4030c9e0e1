"""Payers, plans, and how plans cover products."""

import datetime

import strawberry

from api.binding import Needs, compiled, exposes, linked, narrows
from api.types.filters import StringFilter
from api.types.history import Change, Origin
from api.types.product import Product
from graph.schema.coverage import COVERAGE_POLICY, PAYER, PLAN


@exposes(PAYER)
@strawberry.type(description=PAYER.doc)
class Payer:
    id: strawberry.ID
    name: str | None

    @linked(Needs("Payer"), description="What the twin recorded about it between two dates, newest first.")
    def what_changed(self, since: datetime.date, until: datetime.date | None = None, first: int = 50) -> list[Change]:
        return compiled()


@exposes(COVERAGE_POLICY, withhold={"knownAt"})
@strawberry.type(description=COVERAGE_POLICY.doc)
class CoveragePolicy:
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

    @linked(Needs("CoveragePolicy"), description="What the twin recorded about it between two dates, newest first.")
    def what_changed(self, since: datetime.date, until: datetime.date | None = None, first: int = 50) -> list[Change]:
        return compiled()


@exposes(PLAN)
@strawberry.type(description=PLAN.doc)
class Plan:
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

    @linked(Needs("Plan"), description="What the twin recorded about it between two dates, newest first.")
    def what_changed(self, since: datetime.date, until: datetime.date | None = None, first: int = 50) -> list[Change]:
        return compiled()

    @linked(Needs("Plan", "lineage"), description="Where its values come from.")
    def lineage(self) -> list[Origin]:
        return compiled()


@narrows(PLAN)
@strawberry.input(description="Conditions on a plan; all given ones hold.")
class PlanWhere:
    AND: list["PlanWhere"] | None = strawberry.field(name="AND", default=strawberry.UNSET, metadata={"needs": ()})
    OR: list["PlanWhere"] | None = strawberry.field(name="OR", default=strawberry.UNSET, metadata={"needs": ()})
    NOT: "PlanWhere | None" = strawberry.field(name="NOT", default=strawberry.UNSET, metadata={"needs": ()})
    id: StringFilter | None = strawberry.UNSET
    plan_key: StringFilter | None = strawberry.UNSET
    name: StringFilter | None = strawberry.UNSET
    kind: StringFilter | None = strawberry.UNSET
