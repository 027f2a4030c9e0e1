"""Transparency: what companies paid to HCPs and teaching hospitals. Public, and no lever for selling."""

from graph.schema.core import DataClass, NodeType, Prop
from graph.schema.core import Sensitivity as S

TRANSPARENCY = DataClass.TRANSPARENCY

PAYMENT = NodeType(
    "Payment",
    "A payment or other transfer of value, as published.",
    key="id",
    precedence=("open_payments", "prescribing_payments"),
    identifiers=("payment_id",),
    props={
        "id": Prop("string", TRANSPARENCY, S.PUBLIC, "Opaque, stable id minted by the twin.", required=True),
        "company": Prop("string", TRANSPARENCY, S.PUBLIC, "Company that paid."),
        "amount": Prop("float", TRANSPARENCY, S.PUBLIC, "Amount.", unit="US dollars"),
        "paidOn": Prop("date", TRANSPARENCY, S.PUBLIC, "Day of the payment."),
        "form": Prop("string", TRANSPARENCY, S.PUBLIC, "Form of the payment."),
        "nature": Prop("string", TRANSPARENCY, S.PUBLIC, "Nature of the payment, such as food or consulting."),
        "programYear": Prop("integer", TRANSPARENCY, S.PUBLIC, "Year in which it was reported."),
        "disputed": Prop("boolean", TRANSPARENCY, S.PUBLIC, "The recipient disputes it."),
    },
)
