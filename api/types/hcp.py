"""Healthcare professionals."""

import datetime
from typing import TYPE_CHECKING, Annotated

import strawberry

from api.binding import ANY_FORM, Needs, compiled, exposes, linked
from api.types.account import Account
from api.types.field import Consent, FieldNote, Interaction, Suggestion
from api.types.history import Change, Origin
from api.types.medical import MedicalInquiry, Nomination, ScientificActivity, SurveyResponse
from api.types.network import ProviderNetwork
from api.types.node import Node
from api.types.override import Override
from api.types.payment import Payment
from api.types.product import Product
from api.types.specialty import Specialty
from api.types.support import SupportCase
from api.types.territory import Territory
from graph.schema.catalogue import RELS
from graph.schema.core import DataClass
from graph.schema.people import HCP

if TYPE_CHECKING:
    from api.types.prediction import AccessFriction, Adoption, Influence, PayerShare

PREDICTIONS = strawberry.lazy("api.types.prediction")
OfFriction = Annotated["AccessFriction", PREDICTIONS]
OfInfluence = Annotated["Influence", PREDICTIONS]
OfAdoption = Annotated["Adoption", PREDICTIONS]
OfShare = Annotated["PayerShare", PREDICTIONS]


@exposes(RELS["PRESCRIBED"])
@strawberry.type(description=RELS["PRESCRIBED"].doc)
class Prescription:
    month: datetime.date | None
    trx: int | None
    nrx: int | None
    nbrx: int | None

    @linked(Needs("Product"), description="What was prescribed.")
    def product(self) -> Product | None:
        return compiled()


@exposes(RELS["PRESCRIBED_IN_YEAR"])
@strawberry.type(description=RELS["PRESCRIBED_IN_YEAR"].doc)
class YearlyClaims:
    year: int | None
    claims: int | None
    claims_low: int | None
    claims_high: int | None
    patients_low: int | None
    patients_high: int | None
    older_claims_low: int | None
    older_claims_high: int | None


@exposes(RELS["SHARES_PATIENTS"], withhold={"pairs", "sameDay", "knownAt"})
@strawberry.type(description="An HCP with whom patients are shared, in the newest year known.")
class Peer:
    year: int | None
    patients: int | None

    @linked(Needs("HCP"), description="The peer.")
    def hcp(self) -> "Hcp | None":
        return compiled()


