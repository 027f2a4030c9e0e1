"""People: HCPs and what they practise, field staff, patients."""

from graph.schema.core import DataClass, Feature, NodeType, Prop
from graph.schema.core import Sensitivity as S

IDENTITY = DataClass.PUBLIC_IDENTITY

HCP = NodeType(
    "HCP",
    "A healthcare professional (NPI type 1), resolved across sources.",
    key="id",
    precedence=(
        "nppes",
        "facility_affiliation",
        "partd_2014_matrix",
        "crm",
        "partd",
        "open_payments",
        "prescribing_payments",
        "fhir_plan_net",
        "synthea_27",
    ),
    identifiers=("npi", "crm_account_id", "open_payments_profile", "synthea_id"),
    indexes=(("npi",), ("lastName",), ("state",)),
    props={
        "id": Prop("string", IDENTITY, S.PUBLIC, "Opaque, stable id minted by the twin.", required=True),
        "npi": Prop("string", IDENTITY, S.PUBLIC, "National Provider Identifier, ten digits."),
        "lastName": Prop("string", IDENTITY, S.PUBLIC, "Legal last name.", replica=False),
        "firstName": Prop("string", IDENTITY, S.PUBLIC, "First name.", replica=False),
        "credential": Prop("string", IDENTITY, S.PUBLIC, "Credential text as registered, such as MD."),
        "sex": Prop("string", IDENTITY, S.PUBLIC, "Sex code as registered.", feature=Feature.CATEGORY),
        "primaryTaxonomy": Prop(
            "string",
            IDENTITY,
            S.PUBLIC,
            "NUCC code of the slot whose primary switch is Y; null when no slot says so.",
            feature=Feature.CATEGORY,
        ),
        "taxonomies": Prop("strings", IDENTITY, S.PUBLIC, "All NUCC codes in slot order."),
        "specialty": Prop(
            "string", IDENTITY, S.PUBLIC, "Specialty as the source spells it, where it gives no NUCC code."
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
        "enumeratedOn": Prop("date", IDENTITY, S.PUBLIC, "Date the NPI was issued."),
        "deactivatedOn": Prop("date", IDENTITY, S.PUBLIC, "Date the NPI was deactivated."),
        "reactivatedOn": Prop("date", IDENTITY, S.PUBLIC, "Date the NPI was reactivated."),
        "optedOutOn": Prop(
            "date",
            DataClass.PRIVACY_CHOICE,
            S.CONFIDENTIAL,
            "Date from which the prescriber withholds individual prescribing from sales (PDRP).",
            precedence=("pdrp",),
        ),
        "knownAt": Prop("date", DataClass.LINEAGE, S.INTERNAL, "Date at which the entity could first be known."),
        "pageRank": Prop("float", DataClass.NETWORK, S.INTERNAL, "Weighted PageRank over the shared-patient network."),
        "betweenness": Prop(
            "float", DataClass.NETWORK, S.INTERNAL, "Sampled betweenness over the shared-patient network."
        ),
        "community": Prop("integer", DataClass.NETWORK, S.INTERNAL, "Leiden community of the last analysis."),
        "embedding": Prop("floats", DataClass.NETWORK, S.CONFIDENTIAL, "FastRP embedding.", replica=False),
        "analysedOn": Prop("date", DataClass.NETWORK, S.INTERNAL, "Date of the last analysis."),
        "analysisRun": Prop("string", DataClass.LINEAGE, S.INTERNAL, "Run that wrote the centralities."),
        "scientificWorks": Prop(
            "integer",
            DataClass.SCIENTIFIC,
            S.INTERNAL,
            "Component of influence: publications, trials and congresses of three years that are surely its own.",
            unit="works",
        ),
        "patientsReceived": Prop(
            "integer",
            DataClass.NETWORK,
            S.INTERNAL,
            "Component of influence: patients shared with HCPs who saw them before it did, summed over the ties of "
            "the newest year.",
            unit="shared patients",
        ),
        "timesNamed": Prop(
            "integer",
            DataClass.RESEARCH,
            S.CONFIDENTIAL,
            "Component of influence: how often surveys named it as one to turn to; null without any survey.",
            unit="nominations",
        ),
        "timesNamedByTies": Prop(
            "float",
            DataClass.RESEARCH,
            S.CONFIDENTIAL,
            "How often it would have been named if those asked named others by shared patients alone.",
            unit="nominations",
        ),
        "componentsAsOf": Prop(
            "date",
            DataClass.NETWORK,
            S.INTERNAL,
            "Date up to which facts were known for the components of influence.",
        ),
    },
)

SPECIALTY = NodeType(
    "Specialty",
    "An entry of the NUCC provider taxonomy.",
    key="id",
    precedence=("nucc", "nppes"),
    identifiers=("nucc",),
    indexes=(("code",),),
    props={
        "id": Prop("string", IDENTITY, S.PUBLIC, "Opaque, stable id minted by the twin.", required=True),
        "code": Prop("string", IDENTITY, S.PUBLIC, "NUCC code, ten characters ending in X."),
        "name": Prop("string", IDENTITY, S.PUBLIC, "Display name.", precedence=("nucc",)),
        "grouping": Prop("string", IDENTITY, S.PUBLIC, "NUCC grouping.", precedence=("nucc",)),
        "classification": Prop("string", IDENTITY, S.PUBLIC, "NUCC classification.", precedence=("nucc",)),
        "specialization": Prop("string", IDENTITY, S.PUBLIC, "NUCC specialization.", precedence=("nucc",)),
    },
)

REP = NodeType(
    "Rep",
    "A member of the field force.",
    key="id",
    precedence=("alignment",),
    identifiers=("user_id",),
    props={
        "id": Prop("string", DataClass.ALIGNMENT, S.INTERNAL, "Opaque, stable id minted by the twin.", required=True),
        "userId": Prop("string", DataClass.ALIGNMENT, S.INTERNAL, "User id in the company's CRM."),
        "name": Prop("string", DataClass.ALIGNMENT, S.CONFIDENTIAL, "Name of the employee.", replica=False),
        "role": Prop("string", DataClass.ALIGNMENT, S.INTERNAL, "Role, such as rep or MSL."),
        "callsPerWeek": Prop("integer", DataClass.ALIGNMENT, S.INTERNAL, "Planned capacity.", unit="calls per week"),
    },
)

PATIENT = NodeType(
    "Patient",
    "A person known only by a keyed token; the key lives outside the graph.",
    key="id",
    precedence=("rx_claims", "hub", "synthea_27"),
    identifiers=("person_token",),
    logged=False,
    props={
        "id": Prop("string", DataClass.PATIENT, S.CONFIDENTIAL, "Opaque id minted by the twin.", required=True),
        "token": Prop(
            "string",
            DataClass.PATIENT,
            S.IDENTIFYING,
            "Keyed token of the source's person id, with the version of the key.",
            replica=False,
        ),
        "knownAt": Prop("date", DataClass.LINEAGE, S.CONFIDENTIAL, "Date at which the person first appeared."),
    },
)
