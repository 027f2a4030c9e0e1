"""What changed, and where values come from."""

import datetime

import strawberry

from api.binding import exposes
from graph.schema.evidence import CHANGE


@exposes(CHANGE, withhold={"entityId", "dataClasses"}, as_reached=True)
@strawberry.type(description=CHANGE.doc)
class Change:
    id: strawberry.ID
    other_id: str | None
    label: str | None
    property: str | None
    operation: str | None
    kind: str | None
    old: str | None
    new: str | None
    valid_at: datetime.date | None
    known_at: datetime.date | None
    recorded_on: datetime.date | None
    source: str | None
    record: str | None
    run: str | None


@strawberry.type(description="What gives some of an entity's values.")
class Origin:
    source: str
    file: str | None
    row: int | None
    run: str | None
    delivered_on: datetime.date | None
    mapping_version: str | None
    properties: list[str]
