"""What is counted and summed up over the rows of a connection, for whom each of them may read.

Rows are grouped by the plain fields that are selected; the others are figures of each group.
"""

import strawberry

from api.binding import ANY_FORM, Needs, needs, summarizes
from graph.governance.policy import Verb
from graph.schema.core import DataClass
from graph.schema.field import INTERACTION
from graph.schema.people import HCP
from graph.schema.places import ACCOUNT
from graph.schema.prediction import PREDICTION

COUNT = "Rows of the group."


@strawberry.type(description="A number over the rows of a group; what is null or hidden does not count.")
class NumberSummary:
    known: int = strawberry.field(description="Rows in which it is not null.")
    min: float | None = strawberry.field(description="Smallest; null when known is 0.")
    max: float | None = strawberry.field(description="Largest; null when known is 0.")
    mean: float | None = strawberry.field(description="Mean, to six decimals; null when known is 0.")
    sum: float = strawberry.field(description="Sum, to six decimals; 0 when known is 0.")


@summarizes(HCP)
@strawberry.type(description="HCPs with the same values of the fields selected beside the figures.")
class HcpGroup:
    state: str | None
    city: str | None
    primary_taxonomy: str | None
    specialty: str | None
    status: str | None
    sex: str | None
    community: int | None
    page_rank: NumberSummary
    betweenness: NumberSummary
    count: int = strawberry.field(description=COUNT, metadata=needs())


@summarizes(ACCOUNT)
@strawberry.type(description="Accounts with the same values of the fields selected beside the figures.")
class AccountGroup:
    state: str | None
    city: str | None
    kind: str | None
    status: str | None
    count: int = strawberry.field(description=COUNT, metadata=needs())


@summarizes(INTERACTION)
@strawberry.type(description="Interactions with the same values of the fields selected beside the figures.")
class InteractionGroup:
    channel: str | None
    kind: str | None
    status: str | None
    opened: bool | None
    clicked: bool | None
    duration_minutes: NumberSummary
    count: int = strawberry.field(description=COUNT, metadata=needs())


@summarizes(PREDICTION, release=DataClass.ACCESS_FRICTION)
@strawberry.type(description="Predictions with the same values of the fields selected beside the figures.")
class AccessFrictionGroup:
    level: str | None
    main_barrier: str | None
    value: NumberSummary
    expected_starts: NumberSummary
    saveable_starts: NumberSummary
    evidence_starts: NumberSummary
    count: int = strawberry.field(description=COUNT, metadata=needs())


@summarizes(PREDICTION, release=DataClass.INFLUENCE)
@strawberry.type(description="Predictions with the same values of the fields selected beside the figures.")
class InfluenceGroup:
    band: str | None = strawberry.field(
        description="The value as low, medium or high.",
        metadata=needs(
            Needs("Prediction", "value", verb=Verb.AGGREGATE, forms=ANY_FORM),
        ),
    )
    value: NumberSummary
    count: int = strawberry.field(description=COUNT, metadata=needs())