@exposes(HCP, withhold={"knownAt", "embedding", "analysisRun"})
@strawberry.type(description=HCP.doc)
class Hcp(Node):
    id: strawberry.ID
    npi: str | None
    last_name: str | None
    first_name: str | None
    credential: str | None
    sex: str | None
    primary_taxonomy: str | None
    taxonomies: list[str] | None
    specialty: str | None
    city: str | None
    state: str | None
    zip5: str | None
    status: str | None
    enumerated_on: datetime.date | None
    deactivated_on: datetime.date | None
    reactivated_on: datetime.date | None
    opted_out_on: datetime.date | None
    page_rank: float | None
    betweenness: float | None
    community: int | None
    analysed_on: datetime.date | None
    scientific_works: int | None
    patients_received: int | None
    times_named: int | None
    times_named_by_ties: float | None
    components_as_of: datetime.date | None

    @linked(Needs("AFFILIATED_WITH"), Needs("Account"), description="Accounts the HCP practises at.")
    def affiliations(self, first: int = 10) -> list[Account]:
        return compiled()

    @linked(Needs("IN_TERRITORY"), Needs("Territory"), description="Territories it is aligned to today.")
    def territories(self, first: int = 5) -> list[Territory]:
        return compiled()

    @linked(
        Needs("SHARES_PATIENTS"),
        Needs("HCP"),
        description="HCPs with whom it shares most patients, in either direction.",
    )
    def peers(self, first: int = 10) -> list[Peer]:
        return compiled()

    @linked(
        Needs("PRESCRIBED"),
        Needs("Product"),
        description="Monthly prescribing of a product (id or productId), newest month first.",
    )
    def prescriptions(
        self, product: strawberry.ID, since: datetime.date | None = None, first: int = 24
    ) -> list[Prescription] | None:
        return compiled()

    @linked(
        Needs("ABOUT", levels=("hcp", "hcp_plan"), release=DataClass.ACCESS_FRICTION),
        Needs("Product"),
        description="Friction for a product (id or productId) under a plan (id or planKey), else under the plan with "
        "most expected starts.",
    )
    def access_friction(self, product: strawberry.ID, plan: strawberry.ID | None = None) -> OfFriction | None:
        return compiled()

    @linked(
        Needs("ABOUT", forms=ANY_FORM, levels=("hcp",), release=DataClass.INFLUENCE),
        Needs("Product"),
        description="Influence for a product (id or productId).",
    )
    def influence(self, product: strawberry.ID) -> OfInfluence | None:
        return compiled()

    @linked(
        Needs("ABOUT", levels=("hcp",), release=DataClass.ADOPTION),
        Needs("Product"),
        description="Chance of a first start of a product (id or productId); null for one who has started.",
    )
    def adoption(self, product: strawberry.ID) -> OfAdoption | None:
        return compiled()

    @linked(
        Needs("ABOUT", levels=("hcp",), release=DataClass.ADOPTION),
        Needs("Product"),
        description="What people said against its adoption of a product (id or productId), newest first.",
    )
    def adoption_overrides(self, product: strawberry.ID, first: int = 5) -> list[Override] | None:
        return compiled()

    @linked(
        Needs("ABOUT", levels=("hcp_plan",), release=DataClass.ACCESS_FRICTION),
        Needs("Product"),
        description="What people said against its friction for a product (id or productId), newest first.",
    )
    def access_friction_overrides(self, product: strawberry.ID, first: int = 5) -> list[Override] | None:
        return compiled()

    @linked(Needs("PRACTICES"), Needs("Specialty"), description="Specialties registered for it.")
    def specialties(self, first: int = 10) -> list[Specialty]:
        return compiled()

    @linked(Needs("IN_NETWORK"), Needs("ProviderNetwork"), description="Networks it belongs to.")
    def networks(self, first: int = 10) -> list[ProviderNetwork]:
        return compiled()

    @linked(Needs("WITH"), Needs("Interaction"), description="Calls and messages to it, newest first.")
    def interactions(self, first: int = 10) -> list[Interaction]:
        return compiled()

    @linked(Needs("SUGGESTS"), Needs("Suggestion"), description="Hints given about it, newest first.")
    def suggestions(self, first: int = 10) -> list[Suggestion]:
        return compiled()

    @linked(Needs("MENTIONS"), Needs("FieldNote"), description="Scrubbed notes about it, newest first.")
    def notes(self, first: int = 10) -> list[FieldNote]:
        return compiled()

    @linked(Needs("GAVE"), Needs("Consent"), description="Its choices for single channels, newest first.")
    def consents(self, first: int = 10) -> list[Consent]:
        return compiled()

    @linked(Needs("ASKED"), Needs("MedicalInquiry"), description="What it asked the medical department, newest first.")
    def medical_inquiries(self, first: int = 10) -> list[MedicalInquiry]:
        return compiled()

    @linked(
        Needs("CONTRIBUTED"),
        Needs("ScientificActivity"),
        description="What it probably published, investigated or presented, newest first.",
    )
    def scientific_activities(self, first: int = 10) -> list[ScientificActivity]:
        return compiled()

    @linked(Needs("ANSWERED"), Needs("SurveyResponse"), description="Its answers to surveys, newest first.")
    def survey_responses(self, first: int = 10) -> list[SurveyResponse]:
        return compiled()

    @linked(Needs("NOMINATED"), Needs("HCP"), description="Who named it as somebody to turn to, newest first.")
    def nominated_by(self, first: int = 10) -> list[Nomination]:
        return compiled()

    @linked(Needs("RECEIVED"), Needs("Payment"), description="What companies paid to it, as published, newest first.")
    def payments(self, first: int = 10) -> list[Payment]:
        return compiled()

    @linked(Needs("REFERRED"), Needs("SupportCase"), description="Cases it referred to patient support, newest first.")
    def support_cases(self, first: int = 10) -> list[SupportCase]:
        return compiled()

    @linked(
        Needs("PRESCRIBED_IN_YEAR"),
        Needs("Product"),
        description="Medicare Part D claims for a product (id or productId), newest year first.",
    )
    def yearly_claims(self, product: strawberry.ID, first: int = 10) -> list[YearlyClaims] | None:
        return compiled()

    @linked(
        Needs("ABOUT", levels=("hcp_plan",), release=DataClass.ACCESS_FRICTION),
        Needs("Product"),
        description="The main plans of the starts expected for a product (id or productId), largest first.",
    )
    def payer_mix(self, product: strawberry.ID, first: int = 5) -> list[OfShare] | None:
        return compiled()

    @linked(Needs("HCP"), description="What the twin recorded about it between two dates, newest first.")
    def what_changed(self, since: datetime.date, until: datetime.date | None = None, first: int = 50) -> list[Change]:
        return compiled()

    @linked(Needs("HCP", "lineage"), description="Where its values come from.")
    def lineage(self) -> list[Origin]:
        return compiled()
