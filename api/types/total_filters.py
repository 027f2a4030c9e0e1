"""Filters and sort keys of totals."""

import strawberry

from api.binding import narrows, needs
from api.types.filters import BooleanFilter, DateFilter, IntFilter, SortDirection, StringFilter
from graph.schema.total import INQUIRY_TOTAL, INTERACTION_TOTAL, PRESCRIBING_TOTAL

CONDITIONS = "Conditions on a total; all given ones hold."
KEYS = "Keys of a sort, in the order given."


@narrows(PRESCRIBING_TOTAL)
@strawberry.input(description=CONDITIONS)
class PrescribingTotalWhere:
    AND: list["PrescribingTotalWhere"] | None = strawberry.field(name="AND", default=strawberry.UNSET, metadata=needs())
    OR: list["PrescribingTotalWhere"] | None = strawberry.field(name="OR", default=strawberry.UNSET, metadata=needs())
    NOT: "PrescribingTotalWhere | None" = strawberry.field(name="NOT", default=strawberry.UNSET, metadata=needs())
    month: DateFilter | None = strawberry.UNSET
    level: StringFilter | None = strawberry.UNSET
    state: StringFilter | None = strawberry.UNSET
    specialty: StringFilter | None = strawberry.UNSET
    site_of_care: StringFilter | None = strawberry.UNSET
    prescribers: IntFilter | None = strawberry.UNSET
    trx: IntFilter | None = strawberry.UNSET
    nrx: IntFilter | None = strawberry.UNSET
    suppressed: BooleanFilter | None = strawberry.UNSET


@narrows(INTERACTION_TOTAL)
@strawberry.input(description=CONDITIONS)
class InteractionTotalWhere:
    AND: list["InteractionTotalWhere"] | None = strawberry.field(name="AND", default=strawberry.UNSET, metadata=needs())
    OR: list["InteractionTotalWhere"] | None = strawberry.field(name="OR", default=strawberry.UNSET, metadata=needs())
    NOT: "InteractionTotalWhere | None" = strawberry.field(name="NOT", default=strawberry.UNSET, metadata=needs())
    month: DateFilter | None = strawberry.UNSET
    level: StringFilter | None = strawberry.UNSET
    state: StringFilter | None = strawberry.UNSET
    specialty: StringFilter | None = strawberry.UNSET
    site_of_care: StringFilter | None = strawberry.UNSET
    hcps: IntFilter | None = strawberry.UNSET
    interactions: IntFilter | None = strawberry.UNSET
    suppressed: BooleanFilter | None = strawberry.UNSET


@narrows(INQUIRY_TOTAL)
@strawberry.input(description=CONDITIONS)
class InquiryTotalWhere:
    AND: list["InquiryTotalWhere"] | None = strawberry.field(name="AND", default=strawberry.UNSET, metadata=needs())
    OR: list["InquiryTotalWhere"] | None = strawberry.field(name="OR", default=strawberry.UNSET, metadata=needs())
    NOT: "InquiryTotalWhere | None" = strawberry.field(name="NOT", default=strawberry.UNSET, metadata=needs())
    month: DateFilter | None = strawberry.UNSET
    level: StringFilter | None = strawberry.UNSET
    state: StringFilter | None = strawberry.UNSET
    specialty: StringFilter | None = strawberry.UNSET
    site_of_care: StringFilter | None = strawberry.UNSET
    hcps: IntFilter | None = strawberry.UNSET
    inquiries: IntFilter | None = strawberry.UNSET
    suppressed: BooleanFilter | None = strawberry.UNSET


@narrows(PRESCRIBING_TOTAL)
@strawberry.input(description=KEYS)
class PrescribingTotalSort:
    month: SortDirection | None = strawberry.UNSET
    level: SortDirection | None = strawberry.UNSET
    state: SortDirection | None = strawberry.UNSET
    specialty: SortDirection | None = strawberry.UNSET
    site_of_care: SortDirection | None = strawberry.UNSET
    prescribers: SortDirection | None = strawberry.UNSET
    trx: SortDirection | None = strawberry.UNSET
    nrx: SortDirection | None = strawberry.UNSET


@narrows(INTERACTION_TOTAL)
@strawberry.input(description=KEYS)
class InteractionTotalSort:
    month: SortDirection | None = strawberry.UNSET
    level: SortDirection | None = strawberry.UNSET
    state: SortDirection | None = strawberry.UNSET
    specialty: SortDirection | None = strawberry.UNSET
    site_of_care: SortDirection | None = strawberry.UNSET
    hcps: SortDirection | None = strawberry.UNSET
    interactions: SortDirection | None = strawberry.UNSET


@narrows(INQUIRY_TOTAL)
@strawberry.input(description=KEYS)
class InquiryTotalSort:
    month: SortDirection | None = strawberry.UNSET
    level: SortDirection | None = strawberry.UNSET
    state: SortDirection | None = strawberry.UNSET
    specialty: SortDirection | None = strawberry.UNSET
    site_of_care: SortDirection | None = strawberry.UNSET
    hcps: SortDirection | None = strawberry.UNSET
    inquiries: SortDirection | None = strawberry.UNSET
