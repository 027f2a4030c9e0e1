"""The medical side of the wall: inquiries, science, and answers to surveys."""

import datetime
from typing import TYPE_CHECKING, Annotated

import strawberry

from api.binding import Needs, compiled, exposes, linked
from api.types.node import Node
from graph.schema.catalogue import RELS
from graph.schema.medical import MEDICAL_INQUIRY
from graph.schema.research import SURVEY_RESPONSE
from graph.schema.scientific import SCIENTIFIC_ACTIVITY

if TYPE_CHECKING:
    from api.types.hcp import Hcp

OfHcp = Annotated["Hcp", strawberry.lazy("api.types.hcp")]


@exposes(MEDICAL_INQUIRY)
@strawberry.type(description=MEDICAL_INQUIRY.doc)
class MedicalInquiry(Node):
    id: strawberry.ID
    topic: str | None
    received_on: datetime.date | None
    unsolicited: bool | None

    @linked(Needs("ASKED"), Needs("HCP"), description="The HCP who asked.")
    def hcp(self) -> OfHcp | None:
        return compiled()


@exposes(SCIENTIFIC_ACTIVITY)
@strawberry.type(description=SCIENTIFIC_ACTIVITY.doc)
class ScientificActivity(Node):
    id: strawberry.ID
    kind: str | None
    role: str | None
    date: datetime.date | None
    match_score: float | None

    @linked(Needs("CONTRIBUTED"), Needs("HCP"), description="HCPs who probably contributed.")
    def hcps(self, first: int = 10) -> list[OfHcp]:
        return compiled()


@exposes(SURVEY_RESPONSE)
@strawberry.type(description=SURVEY_RESPONSE.doc)
class SurveyResponse(Node):
    id: strawberry.ID
    study: str | None
    wave: str | None
    question_id: str | None
    answer: str | None
    answered_on: datetime.date | None
    weight: float | None


@exposes(RELS["NOMINATED"])
@strawberry.type(description="An HCP named another one as somebody to turn to.")
class Nomination:
    study: str | None
    wave: str | None
    weight: float | None
    answered_on: datetime.date | None

    @linked(Needs("HCP"), description="The HCP who named the other.")
    def hcp(self) -> OfHcp | None:
        return compiled()
