"""Therapy: the start of a product by a person, with its journey to the pharmacy counter."""

from graph.schema.core import DataClass, Feature, NodeType, Prop
from graph.schema.core import Sensitivity as S

THERAPY = DataClass.THERAPY
BARRIERS = ("COVERAGE", "PA", "STEP", "LIMIT", "ELIGIBILITY", "COST", "OTHER")

THERAPY_START = NodeType(
    "TherapyStart",
    "First claim line of a person for a product with no paid line for it in the 180 observed days before.",
    key="id",
    precedence=("rx_claims", "synthea_27"),
    identifiers=("start_key", "claim_id"),
    indexes=(("writtenOn",),),
    props={
        "id": Prop("string", THERAPY, S.CONFIDENTIAL, "Opaque id minted by the twin.", required=True),
        "writtenOn": Prop("date", THERAPY, S.CONFIDENTIAL, "Date the prescription was written.", replica=False),
        "knownAt": Prop("date", DataClass.LINEAGE, S.CONFIDENTIAL, "Date the first line arrived."),
        "supersededAt": Prop(
            "date",
            DataClass.LINEAGE,
            S.CONFIDENTIAL,
            "Date from which later arriving lines show that this was not a start; null while it is one.",
        ),
        "attempts": Prop("integer", THERAPY, S.CONFIDENTIAL, "Claim lines up to and including the outcome."),
        "rejectCodes": Prop("strings", THERAPY, S.CONFIDENTIAL, "NCPDP reject codes in order of the lines."),
        "rejectGroups": Prop("strings", THERAPY, S.CONFIDENTIAL, "Barrier group of each reject code, same order."),
        "rejectKnownAt": Prop("dates", DataClass.LINEAGE, S.CONFIDENTIAL, "Arrival of each reject, same order."),
        "firstBarrier": Prop("string", THERAPY, S.CONFIDENTIAL, "Group of the first reject.", values=BARRIERS),
        "lastBarrier": Prop(
            "string", THERAPY, S.CONFIDENTIAL, "Group of the last reject before the outcome.", values=BARRIERS
        ),
        "priorAuthorization": Prop("boolean", THERAPY, S.CONFIDENTIAL, "A prior-authorization reject was met."),
        "paidOn": Prop("date", THERAPY, S.CONFIDENTIAL, "Dispensing date of the first paid line.", replica=False),
        "paidKnownAt": Prop("date", DataClass.LINEAGE, S.CONFIDENTIAL, "Arrival of the first paid line."),
        "reversedOn": Prop("date", THERAPY, S.CONFIDENTIAL, "Date that payment was reversed.", replica=False),
        "reversedKnownAt": Prop("date", DataClass.LINEAGE, S.CONFIDENTIAL, "Arrival of the reversal."),
        "payments": Prop(
            "strings",
            THERAPY,
            S.CONFIDENTIAL,
            "Where several payments counted, one after the other: each with its date and arrival and those of its "
            "reversal, '-' without one.",
            replica=False,
        ),
        "dispensedOn": Prop(
            "date",
            THERAPY,
            S.CONFIDENTIAL,
            "Dispensing date when paid, not reversed and at most 30 days after writing; otherwise null.",
            feature=Feature.TARGET,
            replica=False,
        ),
        "outOfPocket": Prop("float", THERAPY, S.CONFIDENTIAL, "What the patient paid first.", unit="US dollars"),
        "refills": Prop("integer", THERAPY, S.CONFIDENTIAL, "Paid refills seen so far."),
        "lastSeenOn": Prop("date", THERAPY, S.CONFIDENTIAL, "Date of the last line of this therapy.", replica=False),
    },
)
