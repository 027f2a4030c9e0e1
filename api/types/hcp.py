"""Healthcare professionals."""

import datetime
from typing import TYPE_CHECKING, Annotated

import strawberry

from api.binding import ANY_FORM, Needs, compiled, exposes, linked, narrows, relation
from api.types.account import Account, AccountsWhere
from api.types.filters import FloatFilter, IntFilter, SortDirection, StringFilter
from api.types.history import Change, Origin
from api.types.product import Product
from api.types.territory import Territory
from graph.governance.policy import Verb
from graph.schema.catalogue import RELS
from graph.schema.core import DataClass
from graph.schema.people import HCP

if TYPE_CHECKING:
    from api.types.prediction import AccessFriction, Adoption, Influence

PREDICTIONS = strawberry.lazy("api.types.prediction")
OfFriction = Annotated["AccessFriction", PREDICTIONS]
OfInfluence = Annotated["Influence", PREDICTIONS]
OfAdoption = Annotated["Adoption", PREDICTIONS]


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


@exposes(RELS["SHARES_PATIENTS"], withhold={"pairs", "sameDay", "knownAt"})
@strawberry.type(description="An HCP with whom patients are shared, in the newest year known.")
class Peer:
    year: int | None
    patients: int | None

    @linked(Needs("HCP"), description="The peer.")
    def hcp(self) -> "Hcp | None":
        return compiled()


@exposes(HCP, withhold={"optedOutOn", "knownAt", "embedding", "analysisRun"})
@strawberry.type(description=HCP.doc)
class Hcp:
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
    page_rank: float | None
    betweenness: float | None
    community: int | None
    analysed_on: datetime.date | None

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

    @linked(Needs("HCP"), description="What the twin recorded about it between two dates, newest first.")
    def what_changed(self, since: datetime.date, until: datetime.date | None = None, first: int = 50) -> list[Change]:
        return compiled()

    @linked(Needs("HCP", "lineage"), description="Where its values come from.")
    def lineage(self) -> list[Origin]:
        return compiled()


@narrows(HCP)
@strawberry.input(description="Conditions on an HCP; all given ones hold.")
class HcpWhere:
    AND: list["HcpWhere"] | None = strawberry.field(name="AND", default=strawberry.UNSET, metadata={"needs": ()})
    OR: list["HcpWhere"] | None = strawberry.field(name="OR", default=strawberry.UNSET, metadata={"needs": ()})
    NOT: "HcpWhere | None" = strawberry.field(name="NOT", default=strawberry.UNSET, metadata={"needs": ()})
    id: StringFilter | None = strawberry.UNSET
    npi: StringFilter | None = strawberry.UNSET
    last_name: StringFilter | None = strawberry.UNSET
    first_name: StringFilter | None = strawberry.UNSET
    primary_taxonomy: StringFilter | None = strawberry.UNSET
    specialty: StringFilter | None = strawberry.UNSET
    city: StringFilter | None = strawberry.UNSET
    state: StringFilter | None = strawberry.UNSET
    zip5: StringFilter | None = strawberry.UNSET
    status: StringFilter | None = strawberry.UNSET
    page_rank: FloatFilter | None = strawberry.UNSET
    betweenness: FloatFilter | None = strawberry.UNSET
    community: IntFilter | None = strawberry.UNSET
    affiliations: AccountsWhere | None = strawberry.field(
        default=strawberry.UNSET,
        metadata=relation(
            "Hcp", "affiliations", Needs("AFFILIATED_WITH", verb=Verb.FILTER), Needs("Account", verb=Verb.FILTER)
        ),
    )


@narrows(HCP)
@strawberry.input(description="Keys of a sort, in the order given.")
class HcpSort:
    npi: SortDirection | None = strawberry.UNSET
    last_name: SortDirection | None = strawberry.UNSET
    first_name: SortDirection | None = strawberry.UNSET
    city: SortDirection | None = strawberry.UNSET
    state: SortDirection | None = strawberry.UNSET
    page_rank: SortDirection | None = strawberry.UNSET
    betweenness: SortDirection | None = strawberry.UNSET
