"""A GraphQL type that drifts from the declaration is refused when it is imported."""

import datetime

import pytest
import strawberry

from api.binding import BINDINGS, exposes, narrows
from api.compiler.links import LINKS
from api.permissions import PermissionSet
from graph.governance import load_policy
from graph.schema.core import DataClass, Feature, NodeType, Prop, SchemaError
from graph.schema.core import Sensitivity as S


def prop(kind: str, **more: object) -> Prop:
    return Prop(kind, DataClass.PRODUCT, S.PUBLIC, "Something.", feature=Feature.NONE, **more)  # type: ignore[arg-type]


THING = NodeType(
    "Thing",
    "A thing.",
    key="id",
    props={"id": prop("string"), "madeOn": prop("date"), "size": prop("float"), "names": prop("strings")},
)


def test_a_type_that_fits_takes_its_descriptions_from_the_declaration() -> None:
    @exposes(THING)
    @strawberry.type
    class Fitting:
        id: strawberry.ID
        made_on: datetime.date | None
        size: float | None
        names: list[str] | None

    assert set(BINDINGS["Fitting"].members) == {"id", "madeOn", "size", "names"}
    assert Fitting.__strawberry_definition__.fields[1].description == "Something."  # type: ignore[attr-defined]


def test_a_property_that_is_missing_or_invented_is_refused() -> None:
    with pytest.raises(SchemaError, match=r"Missing and Thing differ on \['madeOn', 'names', 'weight'\]"):

        @exposes(THING)
        @strawberry.type
        class Missing:
            id: strawberry.ID
            size: float | None
            weight: float | None


def test_withholding_what_is_not_declared_is_refused() -> None:
    with pytest.raises(SchemaError, match=r"withholds \['weight'\]"):

        @exposes(THING, withhold={"weight", "madeOn", "size", "names"})
        @strawberry.type
        class Withholding:
            id: strawberry.ID


def test_another_type_is_refused() -> None:
    with pytest.raises(SchemaError, match=r"Other\.size is .*int.*, declared as float"):

        @exposes(THING, withhold={"madeOn", "names"})
        @strawberry.type
        class Other:
            id: strawberry.ID
            size: int | None


def test_a_column_that_cannot_be_null_is_refused() -> None:
    with pytest.raises(SchemaError, match=r"Firm\.size must be nullable"):

        @exposes(THING, withhold={"madeOn", "names"})
        @strawberry.type
        class Firm:
            id: strawberry.ID
            size: float


def test_a_filter_on_an_undeclared_property_is_refused() -> None:
    with pytest.raises(SchemaError, match="names 'weight', which Thing does not declare"):

        @narrows(THING)
        @strawberry.input
        class ThingWhere:
            weight: float | None = None


def test_every_member_of_every_schema_can_be_compiled() -> None:
    # given the members that some role sees
    policy = load_policy()
    visible = {
        member
        for role in policy.roles.values()
        for purpose in role.purposes
        for member in PermissionSet(policy, role.name, purpose).visible
    }
    # then each bound object member is a column, an expression or a link
    expressions = {("AccessFriction", "components"), ("Influence", "band"), ("Source", "ageDays")}
    expressions |= {("PayerShare", "share"), ("InfluenceGroup", "band")}
    expressions |= {(type_name, "count") for type_name in BINDINGS if type_name.endswith("Group")}
    expressions |= {(type_name, "lineage") for type_name in ("Hcp", "Account", "Plan")}
    uncompiled = {
        (type_name, name)
        for type_name, name in visible
        if type_name in BINDINGS
        and not type_name.endswith(("Where", "Sort"))
        and BINDINGS[type_name].members[name].property is None
        and (type_name, name) not in LINKS
        and (type_name, name) not in expressions
    }
    assert uncompiled == set()
    # and no link leads nowhere
    assert {link for link in LINKS if link not in visible} == set()
