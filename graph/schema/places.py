"""Places and the sales geography: accounts and territories."""

from graph.schema.core import DataClass, Feature, NodeType, Prop
from graph.schema.core import Sensitivity as S

IDENTITY = DataClass.PUBLIC_IDENTITY
ALIGNMENT = DataClass.ALIGNMENT

ACCOUNT = NodeType(
    "Account",
    "An organisation that provides care (NPI type 2 or a certified facility).",
    key="id",
    precedence=("nppes", "facility_affiliation", "crm", "open_payments", "fhir_plan_net", "synthea_27"),
    identifiers=("npi", "ccn", "crm_account_id", "synthea_id"),
    indexes=(("npi",), ("ccn",), ("name",)),
    props={
        "id": Prop("string", IDENTITY, S.PUBLIC, "Opaque, stable id minted by the twin.", required=True),
        "npi": Prop("string", IDENTITY, S.PUBLIC, "National Provider Identifier of the organisation."),
        "ccn": Prop("string", IDENTITY, S.PUBLIC, "CMS Certification Number."),
        "name": Prop("string", IDENTITY, S.PUBLIC, "Legal business name."),
        "primaryTaxonomy": Prop(
            "string",
            IDENTITY,
            S.PUBLIC,
            "NUCC code of the slot whose primary switch is Y; null when no slot says so.",
            feature=Feature.CATEGORY,
        ),
        "taxonomies": Prop("strings", IDENTITY, S.PUBLIC, "All NUCC codes in slot order."),
        "kind": Prop(
            "string", IDENTITY, S.PUBLIC, "Kind of facility as the affiliation file says.", feature=Feature.CATEGORY
        ),
        "city": Prop("string", IDENTITY, S.PUBLIC, "City of the practice location."),
        "state": Prop("string", IDENTITY, S.PUBLIC, "State of the practice location.", feature=Feature.CATEGORY),
        "zip5": Prop("string", IDENTITY, S.PUBLIC, "First five digits of the practice postal code."),
        "status": Prop(
            "string",
            IDENTITY,
            S.PUBLIC,
            "Active, or deactivated without a later reactivation.",
            values=("active", "deactivated"),
        ),
        "knownAt": Prop("date", DataClass.LINEAGE, S.INTERNAL, "Date at which the entity could first be known."),
    },
)

TERRITORY = NodeType(
    "Territory",
    "A part of the sales geography.",
    key="id",
    precedence=("alignment",),
    identifiers=("territory_id",),
    indexes=(("territoryId",),),
    props={
        "id": Prop("string", ALIGNMENT, S.INTERNAL, "Opaque, stable id minted by the twin.", required=True),
        "territoryId": Prop("string", ALIGNMENT, S.INTERNAL, "Id in the company's alignment."),
        "name": Prop("string", ALIGNMENT, S.INTERNAL, "Name of the territory."),
        "level": Prop("string", ALIGNMENT, S.INTERNAL, "Territory, district or region."),
    },
)
