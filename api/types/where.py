"""Conditions on what can be filtered: one input for each type, one with quantifiers for its use in another."""

import strawberry

from api.binding import Needs, narrows, needs, relation
from api.types.filters import BooleanFilter, DateFilter, FloatFilter, IntFilter, StringFilter
from graph.governance.policy import Verb
from graph.schema.cohort import COHORT, COHORT_SEGMENT
from graph.schema.coverage import PAYER, PLAN
from graph.schema.field import INTERACTION
from graph.schema.medical import MEDICAL_INQUIRY
from graph.schema.people import HCP
from graph.schema.places import ACCOUNT, TERRITORY

FILTER = Verb.FILTER


@narrows(HCP)
@strawberry.input(description="Conditions on an HCP; all given ones hold.")
class HcpWhere:
    AND: list["HcpWhere"] | None = strawberry.field(name="AND", default=strawberry.UNSET, metadata=needs())
    OR: list["HcpWhere"] | None = strawberry.field(name="OR", default=strawberry.UNSET, metadata=needs())
    NOT: "HcpWhere | None" = strawberry.field(name="NOT", default=strawberry.UNSET, metadata=needs())
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
    scientific_works: IntFilter | None = strawberry.UNSET
    patients_received: IntFilter | None = strawberry.UNSET
    times_named: IntFilter | None = strawberry.UNSET
    affiliations: "AccountsWhere | None" = strawberry.field(
        default=strawberry.UNSET,
        metadata=relation(
            "Hcp", "affiliations", "AccountWhere", Needs("AFFILIATED_WITH", verb=FILTER), Needs("Account", verb=FILTER)
        ),
    )
    territories: "TerritoriesWhere | None" = strawberry.field(
        default=strawberry.UNSET,
        metadata=relation(
            "Hcp", "territories", "TerritoryWhere", Needs("IN_TERRITORY", verb=FILTER), Needs("Territory", verb=FILTER)
        ),
    )
    interactions: "InteractionsWhere | None" = strawberry.field(
        default=strawberry.UNSET,
        metadata=relation(
            "Hcp", "interactions", "InteractionWhere", Needs("WITH", verb=FILTER), Needs("Interaction", verb=FILTER)
        ),
    )
    medical_inquiries: "MedicalInquiriesWhere | None" = strawberry.field(
        default=strawberry.UNSET,
        metadata=relation(
            "Hcp",
            "medicalInquiries",
            "MedicalInquiryWhere",
            Needs("ASKED", verb=FILTER),
            Needs("MedicalInquiry", verb=FILTER),
        ),
    )


@strawberry.input(description="Conditions on related HCPs.")
class HcpsWhere:
    some: HcpWhere | None = strawberry.UNSET
    none: HcpWhere | None = strawberry.UNSET
    all: HcpWhere | None = strawberry.UNSET
    single: HcpWhere | None = strawberry.UNSET


@narrows(ACCOUNT)
@strawberry.input(description="Conditions on an account; all given ones hold.")
class AccountWhere:
    AND: list["AccountWhere"] | None = strawberry.field(name="AND", default=strawberry.UNSET, metadata=needs())
    OR: list["AccountWhere"] | None = strawberry.field(name="OR", default=strawberry.UNSET, metadata=needs())
    NOT: "AccountWhere | None" = strawberry.field(name="NOT", default=strawberry.UNSET, metadata=needs())
    id: StringFilter | None = strawberry.UNSET
    npi: StringFilter | None = strawberry.UNSET
    ccn: StringFilter | None = strawberry.UNSET
    name: StringFilter | None = strawberry.UNSET
    kind: StringFilter | None = strawberry.UNSET
    city: StringFilter | None = strawberry.UNSET
    state: StringFilter | None = strawberry.UNSET
    zip5: StringFilter | None = strawberry.UNSET
    status: StringFilter | None = strawberry.UNSET
    hcps: "HcpsWhere | None" = strawberry.field(
        default=strawberry.UNSET,
        metadata=relation(
            "Account", "hcps", "HcpWhere", Needs("AFFILIATED_WITH", verb=FILTER), Needs("HCP", verb=FILTER)
        ),
    )


