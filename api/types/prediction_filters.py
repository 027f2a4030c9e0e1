"""Filters and sorts of predictions."""

import strawberry

from api.binding import ANY_FORM, Needs, narrows, needs, relation
from api.types.filters import DateFilter, FloatFilter, IntFilter, SortDirection, StringFilter
from api.types.sort import AccountSort, CohortSegmentSort, HcpSort, PayerSort, PlanSort, TerritorySort
from api.types.where import AccountWhere, CohortSegmentWhere, HcpWhere, PayerWhere, PlanWhere, TerritoryWhere
from graph.governance.policy import Verb
from graph.schema.core import DataClass
from graph.schema.prediction import PREDICTION

FILTER = Verb.FILTER


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
    policy_gap: FloatFilter | None = strawberry.UNSET
    main_barrier: StringFilter | None = strawberry.UNSET
    hcp: HcpWhere | None = strawberry.field(
        default=strawberry.UNSET,
        metadata=relation(
            "AccessFriction",
            "hcp",
            "HcpWhere",
            Needs("ABOUT", verb=FILTER, levels=("hcp", "hcp_plan")),
            Needs("HCP", verb=FILTER),
        ),
    )
    plan: PlanWhere | None = strawberry.field(
        default=strawberry.UNSET,
        metadata=relation(
            "AccessFriction",
            "plan",
            "PlanWhere",
            Needs("ABOUT", verb=FILTER, levels=("plan", "hcp_plan")),
            Needs("Plan", verb=FILTER),
        ),
    )
    payer: PayerWhere | None = strawberry.field(
        default=strawberry.UNSET,
        metadata=relation(
            "AccessFriction",
            "payer",
            "PayerWhere",
            Needs("ABOUT", verb=FILTER, levels=("payer",)),
            Needs("Payer", verb=FILTER),
        ),
    )
    account: AccountWhere | None = strawberry.field(
        default=strawberry.UNSET,
        metadata=relation(
            "AccessFriction",
            "account",
            "AccountWhere",
            Needs("ABOUT", verb=FILTER, levels=("account",)),
            Needs("Account", verb=FILTER),
        ),
    )
    territory: TerritoryWhere | None = strawberry.field(
        default=strawberry.UNSET,
        metadata=relation(
            "AccessFriction",
            "territory",
            "TerritoryWhere",
            Needs("ABOUT", verb=FILTER, levels=("territory",)),
            Needs("Territory", verb=FILTER),
        ),
    )
    cohort: CohortSegmentWhere | None = strawberry.field(
        default=strawberry.UNSET,
        metadata=relation(
            "AccessFriction",
            "cohort",
            "CohortSegmentWhere",
            Needs("ABOUT", verb=FILTER, levels=("cohort",)),
            Needs("CohortSegment", verb=FILTER),
        ),
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
    policy_gap: SortDirection | None = strawberry.UNSET
    hcp: HcpSort | None = strawberry.field(
        default=strawberry.UNSET,
        metadata=relation(
            "AccessFriction",
            "hcp",
            "HcpSort",
            Needs("ABOUT", verb=FILTER, levels=("hcp", "hcp_plan")),
            Needs("HCP", verb=FILTER),
        ),
    )
    plan: PlanSort | None = strawberry.field(
        default=strawberry.UNSET,
        metadata=relation(
            "AccessFriction",
            "plan",
            "PlanSort",
            Needs("ABOUT", verb=FILTER, levels=("plan", "hcp_plan")),
            Needs("Plan", verb=FILTER),
        ),
    )
    payer: PayerSort | None = strawberry.field(
        default=strawberry.UNSET,
        metadata=relation(
            "AccessFriction",
            "payer",
            "PayerSort",
            Needs("ABOUT", verb=FILTER, levels=("payer",)),
            Needs("Payer", verb=FILTER),
        ),
    )
    account: AccountSort | None = strawberry.field(
        default=strawberry.UNSET,
        metadata=relation(
            "AccessFriction",
            "account",
            "AccountSort",
            Needs("ABOUT", verb=FILTER, levels=("account",)),
            Needs("Account", verb=FILTER),
        ),
    )
    territory: TerritorySort | None = strawberry.field(
        default=strawberry.UNSET,
        metadata=relation(
            "AccessFriction",
            "territory",
            "TerritorySort",
            Needs("ABOUT", verb=FILTER, levels=("territory",)),
            Needs("Territory", verb=FILTER),
        ),
    )
    cohort: CohortSegmentSort | None = strawberry.field(
        default=strawberry.UNSET,
        metadata=relation(
            "AccessFriction",
            "cohort",
            "CohortSegmentSort",
            Needs("ABOUT", verb=FILTER, levels=("cohort",)),
            Needs("CohortSegment", verb=FILTER),
        ),
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
    hcp: HcpWhere | None = strawberry.field(
        default=strawberry.UNSET,
        metadata=relation(
            "Influence",
            "hcp",
            "HcpWhere",
            Needs("ABOUT", verb=FILTER, forms=ANY_FORM, levels=("hcp",)),
            Needs("HCP", verb=FILTER),
        ),
    )


@narrows(PREDICTION, release=DataClass.INFLUENCE)
@strawberry.input(description="Keys of a sort, in the order given; a band sorts from low to high.")
class InfluenceSort:
    value: SortDirection | None = strawberry.UNSET
    low: SortDirection | None = strawberry.UNSET
    high: SortDirection | None = strawberry.UNSET
    clinical_lead: SortDirection | None = strawberry.UNSET
    band: SortDirection | None = strawberry.field(default=strawberry.UNSET, metadata={"needs": (BANDED,)})
    hcp: HcpSort | None = strawberry.field(
        default=strawberry.UNSET,
        metadata=relation(
            "Influence",
            "hcp",
            "HcpSort",
            Needs("ABOUT", verb=FILTER, forms=ANY_FORM, levels=("hcp",)),
            Needs("HCP", verb=FILTER),
        ),
    )
