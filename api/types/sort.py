"""Keys of a sort, own and of the one related entity; never an enumeration shared by roles."""

import strawberry

from api.binding import Needs, narrows, relation
from api.types.filters import SortDirection
from graph.governance.policy import Verb
from graph.schema.cohort import COHORT, COHORT_SEGMENT
from graph.schema.coverage import PAYER, PLAN
from graph.schema.field import INTERACTION
from graph.schema.medical import MEDICAL_INQUIRY
from graph.schema.people import HCP
from graph.schema.places import ACCOUNT, TERRITORY

FILTER = Verb.FILTER


@narrows(HCP)
@strawberry.input(description="Keys of a sort, in the order given.")
class HcpSort:
    npi: SortDirection | None = strawberry.UNSET
    last_name: SortDirection | None = strawberry.UNSET
    first_name: SortDirection | None = strawberry.UNSET
    city: SortDirection | None = strawberry.UNSET
    state: SortDirection | None = strawberry.UNSET
    enumerated_on: SortDirection | None = strawberry.UNSET
    page_rank: SortDirection | None = strawberry.UNSET
    betweenness: SortDirection | None = strawberry.UNSET
    scientific_works: SortDirection | None = strawberry.UNSET
    patients_received: SortDirection | None = strawberry.UNSET
    times_named: SortDirection | None = strawberry.UNSET


@narrows(ACCOUNT)
@strawberry.input(description="Keys of a sort, in the order given.")
class AccountSort:
    name: SortDirection | None = strawberry.UNSET
    npi: SortDirection | None = strawberry.UNSET
    ccn: SortDirection | None = strawberry.UNSET
    city: SortDirection | None = strawberry.UNSET
    state: SortDirection | None = strawberry.UNSET


@narrows(TERRITORY)
@strawberry.input(description="Keys of a sort, in the order given.")
class TerritorySort:
    territory_id: SortDirection | None = strawberry.UNSET
    name: SortDirection | None = strawberry.UNSET
    level: SortDirection | None = strawberry.UNSET


@narrows(PAYER)
@strawberry.input(description="Keys of a sort, in the order given.")
class PayerSort:
    name: SortDirection | None = strawberry.UNSET


@narrows(PLAN)
@strawberry.input(description="Keys of a sort, in the order given.")
class PlanSort:
    plan_key: SortDirection | None = strawberry.UNSET
    name: SortDirection | None = strawberry.UNSET
    kind: SortDirection | None = strawberry.UNSET
    payer: PayerSort | None = strawberry.field(
        default=strawberry.UNSET,
        metadata=relation("Plan", "payer", "PayerSort", Needs("OFFERS", verb=FILTER), Needs("Payer", verb=FILTER)),
    )


@narrows(INTERACTION)
@strawberry.input(description="Keys of a sort, in the order given.")
class InteractionSort:
    occurred_on: SortDirection | None = strawberry.UNSET
    duration_minutes: SortDirection | None = strawberry.UNSET
    channel: SortDirection | None = strawberry.UNSET
    hcp: HcpSort | None = strawberry.field(
        default=strawberry.UNSET,
        metadata=relation("Interaction", "hcp", "HcpSort", Needs("WITH", verb=FILTER), Needs("HCP", verb=FILTER)),
    )


@narrows(MEDICAL_INQUIRY)
@strawberry.input(description="Keys of a sort, in the order given.")
class MedicalInquirySort:
    received_on: SortDirection | None = strawberry.UNSET
    topic: SortDirection | None = strawberry.UNSET
    hcp: HcpSort | None = strawberry.field(
        default=strawberry.UNSET,
        metadata=relation("MedicalInquiry", "hcp", "HcpSort", Needs("ASKED", verb=FILTER), Needs("HCP", verb=FILTER)),
    )


@narrows(COHORT)
@strawberry.input(description="Keys of a sort, in the order given.")
class CohortSort:
    month: SortDirection | None = strawberry.UNSET
    level: SortDirection | None = strawberry.UNSET
    plan_kind: SortDirection | None = strawberry.UNSET
    state: SortDirection | None = strawberry.UNSET
    site_of_care: SortDirection | None = strawberry.UNSET
    patients: SortDirection | None = strawberry.UNSET


@narrows(COHORT_SEGMENT)
@strawberry.input(description="Keys of a sort, in the order given.")
class CohortSegmentSort:
    level: SortDirection | None = strawberry.UNSET
    plan_kind: SortDirection | None = strawberry.UNSET
    state: SortDirection | None = strawberry.UNSET
    site_of_care: SortDirection | None = strawberry.UNSET
