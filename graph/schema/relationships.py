"""Relationship types, with the labels they join."""

from graph.schema.company_relationships import COMPANY_RELATIONSHIPS
from graph.schema.core import DataClass, Feature, Prop, RelType
from graph.schema.core import Sensitivity as S


def _dated(data_class: DataClass) -> dict[str, Prop]:
    return {
        "from": Prop("date", data_class, S.INTERNAL, "First day it holds."),
        "to": Prop("date", data_class, S.INTERNAL, "Day from which it no longer holds; null while it does."),
    }


IDENTITY = DataClass.PUBLIC_IDENTITY
COVERAGE = DataClass.COVERAGE
THERAPY = DataClass.THERAPY

RELATIONSHIPS: tuple[RelType, ...] = (
    RelType(
        "OF",
        tuple(
            ("Identifier", label)
            for label in (
                "HCP",
                "Account",
                "Specialty",
                "Rep",
                "Patient",
                "Payer",
                "Plan",
                "CoveragePolicy",
                "Product",
                "Territory",
                "TherapyStart",
                "PriorAuthorization",
                "SupportCase",
                "Interaction",
                "Consent",
                "Suggestion",
                "FieldNote",
                "SurveyResponse",
                "ScientificActivity",
                "MedicalInquiry",
                "Payment",
                "ProviderNetwork",
                "AuthorizationStatistic",
                "Override",
            )
        ),
        "The identifier names the entity.",
        DataClass.LINEAGE,
        logged=False,
    ),
    RelType(
        "PRACTICES",
        (("HCP", "Specialty"), ("Account", "Specialty")),
        "Taxonomy registered for the provider.",
        IDENTITY,
        {"primary": Prop("boolean", IDENTITY, S.PUBLIC, "The slot's primary switch is Y.")},
    ),
    RelType(
        "AFFILIATED_WITH",
        (("HCP", "Account"),),
        "The HCP practises at the account.",
        IDENTITY,
        {"facilityType": Prop("string", IDENTITY, S.PUBLIC, "Facility type as the source says.")},
    ),
    RelType(
        "SHARES_PATIENTS",
        (("HCP", "HCP"),),
        "Patients seen by the first and then by the second within the window; directed by time.",
        DataClass.NETWORK,
        {
            "year": Prop("integer", DataClass.NETWORK, S.PUBLIC, "Year of the file."),
            "pairs": Prop("integer", DataClass.NETWORK, S.PUBLIC, "Shared transactions.", feature=Feature.NUMBER),
            "patients": Prop(
                "integer", DataClass.NETWORK, S.PUBLIC, "Shared patients, at least 11.", feature=Feature.NUMBER
            ),
            "sameDay": Prop("integer", DataClass.NETWORK, S.PUBLIC, "Same-day transactions."),
            "knownAt": Prop("date", DataClass.LINEAGE, S.INTERNAL, "Date at which the file could be known."),
        },
        key=("year",),
    ),
    RelType(
        "IN_TERRITORY",
        (("HCP", "Territory"),),
        "The HCP is aligned to the territory.",
        DataClass.ALIGNMENT,
        _dated(DataClass.ALIGNMENT),
        key=("from",),
    ),
    RelType(
        "COVERS",
        (("Rep", "Territory"),),
        "The employee works the territory.",
        DataClass.ALIGNMENT,
        _dated(DataClass.ALIGNMENT),
        key=("from",),
    ),
    RelType("PART_OF", (("Territory", "Territory"),), "The territory belongs to the wider one.", DataClass.ALIGNMENT),
    RelType("OFFERS", (("Payer", "Plan"),), "The payer offers the plan.", COVERAGE),
    RelType("HAS_POLICY", (("Plan", "CoveragePolicy"),), "The plan's formulary carries the rule.", COVERAGE),
    RelType(
        "FOR",
        (
            ("CoveragePolicy", "Product"),
            ("TherapyStart", "Product"),
            ("PriorAuthorization", "Product"),
            ("SupportCase", "Product"),
            ("Suggestion", "Product"),
            ("Payment", "Product"),
            ("Prediction", "Product"),
            ("Override", "Product"),
            ("Cohort", "Product"),
            ("PrescribingTotal", "Product"),
        ),
        "What it starts from concerns the product.",
        DataClass.PRODUCT,
        logged=False,
    ),
    RelType("WRITTEN_BY", (("TherapyStart", "HCP"),), "The HCP wrote the start.", THERAPY, logged=False),
    RelType(
        "FOR_PATIENT",
        (("TherapyStart", "Patient"), ("SupportCase", "Patient")),
        "The start or the case is the person's.",
        THERAPY,
        logged=False,
    ),
    RelType(
        "MEMBER_OF",
        (("Patient", "Plan"),),
        "The person was insured under the plan.",
        DataClass.PATIENT,
        {
            "from": Prop("date", DataClass.PATIENT, S.CONFIDENTIAL, "First day of membership.", replica=False),
            "to": Prop("date", DataClass.PATIENT, S.CONFIDENTIAL, "Day after the last one.", replica=False),
        },
        key=("from",),
        logged=False,
    ),
    RelType("COVERED_BY", (("TherapyStart", "Plan"),), "The plan adjudicated the first line.", THERAPY, logged=False),
    RelType(
        "PRESCRIBED",
        (("HCP", "Product"),),
        "Prescribing of one month.",
        DataClass.PRESCRIBING,
        {
            "month": Prop("date", DataClass.PRESCRIBING, S.CONFIDENTIAL, "First day of the month."),
            "trx": Prop("integer", DataClass.PRESCRIBING, S.CONFIDENTIAL, "Paid fills by dispensing month."),
            "nrx": Prop("integer", DataClass.PRESCRIBING, S.CONFIDENTIAL, "Paid first fills of a prescription."),
            "nbrx": Prop("integer", DataClass.PRESCRIBING, S.CONFIDENTIAL, "Starts by written month."),
        },
        key=("month",),
    ),
    RelType(
        "PRESCRIBED_IN_YEAR",
        (("HCP", "Product"),),
        "Medicare Part D claims of one year as a public file gives them; where it withholds a count, an interval.",
        DataClass.PRESCRIBING,
        {
            "year": Prop("integer", DataClass.PRESCRIBING, S.PUBLIC, "Calendar year."),
            "claims": Prop(
                "integer", DataClass.PRESCRIBING, S.PUBLIC, "Claims, at least 11; null when withheld.", unit="claims"
            ),
            "claimsLow": Prop(
                "integer", DataClass.PRESCRIBING, S.PUBLIC, "Fewest claims it can have been.", unit="claims"
            ),
            "claimsHigh": Prop(
                "integer", DataClass.PRESCRIBING, S.PUBLIC, "Most claims it can have been.", unit="claims"
            ),
            "patientsLow": Prop(
                "integer", DataClass.PRESCRIBING, S.PUBLIC, "Fewest patients it can have been.", unit="patients"
            ),
            "patientsHigh": Prop(
                "integer", DataClass.PRESCRIBING, S.PUBLIC, "Most patients it can have been.", unit="patients"
            ),
            "olderClaimsLow": Prop(
                "integer", DataClass.PRESCRIBING, S.PUBLIC, "Fewest claims of people of 65 and over.", unit="claims"
            ),
            "olderClaimsHigh": Prop(
                "integer", DataClass.PRESCRIBING, S.PUBLIC, "Most claims of people of 65 and over.", unit="claims"
            ),
        },
        key=("year",),
        logged=False,
    ),
    RelType(
        "ABOUT",
        (
            ("Prediction", "HCP"),
            ("Prediction", "Plan"),
            ("Prediction", "Payer"),
            ("Prediction", "Account"),
            ("Prediction", "Territory"),
            ("Prediction", "CohortSegment"),
            ("Override", "HCP"),
        ),
        "Subject of the prediction or override; of an HCP under a plan it is the HCP and, by UNDER, its plan.",
        DataClass.PREDICTION,
        logged=False,
    ),
    RelType(
        "UNDER",
        (("Prediction", "Plan"), ("Override", "Plan")),
        "Plan of a prediction or override of an HCP under a plan.",
        DataClass.PREDICTION,
        logged=False,
    ),
    RelType(
        "BY",
        (("Prediction", "ModelVersion"), ("Change", "ModelVersion")),
        "Model that made it.",
        DataClass.OPERATIONS,
        written_by="model",
    ),
    RelType(
        "BECAUSE",
        (
            ("Prediction", "CoveragePolicy"),
            ("Prediction", "Plan"),
            ("Prediction", "Payer"),
            ("Prediction", "Account"),
            ("Prediction", "HCP"),
        ),
        "Evidence for the value.",
        DataClass.PREDICTION,
        {
            "reason": Prop(
                "string", DataClass.PREDICTION, S.CONFIDENTIAL, "The reason in words; HCPs by NPI, never by name."
            ),
            "share": Prop(
                "float",
                DataClass.PREDICTION,
                S.CONFIDENTIAL,
                "The value with it minus that without it: above 0 where it raises the value.",
            ),
            "rank": Prop("integer", DataClass.PREDICTION, S.INTERNAL, "1 for the strongest."),
            "dataClasses": Prop("strings", DataClass.PREDICTION, S.INTERNAL, "Data classes the reason speaks of."),
        },
        key=("rank",),
        written_by="model",
    ),
    RelType(
        "APPLIED_BY",
        (("Change", "RefreshRun"),),
        "Run that applied the change.",
        DataClass.LINEAGE,
        written_by="ledger",
    ),
    RelType(
        "LOADED",
        (("RefreshRun", "Source"),),
        "The run took a delivery of the source, or held it.",
        DataClass.OPERATIONS,
        {
            "state": Prop("string", DataClass.OPERATIONS, S.INTERNAL, "What was done.", values=("loaded", "held")),
            "reason": Prop("string", DataClass.OPERATIONS, S.INTERNAL, "Why it was held."),
            "mappingVersion": Prop("string", DataClass.OPERATIONS, S.INTERNAL, "Checksum of the mapping file then."),
            "dataTime": Prop("date", DataClass.OPERATIONS, S.INTERNAL, "Newest date its data spoke of then."),
            "rowsIn": Prop("integer", DataClass.OPERATIONS, S.INTERNAL, "Rows of the delivery.", unit="rows"),
            "rowsLoaded": Prop("integer", DataClass.OPERATIONS, S.INTERNAL, "Rows accepted.", unit="rows"),
            "rowsQuarantined": Prop("integer", DataClass.OPERATIONS, S.INTERNAL, "Rows put aside.", unit="rows"),
        },
        written_by="ledger",
    ),
    *COMPANY_RELATIONSHIPS,
)
