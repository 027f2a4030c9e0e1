"""What providers practise."""

import strawberry

from api.binding import exposes
from api.types.node import Node
from graph.schema.people import SPECIALTY


@exposes(SPECIALTY)
@strawberry.type(description=SPECIALTY.doc)
class Specialty(Node):
    id: strawberry.ID
    code: str | None
    name: str | None
    grouping: str | None
    classification: str | None
    specialization: str | None
