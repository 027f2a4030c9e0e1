"""What the field does: interactions, suggestions, notes, and whom they reach."""

import datetime
from typing import TYPE_CHECKING, Annotated

import strawberry

from api.binding import Needs, compiled, exposes, linked
from api.types.account import Account
from api.types.node import Node
from api.types.product import Product
from api.types.territory import Rep
from graph.schema.field import CONSENT, FIELD_NOTE, INTERACTION, SUGGESTION

if TYPE_CHECKING:
    from api.types.hcp import Hcp

OfHcp = Annotated["Hcp", strawberry.lazy("api.types.hcp")]


@exposes(INTERACTION)
@strawberry.type(description=INTERACTION.doc)
class Interaction(Node):
    id: strawberry.ID
    channel: str | None
    kind: str | None
    occurred_on: datetime.date | None
    duration_minutes: int | None
    status: str | None
    outcome: str | None
    opened: bool | None
    clicked: bool | None

    @linked(Needs("WITH"), Needs("HCP"), description="The HCP it was with.")
    def hcp(self) -> OfHcp | None:
        return compiled()

    @linked(Needs("WITH"), Needs("Account"), description="The account it was with.")
    def account(self) -> Account | None:
        return compiled()

    @linked(Needs("DETAILED"), Needs("Product"), description="The products spoken of, in their order.")
    def products(self, first: int = 10) -> list[Product]:
        return compiled()

    @linked(Needs("MADE"), Needs("Rep"), description="Who made it.")
    def rep(self) -> Rep | None:
        return compiled()


@exposes(SUGGESTION)
@strawberry.type(description=SUGGESTION.doc)
class Suggestion(Node):
    id: strawberry.ID
    title: str | None
    reason: str | None
    priority: str | None
    suggested_on: datetime.date | None
    arm: str | None
    propensity: float | None
    response: str | None
    responded_on: datetime.date | None

    @linked(Needs("SUGGESTS"), Needs("HCP"), description="The HCP it concerns.")
    def hcp(self) -> OfHcp | None:
        return compiled()

    @linked(Needs("FOR"), Needs("Product"), description="The product it concerns.")
    def product(self) -> Product | None:
        return compiled()

    @linked(Needs("TO"), Needs("Rep"), description="To whom it was given.")
    def rep(self) -> Rep | None:
        return compiled()


@exposes(FIELD_NOTE)
@strawberry.type(description=FIELD_NOTE.doc)
class FieldNote(Node):
    id: strawberry.ID
    written_on: datetime.date | None
    text: str | None
    removed: list[str] | None

    @linked(Needs("MENTIONS"), Needs("HCP"), description="The HCP it is about.")
    def hcp(self) -> OfHcp | None:
        return compiled()

    @linked(Needs("WROTE"), Needs("Rep"), description="Who wrote it.")
    def rep(self) -> Rep | None:
        return compiled()


@exposes(CONSENT)
@strawberry.type(description=CONSENT.doc)
class Consent(Node):
    id: strawberry.ID
    channel: str | None
    choice: str | None
    captured_on: datetime.date | None
