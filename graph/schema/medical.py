"""The medical side of the wall: what HCPs ask on their own account. Nothing of it is for selling."""

from graph.schema.core import DataClass, NodeType, Prop
from graph.schema.core import Sensitivity as S

MEDICAL = DataClass.MEDICAL

MEDICAL_INQUIRY = NodeType(
    "MedicalInquiry",
    "A question that an HCP put to the medical department.",
    key="id",
    precedence=("medical_inquiries",),
    identifiers=("inquiry_id",),
    props={
        "id": Prop("string", MEDICAL, S.CONFIDENTIAL, "Opaque, stable id minted by the twin.", required=True),
        "topic": Prop("string", MEDICAL, S.CONFIDENTIAL, "What it is about.", replica=False),
        "receivedOn": Prop("date", MEDICAL, S.CONFIDENTIAL, "Day it arrived.", replica=False),
        "unsolicited": Prop("boolean", MEDICAL, S.CONFIDENTIAL, "The HCP asked unprompted.", replica=False),
    },
)
