"""What changed, and where values come from."""

import datetime

import strawberry

from api.binding import Needs, exposes, needs
from graph.schema.evidence import CHANGE


@exposes(CHANGE, withhold={"entityId", "dataClasses"}, as_reached=True, by_class={"source", "record", "run"})
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
    source: str = strawberry.field(description="Name of the mapping; see `twin { sources }`.")
    file: str | None = strawberry.field(description="File of the delivery.")
    row: int | None = strawberry.field(description="Row of the file.")
    run: str | None = strawberry.field(description="Run that applied it.")
    delivered_on: datetime.date | None = strawberry.field(
        description="Date of the delivery.", metadata=needs(Needs("RefreshRun", "deliveredOn"))
    )
    mapping_version: str | None = strawberry.field(
        description="Version of the mapping.", metadata=needs(Needs("LOADED", "mappingVersion"))
    )
    properties: list[str] = strawberry.field(description="Properties that it gives, by the names of the graph.")
