"""Filters and sorts of predictions."""

from typing import Any

import strawberry

from api.binding import ANY_FORM, ROWS, Needs, narrows, needs, relation
from api.types.filters import DateFilter, FloatFilter, IntFilter, SortDirection, StringFilter
from api.types.sort import AccountSort, CohortSegmentSort, HcpSort, PayerSort, PlanSort, TerritorySort
from api.types.where import AccountWhere, CohortSegmentWhere, HcpWhere, PayerWhere, PlanWhere, TerritoryWhere
from graph.governance.policy import Form, Verb
from graph.schema.core import DataClass
from graph.schema.prediction import PREDICTION

FILTER = Verb.FILTER


def _about(
    type_name: str, field_name: str, related: str, label: str, *levels: str, forms: frozenset[Form] = ROWS
) -> Any:
    """A key that goes from a prediction to what it is about, where the caller may know that at one of the levels."""
    need = Needs("ABOUT", verb=FILTER, forms=forms, levels=levels)
    return strawberry.field(
        default=strawberry.UNSET,
        metadata=relation(type_name, field_name, related, need, Needs(label, verb=FILTER)),
    )


@narrows(PREDICTION, release=DataClass.ACCESS_FRICTION)
@strawberry.input(description="Conditions on access friction; all given ones hold.")
class AccessFrictionWhere:
    AND: list["AccessFrictionWhere"] | None = strawberry.field(name="AND", default=strawberry.UNSET, metadata=needs())
    OR: list["AccessFrictionWhere"] | None = strawberry.field(name="OR", default=strawberry.UNSET, metadata=needs())
    NOT: "AccessFrictionWhere | None" = strawberry.field(name="NOT", default=strawberry.UNSET, metadata=needs())
    level: StringFilter | None = strawberry.UNSET
    value: FloatFilter | None = strawberry.UNSET
    low: FloatFilter | None = strawberry.UNSET
    high: FloatFilter | None = strawberry.UNSET
    as_of: DateFilter | None = strawberry.UNSET
    expected_starts: FloatFilter | None = strawberry.UNSET
    saveable_starts: FloatFilter | None = strawberry.UNSET
    evidence_starts: IntFilter | None = strawberry.UNSET
    policy_says: FloatFilter | None = strawberry.UNSET
    claims_show: FloatFilter | None = strawberry.UNSET
    claims_starts: IntFilter | None = strawberry.UNSET
    policy_gap: FloatFilter | None = strawberry.UNSET
    policy_gap_low: FloatFilter | None = strawberry.UNSET
    policy_gap_high: FloatFilter | None = strawberry.UNSET
    main_barrier: StringFilter | None = strawberry.UNSET
    hcp: HcpWhere | None = _about("AccessFriction", "hcp", "HcpWhere", "HCP", "hcp", "hcp_plan")
    plan: PlanWhere | None = _about("AccessFriction", "plan", "PlanWhere", "Plan", "plan", "hcp_plan")
    payer: PayerWhere | None = _about("AccessFriction", "payer", "PayerWhere", "Payer", "payer")
    account: AccountWhere | None = _about("AccessFriction", "account", "AccountWhere", "Account", "account")
    territory: TerritoryWhere | None = _about("AccessFriction", "territory", "TerritoryWhere", "Territory", "territory")
    cohort: CohortSegmentWhere | None = _about(
        "AccessFriction", "cohort", "CohortSegmentWhere", "CohortSegment", "cohort"
    )


@narrows(PREDICTION, release=DataClass.ACCESS_FRICTION)
@strawberry.input(description="Keys of a sort, in the order given.")
class AccessFrictionSort:
    value: SortDirection | None = strawberry.UNSET
    low: SortDirection | None = strawberry.UNSET
    high: SortDirection | None = strawberry.UNSET
    expected_starts: SortDirection | None = strawberry.UNSET
    saveable_starts: SortDirection | None = strawberry.UNSET
    evidence_starts: SortDirection | None = strawberry.UNSET
    policy_says: SortDirection | None = strawberry.UNSET
    claims_show: SortDirection | None = strawberry.UNSET
    claims_starts: SortDirection | None = strawberry.UNSET
    policy_gap: SortDirection | None = strawberry.UNSET
    policy_gap_low: SortDirection | None = strawberry.UNSET
    policy_gap_high: SortDirection | None = strawberry.UNSET
    hcp: HcpSort | None = _about("AccessFriction", "hcp", "HcpSort", "HCP", "hcp", "hcp_plan")
    plan: PlanSort | None = _about("AccessFriction", "plan", "PlanSort", "Plan", "plan", "hcp_plan")
    payer: PayerSort | None = _about("AccessFriction", "payer", "PayerSort", "Payer", "payer")
    account: AccountSort | None = _about("AccessFriction", "account", "AccountSort", "Account", "account")
    territory: TerritorySort | None = _about("AccessFriction", "territory", "TerritorySort", "Territory", "territory")
    cohort: CohortSegmentSort | None = _about(
        "AccessFriction", "cohort", "CohortSegmentSort", "CohortSegment", "cohort"
    )


BANDED = Needs("Prediction", "value", verb=FILTER, forms=ANY_FORM)


@narrows(PREDICTION, release=DataClass.INFLUENCE)
@strawberry.input(description="Conditions on influence; all given ones hold.")
class InfluenceWhere:
    AND: list["InfluenceWhere"] | None = strawberry.field(name="AND", default=strawberry.UNSET, metadata=needs())
    OR: list["InfluenceWhere"] | None = strawberry.field(name="OR", default=strawberry.UNSET, metadata=needs())
    NOT: "InfluenceWhere | None" = strawberry.field(name="NOT", default=strawberry.UNSET, metadata=needs())
    value: FloatFilter | None = strawberry.UNSET
    low: FloatFilter | None = strawberry.UNSET
    high: FloatFilter | None = strawberry.UNSET
    as_of: DateFilter | None = strawberry.UNSET
    clinical_lead: FloatFilter | None = strawberry.UNSET
    band: StringFilter | None = strawberry.field(default=strawberry.UNSET, metadata={"needs": (BANDED,)})
    hcp: HcpWhere | None = _about("Influence", "hcp", "HcpWhere", "HCP", "hcp", forms=ANY_FORM)


@narrows(PREDICTION, release=DataClass.INFLUENCE)
@strawberry.input(description="Keys of a sort, in the order given; a band sorts from low to high.")
class InfluenceSort:
    value: SortDirection | None = strawberry.UNSET
    low: SortDirection | None = strawberry.UNSET
    high: SortDirection | None = strawberry.UNSET
    clinical_lead: SortDirection | None = strawberry.UNSET
    band: SortDirection | None = strawberry.field(default=strawberry.UNSET, metadata={"needs": (BANDED,)})
    hcp: HcpSort | None = _about("Influence", "hcp", "HcpSort", "HCP", "hcp", forms=ANY_FORM)
