"""The declaration refuses contradictions when it is imported, and everything derived from it follows."""

import datetime
from pathlib import Path

import pytest

from graph.schema.catalogue import NODE_TYPES, NODES, RELS, check, node_type, rel_type
from graph.schema.core import DataClass, Feature, NodeType, Prop, RelType, SchemaError, Sensitivity
from graph.schema.derive import complaints, constraint_statements, reference_page
from graph.schema.relationships import RELATIONSHIPS
from graph.store import Store

ROOT = Path(__file__).parents[3]


def prop(**changes: object) -> Prop:
    given: dict[str, object] = {
        "type": "string",
        "data_class": DataClass.PRODUCT,
        "sensitivity": Sensitivity.PUBLIC,
        "doc": "A meaning.",
    }
    return Prop(**(given | changes))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"doc": "No full stop"}, "ends with a full stop"),
        ({"sensitivity": Sensitivity.IDENTIFYING}, "cannot go to the replica"),
        (
            {"sensitivity": Sensitivity.IDENTIFYING, "replica": False, "feature": Feature.NUMBER},
            "cannot be a model feature",
        ),
        ({"type": "integer", "values": ("a",)}, "closed set"),
    ],
)
def test_a_contradictory_property_is_refused(changes: dict[str, object], message: str) -> None:
    with pytest.raises(SchemaError, match=message):
        prop(**changes)


def test_a_property_without_a_data_class_cannot_be_declared() -> None:
    with pytest.raises(TypeError, match="data_class"):
        Prop(type="string", sensitivity=Sensitivity.PUBLIC, doc="A meaning.")  # type: ignore[call-arg]


def test_a_key_or_index_outside_the_properties_is_refused() -> None:
    with pytest.raises(SchemaError, match="key 'id' is not among"):
        NodeType("Thing", "A thing.", key="id", props={"name": prop()})
    with pytest.raises(SchemaError, match="index on undeclared 'colour'"):
        NodeType("Thing", "A thing.", key="name", props={"name": prop()}, indexes=(("colour",),))


def test_a_relationship_to_an_unknown_label_is_refused() -> None:
    stray = RelType("LIKES", (("HCP", "Dragon"),), "Likes.", DataClass.PRODUCT)
    with pytest.raises(SchemaError, match="LIKES: unknown label 'Dragon'"):
        check(NODE_TYPES, (*RELATIONSHIPS, stray))


def test_a_label_declared_twice_is_refused() -> None:
    with pytest.raises(SchemaError, match="'HCP' is declared twice"):
        check((*NODE_TYPES, NODES["HCP"]), RELATIONSHIPS)


def test_the_labels_of_the_first_line_are_declared() -> None:
    needed = (
        "HCP Account Payer Plan CoveragePolicy Product Patient TherapyStart Territory Rep Identifier Prediction "
        "ModelVersion Source RefreshRun Change"
    )
    assert set(needed.split()) - set(NODES) == set()


def test_an_unknown_name_is_refused_with_the_known_ones() -> None:
    with pytest.raises(SchemaError, match="label 'Doctor' is not declared: use one of HCP"):
        node_type("Doctor")
    with pytest.raises(SchemaError, match="relationship 'KNOWS' is not declared: use one of OF"):
        rel_type("KNOWS")


@pytest.mark.parametrize(
    ("row", "found"),
    [
        ({"id": "hcp_1", "npi": "1234567893"}, []),
        ({"npi": "1234567893"}, ["HCP.id is missing"]),
        ({"id": "hcp_1", "shoeSize": 9}, ["HCP.shoeSize is not declared"]),
        ({"id": "hcp_1", "npi": 5}, ["HCP.npi is a int, not a string"]),
        ({"id": "hcp_1", "status": "retired"}, ["HCP.status is not one of active, deactivated"]),
        (
            {"id": "hcp_1", "enumeratedOn": datetime.datetime(2025, 1, 1, tzinfo=datetime.UTC)},
            ["HCP.enumeratedOn is a datetime, not a date"],
        ),
        ({"id": "hcp_1", "pageRank": float("nan")}, ["HCP.pageRank is not a finite number"]),
        ({"id": "hcp_1", "taxonomies": ["207R00000X", 7]}, ["HCP.taxonomies is a int, not a string"]),
        ({"id": "hcp_1", "community": 2**63}, ["HCP.community does not fit 64 bits"]),
    ],
)
def test_rows_are_checked_against_the_declaration(row: dict[str, object], found: list[str]) -> None:
    assert complaints(NODES["HCP"], row) == found


def test_complaints_never_repeat_the_value() -> None:
    told = complaints(NODES["Patient"], {"id": "patient_1", "token": 123456789})
    assert told == ["Patient.token is a int, not a string"]


def test_constraints_are_made_once_and_hold(neo4j_empty: Store) -> None:
    # given every derived statement has run, run them all again
    for text in constraint_statements():
        neo4j_empty.run_schema(text)
    # when the constraints are counted
    rows = neo4j_empty.read(
        "SHOW CONSTRAINTS YIELD labelsOrTypes, properties RETURN labelsOrTypes[0] AS label, properties[0] AS key"
    )
    # then there is one for each label, on its key
    assert {(row["label"], row["key"]) for row in rows} == {(node.label, node.key) for node in NODE_TYPES}


def test_every_relationship_type_has_a_data_class() -> None:
    assert {rel.type for rel in RELS.values() if rel.data_class not in DataClass} == set()


def test_the_committed_reference_page_is_the_generated_one() -> None:
    assert (ROOT / "docs" / "reference.md").read_text(encoding="utf-8") == reference_page()
