"""What a declaration is made of: properties, node types, relationship types.

Facts about the graph are said here once. Constraints, row validation, GraphQL binding, authorization,
model features and the reference page are derived from these values or checked against them.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import IntEnum, StrEnum
from typing import Literal


class SchemaError(Exception):
    """A declaration contradicts itself, or a consumer contradicts it."""


class Sensitivity(IntEnum):
    """How much harm a disclosure does; ordered, a clearance reads its level and those below."""

    PUBLIC = 0
    INTERNAL = 1
    CONFIDENTIAL = 2
    IDENTIFYING = 3


class DataClass(StrEnum):
    """What a value is about: the unit in which the policy grants."""

    PUBLIC_IDENTITY = "public_identity"
    PRIVACY_CHOICE = "privacy_choice"
    PRESCRIBING = "prescribing"
    NETWORK = "network"
    ALIGNMENT = "alignment"
    COVERAGE = "coverage"
    PRODUCT = "product"
    PATIENT = "patient"
    THERAPY = "therapy"
    ACCESS_EVENT = "access_event"
    SUPPORT = "support"
    INTERACTION = "interaction"
    SUGGESTION = "suggestion"
    FIELD_NOTE = "field_note"
    RESEARCH = "research"
    SCIENTIFIC = "scientific"
    MEDICAL = "medical"
    TRANSPARENCY = "transparency"
    ACCESS_FRICTION = "access_friction"
    INFLUENCE = "influence"
    ADOPTION = "adoption"
    PREDICTION = "prediction"
    LINEAGE = "lineage"
    OPERATIONS = "operations"
    COHORT = "cohort"


class Feature(StrEnum):
    """The role a property may play in a model."""

    NONE = "none"
    NUMBER = "number"
    CATEGORY = "category"
    TARGET = "target"


PropertyType = Literal["string", "integer", "float", "boolean", "date", "datetime", "strings", "floats", "dates"]


@dataclass(frozen=True, slots=True)
class Prop:
    """One property: type, data class, sensitivity and meaning have no default on purpose.

    ``replica`` says whether a de-identified copy for analysts may carry it; ``values`` closes the set;
    ``precedence`` names sources, strongest first, where it differs from the node's.
    """

    type: PropertyType
    data_class: DataClass
    sensitivity: Sensitivity
    doc: str
    unit: str | None = None
    feature: Feature = Feature.NONE
    replica: bool = True
    required: bool = False
    values: tuple[str, ...] = ()
    precedence: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if not self.doc.endswith("."):
            raise SchemaError(f"{self.doc!r}: a meaning is a sentence and ends with a full stop")
        if self.sensitivity is Sensitivity.IDENTIFYING and self.replica:
            raise SchemaError(f"{self.doc!r}: an identifying property cannot go to the replica")
        if self.sensitivity is Sensitivity.IDENTIFYING and self.feature is not Feature.NONE:
            raise SchemaError(f"{self.doc!r}: an identifying property cannot be a model feature")
        if self.values and self.type != "string":
            raise SchemaError(f"{self.doc!r}: a closed set of values is for strings")


Writer = Literal["refresh", "analytics", "model", "ledger"]
WITHOUT_LINEAGE = ("Identifier", "OF")
"""Written by refreshes, but names rather than claims."""


def _with_lineage(name: str, props: Mapping[str, Prop], written_by: Writer) -> Mapping[str, Prop]:
    """The properties, with where they come from where a refresh writes them."""
    if written_by != "refresh" or name in WITHOUT_LINEAGE:
        return props
    doc = "Where its values come from: source|record|run|properties for each source that gives some; * for all."
    return {**props, "lineage": Prop("strings", DataClass.LINEAGE, Sensitivity.INTERNAL, doc)}


@dataclass(frozen=True, slots=True)
class NodeType:
    """A label with its properties.

    ``precedence`` lists the sources that may claim its properties, strongest first. ``identifiers`` lists the
    systems under which the outside knows the entity. ``logged`` says whether differences become `:Change`.
    """

    label: str
    doc: str
    key: str
    props: Mapping[str, Prop]
    written_by: Writer = "refresh"
    precedence: tuple[str, ...] = ()
    identifiers: tuple[str, ...] = ()
    logged: bool = True
    indexes: tuple[tuple[str, ...], ...] = ()

    def __post_init__(self) -> None:
        object.__setattr__(self, "props", _with_lineage(self.label, self.props, self.written_by))
        if self.key not in self.props:
            raise SchemaError(f"{self.label}: key {self.key!r} is not among its properties")
        for index in self.indexes:
            for name in index:
                if name not in self.props:
                    raise SchemaError(f"{self.label}: index on undeclared {name!r}")


@dataclass(frozen=True, slots=True)
class RelType:
    """A relationship type between given labels.

    ``ends`` lists the (start label, end label) pairs it joins. ``key`` names the properties that, with
    both ends, make it unique. ``data_class`` is the class of the bare fact that it exists.
    """

    type: str
    ends: tuple[tuple[str, str], ...]
    doc: str
    data_class: DataClass
    props: Mapping[str, Prop] = field(default_factory=dict)
    key: tuple[str, ...] = ()
    written_by: Writer = "refresh"
    logged: bool = True

    def __post_init__(self) -> None:
        object.__setattr__(self, "props", _with_lineage(self.type, self.props, self.written_by))
        for name in self.key:
            if name not in self.props:
                raise SchemaError(f"{self.type}: key {name!r} is not among its properties")
        if not self.ends:
            raise SchemaError(f"{self.type}: names no ends")
