"""Accounts: organisations that provide care."""

import datetime

import strawberry

from api.binding import Needs, compiled, exposes, linked, narrows
from api.types.filters import StringFilter
from api.types.history import Change, Origin
from graph.schema.places import ACCOUNT


@exposes(ACCOUNT, withhold={"knownAt"})
@strawberry.type(description=ACCOUNT.doc)
class Account:
    id: strawberry.ID
    npi: str | None
    ccn: str | None
    name: str | None
    primary_taxonomy: str | None
    taxonomies: list[str] | None
    kind: str | None
    city: str | None
    state: str | None
    zip5: str | None
    status: str | None

    @linked(Needs("Account"), description="What the twin recorded about it between two dates, newest first.")
    def what_changed(self, since: datetime.date, until: datetime.date | None = None, first: int = 50) -> list[Change]:
        return compiled()

    @linked(Needs("Account", "lineage"), description="Where its values come from.")
    def lineage(self) -> list[Origin]:
        return compiled()


@narrows(ACCOUNT)
@strawberry.input(description="Conditions on an account; all given ones hold.")
class AccountWhere:
    AND: list["AccountWhere"] | None = strawberry.field(name="AND", default=strawberry.UNSET, metadata={"needs": ()})
    OR: list["AccountWhere"] | None = strawberry.field(name="OR", default=strawberry.UNSET, metadata={"needs": ()})
    NOT: "AccountWhere | None" = strawberry.field(name="NOT", default=strawberry.UNSET, metadata={"needs": ()})
    id: StringFilter | None = strawberry.UNSET
    npi: StringFilter | None = strawberry.UNSET
    ccn: StringFilter | None = strawberry.UNSET
    name: StringFilter | None = strawberry.UNSET
    kind: StringFilter | None = strawberry.UNSET
    city: StringFilter | None = strawberry.UNSET
    state: StringFilter | None = strawberry.UNSET


@strawberry.input(description="Conditions on the accounts of an HCP.")
class AccountsWhere:
    some: AccountWhere | None = strawberry.UNSET
    none: AccountWhere | None = strawberry.UNSET
    all: AccountWhere | None = strawberry.UNSET
    single: AccountWhere | None = strawberry.UNSET