@strawberry.input(description="Conditions on related accounts.")
class AccountsWhere:
    some: AccountWhere | None = strawberry.UNSET
    none: AccountWhere | None = strawberry.UNSET
    all: AccountWhere | None = strawberry.UNSET
    single: AccountWhere | None = strawberry.UNSET


@narrows(TERRITORY)
@strawberry.input(description="Conditions on a territory; all given ones hold.")
class TerritoryWhere:
    AND: list["TerritoryWhere"] | None = strawberry.field(name="AND", default=strawberry.UNSET, metadata=needs())
    OR: list["TerritoryWhere"] | None = strawberry.field(name="OR", default=strawberry.UNSET, metadata=needs())
    NOT: "TerritoryWhere | None" = strawberry.field(name="NOT", default=strawberry.UNSET, metadata=needs())
    id: StringFilter | None = strawberry.UNSET
    territory_id: StringFilter | None = strawberry.UNSET
    name: StringFilter | None = strawberry.UNSET
    level: StringFilter | None = strawberry.UNSET
    hcps: "HcpsWhere | None" = strawberry.field(
        default=strawberry.UNSET,
        metadata=relation(
            "Territory", "hcps", "HcpWhere", Needs("IN_TERRITORY", verb=FILTER), Needs("HCP", verb=FILTER)
        ),
    )


@strawberry.input(description="Conditions on related territories.")
class TerritoriesWhere:
    some: TerritoryWhere | None = strawberry.UNSET
    none: TerritoryWhere | None = strawberry.UNSET
    all: TerritoryWhere | None = strawberry.UNSET
    single: TerritoryWhere | None = strawberry.UNSET


@narrows(PAYER)
@strawberry.input(description="Conditions on a payer; all given ones hold.")
class PayerWhere:
    AND: list["PayerWhere"] | None = strawberry.field(name="AND", default=strawberry.UNSET, metadata=needs())
    OR: list["PayerWhere"] | None = strawberry.field(name="OR", default=strawberry.UNSET, metadata=needs())
    NOT: "PayerWhere | None" = strawberry.field(name="NOT", default=strawberry.UNSET, metadata=needs())
    id: StringFilter | None = strawberry.UNSET
    name: StringFilter | None = strawberry.UNSET
    plans: "PlansWhere | None" = strawberry.field(
        default=strawberry.UNSET,
        metadata=relation("Payer", "plans", "PlanWhere", Needs("OFFERS", verb=FILTER), Needs("Plan", verb=FILTER)),
    )


@narrows(PLAN)
@strawberry.input(description="Conditions on a plan; all given ones hold.")
class PlanWhere:
    AND: list["PlanWhere"] | None = strawberry.field(name="AND", default=strawberry.UNSET, metadata=needs())
    OR: list["PlanWhere"] | None = strawberry.field(name="OR", default=strawberry.UNSET, metadata=needs())
    NOT: "PlanWhere | None" = strawberry.field(name="NOT", default=strawberry.UNSET, metadata=needs())
    id: StringFilter | None = strawberry.UNSET
    plan_key: StringFilter | None = strawberry.UNSET
    name: StringFilter | None = strawberry.UNSET
    kind: StringFilter | None = strawberry.UNSET
    formulary_id: StringFilter | None = strawberry.UNSET
    payer: "PayerWhere | None" = strawberry.field(
        default=strawberry.UNSET,
        metadata=relation("Plan", "payer", "PayerWhere", Needs("OFFERS", verb=FILTER), Needs("Payer", verb=FILTER)),
    )


@strawberry.input(description="Conditions on related plans.")
class PlansWhere:
    some: PlanWhere | None = strawberry.UNSET
    none: PlanWhere | None = strawberry.UNSET
    all: PlanWhere | None = strawberry.UNSET
    single: PlanWhere | None = strawberry.UNSET


