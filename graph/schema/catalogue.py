"""The whole declaration, checked as one when this module is imported."""

from graph.schema.authorization import AUTHORIZATION_STATISTIC, PRIOR_AUTHORIZATION
from graph.schema.cohort import COHORT, COHORT_SEGMENT
from graph.schema.core import NodeType, Prop, RelType, SchemaError
from graph.schema.coverage import COVERAGE_POLICY, PAYER, PLAN, PRODUCT, PROVIDER_NETWORK
from graph.schema.evidence import CHANGE, IDENTIFIER, LEASE, REFRESH_RUN, SEQUENCE, SOURCE, TOMBSTONE
from graph.schema.field import CONSENT, FIELD_NOTE, INTERACTION, SUGGESTION
from graph.schema.medical import MEDICAL_INQUIRY
from graph.schema.override import OVERRIDE
from graph.schema.people import HCP, PATIENT, REP, SPECIALTY
from graph.schema.places import ACCOUNT, TERRITORY
from graph.schema.prediction import MODEL_VERSION, PREDICTION
from graph.schema.relationships import RELATIONSHIPS
from graph.schema.research import SURVEY_RESPONSE
from graph.schema.scientific import SCIENTIFIC_ACTIVITY
from graph.schema.support import SUPPORT_CASE
from graph.schema.therapy import THERAPY_START
from graph.schema.total import TOTALS
from graph.schema.transparency import PAYMENT

NODE_TYPES: tuple[NodeType, ...] = (
    HCP,
    SPECIALTY,
    ACCOUNT,
    TERRITORY,
    REP,
    PAYER,
    PLAN,
    COVERAGE_POLICY,
    PRODUCT,
    COHORT,
    COHORT_SEGMENT,
    *TOTALS,
    PATIENT,
    THERAPY_START,
    PRIOR_AUTHORIZATION,
    SUPPORT_CASE,
    INTERACTION,
    CONSENT,
    SUGGESTION,
    FIELD_NOTE,
    SURVEY_RESPONSE,
    SCIENTIFIC_ACTIVITY,
    MEDICAL_INQUIRY,
    PAYMENT,
    PROVIDER_NETWORK,
    AUTHORIZATION_STATISTIC,
    PREDICTION,
    OVERRIDE,
    MODEL_VERSION,
    IDENTIFIER,
    SOURCE,
    REFRESH_RUN,
    CHANGE,
    TOMBSTONE,
    SEQUENCE,
    LEASE,
)


def check(nodes: tuple[NodeType, ...], relationships: tuple[RelType, ...]) -> None:
    """Raise `SchemaError` when labels repeat or a relationship names an unknown label."""
    labels = [node.label for node in nodes]
    types = [relationship.type for relationship in relationships]
    for name in (*labels, *types):
        if (*labels, *types).count(name) > 1:
            raise SchemaError(f"{name!r} is declared twice")
    for relationship in relationships:
        for end in {label for pair in relationship.ends for label in pair}:
            if end not in labels:
                raise SchemaError(f"{relationship.type}: unknown label {end!r}")


check(NODE_TYPES, RELATIONSHIPS)

NODES: dict[str, NodeType] = {node.label: node for node in NODE_TYPES}
RELS: dict[str, RelType] = {relationship.type: relationship for relationship in RELATIONSHIPS}


def node_type(label: str) -> NodeType:
    """The declaration of a label; raise `SchemaError` naming an undeclared one."""
    try:
        return NODES[label]
    except KeyError:
        raise SchemaError(f"label {label!r} is not declared: use one of {', '.join(NODES)}") from None


def rel_type(name: str) -> RelType:
    """The declaration of a relationship type; raise `SchemaError` naming an undeclared one."""
    try:
        return RELS[name]
    except KeyError:
        raise SchemaError(f"relationship {name!r} is not declared: use one of {', '.join(RELS)}") from None


def properties(name: str) -> dict[str, Prop]:
    """The declared properties of a label or relationship type."""
    return dict(NODES[name].props if name in NODES else rel_type(name).props)
