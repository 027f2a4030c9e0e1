"""Operators of filters, in the shape of `@neo4j/graphql` 7, and the direction of a sort."""

import datetime
from enum import Enum

import strawberry


@strawberry.enum(description="Direction of a sort; values that are null or hidden come last.")
class SortDirection(Enum):
    ASC = "ASC"
    DESC = "DESC"


@strawberry.input(description="Conditions on a text; all given ones hold.")
class StringFilter:
    eq: str | None = strawberry.UNSET
    in_: list[str] | None = strawberry.field(name="in", default=strawberry.UNSET)
    contains: str | None = strawberry.UNSET
    starts_with: str | None = strawberry.UNSET
    ends_with: str | None = strawberry.UNSET


@strawberry.input(description="Conditions on a whole number; all given ones hold.")
class IntFilter:
    eq: int | None = strawberry.UNSET
    in_: list[int] | None = strawberry.field(name="in", default=strawberry.UNSET)
    gt: int | None = strawberry.UNSET
    gte: int | None = strawberry.UNSET
    lt: int | None = strawberry.UNSET
    lte: int | None = strawberry.UNSET


@strawberry.input(description="Conditions on a number; all given ones hold.")
class FloatFilter:
    eq: float | None = strawberry.UNSET
    in_: list[float] | None = strawberry.field(name="in", default=strawberry.UNSET)
    gt: float | None = strawberry.UNSET
    gte: float | None = strawberry.UNSET
    lt: float | None = strawberry.UNSET
    lte: float | None = strawberry.UNSET


@strawberry.input(description="Conditions on a date; all given ones hold.")
class DateFilter:
    eq: datetime.date | None = strawberry.UNSET
    in_: list[datetime.date] | None = strawberry.field(name="in", default=strawberry.UNSET)
    gt: datetime.date | None = strawberry.UNSET
    gte: datetime.date | None = strawberry.UNSET
    lt: datetime.date | None = strawberry.UNSET
    lte: datetime.date | None = strawberry.UNSET


@strawberry.input(description="Conditions on yes or no.")
class BooleanFilter:
    eq: bool | None = strawberry.UNSET
