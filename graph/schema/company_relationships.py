"""Relationship types of the company's own feeds, and of the published records that stand beside them."""

from graph.schema.core import DataClass, Feature, Prop, RelType
from graph.schema.core import Sensitivity as S

INTERACTED = DataClass.INTERACTION
RESEARCH = DataClass.RESEARCH
EVENT = DataClass.ACCESS_EVENT

FIELD_RELATIONSHIPS: tuple[RelType, ...] = (
    RelType("MADE", (("Rep", "Interaction"),), "The employee called or wrote.", INTERACTED, logged=False),
    RelType(
        "WITH",
        (("Interaction", "HCP"), ("Interaction", "Account")),
        "Whom the interaction was with.",
        INTERACTED,
    ),
    RelType(
        "DETAILED",
        (("Interaction", "Product"),),
        "The product was spoken of.",
        INTERACTED,
        {"position": Prop("integer", INTERACTED, S.INTERNAL, "1 for the product spoken of first.")},
        logged=False,
    ),
    RelType("GAVE", (("HCP", "Consent"),), "The choice is the HCP's.", DataClass.PRIVACY_CHOICE),
    RelType("TO", (("Suggestion", "Rep"),), "The hint was given to the employee.", DataClass.SUGGESTION, logged=False),
    RelType("SUGGESTS", (("Suggestion", "HCP"),), "The hint concerns the HCP.", DataClass.SUGGESTION),
    RelType("WROTE", (("Rep", "FieldNote"),), "The employee wrote the note.", DataClass.FIELD_NOTE, logged=False),
    RelType("MENTIONS", (("FieldNote", "HCP"),), "The note is about the HCP.", DataClass.FIELD_NOTE),
    RelType("ASKED", (("HCP", "MedicalInquiry"),), "The HCP asked.", DataClass.MEDICAL),
    RelType("ANSWERED", (("HCP", "SurveyResponse"),), "The HCP gave the answer.", RESEARCH),
    RelType(
        "NOMINATED",
        (("HCP", "HCP"),),
        "The first named the second as one to turn to.",
        RESEARCH,
        {
            "study": Prop("string", RESEARCH, S.INTERNAL, "Study."),
            "wave": Prop("string", RESEARCH, S.INTERNAL, "Wave of the study."),
            "weight": Prop(
                "float", RESEARCH, S.INTERNAL, "Weight of the respondent in the study.", feature=Feature.NUMBER
            ),
            "answeredOn": Prop("date", RESEARCH, S.CONFIDENTIAL, "Day of the answer."),
        },
        key=("study", "wave"),
    ),
    RelType(
        "CONTRIBUTED",
        (("HCP", "ScientificActivity"),),
        "The HCP probably contributed, as surely as the activity's score says.",
        DataClass.SCIENTIFIC,
    ),
)

ACCESS_RELATIONSHIPS: tuple[RelType, ...] = (
    RelType("REFERRED", (("HCP", "SupportCase"),), "The HCP referred the person.", DataClass.SUPPORT, logged=False),
    RelType("REQUESTED_BY", (("PriorAuthorization", "HCP"),), "The HCP made the request.", EVENT, logged=False),
    RelType("DECIDED_UNDER", (("PriorAuthorization", "Plan"),), "The plan decides it.", EVENT, logged=False),
    RelType(
        "CONCERNS",
        (("PriorAuthorization", "TherapyStart"),),
        "The request follows from a rejected claim line of the start.",
        EVENT,
        logged=False,
    ),
)

PUBLISHED_RELATIONSHIPS: tuple[RelType, ...] = (
    RelType(
        "RECEIVED",
        (("HCP", "Payment"), ("Account", "Payment")),
        "The recipient was paid, as published.",
        DataClass.TRANSPARENCY,
    ),
    RelType("USES_NETWORK", (("Plan", "ProviderNetwork"),), "The plan uses the network.", DataClass.COVERAGE),
    RelType(
        "IN_NETWORK",
        (("HCP", "ProviderNetwork"), ("Account", "ProviderNetwork")),
        "The provider belongs to the network.",
        DataClass.COVERAGE,
    ),
    RelType("OF_PAYER", (("AuthorizationStatistic", "Payer"),), "The figures are the payer's.", DataClass.COVERAGE),
)

COMPANY_RELATIONSHIPS = (*FIELD_RELATIONSHIPS, *ACCESS_RELATIONSHIPS, *PUBLISHED_RELATIONSHIPS)
