"""Predictions in natural units, one type for each data class that a task releases."""

import datetime
from typing import TYPE_CHECKING, Annotated

import strawberry

from api.binding import ANY_FORM, NUMBERS, Needs, compiled, exposes, linked, needs
from api.types.account import Account
from api.types.cohort import CohortSegment
from api.types.coverage import CoveragePolicy, Payer, Plan
from api.types.model import Model
from api.types.node import Node
from api.types.product import Product
from api.types.territory import Territory
from graph.schema.catalogue import RELS
from graph.schema.core import DataClass
from graph.schema.prediction import PREDICTION

if TYPE_CHECKING:
    from api.types.hcp import Hcp

OfHcp = Annotated["Hcp", strawberry.lazy("api.types.hcp")]
SHELL = {"task", "dataClass", "dataClasses", "modelId", "barrierShares"}
OF_INFLUENCE = {"clinicalLead", "verdict"}
GAP = {"policySays", "claimsShow", "claimsStarts", "policyGap", "policyGapLow", "policyGapHigh"}
COUNTS = {"expectedStarts", "saveableStarts", "mainBarrier", "evidenceStarts"}
BECAUSE = Needs("BECAUSE", "reason")
WHY = (
    "Why, as far as the caller may read what it speaks of. Where `explained` is false, none are stored; where it is "
    "true and the list is empty, all of them speak of what the caller may not read."
)


@strawberry.type(description="One part of a value.")
class Component:
    name: str = strawberry.field(description="What the part stands for, such as a barrier.")
    value: float | None = strawberry.field(description="The part, in the unit of the whole.")


@exposes(RELS["BECAUSE"], withhold={"dataClasses"}, as_reached=True)
@strawberry.type(description="One reason for a value, strongest first.")
class Driver:
    reason: str | None
    share: float | None
    rank: int | None

    @linked(Needs("CoveragePolicy"), description="The coverage policy it is about, where it is one.")
    def policy(self) -> CoveragePolicy | None:
        return compiled()

    @linked(Needs("Plan"), description="The plan whose claims it is about, where it is one.")
    def plan(self) -> Plan | None:
        return compiled()

    @linked(Needs("Account"), description="The account it is about, where it is one.")
    def account(self) -> Account | None:
        return compiled()

    @linked(Needs("HCP"), description="The HCP it is about, where it is one: a colleague, or the subject itself.")
    def hcp(self) -> OfHcp | None:
        return compiled()


@exposes(PREDICTION, withhold=SHELL | OF_INFLUENCE, release=DataClass.ACCESS_FRICTION)
@strawberry.type(description="Share of the starts written in the next days that will not be dispensed in time.")
class AccessFriction(Node):
    id: strawberry.ID
    level: str | None
    value: float | None
    low: float | None
    high: float | None
    unit: str | None
    horizon_days: int | None
    as_of: datetime.date | None
    expected_starts: float | None
    saveable_starts: float | None
    main_barrier: str | None
    evidence_starts: int | None
    policy_says: float | None
    claims_show: float | None
    claims_starts: int | None
    policy_gap: float | None
    policy_gap_low: float | None
    policy_gap_high: float | None
    explained: bool | None

    @linked(Needs("Prediction", "barrierShares"), description="The value split by barrier; sums to it.")
    def components(self) -> list[Component] | None:
        return compiled()

    @linked(BECAUSE, description=WHY)
    def drivers(self, first: int = 3) -> list[Driver]:
        return compiled()

    @linked(Needs("ABOUT", levels=("hcp", "hcp_plan")), Needs("HCP"), description="The HCP it is about.")
    def hcp(self) -> OfHcp | None:
        return compiled()

    @linked(Needs("ABOUT", levels=("plan", "hcp_plan")), Needs("Plan"), description="The plan it is about.")
    def plan(self) -> Plan | None:
        return compiled()

    @linked(Needs("ABOUT", levels=("payer",)), Needs("Payer"), description="The payer it is about.")
    def payer(self) -> Payer | None:
        return compiled()

    @linked(Needs("ABOUT", levels=("account",)), Needs("Account"), description="The account it is about.")
    def account(self) -> Account | None:
        return compiled()

    @linked(Needs("ABOUT", levels=("territory",)), Needs("Territory"), description="The territory it is about.")
    def territory(self) -> Territory | None:
        return compiled()

    @linked(Needs("ABOUT", levels=("cohort",)), Needs("CohortSegment"), description="The segment it is about.")
    def cohort(self) -> CohortSegment | None:
        return compiled()

    @linked(Needs("FOR"), Needs("Product"), description="The product it is about.")
    def product(self) -> Product | None:
        return compiled()

    @linked(Needs("ModelVersion"), description="The model that made it.")
    def model(self) -> Model | None:
        return compiled()


@exposes(PREDICTION, withhold=set(PREDICTION.props) - {"expectedStarts"}, release=DataClass.ACCESS_FRICTION)
@strawberry.type(description="A plan's part of the starts that are expected of an HCP.")
class PayerShare:
    expected_starts: float | None
    share: float | None = strawberry.field(
        description="Part of the starts expected under the HCP's main plans, 0 to 1.",
        metadata=needs(Needs("Prediction", "expectedStarts", forms=NUMBERS)),
    )

    @linked(Needs("ABOUT", levels=("hcp_plan",)), Needs("Plan"), description="The plan.")
    def plan(self) -> Plan | None:
        return compiled()


@exposes(PREDICTION, withhold=SHELL | COUNTS | GAP | {"level"}, release=DataClass.INFLUENCE)
@strawberry.type(
    description="Starts of other HCPs that the adoption model expects when this HCP prescribes, less those when it "
    "does not; no cause beyond what `verdict` says."
)
class Influence(Node):
    id: strawberry.ID
    value: float | None
    low: float | None
    high: float | None
    unit: str | None
    horizon_days: int | None
    as_of: datetime.date | None
    verdict: str | None
    clinical_lead: float | None
    explained: bool | None

    @linked(
        Needs("Prediction", "value", forms=ANY_FORM),
        description="The value as low, medium or high, by fixed cut points. It does not tell how sure the value is: an "
        "interval of any band may reach 0.",
    )
    def band(self) -> str | None:
        return compiled()

    @linked(BECAUSE, description=WHY)
    def drivers(self, first: int = 3) -> list[Driver]:
        return compiled()

    @linked(Needs("ABOUT", forms=ANY_FORM, levels=("hcp",)), Needs("HCP"), description="The HCP it is about.")
    def hcp(self) -> OfHcp | None:
        return compiled()

    @linked(Needs("FOR"), Needs("Product"), description="The product it is about.")
    def product(self) -> Product | None:
        return compiled()

    @linked(Needs("ModelVersion"), description="The model that made it.")
    def model(self) -> Model | None:
        return compiled()


@exposes(PREDICTION, withhold=SHELL | COUNTS | GAP | OF_INFLUENCE | {"level"}, release=DataClass.ADOPTION)
@strawberry.type(description="Chance that an HCP makes its first start of a product within the horizon.")
class Adoption(Node):
    id: strawberry.ID
    value: float | None
    low: float | None
    high: float | None
    unit: str | None
    horizon_days: int | None
    as_of: datetime.date | None
    explained: bool | None

    @linked(BECAUSE, description=WHY)
    def drivers(self, first: int = 3) -> list[Driver]:
        return compiled()

    @linked(Needs("FOR"), Needs("Product"), description="The product it is about.")
    def product(self) -> Product | None:
        return compiled()

    @linked(Needs("ModelVersion"), description="The model that made it.")
    def model(self) -> Model | None:
        return compiled()