@narrows(INTERACTION)
@strawberry.input(description="Conditions on an interaction; all given ones hold.")
class InteractionWhere:
    AND: list["InteractionWhere"] | None = strawberry.field(name="AND", default=strawberry.UNSET, metadata=needs())
    OR: list["InteractionWhere"] | None = strawberry.field(name="OR", default=strawberry.UNSET, metadata=needs())
    NOT: "InteractionWhere | None" = strawberry.field(name="NOT", default=strawberry.UNSET, metadata=needs())
    id: StringFilter | None = strawberry.UNSET
    channel: StringFilter | None = strawberry.UNSET
    kind: StringFilter | None = strawberry.UNSET
    occurred_on: DateFilter | None = strawberry.UNSET
    duration_minutes: IntFilter | None = strawberry.UNSET
    status: StringFilter | None = strawberry.UNSET
    outcome: StringFilter | None = strawberry.UNSET
    opened: BooleanFilter | None = strawberry.UNSET
    clicked: BooleanFilter | None = strawberry.UNSET
    hcp: "HcpWhere | None" = strawberry.field(
        default=strawberry.UNSET,
        metadata=relation("Interaction", "hcp", "HcpWhere", Needs("WITH", verb=FILTER), Needs("HCP", verb=FILTER)),
    )


@strawberry.input(description="Conditions on related interactions.")
class InteractionsWhere:
    some: InteractionWhere | None = strawberry.UNSET
    none: InteractionWhere | None = strawberry.UNSET
    all: InteractionWhere | None = strawberry.UNSET
    single: InteractionWhere | None = strawberry.UNSET


@narrows(MEDICAL_INQUIRY)
@strawberry.input(description="Conditions on a medical inquiry; all given ones hold.")
class MedicalInquiryWhere:
    AND: list["MedicalInquiryWhere"] | None = strawberry.field(name="AND", default=strawberry.UNSET, metadata=needs())
    OR: list["MedicalInquiryWhere"] | None = strawberry.field(name="OR", default=strawberry.UNSET, metadata=needs())
    NOT: "MedicalInquiryWhere | None" = strawberry.field(name="NOT", default=strawberry.UNSET, metadata=needs())
    id: StringFilter | None = strawberry.UNSET
    topic: StringFilter | None = strawberry.UNSET
    received_on: DateFilter | None = strawberry.UNSET
    unsolicited: BooleanFilter | None = strawberry.UNSET
    hcp: "HcpWhere | None" = strawberry.field(
        default=strawberry.UNSET,
        metadata=relation("MedicalInquiry", "hcp", "HcpWhere", Needs("ASKED", verb=FILTER), Needs("HCP", verb=FILTER)),
    )


@strawberry.input(description="Conditions on related medical inquiries.")
class MedicalInquiriesWhere:
    some: MedicalInquiryWhere | None = strawberry.UNSET
    none: MedicalInquiryWhere | None = strawberry.UNSET
    all: MedicalInquiryWhere | None = strawberry.UNSET
    single: MedicalInquiryWhere | None = strawberry.UNSET


@narrows(COHORT)
@strawberry.input(description="Conditions on a cohort; all given ones hold.")
class CohortWhere:
    AND: list["CohortWhere"] | None = strawberry.field(name="AND", default=strawberry.UNSET, metadata=needs())
    OR: list["CohortWhere"] | None = strawberry.field(name="OR", default=strawberry.UNSET, metadata=needs())
    NOT: "CohortWhere | None" = strawberry.field(name="NOT", default=strawberry.UNSET, metadata=needs())
    month: DateFilter | None = strawberry.UNSET
    level: StringFilter | None = strawberry.UNSET
    plan_kind: StringFilter | None = strawberry.UNSET
    state: StringFilter | None = strawberry.UNSET
    site_of_care: StringFilter | None = strawberry.UNSET
    patients: IntFilter | None = strawberry.UNSET
    suppressed: BooleanFilter | None = strawberry.UNSET


@narrows(COHORT_SEGMENT)
@strawberry.input(description="Conditions on a segment; all given ones hold.")
class CohortSegmentWhere:
    AND: list["CohortSegmentWhere"] | None = strawberry.field(name="AND", default=strawberry.UNSET, metadata=needs())
    OR: list["CohortSegmentWhere"] | None = strawberry.field(name="OR", default=strawberry.UNSET, metadata=needs())
    NOT: "CohortSegmentWhere | None" = strawberry.field(name="NOT", default=strawberry.UNSET, metadata=needs())
    level: StringFilter | None = strawberry.UNSET
    plan_kind: StringFilter | None = strawberry.UNSET
    state: StringFilter | None = strawberry.UNSET
    site_of_care: StringFilter | None = strawberry.UNSET
