"""Patient support: cases of the hub that helps people to their medicine. Never for selling."""

from graph.schema.core import DataClass, NodeType, Prop
from graph.schema.core import Sensitivity as S

SUPPORT = DataClass.SUPPORT

SUPPORT_CASE = NodeType(
    "SupportCase",
    "A person whom an HCP referred to a support programme, as far as the hub got.",
    key="id",
    precedence=("hub",),
    identifiers=("case_id",),
    props={
        "id": Prop("string", SUPPORT, S.CONFIDENTIAL, "Opaque id minted by the twin.", required=True),
        "program": Prop("string", SUPPORT, S.CONFIDENTIAL, "Support programme."),
        "referredOn": Prop("date", SUPPORT, S.CONFIDENTIAL, "Day of the referral.", replica=False),
        "status": Prop("string", SUPPORT, S.CONFIDENTIAL, "Status of the case at the hub."),
        "statusOn": Prop("date", SUPPORT, S.CONFIDENTIAL, "Day of that status.", replica=False),
        "shippedOn": Prop("date", SUPPORT, S.CONFIDENTIAL, "Day the medicine was shipped.", replica=False),
        "dispensedOn": Prop(
            "date",
            SUPPORT,
            S.CONFIDENTIAL,
            "First status day on which the hub calls the medicine dispensed.",
            replica=False,
        ),
        "copayAssistance": Prop("boolean", SUPPORT, S.CONFIDENTIAL, "Help with the copayment was given."),
        "discontinueReason": Prop("string", SUPPORT, S.CONFIDENTIAL, "Why the therapy ended, as the hub words it."),
    },
)
