"""Prior authorization: single requests with their decisions, and what carriers publish about theirs."""

from graph.schema.core import DataClass, NodeType, Prop
from graph.schema.core import Sensitivity as S

EVENT = DataClass.ACCESS_EVENT
COVERAGE = DataClass.COVERAGE
DECISIONS = ("A1", "A2", "A3", "A4", "A6", "C", "CT", "NA")

PRIOR_AUTHORIZATION = NodeType(
    "PriorAuthorization",
    "One request for prior authorization of a medicine, with the decision as far as it is known.",
    key="id",
    precedence=("prior_auth", "fhir_pas"),
    identifiers=("pa_id",),
    indexes=(("submittedOn",),),
    props={
        "id": Prop("string", EVENT, S.CONFIDENTIAL, "Opaque id minted by the twin.", required=True),
        "submittedOn": Prop("date", EVENT, S.CONFIDENTIAL, "Day of the request.", replica=False),
        "decidedOn": Prop("date", EVENT, S.CONFIDENTIAL, "Day of the decision.", replica=False),
        "daysToDecision": Prop("integer", EVENT, S.CONFIDENTIAL, "Days from request to decision.", unit="days"),
        "decision": Prop("string", EVENT, S.CONFIDENTIAL, "X12 278 action code HCR01.", values=DECISIONS),
        "decisionMeaning": Prop("string", EVENT, S.CONFIDENTIAL, "That code in words."),
        "reasonCode": Prop("string", EVENT, S.CONFIDENTIAL, "Reason of the decision as the payer codes it."),
        "channel": Prop("string", EVENT, S.CONFIDENTIAL, "Way of the request, such as epa, portal or fax."),
        "attempt": Prop("integer", EVENT, S.CONFIDENTIAL, "1 for the first request, 2 for the second."),
        "appealLevel": Prop("integer", EVENT, S.CONFIDENTIAL, "0 for a request, 1 for its first appeal."),
    },
)

AUTHORIZATION_STATISTIC = NodeType(
    "AuthorizationStatistic",
    "Requests of one year for one code at one carrier, as published.",
    key="id",
    precedence=("prior_auth_carriers",),
    identifiers=("statistic_id",),
    props={
        "id": Prop("string", COVERAGE, S.PUBLIC, "Opaque, stable id minted by the twin.", required=True),
        "year": Prop("integer", COVERAGE, S.PUBLIC, "Calendar year."),
        "category": Prop("string", COVERAGE, S.PUBLIC, "Category of service."),
        "listedAs": Prop("string", COVERAGE, S.PUBLIC, "List in which the carrier names the code."),
        "code": Prop("string", COVERAGE, S.PUBLIC, "Code of the service or drug."),
        "codeType": Prop("string", COVERAGE, S.PUBLIC, "System of the code, such as CPT or HCPCS."),
        "description": Prop("string", COVERAGE, S.PUBLIC, "The code in words."),
        "drugName": Prop("string", COVERAGE, S.PUBLIC, "Drug, where it is one."),
        "requests": Prop("integer", COVERAGE, S.PUBLIC, "Requests.", unit="requests"),
        "approvalRate": Prop("float", COVERAGE, S.PUBLIC, "Share approved, 0 to 1."),
        "appealApprovalRate": Prop("float", COVERAGE, S.PUBLIC, "Share denied first and then approved, 0 to 1."),
        "expeditedRequests": Prop("integer", COVERAGE, S.PUBLIC, "Expedited requests.", unit="requests"),
        "standardRequests": Prop("integer", COVERAGE, S.PUBLIC, "Standard requests.", unit="requests"),
        "extenuatingRequests": Prop(
            "integer", COVERAGE, S.PUBLIC, "Requests under extenuating circumstances.", unit="requests"
        ),
        "expeditedHours": Prop("float", COVERAGE, S.PUBLIC, "Mean answer time of expedited requests.", unit="hours"),
        "standardHours": Prop("float", COVERAGE, S.PUBLIC, "Mean answer time of standard requests.", unit="hours"),
        "extenuatingHours": Prop(
            "float", COVERAGE, S.PUBLIC, "Mean answer time under extenuating circumstances.", unit="hours"
        ),
    },
)
