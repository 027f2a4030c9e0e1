"""The model behind a prediction."""

import strawberry

from api.binding import exposes
from graph.schema.prediction import MODEL_VERSION


@exposes(MODEL_VERSION, withhold=set(MODEL_VERSION.props) - {"id", "version", "kind"})
@strawberry.type(description=MODEL_VERSION.doc)
class Model:
    id: strawberry.ID
    version: str | None
    kind: str | None
