"""About the caller and about the twin itself."""

import datetime

import strawberry

from api.binding import Needs, compiled, exposes, linked, needs
from api.types.model import Model
from graph.schema.evidence import SOURCE


@strawberry.type(description="The caller, as the token says.")
class Viewer:
    subject: str = strawberry.field(description="Whom the token speaks for.")
    role: str = strawberry.field(description="The one role that counts.")
    purpose: str = strawberry.field(description="What the answers are used for.")
    territories: list[str] = strawberry.field(description="Territories of the token, by the company's own ids.")


@exposes(SOURCE, withhold={"mappingVersion"})
@strawberry.type(description=SOURCE.doc)
class Source:
    name: str
    state: str | None
    held_reason: str | None
    held_since: datetime.date | None
    data_time: datetime.date | None
    age_days: int | None = strawberry.field(
        description="Days from the newest date its data speaks of until today.",
        metadata=needs(Needs("Source", "dataTime")),
    )
    delivered_on: datetime.date | None
    expected_every_days: int | None
    stale_since: datetime.date | None
    refreshed_at: datetime.datetime | None
    rows_in: int | None
    rows_loaded: int | None
    rows_quarantined: int | None


@strawberry.type(description="The state of the graph that answers.")
class Twin:
    published: int | None = strawberry.field(
        description="Sequence of the last published refresh.", metadata=needs(Needs("Sequence", "value"))
    )

    @linked(Needs("Source", "name"), description="Feeds with the age of their data.")
    def sources(self) -> list[Source]:
        return compiled()

    @linked(Needs("ModelVersion"), description="The models in use.")
    def models(self) -> list[Model]:
        return compiled()
