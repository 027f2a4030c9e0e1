"""The model behind a prediction."""

import datetime

import strawberry

from api.binding import exposes
from graph.schema.prediction import MODEL_VERSION

SHOWN = {"id", "version", "kind", "task", "asOf", "trainedAt", "promoted"}


@exposes(MODEL_VERSION, withhold=set(MODEL_VERSION.props) - SHOWN)
@strawberry.type(description=MODEL_VERSION.doc)
class Model:
    id: strawberry.ID
    version: str | None
    kind: str | None
    task: str | None
    as_of: datetime.date | None
    trained_at: datetime.datetime | None
    promoted: bool | None
